import { z } from 'zod';
import { FACES, type Step } from '../../domain/conversations/faces.js';
import { optional, required, ticked } from '../../web/form.js';
import { applicant, said, subject } from '../conversation-fields.js';
import { email } from '../person-fields.js';
import { seenForm } from './organisations.forms.js';

const AGAIN = 'Откройте страницу заново';
const revision = z.coerce.number(AGAIN).int(AGAIN);

const STEPS = ['accept', 'start', 'ask', 'finish', 'answer', 'refuse'] satisfies Step[];

/** The button that puts a ready-made answer into the text. */
const INSERT = 'insert';

/** An answer, a step, or both: which button was pressed says which step; `insert` is none yet. */
export const answerForm = z
  .object({
    revision,
    step: z.union([z.enum([...STEPS, INSERT]), z.literal('')], AGAIN).optional(),
    ready: optional(),
    text: optional(10_000),
  })
  .refine(({ step, text }) => step || text, { path: ['text'], error: 'Напишите ответ' })
  .superRefine(({ step, text }, ctx) => {
    if (step === INSERT) return;
    // What a ready-made answer leaves to the writer.
    const left = [...new Set(text?.match(/\{[а-яё ]{1,40}\}/gi))];
    if (left.length > 0)
      ctx.addIssue({ code: 'custom', path: ['text'], message: `Заполните или уберите: ${left.join(', ')}` });
  });

export const noteForm = z.object({ note: said('Напишите заметку') });

export const assignmentForm = z.object({
  revision,
  assignee: z
    .union([z.literal(''), z.uuid('Выберите сотрудника из списка')], 'Выберите сотрудника из списка')
    .optional()
    .transform((id) => id || null),
});

export const classificationForm = z.object({
  revision,
  kind_id: required('Выберите вид').pipe(z.uuid('Выберите вид из списка')),
  organisation: applicant,
});

/** What a caller says; who he is stands in his name, his address or his confirmed number. */
export const callForm = z.object({
  contact: required('Укажите, кто звонит: имя, E-mail или телефон', 254),
  caller: z
    .union([z.literal(''), z.uuid('Выберите, кто звонит')], 'Выберите, кто звонит')
    .optional()
    .transform((id) => id || null),
  organisation: z
    .string('Укажите одну организацию')
    .trim()
    .optional()
    .transform((inn) => (inn ?? '').replace(/\s/g, '') || null),
  kind_id: required('Выберите вид').pipe(z.uuid('Выберите вид из списка')),
  subject,
  text: said('Напишите, что сказал заявитель'),
});

/** What an editor showed when it was opened; a new thing's showed nothing. */
const seen = seenForm.shape.seen.optional();

const face = z.enum(FACES, 'Выберите, для чего это');
const name = required('Укажите название').transform((text) => text.replace(/\s+/g, ' '));
const position = z
  .string('Укажите одно число')
  .trim()
  .optional()
  .transform((typed) => typed || '100')
  .pipe(z.string().regex(/^\d{1,4}$/, 'Укажите число от 0 до 9999'))
  .transform(Number);

/** A kind of requests, or a «Профиль обращения». */
export const kindForm = z.object({
  face,
  name,
  department: optional(200),
  email: z
    .string('Укажите один адрес')
    .trim()
    .optional()
    .transform((typed) => typed || null)
    .pipe(email.nullable()),
  due_hours: required('Укажите срок в рабочих часах')
    .pipe(z.string().regex(/^\d{1,3}$/, 'Укажите число часов от 1 до 720'))
    .transform(Number)
    .pipe(z.number().min(1, 'Укажите число часов от 1 до 720').max(720, 'Укажите число часов от 1 до 720')),
  position,
  hidden: ticked,
  seen,
});

/** A ready-made answer. */
export const readyAnswerForm = z.object({
  face,
  name,
  text: said('Напишите текст ответа'),
  position,
  seen,
});

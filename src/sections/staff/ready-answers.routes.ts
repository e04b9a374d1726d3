import {
  ANSWER_GONE,
  answerOf,
  removeReadyAnswer,
  saveReadyAnswer,
} from '../../domain/conversations/kinds.actions.js';
import { findAnswer, getAnswer, listAllAnswers } from '../../domain/conversations/kinds.data.js';
import { conversationPolicy } from '../../domain/conversations/conversations.policy.js';
import { NotFound } from '../../lib/errors.js';
import { fingerprint } from '../../lib/seen.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { section, staff, type FormCtx } from '../section.js';
import { atWork } from './at-work.js';
import { seenForm } from './organisations.forms.js';
import { otherwise } from './otherwise.js';
import { orLate } from './registering.js';
import { readyAnswerForm } from './requests.forms.js';
import { DESK, FACE_NAMES, FACE_OPTIONS } from './requests.view.js';

const PATH = '/staff/ready-answers';

/** «Готовые ответы»: what the operators write again and again. */
export const readyAnswersSection = section({ path: PATH, area: 'staff', load: staff });

const crumbs = [{ label: 'Заявки и обращения', href: DESK }];
const deeper = [...crumbs, { label: 'Готовые ответы', href: PATH }];

readyAnswersSection.page('/', conversationPolicy.arrange, async ({ db }) =>
  view('staff/ready-answers/index', {
    title: 'Готовые ответы',
    crumbs,
    answers: (await listAllAnswers(db)).map(({ id, name, face, text }) => ({
      id,
      name,
      face: FACE_NAMES[face],
      start: beginningOf(text),
    })),
    add: `${PATH}/new`,
  }),
);

/** So much of a text that one knows it again. */
const beginningOf = (text: string) => {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 160 ? `${line.slice(0, line.lastIndexOf(' ', 160))}…` : line;
};

readyAnswersSection.form('/new', conversationPolicy.arrange, {
  schema: readyAnswerForm,
  show: ({ fill }) =>
    view('staff/ready-answers/edit', {
      title: 'Новый готовый ответ',
      crumbs: deeper,
      form: fill({ face: 'request', position: '100' }),
      late: null,
      gone: null,
      faces: FACE_OPTIONS,
      path: PATH,
      removal: null,
    }),
  async save(ctx, { seen: _none, ...fields }) {
    await saveReadyAnswer(atWork(ctx), null, fields);
    return redirect(PATH, `Ответ «${fields.name}» добавлен.`);
  },
});

readyAnswersSection.form('/:answer', conversationPolicy.arrange, {
  schema: readyAnswerForm,
  show: (ctx) => editor(ctx),
  save: (ctx, { seen = '', ...fields }) =>
    orLate(
      ctx,
      async () => {
        await saveReadyAnswer(atWork(ctx), { id: ctx.params.answer!, seen }, fields);
        return redirect(PATH, `Ответ «${fields.name}» сохранён.`);
      },
      editor,
    ),
});

const LABELS = { face: 'Для чего', name: 'Название', text: 'Текст', position: 'Порядок в списке' };

async function editor(ctx: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const row = await findAnswer(ctx.db, ctx.params.answer!);
  if (!row) return gone(ctx, late);
  const present = answerOf(row);
  const kept = { ...present, position: String(present.position), seen: fingerprint(present) };
  const words = { face: FACE_NAMES[present.face] };
  return view('staff/ready-answers/edit', {
    title: 'Готовый ответ',
    crumbs: deeper,
    form: ctx.fill(kept),
    late: late && { text: late, rows: otherwise(LABELS, kept, ctx.form.values, words) },
    gone: null,
    faces: FACE_OPTIONS,
    path: PATH,
    removal: `${PATH}/${row.id}/removal`,
  });
}

/**
 * A colleague has removed the answer; what was typed (also if it did not pass, or before a sign-in ran out) stays, to be
 * saved as a new one.
 *
 * @throws NotFound when nobody had it open
 */
function gone({ form }: FormCtx<Account>, late: string | null): Answer {
  if (!late && !form.values.seen) throw new NotFound();
  return view('staff/ready-answers/edit', {
    title: 'Готовый ответ',
    crumbs: deeper,
    form,
    late: null,
    gone: { text: ANSWER_GONE, action: `${PATH}/new` },
    faces: FACE_OPTIONS,
    path: PATH,
    removal: null,
  });
}

readyAnswersSection.form('/:answer/removal', conversationPolicy.arrange, {
  schema: seenForm,
  show: (ctx) => question(ctx),
  save: (ctx, { seen }) =>
    orLate(
      ctx,
      async () => {
        const name = await removeReadyAnswer(atWork(ctx), { id: ctx.params.answer!, seen });
        return redirect(PATH, `Ответ «${name}» удалён.`);
      },
      question,
    ),
});

async function question({ db, params }: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const row = await getAnswer(db, params.answer!);
  return view('staff/organisations/question', {
    title: 'Удалить готовый ответ?',
    crumbs: deeper,
    text: 'То, что уже отправлено, останется в переписке.',
    late,
    rows: [
      { label: 'Название', value: row.name },
      { label: 'Текст', value: row.text },
    ],
    action: `${PATH}/${row.id}/removal`,
    fields: { seen: fingerprint(answerOf(row)) },
    label: 'Удалить',
    cancel: { label: 'Не удалять', href: `${PATH}/${row.id}` },
  });
}

import { answerOf, removeReadyAnswer, saveReadyAnswer } from '../../domain/conversations/kinds.actions.js';
import { getAnswer, listAllAnswers } from '../../domain/conversations/kinds.data.js';
import { conversationPolicy } from '../../domain/conversations/conversations.policy.js';
import { fingerprint } from '../../lib/fingerprint.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import { buttonOnly } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import { section, staff, type FormCtx } from '../section.js';
import { atWork } from './at-work.js';
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
  const present = answerOf(await getAnswer(ctx.db, ctx.params.answer!));
  const kept = { ...present, position: String(present.position), seen: fingerprint(present) };
  const words = { face: FACE_NAMES[present.face] };
  return view('staff/ready-answers/edit', {
    title: 'Готовый ответ',
    crumbs: deeper,
    form: ctx.fill(kept),
    late: late && { text: late, rows: otherwise(LABELS, kept, ctx.form.values, words) },
    faces: FACE_OPTIONS,
    path: PATH,
    removal: `${PATH}/${ctx.params.answer!}/removal`,
  });
}

readyAnswersSection.form('/:answer/removal', conversationPolicy.arrange, {
  schema: buttonOnly,
  async show({ db, params }) {
    const { id, name, text } = await getAnswer(db, params.answer!);
    return view('shared/question', {
      title: 'Удалить готовый ответ?',
      crumbs: deeper,
      text: 'То, что уже отправлено, останется в переписке.',
      rows: [
        { label: 'Название', value: name },
        { label: 'Текст', value: text },
      ],
      action: `${PATH}/${id}/removal`,
      label: 'Удалить',
      cancel: { label: 'Не удалять', href: `${PATH}/${id}` },
    });
  },
  async save(ctx) {
    const name = await removeReadyAnswer(atWork(ctx), ctx.params.answer!);
    return redirect(PATH, `Ответ «${name}» удалён.`);
  },
});

import { removeReadyAnswer, saveReadyAnswer } from '../../domain/conversations/kinds.actions.js';
import { getAnswer, listAllAnswers } from '../../domain/conversations/kinds.data.js';
import { conversationPolicy } from '../../domain/conversations/conversations.policy.js';
import { redirect, view } from '../../web/answer.js';
import { buttonOnly } from '../../web/form.js';
import { section, staff } from '../section.js';
import { atWork } from './at-work.js';
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
      faces: FACE_OPTIONS,
      path: PATH,
      removal: null,
    }),
  async save(ctx, input) {
    await saveReadyAnswer(atWork(ctx), null, input);
    return redirect(PATH, `Ответ «${input.name}» добавлен.`);
  },
});

readyAnswersSection.form('/:answer', conversationPolicy.arrange, {
  schema: readyAnswerForm,
  async show({ db, params, fill }) {
    const { face, name, text, position } = await getAnswer(db, params.answer!);
    return view('staff/ready-answers/edit', {
      title: 'Готовый ответ',
      crumbs: deeper,
      form: fill({ face, name, text, position: String(position) }),
      faces: FACE_OPTIONS,
      path: PATH,
      removal: `${PATH}/${params.answer!}/removal`,
    });
  },
  async save(ctx, input) {
    await saveReadyAnswer(atWork(ctx), ctx.params.answer!, input);
    return redirect(PATH, `Ответ «${input.name}» сохранён.`);
  },
});

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

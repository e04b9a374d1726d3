import { saveConversationKind } from '../../domain/conversations/kinds.actions.js';
import { getKind, listKinds } from '../../domain/conversations/kinds.data.js';
import { conversationPolicy } from '../../domain/conversations/conversations.policy.js';
import { redirect, view } from '../../web/answer.js';
import { section, staff } from '../section.js';
import { atWork } from './at-work.js';
import { kindForm } from './requests.forms.js';
import { DESK, FACE_NAMES, FACE_OPTIONS } from './requests.view.js';

const PATH = '/staff/request-kinds';

/** What requests are sorted by, and «Профиль обращения» of messages: who answers, and how soon. */
export const requestKindsSection = section({ path: PATH, area: 'staff', load: staff });

const crumbs = [{ label: 'Заявки и обращения', href: DESK }];
const deeper = [...crumbs, { label: 'Виды', href: PATH }];

requestKindsSection.page('/', conversationPolicy.arrange, async ({ db }) =>
  view('staff/request-kinds/index', {
    title: 'Виды заявок и обращений',
    crumbs,
    kinds: (await listKinds(db)).map((kind) => ({ ...kind, face: FACE_NAMES[kind.face] })),
    add: `${PATH}/new`,
  }),
);

requestKindsSection.form('/new', conversationPolicy.arrange, {
  schema: kindForm,
  show: ({ fill }) =>
    view('staff/request-kinds/edit', {
      title: 'Новый вид',
      crumbs: deeper,
      form: fill({ face: 'request', due_hours: '9', position: '100' }),
      faces: FACE_OPTIONS,
      path: PATH,
    }),
  async save(ctx, input) {
    await saveConversationKind(atWork(ctx), null, input);
    return redirect(PATH, `Вид «${input.name}» добавлен.`);
  },
});

requestKindsSection.form('/:kind', conversationPolicy.arrange, {
  schema: kindForm,
  async show({ db, params, fill, form }) {
    const kind = await getKind(db, params.kind!);
    const untouched = Object.keys(form.errors).length === 0 && !form.restored;
    return view('staff/request-kinds/edit', {
      title: 'Вид',
      crumbs: deeper,
      form: fill({
        face: kind.face,
        name: kind.name,
        department: kind.department ?? '',
        email: kind.email ?? '',
        due_hours: String(kind.due_hours),
        position: String(kind.position),
        // A box that was unticked is not sent: where something was typed, that decides alone.
        ...(untouched && { hidden: kind.hidden_at ? 'on' : '' }),
      }),
      faces: FACE_OPTIONS.filter(({ value }) => value === kind.face),
      path: PATH,
    });
  },
  async save(ctx, input) {
    await saveConversationKind(atWork(ctx), ctx.params.kind!, input);
    return redirect(PATH, `Вид «${input.name}» сохранён.`);
  },
});

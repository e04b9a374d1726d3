import { kindOf, saveConversationKind } from '../../domain/conversations/kinds.actions.js';
import { getKind, listKinds } from '../../domain/conversations/kinds.data.js';
import { conversationPolicy } from '../../domain/conversations/conversations.policy.js';
import { fingerprint } from '../../lib/seen.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { section, staff, type FormCtx } from '../section.js';
import { atWork } from './at-work.js';
import { otherwise } from './otherwise.js';
import { orLate } from './registering.js';
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
      late: null,
      faces: FACE_OPTIONS,
      path: PATH,
    }),
  async save(ctx, { seen: _none, ...fields }) {
    await saveConversationKind(atWork(ctx), null, fields);
    return redirect(PATH, `Вид «${fields.name}» добавлен.`);
  },
});

requestKindsSection.form('/:kind', conversationPolicy.arrange, {
  schema: kindForm,
  show: (ctx) => editor(ctx),
  save: (ctx, { seen = '', ...fields }) =>
    orLate(
      ctx,
      async () => {
        await saveConversationKind(atWork(ctx), { id: ctx.params.kind!, seen }, fields);
        return redirect(PATH, `Вид «${fields.name}» сохранён.`);
      },
      editor,
    ),
});

const LABELS = {
  name: 'Название',
  department: 'Кто отвечает',
  email: 'E-mail отдела',
  due_hours: 'Срок, рабочих часов',
  position: 'Порядок в списке',
  hidden: 'Скрыть',
};

async function editor(ctx: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const { form } = ctx;
  const kind = await getKind(ctx.db, ctx.params.kind!);
  const { hidden, ...present } = kindOf(kind);
  const kept = {
    ...present,
    department: present.department ?? '',
    email: present.email ?? '',
    due_hours: String(present.due_hours),
    position: String(present.position),
    seen: fingerprint({ ...present, hidden }),
  };
  const box = { hidden: hidden ? 'on' : '' };
  const untouched = !late && Object.keys(form.errors).length === 0 && !form.restored;
  const words = { hidden: hidden ? 'да' : 'нет' };
  return view('staff/request-kinds/edit', {
    title: 'Вид',
    crumbs: deeper,
    // A box that was unticked is not sent: where something was typed, that decides alone.
    form: ctx.fill({ ...kept, ...(untouched && box) }),
    late: late && { text: late, rows: otherwise(LABELS, { ...kept, ...box }, form.values, words) },
    faces: FACE_OPTIONS.filter(({ value }) => value === kind.face),
    path: PATH,
  });
}

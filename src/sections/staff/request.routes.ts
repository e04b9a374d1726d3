import {
  getAnyConversation,
  getAttachedFile,
  listEntries,
  type Conversation,
} from '../../domain/conversations/conversations.data.js';
import { listPeople } from '../../domain/conversations/participants.data.js';
import { conversationPolicy, SERVING } from '../../domain/conversations/conversations.policy.js';
import { answer, assign, move, note } from '../../domain/conversations/desk.actions.js';
import type { SeenConversation } from '../../domain/conversations/desk.change.js';
import { reclassify } from '../../domain/conversations/placing.actions.js';
import { isOver, stepsFor, WORDS } from '../../domain/conversations/faces.js';
import { listAnswers, listOpenKinds } from '../../domain/conversations/kinds.data.js';
import { organisationsWith } from '../../domain/memberships/profiles.data.js';
import { CONVERSATION_WRITERS } from '../../domain/conversations/conversations.policy.js';
import type { Accepted } from '../../domain/files/files.actions.js';
import { getAccount, staffWith } from '../../domain/people/accounts.data.js';
import { Invalid } from '../../lib/errors.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import { emptyForm, type FormState } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import { CONVERSATION_FILES } from '../conversation-fields.js';
import { conversationEntries, stateTag } from '../conversation-words.js';
import type { Ctx, FormCtx } from '../section.js';
import { toEntry } from '../to-entry.js';
import { withFiles } from '../with-files.js';
import { atWork, unlessLate } from './at-work.js';
import { answerForm, assignmentForm, classificationForm, noteForm } from './requests.forms.js';
import { deskSection } from './requests.routes.js';
import { DESK, dueWords, filledIn } from './requests.view.js';

const { serve } = conversationPolicy;

type Desk = Ctx<Account> & { form: FormState };

/** A conversation with all that can be done; `late` tells who came too late what has happened. What he typed stays. */
async function desk(ctx: Desk, late: string | null = null): Promise<Answer> {
  const { db, params, scope, now } = ctx;
  const conversation = await getAnyConversation(db, params.conversation!);
  const { face, state, organisation_id } = conversation;
  const base = `${DESK}/${conversation.id}`;
  const [entries, people, kinds, staff, answers, organisations] = await Promise.all([
    listEntries(db, conversation.id, { notes: true }),
    listPeople(db, conversation.id),
    listOpenKinds(db, face),
    staffWith(db, SERVING),
    listAnswers(db, face),
    organisationsWith(db, conversation.author_id, CONVERSATION_WRITERS),
  ]);
  const values = {
    revision: String(conversation.revision),
    assignee: conversation.assignee_id ?? '',
    kind_id: conversation.kind_id,
    organisation: organisation_id ?? '',
  };
  const locals = {
    title: conversation.subject,
    wide: true,
    late,
    crumbs: [{ label: 'Заявки и обращения', href: DESK }],
    conversation,
    one: WORDS[face].one,
    tag: stateTag(face, state),
    due: dueWords(conversation, now),
    base,
    // Who came too late has been shown what there is now; for whom his page comes back for another reason, it is still the
    // one that he read.
    form: {
      ...ctx.form,
      values: { ...values, ...ctx.form.values, ...(late && { revision: values.revision }) },
    },
    over: isOver(state),
    steps: stepsFor(face, state, 'staff').map(({ step, label }) => ({ step, label })),
    own: conversation.assignee_id === scope.id,
    self: scope.id,
    people: people.map(({ name, email }) => `${name} (${email})`),
    kinds: kinds.map(({ id, name }) => ({ value: id, label: name })),
    staff: staff.map(({ id, surname, name }) => ({ value: id, label: `${surname} ${name}` })),
    organisations: placesOf(conversation, organisations),
    answers: answers.map(({ id, name }) => ({ value: id, label: name })),
    entries: conversationEntries(conversation, entries, base, { account: scope.id, staff: true }),
  };
  return view('staff/requests/show', locals, late ? 409 : undefined);
}

/** On whose behalf it may be: where its author may write, and where it is now. */
function placesOf(
  { face, organisation_id, organisation }: Conversation,
  organisations: { id: string; name: string }[],
) {
  const kept = organisation_id === null || organisations.some(({ id }) => id === organisation_id);
  return [
    ...(face === 'request' || organisation_id === null ? [{ value: '', label: 'Частное лицо' }] : []),
    ...(kept ? [] : [{ value: organisation_id, label: organisation! }]),
    ...organisations.map(({ id, name }) => ({ value: id, label: name })),
  ];
}

/** The page again, with a ready-made answer below what has been typed so far. @throws Invalid */
async function insertReady(ctx: FormCtx<Account>, id: string | null): Promise<Answer> {
  const conversation = await getAnyConversation(ctx.db, ctx.params.conversation!);
  const answers = await listAnswers(ctx.db, conversation.face);
  const ready = answers.find((one) => one.id === id);
  if (!ready) throw new Invalid({ ready: 'Выберите готовый ответ из списка' });
  const { name, patronymic } = await getAccount(ctx.db, conversation.author_id);
  const addressed = [name, patronymic].filter(Boolean).join(' ');
  const text = [ctx.typed.text, filledIn(ready.text, conversation, addressed)].filter(Boolean).join('\n\n');
  const values = { ...ctx.typed, text, ready: '' };
  return desk({ ...ctx, form: { ...emptyForm, values, errors: filesLost(ctx) } });
}

/** The two texts of the page, and the forms that send them. */
const TEXTS = { text: 'answers', note: 'notes' };

/** Where he goes on: what he has typed into the page's other forms, as a script has sent it along, waits for him there. */
async function onward(ctx: FormCtx<Account>, now: Conversation): Promise<string> {
  const base = `${DESK}/${ctx.params.conversation!}`;
  const others = Object.entries(TEXTS).filter(
    ([name, form]) => ctx.typed[name] && !ctx.path.endsWith(`/${form}`),
  );
  if (others.length === 0) return `${base}#e-${now.last_entry}`;
  const form = `${base}/${others[0]![1]}`;
  // A note is saved whatever has happened, so the answer beside it is still to what its writer saw.
  const revision = ctx.path.endsWith(`/${TEXTS.note}`) ? ctx.typed.revision : String(now.revision);
  const kept = Object.fromEntries(others.map(([name]) => [name, ctx.typed[name]!]));
  await ctx.keepDraft(form, { ...kept, ...(revision && { revision }) });
  return form;
}

/** Files cannot be given back to a page: who has chosen some is told to choose again. */
const filesLost = ({ files }: FormCtx<Account>): FormState['errors'] =>
  files.length > 0 ? { files: 'Выберите файлы снова: на этой странице их уже нет' } : {};

/** Does it, with the form's files; who came too late sees what stands there now, beside what he typed. */
const attempt = (
  ctx: FormCtx<Account>,
  work: (files: Accepted[]) => Promise<Conversation>,
  done: string,
): Promise<Answer> =>
  unlessLate(
    async () => {
      return redirect(await onward(ctx, await withFiles(ctx, 'files', work)), done);
    },
    (late) => desk({ ...ctx, form: { ...emptyForm, values: ctx.typed, errors: filesLost(ctx) } }, late),
  );

const seen = (ctx: Ctx<Account>, revision: number): SeenConversation => ({
  id: ctx.params.conversation!,
  revision,
});

deskSection.page(
  '/:conversation',
  serve,
  (ctx) => toEntry(ctx.query, `${DESK}/${ctx.params.conversation!}`) ?? desk({ ...ctx, form: emptyForm }),
);

deskSection.form('/:conversation/answers', serve, {
  schema: answerForm,
  upload: CONVERSATION_FILES,
  show: (ctx) => desk(ctx),
  save: (ctx, { revision, step, ready, text }) =>
    step === 'insert'
      ? insertReady(ctx, ready)
      : attempt(
          ctx,
          (files) =>
            step
              ? move(atWork(ctx), seen(ctx, revision), step, { text, files })
              : answer(atWork(ctx), seen(ctx, revision), text!, files),
          text ? 'Ответ отправлен.' : 'Статус изменён.',
        ),
});

deskSection.form('/:conversation/notes', serve, {
  schema: noteForm,
  upload: CONVERSATION_FILES,
  show: (ctx) => desk(ctx),
  save: (ctx, { note: text }) =>
    attempt(ctx, (files) => note(atWork(ctx), ctx.params.conversation!, text, files), 'Заметка сохранена.'),
});

deskSection.form('/:conversation/assignment', serve, {
  schema: assignmentForm,
  show: (ctx) => desk(ctx),
  save: (ctx, { revision, assignee }) =>
    attempt(ctx, () => assign(atWork(ctx), seen(ctx, revision), assignee), 'Исполнитель сохранён.'),
});

deskSection.form('/:conversation/classification', serve, {
  schema: classificationForm,
  show: (ctx) => desk(ctx),
  save: (ctx, { revision, kind_id, organisation }) =>
    attempt(
      ctx,
      () => reclassify(atWork(ctx), seen(ctx, revision), { kind_id, organisation_id: organisation }),
      'Сохранено.',
    ),
});

deskSection.file('/:conversation/files/:file', serve, async ({ db, parts, params, query }) => {
  const file = await getAttachedFile(db, params.conversation!, params.file!, { notes: true });
  const stored = await parts.store.open(file.id);
  return { kind: 'file', file: { ...stored, mime: file.mime, name: file.name }, inline: query.has('inline') };
});

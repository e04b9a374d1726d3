import {
  giveBack,
  openConversation,
  rate,
  reply,
  withdraw,
} from '../domain/conversations/conversations.actions.js';
import { addColleague, leave } from '../domain/conversations/participants.actions.js';
import { getAttachedFile, type Conversation } from '../domain/conversations/conversations.data.js';
import {
  listColleagues,
  listPeople,
  markConversationRead,
} from '../domain/conversations/participants.data.js';
import { isOver, isSettled, transition, WORDS, type Face, type Step } from '../domain/conversations/faces.js';
import { dayOf } from '../lib/dates.js';
import { Conflict, NotFound } from '../lib/errors.js';
import { redirect, view, type Answer } from '../web/answer.js';
import { buttonOnly, emptyForm } from '../web/form.js';
import { presentState } from '../domain/conversations/talk.js';
import {
  CONVERSATION_FILES,
  colleagueForm,
  messageForm,
  ratingForm,
  replyForm,
  requestForm,
  returnForm,
} from './conversation-fields.js';
import { exportConversations } from './conversations.export.js';
import { RATINGS } from './conversation-words.js';
import {
  conversationPage,
  crumbsOf,
  found,
  listFilter,
  mayLeave,
  openingPage,
  writing,
  type Place,
} from './conversations.js';
import type { Ctx, FormCtx } from './section.js';
import { unlessLate } from './unless-late.js';
import { toEntry } from './to-entry.js';
import { withFiles } from './with-files.js';

/** How often one may write; counted for all that he writes together. */
export const limit = { name: 'conversation', points: 60, seconds: 600, by: 'account' } as const;

/**
 * What a tenant does in a conversation (manual 4.1.2, 4.2.4 and the decisions on requests and messages): the same routes
 * for requests and messages, on one's own pages and in a profile.
 */
export function conversationRoutes<Scope>(place: Place<Scope>): void {
  const { section, face, read } = place;
  const words = WORDS[face];
  const base = (ctx: Ctx<Scope>) => `${place.path(ctx.scope)}/${ctx.params.conversation!}`;
  const done = (ctx: Ctx<Scope>, what: string) => redirect(base(ctx), what);
  /** Who came too late finds what he typed beside what stands there now. */
  const attempt = (ctx: FormCtx<Scope>, work: () => Promise<Answer>) =>
    unlessLate(work, (late) =>
      conversationPage(place, { ...ctx, form: { ...emptyForm, values: ctx.typed } }, late),
    );

  section.file('/export', read, ({ db, scope, query, now }) =>
    exportConversations(db, place.reader(scope), face, listFilter(query), dayOf(now), query.get('format')),
  );

  section.form('/new', place.write, {
    schema: face === 'request' ? requestForm : messageForm,
    upload: CONVERSATION_FILES,
    limit,
    nav: place.create,
    show: (ctx) => {
      const subject = (ctx.query.get('subject') ?? '').slice(0, 200);
      return openingPage(place, { ...ctx, form: ctx.fill({ subject }) }, { title: place.create, lead: null });
    },
    save: (ctx, { organisation, ...opening }) =>
      withFiles(ctx, 'files', async (files) => {
        const behalf = place.reader(ctx.scope).organisation ?? organisation;
        const said = { face, organisation: behalf, ...opening, files };
        const { id, number } = await openConversation(writing(place, ctx), said);
        return redirect(`${place.path(ctx.scope)}/${id}`, sentWords(face, number));
      }),
  });

  section.page(
    '/:conversation',
    read,
    (ctx) => toEntry(ctx.query, base(ctx)) ?? conversationPage(place, { ...ctx, form: emptyForm }),
  );

  section.form('/:conversation/replies', place.write, {
    schema: replyForm,
    upload: CONVERSATION_FILES,
    limit,
    show: (ctx) => conversationPage(place, ctx),
    save: (ctx, { text }) =>
      attempt(ctx, () =>
        withFiles(ctx, 'files', async (files) => {
          const { last_entry } = await reply(writing(place, ctx), ctx.params.conversation!, text, files);
          return redirect(`${base(ctx)}#e-${last_entry}`, 'Ответ отправлен.');
        }),
      ),
  });

  section.action('/:conversation/reading', read, async (ctx) => {
    const { id } = await found(place, ctx);
    await markConversationRead(ctx.db, id, place.reader(ctx.scope).account);
    return redirect(base(ctx));
  });

  /** A page that asks before a step; the step must be there now. @throws Conflict */
  async function ask(ctx: FormCtx<Scope>, step: Step, template: string, title: string): Promise<Answer> {
    const conversation = await found(place, ctx);
    if (!(await place.writes(ctx, conversation))) throw new NotFound();
    const late = step === 'rate' && conversation.state === 'closed' && conversation.rating === null;
    const settled = step === 'return' && isSettled(conversation, ctx.now);
    if (settled || (!late && !transition(face, step, conversation.state)))
      throw new Conflict(presentState(conversation));
    return page(ctx, conversation, template, title);
  }

  const page = (
    ctx: FormCtx<Scope>,
    conversation: Conversation,
    template: string,
    title: string,
    more = {},
  ) =>
    view(`conversations/${template}`, {
      title,
      crumbs: crumbsOf(place, ctx.scope, conversation),
      conversation,
      words,
      base: base(ctx),
      form: ctx.form,
      ...more,
    });

  if (face === 'request') {
    section.form('/:conversation/withdrawal', place.write, {
      schema: buttonOnly,
      show: (ctx) => ask(ctx, 'withdraw', 'withdrawal', 'Отозвать заявку?'),
      save: async (ctx) => {
        await withdraw(writing(place, ctx), ctx.params.conversation!);
        return done(ctx, 'Заявка отозвана.');
      },
    });

    section.form('/:conversation/return', place.write, {
      schema: returnForm,
      show: (ctx) => ask(ctx, 'return', 'return', 'Вернуть в работу'),
      save: (ctx, { text }) =>
        attempt(ctx, async () => {
          await giveBack(writing(place, ctx), ctx.params.conversation!, text);
          return done(ctx, 'Заявка возвращена в работу.');
        }),
    });
  }

  section.form('/:conversation/rating', place.write, {
    schema: ratingForm,
    show: async (ctx) => {
      const answer = await ask(ctx, 'rate', 'rating', 'Оценить работу');
      if (answer.kind === 'view') answer.locals.ratings = RATINGS;
      return answer;
    },
    save: (ctx, { rating, text }) =>
      attempt(ctx, async () => {
        await rate(writing(place, ctx), ctx.params.conversation!, rating, text);
        return done(ctx, 'Спасибо за оценку!');
      }),
  });

  section.form('/:conversation/colleagues', place.write, {
    schema: colleagueForm,
    show: async (ctx) => {
      const conversation = await found(place, ctx);
      if (conversation.organisation_id === null || !(await place.writes(ctx, conversation)))
        throw new NotFound();
      if (isOver(conversation.state)) throw new Conflict(presentState(conversation));
      const colleagues = await listColleagues(ctx.db, conversation);
      return page(ctx, conversation, 'colleague', 'Добавить коллегу', { colleagues });
    },
    save: async (ctx, { colleague }) => {
      await addColleague(writing(place, ctx), ctx.params.conversation!, colleague);
      return done(ctx, 'Коллега добавлен.');
    },
  });

  section.form('/:conversation/leaving', read, {
    schema: buttonOnly,
    show: async (ctx) => {
      const conversation = await found(place, ctx);
      const people = await listPeople(ctx.db, conversation.id);
      if (!mayLeave(conversation, people, place.reader(ctx.scope).account)) throw new NotFound();
      return page(ctx, conversation, 'leaving', 'Выйти из переписки?');
    },
    save: async (ctx) => {
      const { number } = await leave(writing(place, ctx), ctx.params.conversation!);
      return redirect(place.path(ctx.scope), `Вы больше не участвуете в переписке № ${number}.`);
    },
  });

  section.file('/:conversation/files/:file', read, async (ctx) => {
    const { id } = await found(place, ctx);
    const file = await getAttachedFile(ctx.db, id, ctx.params.file!, { notes: false });
    const stored = await ctx.parts.store.open(file.id);
    const inline = ctx.query.has('inline');
    return { kind: 'file', file: { ...stored, mime: file.mime, name: file.name }, inline };
  });
}

/** What the sender is told: the number to call about. */
export const sentWords = (face: Face, number: string) =>
  `${WORDS[face].one} № ${number} ${WORDS[face].sent}. По этому номеру можно обратиться в управляющую компанию.`;

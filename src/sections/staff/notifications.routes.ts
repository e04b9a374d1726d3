import { position } from '../../db/paging.js';
import { countReaders, listBuildings } from '../../domain/notifications/audience.data.js';
import { stateOf } from '../../domain/notifications/notification.js';
import {
  publishNotification,
  removeNotification,
  rewriteNotification,
  withdrawNotification,
  writeNotification,
} from '../../domain/notifications/notifications.actions.js';
import { getNotification, listNotifications } from '../../domain/notifications/notifications.data.js';
import { notificationPolicy } from '../../domain/notifications/notifications.policy.js';
import { listOrganisations } from '../../domain/organisations/organisations.data.js';
import { addDays, day, dayOf } from '../../lib/dates.js';
import { pageLink, redirect, view, type Answer } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { buttonOnly, emptyForm, type Typed } from '../../web/form.js';
import { atWork, unlessLate } from './at-work.js';
import { section, staff, type Ctx, type FormCtx } from '../section.js';
import { notificationForm, publicationForm } from './notifications.forms.js';
import {
  allowed,
  AUDIENCE_OPTIONS,
  facts,
  KIND_OPTIONS,
  listRow,
  preview,
  STATE_OPTIONS,
  stateFilter,
  stateTag,
  typedOf,
} from './notifications.view.js';

const PATH = '/staff/notifications';
const USUAL_DAYS = 30;

/** What the company writes to its tenants: drafts, preview, publication, who has read it. */
export const noticesSection = section({
  path: PATH,
  area: 'staff',
  load: staff,
  nav: { label: 'Уведомления', menu: 'staff', order: 30 },
});

const crumbs = [{ label: 'Уведомления', href: PATH }];

noticesSection.page('/', notificationPolicy.write, async ({ db, query, now }) => {
  const state = stateFilter(query);
  const page = await listNotifications(db, state, position(query), now);
  const link = pageLink(PATH, state ? [['state', state]] : []);
  return view('staff/notifications/index', {
    title: 'Уведомления',
    form: { values: { state: state ?? '' }, errors: {} },
    states: STATE_OPTIONS,
    filtered: state !== null,
    rows: page.rows.map((row) => listRow(row, now)),
    add: `${PATH}/new`,
    previous: link(page.previous),
    next: link(page.next),
  });
});

/** What the form offers to choose from. */
async function choices({ db }: Pick<Ctx<Account>, 'db'>) {
  const [organisations, buildings] = await Promise.all([listOrganisations(db), listBuildings(db)]);
  return {
    audiences: AUDIENCE_OPTIONS,
    kinds: KIND_OPTIONS,
    organisations: organisations.map(({ id, name }) => ({ value: id, label: name })),
    buildings: buildings.map((building) => ({ value: building, label: building })),
  };
}

noticesSection.form('/new', notificationPolicy.write, {
  schema: notificationForm,
  async show(ctx) {
    const until = `${day(addDays(dayOf(ctx.now), USUAL_DAYS))} 23:59`;
    return view('staff/notifications/edit', {
      title: 'Новое уведомление',
      crumbs,
      form: ctx.fill({ goes_at: until }),
      late: null,
      back: { label: 'Вернуться к списку', href: PATH },
      ...(await choices(ctx)),
    });
  },
  async save(ctx, { revision: _none, ...written }) {
    const id = await writeNotification(atWork(ctx), written);
    return redirect(`${PATH}/${id}`, 'Черновик сохранён. Проверьте, как его увидят, и опубликуйте.');
  },
});

noticesSection.page('/:notification', notificationPolicy.write, (ctx) => desk(ctx));

/** The notification as it will be read, and what can be done with it; `late` tells who came too late what has happened. */
async function desk(
  { db, params, now }: Pick<Ctx<Account>, 'db' | 'params' | 'now'>,
  late: string | null = null,
): Promise<Answer> {
  const row = await getNotification(db, params.notification!);
  const locals = {
    title: row.title,
    crumbs,
    late,
    path: `${PATH}/${row.id}`,
    tag: stateTag(stateOf(row, now)),
    revision: row.revision,
    preview: preview(row),
    facts: facts(row, await countReaders(db, row, now), now),
    can: allowed(row, now),
  };
  return view('staff/notifications/show', locals, late ? 409 : undefined);
}

noticesSection.form('/:notification/edit', notificationPolicy.write, {
  schema: notificationForm,
  show: editor,
  save(ctx, { revision, ...written }) {
    const id = ctx.params.notification!;
    return unlessLate(
      async () => {
        await rewriteNotification(atWork(ctx), id, revision ?? 0, written);
        return redirect(`${PATH}/${id}`, 'Уведомление изменено.');
      },
      (late) => editor({ ...ctx, form: emptyForm }, { late, typed: ctx.typed }),
    );
  },
});

/**
 * The form of a notification. Whoever came too late (`late` says why) keeps what he typed, with the notification beside
 * it as it is now: sent again, it replaces that.
 */
async function editor(
  ctx: FormCtx<Account>,
  came: { late: string; typed: Typed } | null = null,
): Promise<Answer> {
  const row = await getNotification(ctx.db, ctx.params.notification!);
  const href = `${PATH}/${row.id}`;
  if (!came && !allowed(row, ctx.now).edit) return redirect(href);
  const touched = Object.keys(ctx.form.errors).length > 0 || ctx.form.restored;
  // Boxes that were unticked are not sent: where something was typed, that decides alone.
  const values = came ? { ...came.typed, revision: String(row.revision) } : typedOf(row);
  const locals = {
    title: 'Изменить уведомление',
    crumbs: [...crumbs, { label: row.title, href }],
    form: touched ? ctx.form : { ...ctx.form, values },
    late: came && { text: came.late, href },
    back: { label: 'Оставить как есть', href },
    ...(await choices(ctx)),
  };
  return view('staff/notifications/edit', locals, came ? 409 : undefined);
}

noticesSection.form('/:notification/publication', notificationPolicy.write, {
  schema: publicationForm,
  show: (ctx) => desk(ctx),
  save(ctx, { revision }) {
    const id = ctx.params.notification!;
    return unlessLate(
      async () => {
        const planned = (await publishNotification(atWork(ctx), id, revision)) === 'planned';
        return redirect(
          `${PATH}/${id}`,
          planned ? 'Уведомление опубликовано и появится в назначенное время.' : 'Уведомление опубликовано.',
        );
      },
      (late) => desk(ctx, late),
    );
  },
});

noticesSection.form('/:notification/withdrawal', notificationPolicy.write, {
  schema: buttonOnly,
  show: (ctx) => question(ctx, 'withdraw'),
  async save(ctx) {
    await withdrawNotification(atWork(ctx), ctx.params.notification!);
    return redirect(`${PATH}/${ctx.params.notification}`, 'Уведомление снято с показа.');
  },
});

noticesSection.form('/:notification/removal', notificationPolicy.write, {
  schema: buttonOnly,
  show: (ctx) => question(ctx, 'remove'),
  async save(ctx) {
    await removeNotification(atWork(ctx), ctx.params.notification!);
    return redirect(PATH, 'Черновик удалён.');
  },
});

const QUESTIONS = {
  withdraw: {
    title: 'Снять уведомление с показа?',
    text: 'Его больше никто не увидит, ещё не отправленные письма не уйдут. Вернуть его нельзя.',
    act: 'withdrawal',
    label: 'Снять с показа',
  },
  remove: {
    title: 'Удалить черновик?',
    text: 'Черновик исчезнет, вернуть его нельзя.',
    act: 'removal',
    label: 'Удалить',
  },
};

async function question({ db, params, now }: Ctx<Account>, act: 'withdraw' | 'remove') {
  const row = await getNotification(db, params.notification!);
  const href = `${PATH}/${row.id}`;
  if (!allowed(row, now)[act]) return redirect(href);
  const { title, text, label, act: noun } = QUESTIONS[act];
  return view('shared/question', {
    title,
    crumbs: [...crumbs, { label: row.title, href }],
    text,
    label,
    rows: [{ label: 'Заголовок', value: row.title }],
    action: `${href}/${noun}`,
    cancel: { href, label: 'Оставить' },
  });
}

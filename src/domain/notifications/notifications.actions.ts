import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/knex.js';
import type { NotificationRow } from '../../db/rows.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { record } from '../audit/audit.data.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import { accountsOf, knownOrganisations, listBuildings } from './audience.data.js';
import { ALLOWED, STATE_NAMES, stateOf, type Audience, type Kind } from './notification.js';
import {
  deleteNotification,
  lockNotification,
  saveNotification,
  updateNotification,
  type Chosen,
} from './notifications.data.js';
import { notificationPolicy } from './notifications.policy.js';

/** What the editor writes; people are named by their addresses. */
export interface Written {
  kind: Kind;
  audience: Audience;
  title: string;
  text: string;
  appears_at: Date | null;
  goes_at: Date;
  organisations: string[];
  buildings: string[];
  emails: string[];
}

/** A year: what is shown for longer is no news, and what is shown today stays little. */
const LONGEST = 366 * 24 * 3_600_000;

/** The editor at work. */
type Editing = StaffWork;

/**
 * Saves a draft. Answers its id.
 *
 * @throws Invalid naming what does not exist, by field
 */
export function writeNotification(editing: Editing, written: Written): Promise<string> {
  const { now, staff } = editing;
  return change(editing, async (trx) => {
    const id = randomUUID();
    const chosen = await choose(trx, written, now);
    const dates = { created_at: now, published_at: null, withdrawn_at: null, mailed_at: null };
    const row = { id, ...columns(written), revision: 1, created_by: staff.id, ...dates };
    await saveNotification(trx, row, chosen);
    await log(trx, editing, 'written', id, { ...row, ...chosen });
    return id;
  });
}

/**
 * Changes a notification that nobody has seen yet.
 *
 * @param revision the one that the editor saw
 * @throws Invalid by field; Conflict when people see it by now, or a colleague has changed it
 */
export function rewriteNotification(
  editing: Editing,
  id: string,
  revision: number,
  written: Written,
): Promise<void> {
  return change(editing, async (trx) => {
    const row = await expect(trx, editing, id, 'edit', revision);
    const chosen = await choose(trx, written, editing.now);
    const appears = written.appears_at ?? editing.now;
    const next = { ...row, ...columns(written), ...(row.published_at && { appears_at: appears }) };
    await saveNotification(trx, { ...next, revision: row.revision + 1 }, chosen);
    await log(trx, editing, 'changed', id, { before: row, after: next, ...chosen });
  });
}

/**
 * Publishes the draft as the editor saw it. It appears at its time, at once when that has none or has passed; answers
 * which.
 *
 * @throws Conflict when it is no draft, was changed since, or its time is over
 */
export function publishNotification(
  editing: Editing,
  id: string,
  revision: number,
): Promise<'planned' | 'shown'> {
  const { now } = editing;
  return change(editing, async (trx) => {
    const row = await expect(trx, editing, id, 'publish', revision);
    if (row.goes_at <= now)
      throw new Conflict('Время показа уже прошло. Измените «Показывать до» и опубликуйте.');
    const appears_at = row.appears_at && row.appears_at > now ? row.appears_at : now;
    const published = { appears_at, published_at: now, revision: row.revision + 1 };
    await updateNotification(trx, id, published);
    await log(trx, editing, 'published', id, { appears_at });
    return appears_at > now ? 'planned' : 'shown';
  });
}

/** Takes a published notification down: nobody sees it any more, its unsent letters are dropped. @throws Conflict */
export function withdrawNotification(editing: Editing, id: string): Promise<void> {
  return change(editing, async (trx) => {
    await expect(trx, editing, id, 'withdraw');
    await updateNotification(trx, id, { withdrawn_at: editing.now });
    await log(trx, editing, 'withdrawn', id, {});
  });
}

/** Deletes a draft. @throws Conflict when it is none */
export function removeNotification(editing: Editing, id: string): Promise<void> {
  return change(editing, async (trx) => {
    const row = await expect(trx, editing, id, 'remove');
    await deleteNotification(trx, id);
    await log(trx, editing, 'removed', id, { before: row });
  });
}

/** One transaction, in which the editor is still one; what one form asks for is done once, however often it is sent. */
const change = <T>(editing: Editing, work: (trx: Transaction) => Promise<T>): Promise<T> =>
  asStaff(editing, notificationPolicy.write, work);

async function expect(
  trx: Transaction,
  { now }: Editing,
  id: string,
  act: 'edit' | 'publish' | 'remove' | 'withdraw',
  revision?: number,
): Promise<NotificationRow> {
  const row = await lockNotification(trx, id);
  const state = stateOf(row, now);
  if (!ALLOWED[state].includes(act))
    throw new Conflict(`Уведомление в состоянии «${STATE_NAMES[state]}»: так с ним уже нельзя.`);
  if (revision !== undefined && revision !== row.revision)
    throw new Conflict('Уведомление тем временем изменил коллега. Посмотрите, что получилось.');
  return row;
}

const columns = ({ kind, audience, title, text, appears_at, goes_at }: Written) => ({
  kind,
  audience,
  title,
  text,
  appears_at,
  goes_at,
});

/** Checks the chosen ones against what there is; what belongs to another audience is left out. */
async function choose(trx: Transaction, written: Written, now: Date): Promise<Chosen> {
  const chosen: Chosen = { organisations: [], buildings: [], accounts: [] };
  const { appears_at, goes_at } = written;
  if (goes_at <= now) throw new Invalid({ goes_at: 'Это время уже прошло' });
  if (goes_at.getTime() - (appears_at ?? now).getTime() > LONGEST)
    throw new Invalid({ goes_at: 'Показывать можно не дольше года' });
  if (written.audience === 'organisations') {
    chosen.organisations = await knownOrganisations(trx, written.organisations);
    if (chosen.organisations.length === 0) throw new Invalid({ organisations: 'Выберите организации' });
  }
  if (written.audience === 'buildings') {
    const known = await listBuildings(trx);
    chosen.buildings = known.filter((one) => written.buildings.includes(one));
    if (chosen.buildings.length === 0) throw new Invalid({ buildings: 'Выберите здания' });
  }
  if (written.audience === 'accounts') {
    const found = await accountsOf(trx, written.emails);
    const unknown = written.emails.filter((email) => !found.some((one) => one.email === email));
    if (written.emails.length === 0) throw new Invalid({ emails: 'Укажите адреса E-mail' });
    if (unknown.length > 0)
      throw new Invalid({ emails: `Нет аккаунта с адресом: ${unknown.slice(0, 10).join(', ')}` });
    chosen.accounts = found.map(({ id }) => id);
  }
  return chosen;
}

const log = (
  trx: Transaction,
  { actor, now }: Editing,
  what: string,
  subject: string,
  details: Record<string, unknown>,
) => record(trx, actor, now, { action: `notification.${what}`, subject, details });

import { randomUUID } from 'node:crypto';
import { transaction, type Database, type Transaction } from '../../db/knex.js';
import { once } from '../../db/once.js';
import { Conflict } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { post } from '../outbox/outbox.data.js';
import { lockAccount, lockPhone, releasePhone, updateAccount } from './accounts.data.js';
import { checkCode, issueCode, noSuchCode } from './phone-codes.actions.js';
import { findOpenCode, useCode } from './phone-codes.data.js';
import type { PeopleParts } from './registration.actions.js';

/**
 * Sends a code to the number that stands in one's personal data (manual 4.1.1.1, «Подтвердить»); once, however often
 * the form is sent.
 *
 * @throws Conflict when there is no number or it is confirmed already, TooMany when it has had enough codes
 */
export async function sendPhoneCode(
  db: Database,
  own: { id: string },
  form: string | null,
  actor: Actor,
  now: Date,
): Promise<void> {
  const send = async (trx: Transaction) => {
    const account = await lockAccount(trx, own.id);
    if (!account.phone) throw new Conflict('Номер телефона не указан в личных данных.');
    if (account.phone_confirmed_at) throw new Conflict('Номер телефона уже подтверждён.');
    const id = randomUUID();
    await issueCode(trx, { id, purpose: 'confirmation', account, phone: account.phone, from: now }, now);
    await post(trx, now, [{ letter: 'phone-code', recipient: account.phone, data: { code: id } }]);
    await record(trx, actor, now, { action: 'phone.code-sent', subject: own.id });
  };
  await transaction(db, (trx) => once(trx, { account: own.id, key: form, now }, () => send(trx)));
}

/**
 * Confirms the number by its code. A number that another account had confirmed moves here: whoever reads its SMS has it.
 *
 * @throws Invalid at `code` when it is another one, too old, tried too often, or for a number that was changed since
 */
export async function confirmPhone(
  parts: PeopleParts,
  own: { id: string; phone: string | null },
  code: string,
  actor: Actor,
  now: Date,
): Promise<void> {
  const open = await findOpenCode(parts.db, own.id, 'confirmation', now);
  if (!open) throw noSuchCode();
  const { id, phone } = await checkCode(
    parts.db,
    parts.tokens,
    { id: open.id, phone: own.phone ?? '', code },
    now,
  );
  await transaction(parts.db, async (trx) => {
    await lockPhone(trx, phone);
    const account = await lockAccount(trx, own.id);
    if (account.phone !== phone || !(await useCode(trx, id, now))) throw noSuchCode();
    await releasePhone(trx, phone, own.id);
    await updateAccount(trx, own.id, { phone_confirmed_at: now });
    const { email, name, patronymic } = account;
    await post(trx, now, [
      { letter: 'phone-confirmed', recipient: email, data: { name, patronymic, phone } },
    ]);
    await record(trx, actor, now, { action: 'phone.confirmed', subject: own.id });
  });
}

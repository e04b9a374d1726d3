import { timingSafeEqual } from 'node:crypto';
import type { Database, Transaction } from '../../db/knex.js';
import type { AccountRow, PhoneCodeRow } from '../../db/rows.js';
import { Invalid, TooMany } from '../../lib/errors.js';
import { post } from '../outbox/outbox.data.js';
import { listAdministrators } from './accounts.data.js';
import { countCodes, insertCode, takeTry } from './phone-codes.data.js';
import type { Tokens } from './tokens.js';

/** A code holds this long, in milliseconds (ASVS 6.5.5). */
export const CODE_TIME = 10 * 60_000;
/** Codes to one number an hour and a day, and to all numbers together a day: SMS cost money, and pumping is a trade. */
const SENDS = { hour: 3, day: 10, all: 500 };
const HOUR = 3_600_000;

const NOT_THE_CODE = 'Код не подходит, или его срок истёк. Проверьте цифры или запросите новый код';

/**
 * Writes down a code that is about to be sent to a phone. Whoever takes the last one of the day tells the company's
 * administrators.
 *
 * @throws TooMany when this number, or all of them together, have had enough
 */
export async function issueCode(
  trx: Transaction,
  code: { id: string; purpose: PhoneCodeRow['purpose']; account: AccountRow; phone: string; from: Date },
  now: Date,
): Promise<void> {
  const since = { hour: new Date(now.getTime() - HOUR), day: new Date(now.getTime() - 24 * HOUR) };
  const sent = await countCodes(trx, code.phone, since);
  if (sent.day >= SENDS.day || sent.all >= SENDS.all)
    throw new TooMany(24 * 3600, 'На сегодня коды закончились.');
  if (sent.hour >= SENDS.hour) throw new TooMany(3600, 'Код на этот номер отправлен уже три раза за час.');
  await insertCode(trx, {
    id: code.id,
    purpose: code.purpose,
    account_id: code.account.id,
    phone: code.phone,
    created_at: now,
    expires_at: new Date(code.from.getTime() + CODE_TIME),
  });
  if (sent.all + 1 === SENDS.all) {
    const people = await listAdministrators(trx);
    await post(
      trx,
      now,
      people.map(({ email, name, patronymic }) => ({
        letter: 'sms-used-up',
        recipient: email,
        data: { name, patronymic, count: SENDS.all },
      })),
    );
  }
}

/**
 * Judges the digits that somebody typed. The try is counted first and in a transaction of its own, so of fifty at the
 * same instant five are looked at.
 *
 * @throws Invalid at `code`, in the same words whatever is wrong
 */
export async function checkCode(
  db: Database,
  tokens: Tokens,
  typed: { id: string; phone: string; code: string },
  now: Date,
): Promise<PhoneCodeRow> {
  const row = await takeTry(db, typed.id, typed.phone, now);
  const right = Buffer.from(tokens.code(row?.id ?? typed.id));
  const given = Buffer.from(typed.code);
  if (!row || given.length !== right.length || !timingSafeEqual(given, right)) throw noSuchCode();
  return row;
}

export const noSuchCode = () => new Invalid({ code: NOT_THE_CODE });

import { randomUUID } from 'node:crypto';
import type { Database } from '../../db/knex.js';
import type { PartyLookupRow } from '../../db/rows.js';
import { Invalid } from '../../lib/errors.js';
import type { NoParty, PartyRegister } from './party.js';
import { findPartyLookup, insertPartyLookup } from './party-lookups.data.js';
import { note, register, type Registering } from './registering.js';

const DAY = 24 * 3_600_000;

/** What the company's own people are told; the form can always be typed by hand. */
const PROBLEMS: Record<NoParty, string> = {
  unknown: 'Такого ИНН нет в справочнике. Проверьте его или заполните поля сами',
  key: 'Справочник не принял ключ. Сообщите администратору системы, а поля заполните сами',
  quota: 'Запросы к справочнику на сегодня закончились. Заполните поля сами',
  often: 'Справочник просит подождать. Повторите через минуту или заполните поля сами',
  away: 'Справочник не отвечает. Повторите позже или заполните поля сами',
};

/**
 * «Заполнить по ИНН»: asks the outside register and keeps its answer for the form. Answers the look-up's id.
 *
 * @param typed `inn` has right control digits; the rest of the form is kept beside the answer
 * @throws Invalid at `inn` when there is none
 */
export async function lookUpParty(
  registering: Registering,
  parties: PartyRegister | null,
  typed: Pick<PartyLookupRow, 'inn' | 'external_id'>,
): Promise<string> {
  if (!parties) throw new Invalid({ inn: 'Справочник не подключён. Заполните поля сами' });
  // Outside of any transaction: nothing waits in the database for somebody else's answer.
  const found = await parties.find(typed.inn);
  if (typeof found === 'string') throw new Invalid({ inn: PROBLEMS[found] });
  const { now, staff } = registering;
  return register(registering, async (trx) => {
    const id = randomUUID();
    const row = { id, account_id: staff.id, ...typed, found, at: now };
    await insertPartyLookup(trx, row, new Date(now.getTime() - DAY));
    await note(trx, registering, 'organisation.looked-up', { subject: staff.id }, { inn: typed.inn });
    return id;
  });
}

export type Lookup = PartyLookupRow;

/** What one has looked up within a day; null when there is no such thing. */
export const findLookup = (db: Database, staff: { id: string }, id: string, now: Date) =>
  findPartyLookup(db, staff.id, id, new Date(now.getTime() - DAY));

import type { Database } from '../../db/knex.js';
import { Invalid } from '../../lib/errors.js';
import type { Payer } from '../payments/payers.data.js';
import { booksPayers, type BooksPayer } from './imported.data.js';

/** What an accountant has typed of whom an invoice is for. */
export interface TypedPayer {
  inn: string;
  /** Which of the organisations of this ИНН; null: not chosen. */
  organisation: string | null;
  /** The contract's number. */
  contract: string | null;
}

/** The organisations of an ИНН, with their contracts: branches have one ИНН. */
export const organisationsOf = (db: Database, inn: string): Promise<BooksPayer[]> =>
  booksPayers(db, { codes: [], numbers: [], inns: [inn] });

/**
 * Whom an invoice is for, and by which contract. Of several organisations it is the chosen one, else the only one that has
 * the contract; never just any.
 *
 * @throws Invalid at the field that names nobody, or not enough
 */
export async function draftPayer(
  db: Database,
  { inn, organisation, contract: number }: TypedPayer,
): Promise<{ payer: Payer; contract_id: string | null }> {
  const known = await organisationsOf(db, inn);
  if (known.length === 0 && inn.length === 10)
    throw new Invalid({ inn: 'Организации с таким ИНН среди арендаторов нет' });
  const contractOf = (one: BooksPayer) => one.contracts.find((contract) => contract.number === number);
  const chosen = known.length > 1 && known.find(({ id }) => id === organisation);
  const fitting = chosen ? [chosen] : number && known.length > 1 ? known.filter(contractOf) : known;
  const [one, another] = fitting;
  if (another) throw new Invalid({ organisation: 'Организаций с этим ИНН несколько: выберите одну' });
  const contract = one && contractOf(one);
  if (number && !contract) throw new Invalid({ contract: 'У плательщика нет договора с таким номером' });
  return { payer: one ? { organisation: one.id } : { inn }, contract_id: contract?.id ?? null };
}

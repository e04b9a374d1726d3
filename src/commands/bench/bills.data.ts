import { createPasswords } from '../../domain/people/password.js';
import { READER, withClient } from './filling.data.js';

/** Who keeps the books. */
const ACCOUNTANT = { email: 'books@company.example', password: READER.password };

const id = (noun: string, n: string) => `md5('${noun}' || ${n})::uuid`;

/**
 * Fills a migrated, empty database with so many invoices: half of them the reader's organisation's, a thousand others
 * share the rest. All but a hundred of the reader's are paid.
 */
export async function fillBills(url: string, invoices: number, passwordKey: string): Promise<void> {
  const hash = await createPasswords({ key: passwordKey, cost: 12 }).hash(READER.password);
  await withClient(url, async (client) => {
    // The rows fit each other by the way they are made: no check of each foreign key.
    await client.query('set session_replication_role = replica');
    await client.query(
      `insert into accounts (id, email, surname, name, password_hash, created_at, staff_roles)
       values (${id('account', '1')}, $1, 'Константинопольская', 'Мария', $3, now(), '{}'),
         (${id('account', '2')}, $2, 'Счетоводова', 'Анна', $3, now(), '{accountant}')`,
      [READER.email, ACCOUNTANT.email, hash],
    );
    await client.query(
      `insert into organisations (id, name, inn, kpp, created_at)
       select case n when 0 then '${READER.organisation}' else ${id('organisation', 'n')} end,
         'ООО «Арендатор № ' || n || '»', 7700000000 + n, '770401001', now() from generate_series(0, 1000) n`,
    );
    await client.query(
      `insert into memberships (id, organisation_id, account_id, roles, since)
       values (gen_random_uuid(), '${READER.organisation}', ${id('account', '1')}, '{accounting}', now())`,
    );
    await client.query(
      `insert into payers (id, organisation_id)
       select ${id('payer', 'n')}, case n when 0 then '${READER.organisation}' else ${id('organisation', 'n')} end
       from generate_series(0, 1000) n`,
    );
    for (const statement of ROWS) await client.query(statement, [invoices]);
    await client.query('vacuum analyze');
  });
}

// n is the age in a forty-eighth of a day; of each half only the newest hundred are not paid.
const ROWS = [
  `insert into invoices (id, payer_id, number, dated_on, period, due_on, state, total, allocated, created_at, issued_at)
   select ${id('invoice', 'n')}, ${id('payer', 'case when n % 2 = 0 then 0 else 1 + n / 2 % 1000 end')}, 'С-' || n,
     current_date - n / 48, to_char(current_date - n / 48, 'YYYY-MM'), current_date - n / 48 + 10, 'issued',
     100000 + n % 977 * 100, case when n < 200 then 0 else 100000 + n % 977 * 100 end, now(), now()
   from generate_series(1, $1::int) n`,
  `insert into invoice_lines (invoice_id, position, name, quantity, price, total, vat_code)
   select ${id('invoice', 'n')}, 1, 'Аренда', 1, 100000 + n % 977 * 100, 100000 + n % 977 * 100, 11
   from generate_series(1, $1::int) n`,
];

/** Where the given page of the reader's invoices begins, as the query of its address. */
export async function billCursor(url: string, page: number, pageSize: number): Promise<string> {
  const text = `select place as at, id from invoices where payer_id = ${id('payer', '0')}
    order by place, id offset $1 limit 1`;
  const { rows } = await withClient(url, (client) =>
    client.query<{ at: string; id: string }>(text, [(page - 1) * pageSize - 1]),
  );
  const { at, id: last } = rows[0]!;
  return `?after=${Buffer.from(at).toString('base64url')}_${last}`;
}

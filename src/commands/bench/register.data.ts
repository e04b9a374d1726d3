import { createPasswords } from '../../domain/people/password.js';
import { withClient } from './filling.data.js';

/** Who reads the register: the company's administrator. */
export const CLERK = { email: 'clerk@company.example', password: 'Скрепка-и-лист-2026' };

const WORDS = [
  'Северная|Южная|Новая|Первая|Московская|Зелёная|Тихая|Светлая|Быстрая|Вольная',
  'логистика|аптека|студия|типография|лаборатория|ромашка|мастерская|галерея|пекарня|школа',
].map((words) => `(array['${words.replaceAll('|', "','")}'])`);

const id = (noun: string) => `md5('${noun}' || n)::uuid`;

/**
 * Fills a migrated, empty database with so many organisations; each has a contract, a room and an administrator. Ids are
 * hashes of a number, so that every table can be written by itself.
 */
export async function fillRegister(url: string, organisations: number, passwordKey: string): Promise<void> {
  const hash = await createPasswords({ key: passwordKey, cost: 12 }).hash(CLERK.password);
  await withClient(url, async (client) => {
    // The rows fit each other by the way they are made: no check of each foreign key.
    await client.query('set session_replication_role = replica');
    await client.query(
      `insert into accounts (id, email, surname, name, password_hash, created_at, staff_roles)
       values (gen_random_uuid(), $1, 'Рождественский', 'Фёдор', $2, now(), '{administrator}')`,
      [CLERK.email, hash],
    );
    await client.query(
      `insert into accounts (id, email, surname, name, created_at)
       select ${id('account')}, 'head-' || n || '@tenant.example', 'Константинопольская', 'Мария', now()
       from generate_series(0, 499) n`,
    );
    await client.query(`insert into buildings (name) select 'БЦ № ' || n from generate_series(0, 7) n`);
    for (const statement of ROWS) await client.query(statement, [organisations]);
    await client.query('vacuum analyze');
  });
}

const ROWS = [
  `insert into organisations (id, name, inn, kpp, created_at)
   select ${id('organisation')}, case n when 500 then 'ООО «Ромашка и партнёры»'
     else 'ООО «' || ${WORDS[0]}[1 + n % 10] || ' ' || ${WORDS[1]}[1 + n / 10 % 10] || ' ' || n || '»' end,
     7700000000 + n, '770401001', now()
   from generate_series(1, $1::int) n`,
  `insert into contracts (id, organisation_id, number, kind, starts_on, ends_on)
   select ${id('contract')}, ${id('organisation')}, 'Д-' || n || '/' || 2015 + n % 10, 'main', '2021-01-01',
     case when n % 3 > 0 then current_date + n % 900 end
   from generate_series(1, $1::int) n`,
  `insert into premises (id, contract_id, building, room, area)
   select ${id('premises')}, ${id('contract')}, 'БЦ № ' || n % 8, 'помещение ' || n, 10 + n % 300
   from generate_series(1, $1::int) n`,
  `insert into memberships (id, organisation_id, account_id, roles, since)
   select ${id('membership')}, ${id('organisation')}, md5('account' || n % 500)::uuid, '{administrator}', now()
   from generate_series(1, $1::int) n`,
];

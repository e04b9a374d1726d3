import pg from 'pg';
import { createPasswords } from '../../domain/people/password.js';

/** Who reads the list, and in which organisation. */
export const READER = {
  email: 'bench@tenant.example',
  password: 'Скрепка-и-лист-2026',
  organisation: '77043749-0000-4000-8000-000000000000',
};
/** Those who sign in meanwhile. */
export const OTHERS = Array.from({ length: 16 }, (_, n) => `bench-${n + 1}@tenant.example`);

/** Those whose passwords strangers guess at. */
export const KNOWN = Array.from({ length: 500 }, (_, n) => `known-${n + 1}@tenant.example`);

/**
 * Fills a migrated, empty database: the reader's organisation has half of the documents, a thousand others share the
 * rest, all mixed in time. Ids are hashes of a number, so that every table can be written by itself.
 */
export async function fill(url: string, documents: number, passwordKey: string): Promise<void> {
  const hash = await createPasswords({ key: passwordKey, cost: 12 }).hash(READER.password);
  await withClient(url, async (client) => {
    await people(client, hash);
    await withoutIndexes(client, ['documents', 'document_versions', 'files'], async () => {
      await Promise.all(ROWS.map((statement) => withClient(url, (one) => insert(one, statement, documents))));
    });
    await client.query('vacuum analyze');
  });
}

async function insert(client: pg.Client, statement: string, documents: number): Promise<void> {
  // The rows fit each other by the way they are made: no check of each foreign key.
  await client.query('set session_replication_role = replica');
  await client.query(statement, [documents]);
}

/** Which Postgres answers there. */
export async function versionOf(url: string): Promise<string> {
  return (await query<{ version: string }>(url, `select split_part(version(), ' ', 2) as version`))[0]!
    .version;
}

/** The processes of Postgres that work for the application on this database. */
export async function backendsOf(url: string): Promise<number[]> {
  const text = `select pid from pg_stat_activity where datname = current_database() and application_name = 'cabinet'`;
  return (await query<{ pid: number }>(url, text)).map((row) => row.pid);
}

/** Where the given page of the reader's list begins, as the query of its address. */
export async function cursorOf(url: string, page: number, pageSize: number): Promise<string> {
  const [last] = await query<{ at: Date; id: string }>(
    url,
    `select sent_at as at, id from documents where organisation_id = $1
     order by sent_at desc, id desc offset $2 limit 1`,
    [READER.organisation, (page - 1) * pageSize - 1],
  );
  return `?after=${last!.at.getTime()}_${last!.id}`;
}

/** Makes an empty database on the server and answers its address. */
export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  await query(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function query<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return withClient(url, async (client) => (await client.query<Row>(text, values)).rows);
}

// The bench's server confirms a transaction before its log is written down, and until then nothing can mark what it wrote
// as visible to all: by chance of a few milliseconds an index would be read alone, or with a look into the table a row.
const SETTLED = '-c synchronous_commit=on';

/** A connection of its own for the work, which does not count as the application's. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench', options: SETTLED });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function people(client: pg.Client, hash: string): Promise<void> {
  await client.query(
    `insert into organisations (id, name, inn, kpp, created_at)
     select ${id('organisation', 'n')}, 'ООО «Арендатор № ' || n || '»', 7700000000 + n, '770401001', now()
     from generate_series(1, 1000) n`,
  );
  await client.query(
    `insert into organisations values ($1, 'ООО «Ромашка и партнёры»', '7704374968', '770401001', now())`,
    [READER.organisation],
  );
  await client.query(
    `insert into accounts (id, email, surname, name, patronymic, password_hash, created_at)
     select ${id('account', 'n')}, email, 'Константинопольская', 'Мария', 'Сергеевна', $2, now()
     from unnest($1::text[]) with ordinality a (email, n)`,
    [[READER.email, ...OTHERS, ...KNOWN], hash],
  );
  await client.query(
    `insert into memberships (id, organisation_id, account_id, roles, since)
     values (gen_random_uuid(), $1, ${id('account', '1')}, '{documents}', now())`,
    [READER.organisation],
  );
  // What every page's menu counts: as many as a company shows at once, and as many again that are over.
  await client.query(
    `insert into notifications (id, kind, audience, title, text, appears_at, goes_at, created_by, created_at, published_at)
     select gen_random_uuid(), 'info', 'everyone', 'Уведомление № ' || n, 'Текст', now() - interval '20 days',
       now() + (n - 50) * interval '1 hour', ${id('account', '1')}, now(), now()
     from generate_series(1, 100) n`,
  );
  await client.query(
    `insert into document_types (id, name, required, term_months, position)
     select ${id('type', 'n')}, name, n <= 4, 12, n from unnest($1::text[]) with ordinality t (name, n)`,
    [TYPES],
  );
}

const TYPES = [
  'Полис страхования ответственности арендатора',
  'Приказ о назначении ответственного за пожарную безопасность',
  'Доверенность на представителя',
  'Список сотрудников',
  'Акт разграничения балансовой принадлежности',
  'Договор на вывоз отходов',
];

const id = (noun: string, n: string) => `md5('${noun}' || ${n})::uuid`;

// Of twenty documents sixteen are accepted, two are waiting and two are rejected; n is the age in minutes.
const ROWS = [
  `insert into files (id, sha256, size, mime, name, created_by, created_at)
   select ${id('file', 'n')}, repeat(md5('sha' || n), 2), 40000 + n * 977 % 3000000, 'application/pdf',
     'Документ ' || n || '.pdf', ${id('account', '1')}, now() - n * interval '1 minute'
   from generate_series(1, $1::int) n`,
  `insert into document_versions (id, document_id, number, type_id, file_id, uploaded_by, uploaded_at, status,
     valid_until, decided_at, reason)
   select ${id('version', 'n')}, ${id('document', 'n')}, 1 + half % 3, ${id('type', '(1 + half % 6)')}, ${id('file', 'n')},
     ${id('account', '1')}, now() - n * interval '1 minute', status, case when status = 'accepted' then valid_until end,
     case when status <> 'sent' then now() end, case when status = 'rejected' then 'Нет подписи или печати' end
   from made($1)`,
  `insert into documents (id, organisation_id, type_id, status, valid_until, sent_at, latest_id)
   select ${id('document', 'n')},
     case when n % 2 = 0 then '${READER.organisation}' else ${id('organisation', '(1 + half % 1000)')} end,
     ${id('type', '(1 + half % 6)')}, status, case when status = 'accepted' then valid_until end,
     date_trunc('second', now()) - n * interval '1 minute', ${id('version', 'n')}
   from made($1)`,
].map((statement) =>
  statement.replace(
    'from made($1)',
    `from (select n, n / 2 as half, current_date + (n * 37 % 900 - 300) as valid_until,
       case when n / 2 % 20 < 16 then 'accepted' when n / 2 % 20 < 18 then 'sent' else 'rejected' end as status
     from generate_series(1, $1::int) n) made`,
  ),
);

/** Takes the indexes off while the work runs: built at once they are much cheaper than row by row. */
export async function withoutIndexes(
  client: pg.Client,
  tables: string[],
  work: () => Promise<void>,
): Promise<void> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
     where i.indrelid = any ($1::regclass[]) and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
    [tables],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  await work();
  for (const { definition } of rows) await client.query(definition);
}

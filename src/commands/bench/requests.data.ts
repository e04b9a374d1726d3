import type pg from 'pg';
import { createPasswords } from '../../domain/people/password.js';
import { READER, withClient, withoutIndexes } from './filling.data.js';
import { COUNT, id, LETTERS, oneOf, OPERATOR, PHRASES, ROWS, SECOND, stems } from './requests.rows.js';
import { SURNAMES, vocabulary } from './requests.words.js';

/** Searches, by what is typed. */
export const SEARCHES = {
  'rare word': 'перекапка',
  'frequent word': 'помещение',
  'two words': 'кондиционер переговорная',
  'two words, never together': 'ромашка василёк',
  'mistyped word': 'помищение',
  number: '209407',
};

/**
 * Fills a migrated, empty database with so many requests and messages: half of them are of the reader's organisation, a
 * tenth of another one of his, a thousand more share the rest, all mixed in time.
 */
export async function fillRequests(url: string, count: number, passwordKey: string): Promise<void> {
  const hash = await createPasswords({ key: passwordKey, cost: 12 }).hash(READER.password);
  await withClient(url, async (client) => {
    // The rows fit each other by the way they are made: no check of each foreign key.
    await client.query(`set session_replication_role = replica; set maintenance_work_mem = '512MB'`);
    await people(client, hash);
    await phrases(client);
    const middle = Math.floor(count / 2);
    const parts = [
      ...[1, middle + 1].map((from) => ({ text: ROWS.conversations, from, to: from > 1 ? count : middle })),
      ...ROWS.rest.map((text) => ({ text, from: 1, to: count })),
    ];
    const tables = ['conversations', 'conversation_people', 'conversation_entries'];
    await withoutIndexes(client, tables, async () => {
      await Promise.all(parts.map((part) => withClient(url, (one) => insert(one, part))));
    });
    await client.query(WORDS);
    await client.query('drop table bench_words, bench_phrases, bench_slips');
    await client.query('vacuum analyze');
  });
}

/** Where the rows after so many begin in the list of the reader's organisation and in the desk's; null when none do. */
export async function cursorsOf(url: string, rows: number): Promise<(string | null)[]> {
  const place = { list: `organisation_id = '${READER.organisation}' and face = 'request'`, desk: 'true' };
  return withClient(url, async (client) => {
    const last = async (where: string) => {
      const { rows: found } = await client.query<{ at: Date; id: string }>(
        `select created_at as at, id from conversations where ${where}
         order by created_at desc, id desc offset $1 limit 2`,
        [rows - 1],
      );
      return found[1] ? `after=${found[0]!.at.getTime()}_${found[0]!.id}` : null;
    };
    return [await last(place.list), await last(place.desk)];
  });
}

async function insert(client: pg.Client, { text, from, to }: { text: string; from: number; to: number }) {
  await client.query('set session_replication_role = replica');
  await client.query(text, [from, to]);
}

async function people(client: pg.Client, hash: string): Promise<void> {
  await client.query(
    `insert into organisations (id, name, inn, kpp, created_at)
     select ${id('organisation', 'n')}, 'ООО «Арендатор № ' || n || '»', (7700000000 + n)::text, '770401001', now()
     from generate_series(1, 1000) n
     union all values ($1::uuid, 'ООО «Ромашка и партнёры»', '7704374968', '770401001', now()),
       ($2::uuid, 'АО «Василёк»', '7704374969', '770401001', now())`,
    [READER.organisation, SECOND],
  );
  await client.query(
    `insert into accounts (id, email, surname, name, created_at, password_hash, staff_roles)
     select ${id('account', 'n')}, 'tenant-' || n || '@tenant.example', ${oneOf(SURNAMES, 'n')}, 'Мария', now(),
       null, '{}'::text[]
     from generate_series(2, 2000) n
     union all select ${id('account', '1')}, $1::text, 'Константинопольская', 'Мария', now(), $3::text, '{}'
     union all select ${id('staff', '0')}, $2::text, 'Рождественский', 'Фёдор', now(), $3, '{operator}'
     union all select ${id('staff', 'n')}, 'staff-' || n || '@company.example', 'Оператор', 'Фёдор', now(), null, '{operator}'
     from generate_series(1, 11) n`,
    [READER.email, OPERATOR.email, hash],
  );
  await client.query(
    `insert into memberships (id, organisation_id, account_id, roles, sees_all, since)
     select gen_random_uuid(), organisation, ${id('account', '1')}, '{requests}', organisation = $1, now()
     from (select ${id('organisation', 'n')} as organisation from generate_series(1, 8) n
       union all values ($1::uuid), ($2::uuid)) o`,
    [READER.organisation, SECOND],
  );
}

/** The phrases that texts are put together from, with their stems made once. */
async function phrases(client: pg.Client): Promise<void> {
  await client.query('select setseed(0.4)');
  await client.query(
    `create table bench_words as
     select rank - 1 as rank, word from unnest($1::text[]) with ordinality w (word, rank)`,
    [vocabulary(COUNT)],
  );
  // The second word is used half as often as the first, the third a third as often, and so on.
  await client.query(
    `create table bench_phrases as
     select phrase, text, ${stems('B', 'text')} as words from (
       select phrase - 1 as phrase, string_agg(word, ' ' order by place) as text
       from (select phrase, place, floor(exp(random() * ln(${COUNT + 1}))) - 1 as rank
         from generate_series(1, ${PHRASES}) phrase, generate_series(1, 8) place) drawn
       join bench_words using (rank) group by phrase) p`,
  );
  await client.query(
    `create table bench_slips as
     select rank, letter, ${stems('B', "overlay(word placing '' from 2 + letter for 1)")} as words
     from bench_words, generate_series(0, ${LETTERS - 1}) letter`,
  );
  await client.query('analyze bench_slips, bench_phrases');
}

// The same list of known words at every size.
const WORDS = `
  insert into conversation_words
  select distinct word from (
    select unnest(tsvector_to_array(words)) as word from bench_phrases
    union all select unnest(tsvector_to_array(words)) from bench_slips
    union all select word from ts_stat('select words from conversations limit 20000')
  ) w where length(word) between 4 and 40 and word ~ '[[:alpha:]]'`;

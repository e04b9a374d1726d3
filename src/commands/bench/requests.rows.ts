import { READER } from './filling.data.js';
import { SUBJECT } from './requests.words.js';

/** The reader sees all requests of his organisation; of this one's, where most of the others are, his own. */
export const SECOND = '77043749-0000-4000-8000-000000000002';
/** Who serves the desk. */
export const OPERATOR = { email: 'operator@company.example', password: READER.password };

/** So many phrases are put together of so many words. */
export const PHRASES = 20_000;
export const COUNT = 30_000;
/** One of so many letters is left out where a word is mistyped. */
export const LETTERS = 5;

// Ids are hashes of a number, so that every table can be written by itself.
export const id = (noun: string, n: string) => `md5('${noun}' || ${n})::uuid`;

export const oneOf = (words: string[], n: string) =>
  `(array['${words.join("','")}'])[1 + (${n})::int % ${words.length}]`;

/** As `addWords` makes them. */
export const stems = (weight: string, text: string) =>
  `setweight(to_tsvector('russian', translate(${text}, 'ёЁ', 'еЕ')), '${weight}')`;

/** A number below the limit that goes with n; another salt, another number. */
const mixed = (salt: number, limit: number) => `(hashint4(n * 32 + ${salt}) & 2147483647) % ${limit}`;
/** The same, small ones often. */
const skewed = (salt: number, limit: number) => `(power(${mixed(salt, 1000)} / 1000.0, 2) * ${limit})::int`;

// One every two and a half minutes, and n is the age. Of the newest thousands two thirds are the company's turn, and of
// the rest a few that were forgotten; of those every eighth is late.
const MADE = `
  select made.*, case when open then case when late then created_at else now() + ${mixed(8, 4000)} * interval '1 minute' end end as due_at,
    case when face = 'request' then 'З-' else 'О-' end || 2026 - n / 210000 || '-' || 210000 - n % 210000 as number,
    not open and state <> 'withdrawn' as answered
  from (
    select n, face, open, open and n % 8 = 0 as late, created_at, organisation_id, author,
      case when open then case when face = 'request' then (array['new', 'accepted', 'working'])[1 + n / 3 % 3] else 'new' end
        when n < 6000 and n % 3 = 0 then case when face = 'request' then (array['waiting', 'done'])[1 + n / 3 % 2] else 'answered' end
        when face = 'request' then case ${mixed(1, 20)} when 0 then 'rejected' when 1 then 'withdrawn' else 'closed' end
        else 'closed' end as state
    from (
      select n, n < 4000 and n % 3 > 0 or n % 10007 = 0 as open, date_trunc('second', now()) - n * interval '150 seconds' as created_at,
        case when ${mixed(2, 5)} = 0 then 'message' else 'request' end as face,
        case when n % 10 < 5 then '${READER.organisation}' when n % 10 = 5 then '${SECOND}'
          else ${id('organisation', `(1 + ${mixed(3, 1000)})`)} end as organisation_id,
        case when n % 10 < 6 then case when ${mixed(4, 5)} = 0 then 1 else 2 + ${mixed(5, 60)} end else 62 + ${mixed(3, 1000)} end as author
      from generate_series($2::int, $1::int, -1) n
    ) made
  ) made`;

export const ROWS = {
  conversations: `insert into conversations (id, face, number, kind_id, state, organisation_id, author_id, subject, assignee_id, created_at,
       due_at, due_left, answered_at, answered_in, done_at, closed_at, rating, words)
     select ${id('conversation', 'n')}, made.face, number, kind.id, state, organisation_id, a.id, subject,
       case when state <> 'new' or n % 7 = 0 then ${id('staff', mixed(6, 12))} end, made.created_at,
       due_at, case state when 'waiting' then 60 end,
       case when answered then made.created_at + interval '1 hour' end, case when answered then ${mixed(7, 900)} end,
       case when state in ('done', 'answered', 'closed') then made.created_at + interval '1 day' end,
       case when state in ('closed', 'rejected', 'withdrawn') then made.created_at + interval '2 days' end,
       case when state = 'closed' and n % 4 = 0 then 3 + n % 3 end,
       ${stems('A', "number || ' ' || subject")}
       || o.words || a.words || p.words || q.words || r.words || slip.words
     from (select made.*, ${oneOf(SUBJECT[0]!, skewed(9, 12))} || ' ' || ${oneOf(SUBJECT[1]!, skewed(10, 24))} || ' '
         || ${oneOf(SUBJECT[2]!, skewed(11, 12))} || ' ' || ${skewed(12, 900)} as subject from (${MADE}) made) made
     join (select id, ${stems('C', 'name')} as words from organisations offset 0) o on o.id = organisation_id
     join (select id, ${stems('C', "surname || ' ' || name")} as words from accounts offset 0) a
       on a.id = ${id('account', 'author')}
     join bench_phrases p on p.phrase = ${mixed(13, PHRASES)}
     join bench_phrases q on q.phrase = ${mixed(14, PHRASES)}
     join bench_phrases r on r.phrase = ${mixed(15, PHRASES)}
     join bench_slips slip on rank = ${mixed(16, COUNT)} and letter = ${mixed(18, LETTERS)}
     join (select id, face, row_number() over (partition by face order by position) as place, count(*) over (partition by face)
       from conversation_kinds) kind on kind.face = made.face and kind.place = 1 + ${skewed(17, 5)} % kind.count`,
  rest: [
    `insert into conversation_people (conversation_id, account_id, face, organisation_id, created_at, added_at, unread_at)
     select ${id('conversation', 'n')}, ${id('account', 'author')}, face, organisation_id, created_at, created_at,
       case when n < 3000 and n % 5 = 0 then now() end
     from (${MADE}) made`,
    `insert into conversation_people (conversation_id, account_id, face, organisation_id, created_at, added_at)
     select ${id('conversation', 'n')}, ${id('account', '(70 + author)')}, face, organisation_id, created_at, created_at
     from (${MADE}) made where n % 5 = 0`,
    `insert into conversation_entries (id, conversation_id, number, at, account_id, side, kind, text)
     select ${id('entry', 'n')}, ${id('conversation', 'n')}, 1, created_at, ${id('account', 'author')}, 'tenant', 'opening',
       'Здравствуйте! ' || p.text || '. ' || q.text || '.'
     from (${MADE}) made
     join bench_phrases p on p.phrase = ${mixed(13, PHRASES)}
     join bench_phrases q on q.phrase = ${mixed(14, PHRASES)}`,
    `insert into conversation_entries (id, conversation_id, number, at, account_id, side, kind, text, state)
     select ${id('answer', 'n')}, ${id('conversation', 'n')}, 2, created_at + interval '1 hour', ${id('staff', mixed(6, 12))}, 'staff',
       'reply', 'Здравствуйте! ' || r.text || '.', state
     from (${MADE}) made
     join bench_phrases r on r.phrase = ${mixed(15, PHRASES)}
     where answered`,
  ],
};

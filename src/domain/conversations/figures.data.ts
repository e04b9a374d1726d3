import type { Database } from '../../db/knex.js';

/** One week of a face, from its Monday on. */
export interface WeekFigures {
  week: string;
  opened: number;
  answered: number;
  /** Of these, how many wait for the company now, and how many of them for too long. */
  open: number;
  late: number;
  /** The middle of the working minutes to the first answer; null where none was answered. */
  first_answer: number | null;
  /** The mean of the ratings given to what was opened then. */
  rating: number | null;
  rated: number;
}

/** So many weeks are shown. */
const WEEKS = 12;

/** The Monday of a moment's week, in Moscow. */
const WEEK = `date_trunc('week', ?::timestamptz at time zone 'Europe/Moscow')`;

/** What was opened in each of the last weeks and what became of it, the newest week last; weeks without any are there too. */
export async function weeklyFigures(db: Database, faces: string[], now: Date): Promise<WeekFigures[]> {
  const { rows } = await db.raw<{ rows: WeekFigures[] }>(
    // How far back it reaches is said in a way that the planner can reckon with: else it would read the whole table.
    `with weeks as (
       select (${WEEK} - n * interval '1 week')::date as week from generate_series(0, ${WEEKS - 1}) n
     ), counted as (
       select date_trunc('week', created_at at time zone 'Europe/Moscow')::date as week, count(*)::int as opened,
         count(answered_at)::int as answered, count(due_at)::int as open,
         count(*) filter (where due_at < ?)::int as late, count(rating)::int as rated, avg(rating)::float as rating,
         percentile_cont(0.5) within group (order by answered_in)::float as first_answer
       from conversations
       where face = any (?)
         and created_at >= (${WEEK} - interval '${WEEKS - 1} weeks') at time zone 'Europe/Moscow'
       group by 1
     )
     select weeks.week::text, coalesce(opened, 0) as opened, coalesce(answered, 0) as answered,
       coalesce(open, 0) as open, coalesce(late, 0) as late, first_answer, rating, coalesce(rated, 0) as rated
     from weeks left join counted using (week) order by weeks.week`,
    [now, now, faces, now],
  );
  return rows;
}

import type { Database } from '../../src/db/knex.js';

/** The tables whose writes belong to an action; what the web layer counts and remembers is not among them. */
const TABLES =
  'accounts audit consent_texts consents document_notices document_types document_versions documents files memberships outbox password_links registrations submissions';

/**
 * Makes the database fail at a chosen statement: `at(3)` lets two writes pass and fails the third, whatever it is and in
 * whatever transaction. The count is a sequence, which a rollback does not turn back.
 */
export async function failingWrites(db: Database) {
  await db.raw(`
    create sequence fault_count;
    create table fault_at (n bigint not null);
    insert into fault_at values (0);
    create function fault() returns trigger language plpgsql as $$
      declare chosen bigint;
      begin
        select n into chosen from fault_at;
        if chosen > 0 and nextval('fault_count') = chosen then raise exception 'a fault was provoked'; end if;
        return null;
      end $$;
  `);
  for (const table of TABLES.split(' ')) {
    await db.raw(
      'create trigger zz_fault before insert or update or delete on ?? for each statement execute function fault()',
      [table],
    );
  }
  return {
    /** From now on the n-th write fails. */
    async at(n: number): Promise<void> {
      await db.raw(`select setval('fault_count', 1, false)`);
      await db('fault_at').update({ n });
    },
    async never(): Promise<void> {
      await db('fault_at').update({ n: 0 });
    },
  };
}

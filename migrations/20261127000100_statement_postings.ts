import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- A posting can be taken back and made anew; the ledger tells one from the other by this count.
    alter table statement_lines add postings integer not null default 0;
    -- The first payments that wait in a statement of thousands.
    create index statement_lines_waiting on statement_lines (statement_id, position) where state = 'waiting';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    drop index statement_lines_waiting;
    alter table statement_lines drop postings;
  `);
}

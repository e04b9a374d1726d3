import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- A bank statement that was loaded, and the money that came by it. The source of a line is the same however often, and
    -- in whatever statement, it is loaded.
    create table statements (
      id uuid primary key,
      file_name text not null,
      loaded_by uuid not null references accounts,
      loaded_at timestamptz not null,
      from_day date,
      to_day date
    );
    create index statements_newest on statements (loaded_at desc, id desc);

    -- A line waits for a decision until it is written into the ledger, or said to be none of ours.
    create table statement_lines (
      id uuid primary key,
      statement_id uuid not null references statements on delete cascade,
      position integer not null,
      source text not null unique,
      paid_on date not null,
      number text not null,
      amount bigint not null check (amount > 0),
      payer_name text not null,
      payer_inn text,
      purpose text not null,
      state text not null check (state in ('matched', 'waiting', 'done', 'ignored')),
      invoice_id uuid references invoices,
      payer_id uuid references payers,
      why text,
      decided_by uuid references accounts,
      decided_at timestamptz,
      check ((state = 'matched') <= (invoice_id is not null))
    );
    create index statement_lines_statement on statement_lines (statement_id, position);
    create index statement_lines_open on statement_lines (statement_id) where state in ('matched', 'waiting');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`drop table statement_lines, statements;`);
}

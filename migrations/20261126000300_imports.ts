import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- A table that was read and compared with what there is; nothing of it counts before it is applied.
    create table imports (
      id uuid primary key,
      kind text not null check (kind in ('organisations', 'contracts', 'premises')),
      file_name text not null,
      created_by uuid references accounts,
      created_at timestamptz not null,
      counts jsonb not null,
      -- Over every row's verdict: what is applied is what was looked at.
      digest text not null,
      applied_at timestamptz
    );
    create index imports_newest on imports (created_at, id);

    create table import_rows (
      import_id uuid not null references imports on delete cascade,
      line integer not null,
      verdict text not null check (verdict in ('added', 'changed', 'unchanged', 'refused')),
      cells jsonb not null,
      changes jsonb not null,
      reason text,
      primary key (import_id, line)
    );
    create index import_rows_verdict on import_rows (import_id, verdict, line);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`drop table import_rows, imports;`);
}

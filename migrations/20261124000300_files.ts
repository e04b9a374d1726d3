import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- The bytes are in the file store under the id. A row is written after them and never changed.
    create table files (
      id uuid primary key,
      sha256 char(64) not null check (sha256 ~ '^[0-9a-f]{64}$'),
      size integer not null check (size > 0),
      mime text not null check (mime in ('application/pdf', 'image/jpeg')),
      name text not null check (name <> ''),
      created_by uuid references accounts,
      created_at timestamptz not null
    );
    create index files_created_by on files (created_by);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('files');
}

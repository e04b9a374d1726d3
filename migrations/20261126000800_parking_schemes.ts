import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- «Гостевые пропуска» (manual 4.2.8): where to park, a picture a site, in the staff's order. Their size is kept, so
    -- that a page leaves room for them before they are there.
    create table parking_schemes (
      id uuid primary key,
      site text not null,
      caption text,
      file_id uuid not null unique references files,
      width integer not null check (width > 0),
      height integer not null check (height > 0),
      position integer not null,
      changed_at timestamptz not null
    );
    create unique index parking_schemes_site on parking_schemes (lower(site));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw('drop table parking_schemes');
}

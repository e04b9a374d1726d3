import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- An import from the server's command line invites too: nobody's account did, the company did.
    alter table invitations alter column invited_by drop not null;

    -- Buildings that nobody has entered yet and that an import adds: whoever applies it has seen them.
    alter table imports add column new_buildings text[] not null default '{}';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    alter table imports drop column new_buildings;
    delete from invitations where invited_by is null;
    alter table invitations alter column invited_by set not null;
  `);
}

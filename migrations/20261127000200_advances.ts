import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`create index payers_advance on payers (advance desc, id desc) where advance > 0;`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`drop index payers_advance;`);
}

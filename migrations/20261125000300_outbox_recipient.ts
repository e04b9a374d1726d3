import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- How many recovery letters an address has had lately.
    create index outbox_sent_to on outbox (recipient, letter, finished_at) where state = 'sent';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`drop index outbox_sent_to;`);
}

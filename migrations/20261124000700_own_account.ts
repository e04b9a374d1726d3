import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- When a code proved the number to be this person's; a proved number belongs to one account.
    alter table accounts add column phone_confirmed_at timestamptz
      check (phone_confirmed_at is null or phone is not null);
    create unique index accounts_phone on accounts (phone) where phone_confirmed_at is not null;
    -- When the company's people saw that the number is this person's: what one types about oneself opens nothing.
    alter table accounts add column inn_confirmed_at timestamptz
      check (inn_confirmed_at is null or inn is not null);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    drop index accounts_phone;
    alter table accounts drop column phone_confirmed_at, drop column inn_confirmed_at;
  `);
}

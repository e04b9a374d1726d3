import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- A building's name can change: its page has an address that does not.
    alter table buildings add column id uuid not null unique default gen_random_uuid();

    -- «Договор заканчивается»
    create index contracts_end on contracts (ends_on);

    -- «Заполнить по ИНН»: what the outside register answered, until the form is filled in with it.
    create table party_lookups (
      id uuid primary key,
      account_id uuid not null references accounts on delete cascade,
      inn text not null,
      external_id text,
      found jsonb not null,
      at timestamptz not null
    );
    create index party_lookups_account on party_lookups (account_id, at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    drop table party_lookups;
    drop index contracts_end;
    alter table buildings drop column id;
  `);
}

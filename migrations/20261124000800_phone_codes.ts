import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- Codes sent by SMS. The digits are not here: they follow from the id and a key of the application.
    create table phone_codes (
      id uuid primary key,
      purpose text not null check (purpose in ('confirmation', 'recovery')),
      account_id uuid not null references accounts on delete cascade,
      phone text not null,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      tries integer not null default 0 check (tries <= 5),
      used_at timestamptz
    );
    create index phone_codes_phone on phone_codes (phone, created_at);
    create index phone_codes_created on phone_codes (created_at);
    create index phone_codes_account on phone_codes (account_id, purpose, created_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`drop table phone_codes;`);
}

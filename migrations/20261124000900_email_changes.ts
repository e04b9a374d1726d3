import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- A new address that its account has asked for and that nobody has proved yet; one an account.
    create table email_changes (
      id uuid primary key,
      account_id uuid not null unique references accounts on delete cascade,
      email text not null check (email = lower(email)),
      token_hash text not null unique,
      created_at timestamptz not null,
      expires_at timestamptz not null
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`drop table email_changes;`);
}

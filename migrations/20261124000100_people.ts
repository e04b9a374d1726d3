import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    create table accounts (
      id uuid primary key,
      email text not null unique check (email = lower(email)),
      surname text not null,
      name text not null,
      patronymic text,
      phone text,
      inn text check (inn ~ '^[0-9]{12}$'),
      password_hash text,
      staff_roles text[] not null default '{}',
      created_at timestamptz not null,
      blocked_at timestamptz
    );
    create index accounts_staff on accounts (email) where staff_roles <> '{}';

    -- Somebody typed an address and has not proved that it is his. Several may stand for one address: a stranger's
    -- must not block the owner's. One a browser, so that a double click makes one.
    create table registrations (
      id uuid primary key,
      email text not null check (email = lower(email)),
      surname text not null,
      name text not null,
      patronymic text,
      phone text,
      password_hash text,
      browser text not null,
      token_hash text not null unique,
      created_at timestamptz not null,
      confirmed_at timestamptz,
      account_id uuid references accounts on delete cascade,
      unique (email, browser)
    );
    create index registrations_pending on registrations (created_at) where confirmed_at is null;

    create table consent_texts (
      sha256 text primary key,
      purpose text not null,
      version text not null,
      body text not null
    );
    -- What 152-FZ wants to be shown: who agreed to which text, when and from where.
    create table consents (
      id uuid primary key,
      registration_id uuid references registrations on delete cascade,
      account_id uuid references accounts,
      email text not null,
      purpose text not null,
      version text not null,
      sha256 text not null references consent_texts,
      given_at timestamptz not null,
      ip text not null,
      user_agent text not null,
      form text not null,
      withdrawn_at timestamptz,
      withdrawn_how text,
      check (registration_id is not null or account_id is not null)
    );
    create index consents_registration on consents (registration_id);
    create index consents_account on consents (account_id);

    create table password_links (
      id uuid primary key,
      account_id uuid not null references accounts on delete cascade,
      token_hash text not null unique,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz
    );
    create index password_links_account on password_links (account_id);

    create table sign_in_attempts (
      key text primary key,
      failures integer not null,
      wait_until timestamptz,
      changed_at timestamptz not null
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    drop table sign_in_attempts, password_links, consents, consent_texts, registrations, accounts;
  `);
}

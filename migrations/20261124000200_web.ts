import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- connect-pg-simple's table; whose session it is stands in a column of its own, so that one statement brings
    -- session and account and all of somebody's sessions can be ended.
    create table sessions (
      sid text primary key,
      sess json not null,
      expire timestamptz not null,
      account_id uuid generated always as ((sess ->> 'account')::uuid) stored references accounts on delete cascade
    );
    create index sessions_expire on sessions (expire);
    create index sessions_account on sessions (account_id);

    -- What was typed into a form when the sign-in had run out.
    create table drafts (
      account_id uuid not null references accounts on delete cascade,
      path text not null,
      fields jsonb not null,
      created_at timestamptz not null,
      primary key (account_id, path)
    );

    -- Forms that have been done, by the key each rendered form carries: a double click does nothing twice.
    create table submissions (
      account_id uuid not null references accounts on delete cascade,
      key uuid not null,
      result jsonb,
      created_at timestamptz not null,
      primary key (account_id, key)
    );

    -- rate-limiter-flexible's table.
    create table limits (
      key text primary key,
      points integer not null default 0,
      expire bigint
    );

    create table captcha_solutions (
      signature text primary key,
      expires_at timestamptz not null
    );
    create index captcha_solutions_expires on captcha_solutions (expires_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`drop table captcha_solutions, limits, submissions, drafts, sessions;`);
}

import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    create table audit (
      id bigint generated always as identity primary key,
      at timestamptz not null,
      account_id uuid,
      organisation_id uuid,
      action text not null,
      subject_id uuid,
      details jsonb not null default '{}',
      ip text,
      request_id text
    );
    create index audit_subject on audit (subject_id, id);
    create index audit_organisation on audit (organisation_id, id);
    create function audit_is_final() returns trigger language plpgsql as $$
      begin raise exception 'audit rows are never changed'; end $$;
    create trigger audit_is_final before update or delete or truncate on audit
      for each statement execute function audit_is_final();

    create table outbox (
      id uuid primary key,
      letter text not null,
      recipient text not null,
      data jsonb not null,
      key text,
      state text not null default 'waiting' check (state in ('waiting', 'sent', 'dropped', 'failed')),
      attempts integer not null default 0,
      created_at timestamptz not null,
      next_attempt_at timestamptz not null,
      finished_at timestamptz,
      problem text
    );
    create index outbox_waiting on outbox (next_attempt_at) where state = 'waiting';
    create unique index outbox_key on outbox (key) where state = 'waiting';

    create table jobs (
      name text primary key,
      ran_for timestamptz,
      ran_at timestamptz,
      outcome text
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`drop table jobs, outbox, audit; drop function audit_is_final;`);
}

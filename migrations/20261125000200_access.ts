import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- When somebody was last here; written no oftener than his session is prolonged.
    alter table accounts add column seen_at timestamptz;

    -- «видит все»: of requests and messages, those of colleagues too.
    alter table memberships add column sees_all boolean not null default false;

    -- An organisation that has an administrator never loses its last one. The organisation's row is locked first, so
    -- that two who lose the role at the same instant are judged one after the other.
    create function keep_an_administrator() returns trigger language plpgsql as $$
      begin
        perform from organisations where id = old.organisation_id for no key update;
        if not exists (select from memberships where organisation_id = old.organisation_id and id <> old.id
          and ended_at is null and 'administrator' = any (roles)) then
          raise exception 'the last administrator of an organisation'
            using errcode = 'check_violation', constraint = 'memberships_administrator';
        end if;
        return null;
      end $$;
    create trigger memberships_administrator after update on memberships for each row
      when (old.ended_at is null and 'administrator' = any (old.roles)
        and (new.ended_at is not null or not 'administrator' = any (new.roles)))
      execute function keep_an_administrator();

    -- Whoever is written to about an organisation that has no administrator yet.
    alter table organisations add column responsible_email text check (responsible_email = lower(responsible_email));
    -- Who at the management company looks after it.
    alter table organisations add column caretaker_id uuid references accounts;

    -- «Проверить ИНН»: each look-up, since it tells who rents here.
    create table organisation_lookups (
      id uuid primary key,
      account_id uuid not null references accounts on delete cascade,
      inn text not null,
      at timestamptz not null
    );
    create index organisation_lookups_account on organisation_lookups (account_id, at);

    create table access_requests (
      id uuid primary key,
      organisation_id uuid not null references organisations,
      account_id uuid not null references accounts,
      state text not null default 'open' check (state in ('open', 'granted', 'refused', 'withdrawn')),
      created_at timestamptz not null,
      decided_at timestamptz,
      decided_by uuid references accounts,
      reason text,
      check ((state = 'open') = (decided_at is null)),
      check (state <> 'refused' or reason is not null)
    );
    create unique index access_requests_open on access_requests (account_id, organisation_id) where state = 'open';
    create index access_requests_account on access_requests (account_id, created_at);
    create index access_requests_organisation on access_requests (organisation_id, created_at) where state = 'open';
    create index access_requests_queue on access_requests (created_at, id) where state = 'open';

    -- Waits for the address to register and confirm, and for its owner to accept.
    create table invitations (
      id uuid primary key,
      organisation_id uuid not null references organisations,
      email text not null check (email = lower(email)),
      roles text[] not null check (cardinality(roles) > 0),
      sees_all boolean not null,
      invited_by uuid not null references accounts,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      state text not null default 'open' check (state in ('open', 'accepted', 'declined', 'withdrawn')),
      ended_at timestamptz
    );
    create unique index invitations_open on invitations (organisation_id, email) where state = 'open';
    create index invitations_email on invitations (email) where state = 'open';

    -- The administrator names a member, that member accepts.
    create table handovers (
      id uuid primary key,
      organisation_id uuid not null references organisations,
      from_id uuid not null references memberships,
      to_id uuid not null references memberships,
      created_at timestamptz not null,
      state text not null default 'open' check (state in ('open', 'accepted', 'declined', 'withdrawn')),
      ended_at timestamptz,
      check (from_id <> to_id)
    );
    create unique index handovers_open on handovers (organisation_id) where state = 'open';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    drop table handovers, invitations, access_requests, organisation_lookups;
    alter table organisations drop column responsible_email, drop column caretaker_id;
    drop trigger memberships_administrator on memberships;
    drop function keep_an_administrator;
    alter table memberships drop column sees_all;
    alter table accounts drop column seen_at;
  `);
}

import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    create table organisations (
      id uuid primary key,
      name text not null,
      inn text not null check (inn ~ '^([0-9]{10}|[0-9]{12})$'),
      kpp text check (kpp ~ '^[0-9]{4}[0-9A-Z]{2}[0-9]{3}$'),
      created_at timestamptz not null,
      unique nulls not distinct (inn, kpp)
    );

    create table contracts (
      id uuid primary key,
      organisation_id uuid not null references organisations,
      number text not null,
      kind text not null check (kind in ('main', 'supplement')),
      starts_on date not null,
      ends_on date,
      check (ends_on >= starts_on),
      unique (organisation_id, number)
    );

    create table premises (
      id uuid primary key,
      contract_id uuid not null references contracts,
      building text not null,
      room text not null,
      area numeric(10, 2) not null check (area > 0)
    );
    create index premises_contract on premises (contract_id);

    create table memberships (
      id uuid primary key,
      organisation_id uuid not null references organisations,
      account_id uuid not null references accounts,
      roles text[] not null check (cardinality(roles) > 0),
      given_by uuid references accounts,
      since timestamptz not null,
      ended_at timestamptz
    );
    create unique index memberships_current on memberships (account_id, organisation_id) where ended_at is null;
    create index memberships_organisation on memberships (organisation_id) where ended_at is null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`drop table memberships, premises, contracts, organisations;`);
}

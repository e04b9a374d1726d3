import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- A trusted extension: the owner of the database may create it.
    create extension if not exists pg_trgm;

    -- What stands in the company's other systems: an import finds its rows again by these.
    alter table organisations add column external_id text unique;
    alter table organisations add column address text;
    alter table contracts add column external_id text unique;
    alter table premises add column external_id text unique;

    -- The register is sorted by name, and searched within names, numbers and contracts.
    create index organisations_by_name on organisations (name, id);
    create index organisations_name_words on organisations using gin (name gin_trgm_ops);
    create index organisations_inn_words on organisations using gin (inn gin_trgm_ops);
    create index contracts_number_words on contracts using gin (number gin_trgm_ops);

    -- The buildings that the company runs; rooms and notifications name them.
    create table buildings (
      name text primary key,
      address text
    );
    insert into buildings (name) select building from premises union select building from notification_buildings;
    alter table premises add constraint premises_building_name
      foreign key (building) references buildings (name) on update cascade;
    alter table notification_buildings add constraint notification_buildings_name
      foreign key (building) references buildings (name) on update cascade;

    -- Why somebody was blocked, for the company's own people.
    alter table accounts add column blocked_reason text;
    create index accounts_name_words on accounts using gin ((surname || ' ' || name || ' ' || email) gin_trgm_ops);

    -- What the company says of itself: one row.
    create table company (
      one boolean primary key default true check (one),
      details jsonb not null,
      revision integer not null,
      changed_at timestamptz not null,
      changed_by uuid references accounts
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    drop table company;
    drop index accounts_name_words;
    alter table accounts drop column blocked_reason;
    alter table notification_buildings drop constraint notification_buildings_name;
    alter table premises drop constraint premises_building_name, drop column external_id;
    drop table buildings;
    drop index contracts_number_words;
    alter table contracts drop column external_id;
    drop index organisations_inn_words, organisations_name_words, organisations_by_name;
    alter table organisations drop column external_id, drop column address;
  `);
}

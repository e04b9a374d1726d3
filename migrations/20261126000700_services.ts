import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- «Услуги» (manual 4.2.7): what the company offers beyond the rent, in groups. Nothing of it is ever deleted, since
    -- requests refer to it; what is offered no longer is hidden.
    create table service_groups (
      id uuid primary key,
      name text not null,
      position integer not null,
      hidden_at timestamptz,
      revision integer not null default 1
    );
    create unique index service_groups_name on service_groups (lower(name));

    -- The price is in kopecks; without one it is told on request. \`fields\` is what an order asks besides its comment:
    -- a list of {label, required, kind}.
    create table services (
      id uuid primary key,
      group_id uuid not null references service_groups,
      name text not null,
      description text,
      price bigint check (price >= 0),
      unit text,
      hint text,
      fields jsonb not null default '[]' check (jsonb_typeof(fields) = 'array'),
      kind_id uuid references conversation_kinds,
      file_id uuid references files,
      position integer not null,
      hidden_at timestamptz,
      revision integer not null default 1
    );
    create unique index services_name on services (group_id, lower(name));

    -- The request that an order became.
    alter table conversations add column service_id uuid references services;
    create index conversations_service on conversations (service_id) where service_id is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    alter table conversations drop column service_id;
    drop table services, service_groups;
  `);
}

import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- A notification is a draft until it is published; it is shown from appears_at until goes_at, unless withdrawn.
    create table notifications (
      id uuid primary key,
      kind text not null check (kind in ('info', 'offer', 'important')),
      audience text not null check (audience in ('everyone', 'organisations', 'buildings', 'accounts')),
      title text not null,
      text text not null,
      appears_at timestamptz,
      goes_at timestamptz not null,
      revision integer not null default 1,
      created_by uuid not null references accounts,
      created_at timestamptz not null,
      published_at timestamptz,
      withdrawn_at timestamptz,
      mailed_at timestamptz,
      check (goes_at > appears_at),
      check (published_at is null or appears_at is not null)
    );
    -- Every notification ends, so what is shown today stays few however many there were.
    create index notifications_shown on notifications (goes_at) where published_at is not null and withdrawn_at is null;
    create index notifications_to_mail on notifications (appears_at)
      where published_at is not null and withdrawn_at is null and mailed_at is null;
    create index notifications_newest on notifications (created_at, id);

    create table notification_organisations (
      notification_id uuid not null references notifications on delete cascade,
      organisation_id uuid not null references organisations,
      primary key (notification_id, organisation_id)
    );
    create table notification_buildings (
      notification_id uuid not null references notifications on delete cascade,
      building text not null,
      primary key (notification_id, building)
    );
    create index premises_building on premises (building);
    create table notification_accounts (
      notification_id uuid not null references notifications on delete cascade,
      account_id uuid not null references accounts,
      primary key (notification_id, account_id)
    );

    create table notification_reads (
      notification_id uuid not null references notifications on delete cascade,
      account_id uuid not null references accounts,
      read_at timestamptz not null,
      primary key (notification_id, account_id)
    );

    -- Which letters a person wants; what is not chosen is as the topic's usual answer says.
    create table mail_choices (
      account_id uuid not null references accounts on delete cascade,
      topic text not null,
      by_mail boolean not null,
      primary key (account_id, topic)
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    drop table mail_choices, notification_reads, notification_accounts, notification_buildings,
      notification_organisations, notifications;
    drop index premises_building;
  `);
}

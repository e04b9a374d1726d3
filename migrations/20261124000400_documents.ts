import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    create table document_types (
      id uuid primary key,
      name text not null unique,
      required boolean not null default false,
      term_months integer check (term_months between 1 and 120),
      reasons text[] not null default '{}',
      position integer not null default 0,
      hidden_at timestamptz
    );

    -- status, valid_until and sent_at repeat what the versions say, so that a list or a counter reads one table.
    -- Expiry is never stored: «Недействителен» is valid_until seen from today.
    create table documents (
      id uuid primary key,
      organisation_id uuid not null references organisations,
      type_id uuid not null references document_types,
      status text not null check (status in ('sent', 'accepted', 'rejected')),
      valid_until date,
      sent_at timestamptz not null,
      latest_id uuid not null,
      removed_at timestamptz
    );
    create table document_versions (
      id uuid primary key,
      document_id uuid not null references documents,
      number integer not null,
      type_id uuid not null references document_types,
      file_id uuid not null references files,
      comment text not null default '',
      uploaded_by uuid not null references accounts,
      uploaded_at timestamptz not null,
      status text not null check (status in ('sent', 'replaced', 'accepted', 'rejected')),
      valid_until date,
      decided_by uuid references accounts,
      decided_at timestamptz,
      reason text,
      removed_at timestamptz,
      unique (document_id, number),
      check ((status = 'accepted') = (valid_until is not null)),
      check ((status = 'rejected') <= (reason is not null))
    );
    alter table documents add foreign key (latest_id) references document_versions deferrable initially deferred;
    create unique index document_versions_under_review on document_versions (document_id) where status = 'sent';
    create index document_versions_file on document_versions (file_id);

    -- With all that a page of the list takes from this table: it is read from the index alone.
    create index documents_list on documents (organisation_id, sent_at desc, id desc)
      include (type_id, status, valid_until, latest_id) where removed_at is null;
    create index documents_sent on documents (organisation_id, type_id, sent_at)
      where removed_at is null and status = 'sent';
    create index documents_rejected on documents (organisation_id, type_id)
      where removed_at is null and status = 'rejected';
    create index documents_ending on documents (organisation_id, valid_until)
      where removed_at is null and status = 'accepted';
    create index documents_by_type on documents (organisation_id, type_id, valid_until) where removed_at is null;
    create index documents_queue on documents (sent_at, id) where removed_at is null and status = 'sent';
    create index documents_decided on documents (status, sent_at desc, id desc) where removed_at is null;
    create index documents_expiry on documents (valid_until) where removed_at is null;

    -- What an organisation has been told of a version's end, so that it is told once.
    create table document_notices (
      version_id uuid not null references document_versions,
      kind text not null check (kind in ('30', '7', '1', 'expired')),
      told_at timestamptz not null,
      primary key (version_id, kind)
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    alter table documents drop constraint documents_latest_id_fkey;
    drop table document_notices, document_versions, documents, document_types;
  `);
}

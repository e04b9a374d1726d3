import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- Who owes and pays: a tenant organisation, or a private person by his ИНН. Whatever moves money of a payer locks his
    -- row first. The advance is what the ledger has and no invoice has taken yet.
    create table payers (
      id uuid primary key,
      organisation_id uuid unique references organisations,
      inn text unique,
      advance bigint not null default 0 check (advance >= 0),
      check ((organisation_id is null) <> (inn is null))
    );

    -- Sums are whole kopecks. «Частично оплачен», «Оплачен» and «Просрочен» are computed, never stored.
    create table invoices (
      id uuid primary key,
      external_id text unique,
      payer_id uuid not null references payers,
      contract_id uuid references contracts,
      number text not null,
      dated_on date not null,
      period text check (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
      due_on date not null,
      state text not null check (state in ('draft', 'issued', 'cancelled')),
      purpose text,
      currency text not null default 'RUB' check (currency = 'RUB'),
      total bigint not null check (total >= 0),
      allocated bigint not null default 0,
      created_by uuid references accounts,
      created_at timestamptz not null,
      issued_at timestamptz,
      cancelled_at timestamptz,
      cancel_reason text,
      revision integer not null default 1,
      unique (number, dated_on),
      check (allocated between 0 and total),
      check (state = 'issued' or allocated = 0),
      check ((state = 'cancelled') = (cancel_reason is not null)),
      check (state <> 'issued' or issued_at is not null)
    );
    -- A payer's list, with what its rows and the totals are read from.
    create index invoices_payer on invoices (payer_id, dated_on desc, id desc) where state <> 'draft';
    create index invoices_unpaid on invoices (payer_id, due_on) where state = 'issued' and allocated < total;
    create index invoices_newest on invoices (dated_on desc, id desc);
    create index invoices_due on invoices (due_on, id) where state = 'issued' and allocated < total;
    create index invoices_number on invoices (number text_pattern_ops);
    create index invoices_number_words on invoices using gin (number gin_trgm_ops);

    create table invoice_lines (
      invoice_id uuid not null references invoices on delete cascade,
      position integer not null,
      name text not null,
      quantity numeric(14, 3) not null check (quantity > 0),
      unit text,
      price bigint not null,
      total bigint not null,
      vat_code smallint not null,
      vat bigint not null default 0,
      primary key (invoice_id, position)
    );

    -- Attempts to pay by card change; only what came of them is written into the ledger.
    create table payments (
      id uuid primary key,
      invoice_id uuid not null references invoices,
      payer_id uuid not null references payers,
      account_id uuid not null references accounts,
      acquirer text not null,
      amount bigint not null check (amount > 0),
      currency text not null default 'RUB',
      state text not null check (state in ('new', 'pending', 'succeeded', 'canceled', 'failed')),
      external_id text unique,
      confirmation_url text,
      problem text,
      refunded bigint not null default 0 check (refunded between 0 and amount),
      created_at timestamptz not null,
      changed_at timestamptz not null,
      asked_at timestamptz
    );
    create index payments_invoice on payments (invoice_id, created_at desc);
    create index payments_open on payments (asked_at nulls first) where state in ('new', 'pending');
    -- Whoever pays has one attempt at an invoice open, however often he clicks.
    create unique index payments_once on payments (invoice_id, account_id) where state in ('new', 'pending');

    create table refunds (
      id uuid primary key,
      payment_id uuid not null references payments,
      amount bigint not null check (amount > 0),
      state text not null check (state in ('new', 'pending', 'succeeded', 'canceled', 'failed')),
      external_id text unique,
      reason text not null,
      problem text,
      created_by uuid not null references accounts,
      created_at timestamptz not null,
      changed_at timestamptz not null
    );
    create index refunds_payment on refunds (payment_id, created_at);
    create index refunds_open on refunds (changed_at) where state in ('new', 'pending');

    -- Money that came (+) or went back (-): only ever added to. The source says where it was reported, so that it is written
    -- down once however often that happens: 'card:…', 'refund:…', 'bank:…', 'hand:…'.
    create table ledger (
      id bigint generated always as identity primary key,
      payer_id uuid not null references payers,
      at timestamptz not null,
      kind text not null check (kind in ('card', 'refund', 'bank', 'hand')),
      amount bigint not null check (amount <> 0),
      source text not null unique,
      payment_id uuid references payments,
      -- What went back is a part of a row that came.
      returns_id bigint references ledger,
      paid_on date not null,
      note text,
      created_by uuid references accounts,
      check ((amount < 0) = (returns_id is not null))
    );
    create index ledger_payer on ledger (payer_id, id desc);
    create index ledger_returns on ledger (returns_id) where returns_id is not null;

    -- Which invoice a ledger row pays; what is taken back is a row with a minus. Only ever added to.
    create table allocations (
      id bigint generated always as identity primary key,
      ledger_id bigint not null references ledger,
      invoice_id uuid not null references invoices,
      payer_id uuid not null references payers,
      amount bigint not null check (amount <> 0),
      at timestamptz not null,
      created_by uuid references accounts
    );
    create index allocations_invoice on allocations (invoice_id, id);
    create index allocations_ledger on allocations (ledger_id, id);

    create function money_is_final() returns trigger language plpgsql as $$
      begin raise exception 'ledger and allocations are only ever added to'; end $$;
    create trigger ledger_is_final before update or delete or truncate on ledger
      for each statement execute function money_is_final();
    create trigger allocations_are_final before update or delete or truncate on allocations
      for each statement execute function money_is_final();

    -- What an invoice's people have been told, so that they are told once.
    create table invoice_notices (
      invoice_id uuid not null references invoices on delete cascade,
      kind text not null check (kind in ('soon', 'overdue')),
      told_at timestamptz not null,
      primary key (invoice_id, kind)
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    drop table invoice_notices, allocations, ledger, refunds, payments, invoice_lines, invoices, payers;
    drop function money_is_final;
  `);
}

import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- Where an invoice stands in a list: the newest day first, within a day by number as a person counts (М-2 before
    -- М-10). One text that grows downwards, so that a page is one range of an index: the days that are left until the
    -- year 10000, then the number, every run of digits filled up with zeros.
    alter table invoices add column place text collate "C" not null generated always as (
      lpad((date '9999-12-31' - dated_on)::text, 7, '0')
      || regexp_replace(regexp_replace(number, '(\\d+)', repeat('0', 20) || '\\1', 'g'), '\\d*(\\d{20})', '\\1', 'g')
    ) stored;
    drop index invoices_payer, invoices_newest;
    create index invoices_payer on invoices (payer_id, place, id) where state <> 'draft';
    create index invoices_newest on invoices (place, id);
    create index invoices_owed on invoices (place, id) where state = 'issued' and allocated < total;
    create index invoices_cancelled on invoices (place, id) where state = 'cancelled';
    create index invoices_drafts on invoices (place, id) where state = 'draft';
    -- A payer's months.
    create index invoices_payer_period on invoices (payer_id, period) where state <> 'draft';
    -- Whose a private payer's ИНН is.
    create index accounts_inn_confirmed on accounts (inn) where inn_confirmed_at is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    drop index accounts_inn_confirmed, invoices_payer_period, invoices_drafts, invoices_cancelled, invoices_owed,
      invoices_newest, invoices_payer;
    alter table invoices drop column place;
    create index invoices_payer on invoices (payer_id, dated_on desc, id desc) where state <> 'draft';
    create index invoices_newest on invoices (dated_on desc, id desc);
  `);
}

import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    alter table imports drop constraint imports_kind_check,
      add constraint imports_kind_check check (kind in ('organisations', 'contracts', 'premises', 'invoices')),
      -- What else stood in the file (orders, acts) and is none of ours.
      add column skipped integer not null default 0;

    -- A cancelled invoice makes room for the right one, which has its number and its code in the other system again.
    alter table invoices drop constraint invoices_number_dated_on_key, drop constraint invoices_external_id_key;
    create unique index invoices_number_dated_on_key on invoices (number, dated_on) where state <> 'cancelled';
    create unique index invoices_external_id_key on invoices (external_id) where state <> 'cancelled';
    create index invoices_external_id on invoices (external_id) where external_id is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    drop index invoices_external_id, invoices_external_id_key, invoices_number_dated_on_key;
    alter table invoices add unique (number, dated_on), add unique (external_id);
    delete from imports where kind = 'invoices';
    alter table imports drop column skipped, drop constraint imports_kind_check,
      add constraint imports_kind_check check (kind in ('organisations', 'contracts', 'premises'));
  `);
}

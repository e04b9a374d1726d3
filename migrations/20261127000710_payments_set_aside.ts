import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- An open attempt over a sum that is no longer what is left: nobody is led to it any more, but an acquirer has no way to
    -- call one back, so that it is asked about until it ends by itself.
    alter table payments add column set_aside boolean not null default false;
    drop index payments_once;
    create unique index payments_once on payments (invoice_id, account_id)
      where state in ('new', 'pending') and not set_aside;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- What is told of such an attempt later still counts, also when it is over for us.
    update payments set state = 'canceled', problem = 'Сумма к оплате изменилась.'
      where set_aside and state in ('new', 'pending');
    drop index payments_once;
    create unique index payments_once on payments (invoice_id, account_id) where state in ('new', 'pending');
    alter table payments drop column set_aside;
  `);
}

import type { Knex } from 'knex';

/**
 * SMS has two more states: a row is `sending` while the gateway is asked, and `unknown` where its answer was never
 * heard. A `sending` row comes due as well, at the moment when whoever sent it is taken for dead.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    alter table outbox drop constraint outbox_state_check;
    alter table outbox add constraint outbox_state_check
      check (state in ('waiting', 'sending', 'sent', 'dropped', 'failed', 'unknown'));
    drop index outbox_waiting;
    drop index outbox_key;
    create index outbox_due on outbox (next_attempt_at) where state in ('waiting', 'sending');
    create unique index outbox_key on outbox (key) where state in ('waiting', 'sending');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    drop index outbox_due;
    drop index outbox_key;
    update outbox set state = 'failed', finished_at = coalesce(finished_at, next_attempt_at)
      where state in ('sending', 'unknown');
    alter table outbox drop constraint outbox_state_check;
    alter table outbox add constraint outbox_state_check
      check (state in ('waiting', 'sent', 'dropped', 'failed'));
    create index outbox_waiting on outbox (next_attempt_at) where state = 'waiting';
    create unique index outbox_key on outbox (key) where state = 'waiting';
  `);
}

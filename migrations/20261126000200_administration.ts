import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- People are listed the newest first, whole or those who wait for something, and searched within all that is known
    -- of them: a patronymic and a number are typed as often as a surname.
    create index accounts_newest on accounts (created_at, id);
    create index accounts_blocked on accounts (created_at, id) where blocked_at is not null;
    create index accounts_inn_waiting on accounts (created_at, id)
      where inn is not null and inn_confirmed_at is null and blocked_at is null;
    drop index accounts_name_words;
    create index accounts_words on accounts using gin ((surname || ' ' || name || ' ' || coalesce(patronymic, '')
      || ' ' || email || ' ' || coalesce(phone, '')) gin_trgm_ops);

    -- The journal is read the newest first, whole, between two days, of a person, of a kind of action.
    create index audit_newest on audit (at, id);
    create index audit_account on audit (account_id, at, id);
    create index audit_action on audit (action, at, id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    drop index audit_action, audit_account, audit_newest, accounts_words, accounts_inn_waiting, accounts_blocked,
      accounts_newest;
    create index accounts_name_words on accounts using gin ((surname || ' ' || name || ' ' || email) gin_trgm_ops);
  `);
}

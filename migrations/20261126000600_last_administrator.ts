import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- As in 20261125000200, and more exactly: an administrator who is blocked cannot sign in, so he is none that the others
    -- could leave the profile to. Blocking somebody stays allowed; it is no change of a membership.
    -- The company may end the last one's all the same: a tenant who has moved out would keep somebody for ever. It says so
    -- for its own transaction; no act of a tenant's does.
    create or replace function keep_an_administrator() returns trigger language plpgsql as $$
      begin
        if current_setting('cabinet.company', true) = 'yes' then
          return null;
        end if;
        perform from organisations where id = old.organisation_id for no key update;
        if not exists (select from memberships m join accounts a on a.id = m.account_id and a.blocked_at is null
          where m.organisation_id = old.organisation_id and m.id <> old.id
          and m.ended_at is null and 'administrator' = any (m.roles)) then
          raise exception 'the last administrator of an organisation'
            using errcode = 'check_violation', constraint = 'memberships_administrator';
        end if;
        return null;
      end $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    create or replace function keep_an_administrator() returns trigger language plpgsql as $$
      begin
        perform from organisations where id = old.organisation_id for no key update;
        if not exists (select from memberships where organisation_id = old.organisation_id and id <> old.id
          and ended_at is null and 'administrator' = any (roles)) then
          raise exception 'the last administrator of an organisation'
            using errcode = 'check_violation', constraint = 'memberships_administrator';
        end if;
        return null;
      end $$;
  `);
}

import { randomUUID } from 'node:crypto';
import type { AccountRow, InvitationRow } from '../../src/db/rows.js';
import { DAY, type TestHouse } from './house.js';
import { addAccount, join } from './people.js';

interface Organisation {
  id: string;
}

/** An open request of somebody for access to the organisation; answers its id. */
export async function addRequest(
  house: TestHouse,
  organisation: Organisation,
  account?: Pick<AccountRow, 'id'>,
): Promise<string> {
  const id = randomUUID();
  await house.parts.db('access_requests').insert({
    id,
    organisation_id: organisation.id,
    account_id: (account ?? (await addAccount(house))).id,
    state: 'open',
    created_at: house.clock.now(),
    decided_at: null,
    decided_by: null,
    reason: null,
  });
  return id;
}

/** An open invitation of an address; answers its id. */
export async function addInvitation(
  house: TestHouse,
  organisation: Organisation,
  email: string,
  inviter: Pick<AccountRow, 'id'>,
  change: Partial<InvitationRow> = {},
): Promise<string> {
  const id = randomUUID();
  const now = house.clock.now();
  await house.parts.db('invitations').insert({
    id,
    organisation_id: organisation.id,
    email,
    roles: ['documents'],
    sees_all: false,
    invited_by: inviter.id,
    created_at: now,
    expires_at: new Date(now.getTime() + 14 * DAY),
    state: 'open',
    ended_at: null,
    ...change,
  });
  return id;
}

/** One's own look-up of an ИНН; answers its id. */
export async function addLookup(
  house: TestHouse,
  account: Pick<AccountRow, 'id'>,
  inn: string,
): Promise<string> {
  const id = randomUUID();
  const row = { id, account_id: account.id, inn, at: house.clock.now() };
  await house.parts.db('organisation_lookups').insert(row);
  return id;
}

/** Another administrator of the organisation offers the management to this membership; what was open is not any more. */
export async function offerTo(house: TestHouse, organisation: Organisation, to_id: string): Promise<void> {
  const from_id = await join(house, await addAccount(house), organisation, ['administrator']);
  const now = house.clock.now();
  const row = { id: randomUUID(), organisation_id: organisation.id, from_id, to_id };
  // One after another, where several lines are asked for at once.
  await house.parts.db.transaction(async (trx) => {
    await trx('organisations').where({ id: organisation.id }).forUpdate().first();
    const open = trx('handovers').where({ organisation_id: organisation.id, state: 'open' });
    await open.update({ state: 'withdrawn', ended_at: now });
    await trx('handovers').insert({ ...row, created_at: now, state: 'open', ended_at: null });
  });
}

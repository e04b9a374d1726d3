import { randomUUID } from 'node:crypto';
import { transaction, type Transaction } from '../../db/knex.js';
import type { HandoverRow } from '../../db/rows.js';
import { Conflict, NotFound } from '../../lib/errors.js';
import { closeHandover, findHandover, findLatestOffer, insertHandover } from './handovers.data.js';
import { log, manage, named, tell, type Managing } from './memberships.actions.js';
import {
  confirmMember,
  getMember,
  lockOrganisation,
  updateMembership,
  type Member,
} from './memberships.data.js';
import { membershipPolicy, type HasRoles } from './memberships.policy.js';

/**
 * The administrator names a member, who may accept (manual 4.2.9).
 *
 * @throws Conflict for himself, for who is blocked, and when another offer is open; NotFound
 */
export function offerHandover(managing: Managing, to: string): Promise<void> {
  const { member, now } = managing;
  return manage(managing, async (trx, organisation) => {
    const successor = await getMember(trx, member, to);
    if (successor.id === member.id) throw new Conflict('Управление уже у вас.');
    if (successor.blocked_at)
      throw new Conflict('Аккаунт этого участника заблокирован: принять управление он не сможет.');
    await makeRoom(trx, organisation.id, to, managing);
    const row: HandoverRow = {
      id: randomUUID(),
      organisation_id: organisation.id,
      from_id: member.id,
      to_id: to,
      created_at: now,
      state: 'open',
      ended_at: null,
    };
    await insertHandover(trx, row);
    await log(trx, managing, 'handover.offered', row, { to: named(successor) });
    await tell(trx, now, 'handover.offered', successor, organisation, {
      other: named(await ownOf(trx, member)),
    });
  });
}

/** One offer is open at a time; one whose sender was blocked since is none. @throws Conflict */
async function makeRoom(
  trx: Transaction,
  organisation: string,
  to: string,
  managing: Managing,
): Promise<void> {
  const open = await findHandover(trx, organisation);
  if (!open) return;
  if (open.stands)
    throw new Conflict(
      open.to_id === to
        ? 'Управление уже предложено этому участнику, ответа пока нет.'
        : `Управление уже предложено другому участнику (${open.to}). Сначала отмените то предложение.`,
    );
  await closeHandover(trx, open.id, 'withdrawn', managing.now);
  await log(trx, managing, 'handover.withdrawn', open, { to: open.to });
}

const ownOf = (trx: Transaction, member: Member) => getMember(trx, member, member.id);

/** The administrator takes his offer back. @throws NotFound when none is open */
export function withdrawHandover(managing: Managing): Promise<void> {
  return manage(managing, async (trx, organisation) => {
    const open = await findHandover(trx, organisation.id);
    if (!open) throw new NotFound();
    await closeHandover(trx, open.id, 'withdrawn', managing.now);
    await log(trx, managing, 'handover.withdrawn', open, { to: open.to });
  });
}

/**
 * The named member takes the management, or declines it: at once he has the role and the other one has not. Both get
 * letters.
 *
 * @throws NotFound when nothing was offered to him, Conflict when it was answered or taken back, or the other one is no
 * administrator by now
 */
export function answerHandover(answering: Managing, accepts: boolean): Promise<void> {
  const { db, member, now } = answering;
  return transaction(db, async (trx) => {
    const organisation = await lockOrganisation(trx, member.organisation.id);
    await confirmMember(trx, member, membershipPolicy.information);
    const open = await findHandover(trx, organisation.id);
    if (open?.to_id !== member.id) throw await tooLate(trx, member);
    await closeHandover(trx, open.id, accepts ? 'accepted' : 'declined', now);
    const [from, to] = [await getMember(trx, member, open.from_id), await getMember(trx, member, open.to_id)];
    if (accepts) {
      if (!open.stands)
        throw new Conflict('Тот, кто предложил вам управление, уже не администратор профиля.');
      const rest = without(from);
      // The new one first: not for an instant is the organisation without an administrator.
      await updateMembership(trx, to.id, { roles: [...new Set([...to.roles, 'administrator'])] });
      await updateMembership(trx, from.id, { roles: rest });
    }
    const what = accepts ? 'handover.accepted' : 'handover.declined';
    await log(trx, answering, what, open, { from: named(from), to: named(to) });
    await tell(trx, now, what, from, organisation, { other: named(to) });
    if (accepts) await tell(trx, now, 'handover.taken', to, organisation, { other: named(from) });
  });
}

const ENDED = {
  accepted: 'Вы уже приняли управление профилем.',
  declined: 'Вы уже отказались от управления профилем.',
  withdrawn: 'Предложение управления отменено.',
};

/** What became of the offer that he still has before him. */
async function tooLate(trx: Transaction, { id }: Member): Promise<Conflict | NotFound> {
  const last = await findLatestOffer(trx, id);
  return last && last.state !== 'open' ? new Conflict(ENDED[last.state]) : new NotFound();
}

/** What is left of an administrator: his other roles, or looking on. */
function without({ roles }: HasRoles): string[] {
  const rest = roles.filter((role) => role !== 'administrator');
  return rest.length > 0 ? rest : ['observer'];
}

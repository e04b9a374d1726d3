import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../../src/config.js';
import type { AccountRow } from '../../src/db/rows.js';
import { listOpenKinds } from '../../src/domain/conversations/kinds.data.js';
import { addDays, dayOf } from '../../src/lib/dates.js';
import { Client } from './client.js';
import { openDoors, type OpenHouse } from './doors.js';
import { addAccount, addOrganisation, addType, join as joinOrganisation } from './people.js';
import { openParties } from './parties.js';
import { addBuilding } from './register.js';
import { pdf } from './sample-files.js';

/** Every kind of person that a route has to tell apart. */
export const ACTORS = [
  'nobody',
  'private',
  'passes',
  'observer',
  'documents',
  'requests',
  'head',
  'former',
  'stranger',
  'reviewer',
  'chief',
  'accountant',
  'operator',
] as const;

/**
 * `nobody` is not signed in, `private` belongs to no organisation, `passes` is a member without a role for documents,
 * `requests` one who sends requests and messages, `head` the organisation's administrator, `former` was a member, `stranger` is the administrator of the other one;
 * `reviewer`, `chief` (their administrator), `accountant` and `operator` are the company's.
 */
export type Actor = (typeof ACTORS)[number];
export type Status = 'sent' | 'accepted' | 'rejected';

export interface Paper {
  id: string;
  version: string;
  sha256: string;
  file: string;
}

export interface Cast {
  house: OpenHouse;
  own: { id: string };
  other: { id: string };
  /** A tenant that nobody of them belongs to. */
  target: { id: string; inn: string };
  /** A building that the company runs. */
  place: { name: string };
  type: { id: string; name: string };
  /** A kind of conversations for each face. */
  kinds: { request: string; message: string };
  accounts: Record<Exclude<Actor, 'nobody'>, AccountRow>;
  /** The memberships of those who have one. */
  memberships: Record<'head' | 'passes' | 'observer' | 'documents' | 'requests' | 'stranger', string>;
  /** Gives the members their roles back, after one of them has taken or lost some. */
  restore(): Promise<void>;
  /** Everybody's browser, signed in. */
  actors: Record<Actor, Client>;
  pdf: Buffer;
  /** A document with one version in this status; an accepted one was accepted by `decider`, else by the reviewer. */
  paper(organisation: { id: string }, status: Status, decider?: Actor): Promise<Paper>;
  /** A new browser of this actor, signed in. */
  enter(actor: Actor, headers?: Record<string, string>): Promise<Client>;
}

/** Where the outside systems are, if there were any. */
const OUTSIDE = {
  requests: { href: 'https://helpdesk.cast.test/', host: 'helpdesk.cast.test' },
  passes: { href: 'https://passes.cast.test/', host: 'passes.cast.test' },
};

/** A house with two organisations and everybody signed in. */
export async function openCast(
  change: Partial<Config> = {},
  headers: Record<string, string> = {},
): Promise<Cast> {
  const parties = await openParties();
  const house = await openDoors({ dadata: parties.config, outside: OUTSIDE, ...change });
  const close = house.close.bind(house);
  house.close = () => close().finally(() => parties.close());
  const [own, other] = [
    await addOrganisation(house, 'ООО «Своя»'),
    await addOrganisation(house, 'ООО «Чужая»'),
  ];
  const target = await addOrganisation(house, 'ООО «Третья»');
  const place = await addBuilding(house);
  const type = await addType(house, { required: true });
  const kindOf = async (face: 'request' | 'message') => (await listOpenKinds(house.parts.db, face))[0]!.id;
  const kinds = { request: await kindOf('request'), message: await kindOf('message') };
  const add = (name: string, staff?: Parameters<typeof addAccount>[1]) =>
    addAccount(house, { email: `${name}@cast.test`, ...staff });
  const accounts = {
    private: await add('private'),
    passes: await add('passes'),
    observer: await add('observer'),
    documents: await add('documents'),
    requests: await add('requests'),
    head: await add('head'),
    former: await add('former'),
    stranger: await add('stranger'),
    reviewer: await add('reviewer', { staff: ['reviewer'] }),
    chief: await add('chief', { staff: ['administrator'] }),
    accountant: await add('accountant', { staff: ['accountant'] }),
    operator: await add('operator', { staff: ['operator'] }),
  };
  // The administrator first: there always is one.
  const memberships = {
    head: await joinOrganisation(house, accounts.head, own, ['administrator']),
    passes: await joinOrganisation(house, accounts.passes, own, ['passes']),
    observer: await joinOrganisation(house, accounts.observer, own, ['observer']),
    documents: await joinOrganisation(house, accounts.documents, own, ['documents']),
    requests: await joinOrganisation(house, accounts.requests, own, ['requests']),
    stranger: await joinOrganisation(house, accounts.stranger, other, ['administrator']),
  };
  const ended = await joinOrganisation(house, accounts.former, own, ['administrator']);
  await house.parts.db('memberships').where({ id: ended }).update({ ended_at: house.clock.now() });

  const bytes = await pdf();
  const sha256 = createHash('sha256').update(bytes).digest('hex');

  async function paper(
    organisation: { id: string },
    status: Status,
    decider: Actor = 'reviewer',
  ): Promise<Paper> {
    const { db, store } = house.parts;
    const made = { id: randomUUID(), version: randomUUID(), sha256, file: randomUUID() };
    const temporary = join(store.temporaryDir, randomUUID());
    await writeFile(temporary, bytes);
    await store.put(temporary, made.file);
    const uploader = organisation.id === own.id ? accounts.documents : accounts.stranger;
    const now = house.clock.now();
    const decided = status !== 'sent' && {
      decided_by: decider === 'nobody' ? null : accounts[decider].id,
      decided_at: now,
    };
    const until = status === 'accepted' ? addDays(dayOf(now), 300) : null;
    await db.transaction(async (trx) => {
      await trx('files').insert({
        id: made.file,
        sha256,
        size: bytes.length,
        mime: 'application/pdf',
        name: 'Полис.pdf',
        created_by: uploader.id,
        created_at: now,
      });
      await trx('documents').insert({
        id: made.id,
        organisation_id: organisation.id,
        type_id: type.id,
        status,
        valid_until: until,
        sent_at: now,
        latest_id: made.version,
        removed_at: null,
      });
      await trx('document_versions').insert({
        id: made.version,
        document_id: made.id,
        number: 1,
        type_id: type.id,
        file_id: made.file,
        comment: 'Как просили',
        uploaded_by: uploader.id,
        uploaded_at: now,
        status,
        valid_until: until,
        removed_at: null,
        reason: status === 'rejected' ? 'Нет подписи' : null,
        decided_by: null,
        decided_at: null,
        ...decided,
      });
    });
    return made;
  }

  const enter = (actor: Actor, more = headers): Promise<Client> => {
    const client = new Client(house.address, more);
    return actor === 'nobody' ? Promise.resolve(client) : client.signIn(accounts[actor].email);
  };
  const entered = await Promise.all(ACTORS.map(async (actor) => [actor, await enter(actor)] as const));
  const actors = Object.fromEntries(entered) as Record<Actor, Client>;
  async function restore(): Promise<void> {
    const roles = {
      head: 'administrator',
      passes: 'passes',
      observer: 'observer',
      documents: 'documents',
      requests: 'requests',
    };
    for (const [actor, role] of Object.entries(roles) as [keyof typeof roles, string][]) {
      const change = { roles: [role], ended_at: null };
      await house.parts.db('memberships').where({ id: memberships[actor] }).update(change);
    }
  }
  return {
    house,
    own,
    other,
    target,
    place,
    type,
    kinds,
    accounts,
    memberships,
    restore,
    actors,
    pdf: bytes,
    paper,
    enter,
  };
}

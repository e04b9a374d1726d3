import { transaction, type Database } from '../src/db/knex.js';
import { addWordsOfMany } from '../src/domain/conversations/search.data.js';
import type { FileStore } from '../src/domain/files/store.js';
import { CONSENT } from '../src/domain/people/consent.js';
import type { Passwords } from '../src/domain/people/password.js';
import { accessRows } from './demo/access-rows.js';
import { startClock, type Clock } from './demo/clock.js';
import { playDocument } from './demo/document-rows.js';
import { documentTypes } from './demo/document-types.js';
import { earlierTalks } from './demo/earlier-talks.js';
import { tellOfEnds } from './demo/notices.js';
import { playMoney } from './demo/money.js';
import { notificationRows } from './demo/notification-rows.js';
import { organisationRows } from './demo/organisation-rows.js';
import { otherDocuments } from './demo/other-documents.js';
import { otherTalks } from './demo/other-talks.js';
import { ownDocuments } from './demo/own-documents.js';
import { ownMessages } from './demo/own-messages.js';
import { ownRequests } from './demo/own-requests.js';
import { parkingRows } from './demo/parking-rows.js';
import { PASSWORD } from './demo/people.js';
import { peopleRows } from './demo/people-rows.js';
import { privateRequests } from './demo/private-requests.js';
import { readyAnswers } from './demo/ready-answers.js';
import { serviceRows } from './demo/service-rows.js';
import { fileRows, storeFiles } from './demo/stored-files.js';
import type { Talk } from './demo/talk.js';
import { talkRows } from './demo/talk-rows.js';

/**
 * Fills an empty database with the demo company: its people, organisations, contracts and documents in every status.
 * The same moment makes the same rows; only the password's hash differs.
 */
export async function seedDemo(
  parts: { db: Database; store: FileStore; passwords: Passwords },
  now: Date,
): Promise<void> {
  const clock = startClock(now);
  const played = [...ownDocuments(clock), ...otherDocuments(clock)].map(playDocument);
  const told = played.map((rows) => tellOfEnds(rows, clock));
  const kinds = await parts.db('conversation_kinds').orderBy('position');
  const offered = serviceRows(
    clock,
    kinds.filter(({ face }) => face === 'request'),
  );
  const parking = parkingRows(clock);
  const talks = talkRows(demoTalks(clock), kinds);
  const brought = [
    ...played.flatMap(({ files }) => files),
    ...talks.played.flatMap(({ files }) => files),
    ...offered.pictures,
    ...parking.pictures,
  ];
  const organisations = organisationRows(clock);
  const [password_hash, files] = await Promise.all([
    parts.passwords.hash(PASSWORD),
    fileRows(brought),
    storeFiles(parts.store, brought),
  ]);
  const people = peopleRows(password_hash, clock);
  const board = notificationRows(clock);
  const access = accessRows(clock);
  const audit = [
    ...people.audit,
    ...board.audit,
    ...access.audit,
    ...offered.audit,
    ...parking.audit,
    ...[...played, ...told, ...talks.played].flatMap((rows) => rows.audit),
  ];
  const { purpose, version, sha256, body } = CONSENT;

  await transaction(parts.db, async (trx) => {
    await trx('consent_texts').insert({ sha256, purpose, version, body });
    await trx('accounts').insert(people.accounts);
    await trx('consents').insert(people.consents);
    await trx('organisations').insert(organisations.organisations);
    await trx('contracts').insert(organisations.contracts);
    await trx('buildings').insert(organisations.buildings);
    await trx('premises').insert(organisations.premises);
    await trx('memberships').insert(organisations.memberships);
    await trx('access_requests').insert(access.requests);
    await trx('invitations').insert(access.invitations);
    await trx('service_groups').insert(offered.groups);
    await trx('document_types').insert(documentTypes(clock.ago(700, '12:00:00')));
    await trx('files').insert(files);
    await trx('services').insert(offered.services);
    await trx('parking_schemes').insert(parking.schemes);
    await trx('documents').insert(played.map(({ document }) => document));
    await trx('document_versions').insert(played.flatMap(({ versions }) => versions));
    await trx('document_notices').insert(told.flatMap(({ notices }) => notices));
    await trx('conversations').insert(
      talks.played.map(({ row }) => ({ ...row, words: trx.raw("''::tsvector") })),
    );
    await trx('conversation_entries').insert(talks.played.flatMap(({ entries }) => entries));
    await trx('conversation_people').insert(talks.played.flatMap((rows) => rows.people));
    await trx('conversation_files').insert(talks.played.flatMap(({ links }) => links));
    await trx('conversation_numbers').insert(talks.numbers);
    await trx('conversation_answers').insert(readyAnswers);
    await addWordsOfMany(
      trx,
      talks.played.map(({ row, words }) => ({ id: row.id, texts: words })),
    );
    await trx('notifications').insert(board.notifications);
    await trx('notification_organisations').insert(board.organisations);
    await trx('notification_buildings').insert(board.buildings);
    await trx('notification_accounts').insert(board.accounts);
    await trx('notification_reads').insert(board.reads);
    audit.push(...(await playMoney(trx, clock)));
    // Their ids tell their order.
    await trx('audit').insert(audit.sort((a, b) => a.at.getTime() - b.at.getTime()));
  });
}

/** Requests and messages in every state, of everybody. */
export const demoTalks = (clock: Clock): Talk[] => [
  ...ownRequests(clock),
  ...ownMessages(clock),
  ...privateRequests(clock),
  ...otherTalks(clock),
  ...earlierTalks(clock),
];

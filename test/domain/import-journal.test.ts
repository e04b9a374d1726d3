import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerInvitation } from '../../src/domain/memberships/invitations.actions.js';
import { keptMails } from '../../src/domain/outbox/transport.js';
import { openHouse, type TestHouse } from '../support/house.js';
import { addAccount, join as joinOrganisation } from '../support/people.js';
import {
  CONTRACTS,
  emptyRegister,
  importer,
  ORGANISATIONS,
  PERSON,
  PREMISES,
  SPEKTR,
} from '../support/tables-to-import.js';

let house: TestHouse;
beforeAll(async () => void (house = await openHouse()));
afterAll(() => house?.close());
beforeEach(() => emptyRegister(house));

const db = () => house.parts.db;
const { compare, apply, since } = importer(() => house);
const RESPONSIBLE = ['Внешний код', 'Название', 'ИНН', 'КПП', 'E-mail ответственного'];

describe('the responsible address', () => {
  const named = (email: string) => ['о-1', 'ООО «Спектр»', '7704374968', '770401001', email];
  const bring = async (email: string) =>
    apply((await compare('organisations', [RESPONSIBLE, named(email)])).id);
  const invitations = async () =>
    (await db()('invitations').orderBy('created_at').orderByRaw('state desc')).map(
      ({ email, state, roles }) => [email, state, roles.join()],
    );
  const letters = (recipient: string) => db()('outbox').where({ recipient }).pluck('letter');
  const organisation = async () => (await db()('organisations').where({ external_id: 'о-1' }).first())!;

  it('of an import is invited to be the administrator, as by the form; the one before no longer is', async () => {
    await bring('first@spektr.test');
    expect(await invitations()).toEqual([['first@spektr.test', 'open', 'administrator']]);
    expect(await letters('first@spektr.test')).toEqual(['invitation']);
    const entries = await since();
    house.clock.move(1000);
    await bring('second@spektr.test');
    expect(await invitations()).toEqual([
      ['first@spektr.test', 'withdrawn', 'administrator'],
      ['second@spektr.test', 'open', 'administrator'],
    ]);
    expect((await entries()).map(({ action }) => action)).toEqual([
      'import.compared',
      'organisation.responsible',
      'invitation.withdrawn',
      'invitation.sent',
      'import.applied',
    ]);
    // The same table once more asks nobody again.
    await bring('second@spektr.test');
    expect(await letters('second@spektr.test')).toEqual(['invitation']);
    await bring('');
    expect((await invitations()).map(([, state]) => state)).toEqual(['withdrawn', 'withdrawn']);
  });

  it('gets a letter from the company where the server’s command line invites, and becomes the administrator', async () => {
    await bring('head@spektr.test');
    await house.deliver();
    const [mail] = (await keptMails(join(house.config.dataDir, 'mail'))).filter(
      ({ to }) => to === 'head@spektr.test',
    );
    expect(mail!.text.replace(/\s+/g, ' ')).toContain(
      'Управляющая компания приглашает вас в профиль организации ООО «Спектр»',
    );
    const account = await addAccount(house, { email: 'head@spektr.test' });
    const [invitation] = await db()('invitations');
    const own = { id: account.id };
    const actor = { account_id: account.id, ip: '', request_id: 'test' };
    await answerInvitation({ db: db(), own, actor, now: house.clock.now() }, invitation!.id, true);
    expect(await db()('memberships').first()).toMatchObject({ roles: ['administrator'], given_by: null });
  });

  it('invites nobody where there is an administrator, but takes back what the company sent', async () => {
    await bring('first@spektr.test');
    const { id } = await organisation();
    await joinOrganisation(house, await addAccount(house), { id }, ['administrator']);
    await bring('second@spektr.test');
    expect(await invitations()).toEqual([['first@spektr.test', 'withdrawn', 'administrator']]);
  });

  it('of a member is refused, as by the form', async () => {
    await bring('');
    const account = await addAccount(house);
    await joinOrganisation(house, account, await organisation(), ['documents']);
    const { refused } = await compare('organisations', [RESPONSIBLE, named(account.email)]);
    expect(await refused()).toEqual([
      '2: E-mail ответственного: Этот человек уже участник профиля: назначьте его администратором',
    ]);
  });
});

describe('the journal', () => {
  it('tells of every row what was added and what was changed, and from which file', async () => {
    const about = (id: string) => ({ import: id, file: 'таблица.xlsx' });
    const entries = await since();
    const first = await compare('organisations', [ORGANISATIONS, SPEKTR, PERSON]);
    await apply(first.id);
    const other = [...SPEKTR.slice(0, 1), 'ООО «Иначе»', ...SPEKTR.slice(2)];
    const second = await compare('organisations', [ORGANISATIONS, other, PERSON]);
    await apply(second.id);
    const [spektr, person] = await db()('organisations').orderBy('external_id').pluck('id');
    const before = {
      name: 'ООО «Спектр»',
      inn: '7704374968',
      kpp: '770401001',
      address: 'Москва',
      external_id: 'о-1',
    };
    const added = { ...before, responsible_email: null, caretaker_id: null };
    expect(await entries()).toMatchObject([
      {
        action: 'import.compared',
        subject: first.id,
        details: { kind: 'organisations', file: 'таблица.xlsx' },
      },
      {
        action: 'organisation.added',
        subject: spektr,
        organisation: spektr,
        details: { ...about(first.id), after: added },
      },
      {
        action: 'organisation.added',
        subject: person,
        details: { after: { name: 'ИП Переверзев', kpp: null } },
      },
      {
        action: 'organisation.responsible',
        subject: spektr,
        details: { before: null, after: 'head@spektr.test' },
      },
      { action: 'invitation.sent', organisation: spektr },
      { action: 'import.applied', details: { file: 'таблица.xlsx', counts: { added: 2 } } },
      { action: 'import.compared' },
      {
        action: 'organisation.changed',
        subject: spektr,
        organisation: spektr,
        details: { ...about(second.id), before, after: { ...before, name: 'ООО «Иначе»' } },
      },
      { action: 'import.applied' },
    ]);
  });

  it('tells it of contracts and rooms, at both organisations where one moves', async () => {
    await apply((await compare('organisations', [ORGANISATIONS, SPEKTR, PERSON])).id);
    const contract = ['д-1', 'о-1', '77', 'Основной', '01.12.2025', ''];
    await apply((await compare('contracts', [CONTRACTS, contract])).id);
    const room = ['п-1', 'д-1', 'БК «Спектр»', '412', '184,6'];
    await apply((await compare('premises', [PREMISES, room])).id);
    const [spektr, person] = await db()('organisations').orderBy('external_id').pluck('id');
    const entries = await since();
    await apply((await compare('contracts', [CONTRACTS, ['д-1', 'о-2', '78', ...contract.slice(3)]])).id);
    await apply((await compare('premises', [PREMISES, [...room.slice(0, 4), '62,35']])).id);
    const terms = { kind: 'main', starts_on: '2025-12-01', ends_on: null, external_id: 'д-1' };
    const moved = {
      before: { number: '77', organisation: 'ООО «Спектр»', ...terms },
      after: { number: '78', organisation: 'ИП Переверзев', ...terms },
    };
    expect((await entries()).filter(({ action }) => !action.startsWith('import'))).toMatchObject([
      { action: 'contract.saved', organisation: spektr, details: moved },
      { action: 'contract.saved', organisation: person, details: moved },
      {
        action: 'premises.saved',
        organisation: person,
        details: { contract: '78', before: { area: '184.60', room: '412' }, after: { area: '62.35' } },
      },
    ]);
  });
});

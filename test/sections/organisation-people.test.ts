import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addInvitation, addRequest } from '../support/access.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { addColleague, openDesk } from '../support/office.js';
import { errorsOf, valueOf, words } from '../support/page.js';
import { addAccount, addOrganisation } from '../support/people.js';

let house: OpenHouse;
let desk: Awaited<ReturnType<typeof openDesk>>;
let organisation: Awaited<ReturnType<typeof addOrganisation>>;
let path: string;
beforeAll(async () => {
  house = await openDoors();
  desk = await openDesk(house, ['administrator']);
});
afterAll(() => house?.close());
beforeEach(async () => {
  organisation = await addOrganisation(house);
  path = `/staff/organisations/${organisation.id}`;
});

const db = () => house.parts.db;
const present = () => db()('memberships').where({ organisation_id: organisation.id }).whereNull('ended_at');
const administrators = () => present().whereRaw("'administrator' = any (roles)");
const lettersTo = (recipient: string) =>
  db()('outbox').where({ recipient }).orderBy('created_at').pluck('letter');
const journal = () => db()('audit').where({ organisation_id: organisation.id }).orderBy('id');
const appoint = (account: string, reason = 'Прежний уволился') =>
  desk.visitor.submit(`${path}/administrator`, { account, reason });

describe('appointing an administrator', () => {
  it('makes a member of anybody registered, with letters and the reason in the journal', async () => {
    const before = await addColleague(house, organisation, ['administrator']);
    const account = await addAccount(house);
    const request = await addRequest(house, organisation, account);
    await addInvitation(house, organisation, account.email, before.account);
    expect((await appoint(account.email.toUpperCase())).headers.location).toBe(path);
    const [membership] = await present().where({ account_id: account.id });
    expect(membership).toMatchObject({ roles: ['administrator'], given_by: desk.account.id });
    expect(await lettersTo(account.email)).toEqual(['administrator.appointed']);
    expect(await lettersTo(before.account.email)).toEqual(['administrator.joined']);
    expect((await journal()).find(({ action }) => action === 'membership.began')!.details).toMatchObject({
      reason: 'Прежний уволился',
    });
    // What he had asked for and was invited to is over.
    expect(await db()('access_requests').where({ id: request }).first()).toMatchObject({ state: 'granted' });
    expect(await db()('invitations').where({ email: account.email }).first()).toMatchObject({
      state: 'withdrawn',
    });
    // The organisation reads it in its own journal.
    const own = words((await before.visitor.get(`/profiles/${organisation.id}/accounts/journal`)).text);
    expect(own).toContain('причина: Прежний уволился');
    await house.deliver();
    expect(await db()('outbox').where({ recipient: account.email, state: 'sent' })).toHaveLength(1);
  });

  it('gives a member the role beside his others', async () => {
    const { account } = await addColleague(house, organisation, ['documents']);
    expect((await appoint(account.email)).status).toBe(303);
    expect((await present())[0]!.roles).toEqual(['documents', 'administrator']);
    const again = await appoint(account.email);
    expect(errorsOf(again.text)).toEqual({ account: 'Этот человек уже администратор профиля' });
  });

  it.each([
    [
      'nobody of that address',
      'nobody@tenant.test',
      'Причина',
      { account: expect.stringContaining('Нет аккаунта') },
    ],
    ['no address', 'не адрес', 'Причина', { account: expect.stringContaining('Проверьте адрес') }],
    ['no reason', 'a@b.ru', ' ', { reason: 'Укажите причину' }],
  ])('refuses %s', async (_what, account, reason, errors) => {
    const answer = await appoint(account, reason);
    expect([answer.status, errorsOf(answer.text)]).toEqual([422, errors]);
    expect(valueOf(answer.text, 'account')).toBe(account);
    expect(await present()).toEqual([]);
  });

  it('refuses who is blocked', async () => {
    const account = await addAccount(house, { blocked_at: house.clock.now() });
    expect(errorsOf((await appoint(account.email)).text)).toEqual({ account: 'Этот аккаунт заблокирован' });
  });

  it('happens once of fifty at the same instant', async () => {
    const account = await addAccount(house);
    const { _csrf } = await desk.visitor.hidden(`${path}/administrator`);
    const fields = { _csrf: _csrf!, account: account.email, reason: 'Некому управлять' };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        desk.visitor.post(`${path}/administrator`, { ...fields, _once: randomUUID() }),
      ),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(49);
    expect(await administrators()).toHaveLength(1);
    expect(await lettersTo(account.email)).toEqual(['administrator.appointed']);
  });
});

describe('ending a membership', () => {
  it('wants a reason, which the member reads', async () => {
    await addColleague(house, organisation, ['administrator']);
    const { account, membership, visitor } = await addColleague(house, organisation, ['documents']);
    const form = `${path}/members/${membership}/removal`;
    expect(errorsOf((await desk.visitor.submit(form, { reason: '' })).text)).toEqual({
      reason: 'Укажите причину',
    });
    expect((await desk.visitor.submit(form, { reason: 'Уволен' })).status).toBe(303);
    expect((await visitor.get(`/profiles/${organisation.id}/documents`)).status).toBe(404);
    const [letter] = await db()('outbox').where({ recipient: account.email });
    expect(letter).toMatchObject({ letter: 'membership.ended', data: { reason: 'Уволен' } });
    // Whoever comes later is told, on the organisation's page.
    expect((await desk.visitor.get(form)).headers.location).toBe(path);
    // Nothing of the member stays with the key of the form.
    const kept = await db()('submissions').where({ account_id: desk.account.id }).pluck('result');
    expect(JSON.stringify(kept)).not.toMatch(/password|@tenant/);
  });

  it('takes the last administrator of a tenant who has moved out, after saying what follows', async () => {
    const { membership } = await addColleague(house, organisation, ['administrator']);
    const blocked = await addColleague(house, organisation, ['administrator']);
    await db()('accounts').where({ id: blocked.account.id }).update({ blocked_at: house.clock.now() });
    expect(words((await desk.visitor.get(path)).text)).toContain(`${blocked.account.email} Заблокирован`);
    const form = `${path}/members/${membership}/removal`;
    expect(words((await desk.visitor.get(form)).text)).toContain('попадёт в список «Без администратора»');
    const silent = await desk.visitor.submit(form, { reason: '' });
    expect(errorsOf(silent.text)).toEqual({ reason: 'Укажите причину' });
    expect((await desk.visitor.submit(form, { reason: 'Съехали' })).status).toBe(303);
    expect((await administrators()).map(({ id }) => id)).toEqual([blocked.membership]);
    const orphaned = await desk.visitor.get(`/staff/organisations?state=orphaned&search=${organisation.inn}`);
    expect(words(orphaned.text)).toContain(organisation.inn);
    // The last one who is left cannot sign in: nothing more is lost with him.
    const rest = `${path}/members/${blocked.membership}/removal`;
    expect(words((await desk.visitor.get(rest)).text)).not.toContain('Без администратора');
    expect((await desk.visitor.submit(rest, { reason: 'Съехали' })).status).toBe(303);
    expect(await present()).toEqual([]);
  });

  it('asks anew when he has become the last one meanwhile, and keeps what was typed', async () => {
    const [first, second] = [
      await addColleague(house, organisation, ['administrator']),
      await addColleague(house, organisation, ['administrator']),
    ];
    const form = `${path}/members/${first.membership}/removal`;
    const open = await desk.visitor.hidden(form);
    await desk.visitor.submit(`${path}/members/${second.membership}/removal`, { reason: 'Ушёл' });
    const late = await desk.visitor.post(form, { ...open, reason: 'Съехали' });
    expect([late.status, valueOf(late.text, 'reason')]).toEqual([409, 'Съехали']);
    expect(words(late.text)).toContain('последний администратор');
    expect(words(late.text)).toContain('попадёт в список «Без администратора»');
    expect(await administrators()).toHaveLength(1);
  });
});

describe('the responsible address', () => {
  const name = (email: string) => desk.visitor.submit(`${path}/responsible`, { email });
  const invited = () => db()('invitations').where({ organisation_id: organisation.id }).orderBy('created_at');

  it('is invited to be the administrator where there is none, and becomes one', async () => {
    expect((await name('Head@Tenant.test')).status).toBe(303);
    const [invitation] = await invited();
    expect(invitation).toMatchObject({ email: 'head@tenant.test', roles: ['administrator'], state: 'open' });
    expect(await lettersTo('head@tenant.test')).toEqual(['invitation']);
    const account = await addAccount(house, { email: 'head@tenant.test' });
    const visitor = await house.visitor().signIn(account.email);
    await visitor.submit('/profiles', {}, `/profiles/invitations/${invitation!.id}/acceptance`);
    expect((await administrators())[0]).toMatchObject({ account_id: account.id });
  });

  it('is one: the invitation of the one before is withdrawn', async () => {
    await name('first@tenant.test');
    await name('second@tenant.test');
    expect((await invited()).map(({ email, state }) => [email, state])).toEqual([
      ['first@tenant.test', 'withdrawn'],
      ['second@tenant.test', 'open'],
    ]);
    await name('');
    expect((await invited()).map(({ state }) => state)).toEqual(['withdrawn', 'withdrawn']);
  });

  it('invites nobody where there is an administrator, and no member', async () => {
    const { account } = await addColleague(house, organisation, ['documents']);
    expect(errorsOf((await name(account.email)).text).email).toContain('уже участник');
    await addColleague(house, organisation, ['administrator']);
    expect((await name('any@tenant.test')).status).toBe(303);
    expect(await invited()).toEqual([]);
    expect(errorsOf((await name('не адрес')).text).email).toContain('Проверьте адрес');
  });

  it('was changed by a colleague: what was typed stays', async () => {
    const stale = await desk.visitor.hidden(`${path}/responsible`);
    await name('first@tenant.test');
    const late = await desk.visitor.post(`${path}/responsible`, {
      ...stale,
      _once: randomUUID(),
      email: 'late@tenant.test',
    });
    expect([late.status, valueOf(late.text, 'email')]).toEqual([409, 'late@tenant.test']);
  });
});

it('the caretaker is one of the company’s own people', async () => {
  const { account } = await openDesk(house, ['operator'], 'Хранителева');
  const tenant = await addAccount(house);
  const choose = (caretaker: string) => desk.visitor.submit(`${path}/caretaker`, { caretaker });
  expect((await choose(account.id)).status).toBe(303);
  expect(words((await desk.visitor.get(path)).text)).toContain('Хранителева Ольга');
  for (const other of [tenant.id, randomUUID(), 'x'])
    expect(errorsOf((await choose(other)).text)).toEqual({ caretaker: 'Выберите сотрудника из списка' });
  expect((await choose('')).status).toBe(303);
  expect(await db()('organisations').where({ id: organisation.id }).first()).toMatchObject({
    caretaker_id: null,
  });
});

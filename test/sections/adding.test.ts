import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addInvitation } from '../support/access.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { openDesk, openOffice, type Office } from '../support/office.js';
import { errorsOf, rowsOf, words } from '../support/page.js';
import { addAccount } from '../support/people.js';

// What an administrator learns by adding people, and how often he may.

let house: OpenHouse;
let office: Office;
let path: string;
beforeAll(async () => void (house = await openDoors()));
afterAll(() => house?.close());
beforeEach(async () => {
  office = await openOffice(house, { roles: ['administrator'] });
  path = `/profiles/${office.organisation.id}/accounts`;
});

const MINUTE = 60_000;
const db = () => house.parts.db;
const add = (email: string) => office.visitor.submit(`${path}/new`, { email, roles: ['documents'] });
const said = async (answer: Promise<{ headers: Record<string, string> }>) =>
  words((await office.visitor.get((await answer).headers.location!)).text);
const letters = (recipient: string) => db()('outbox').where({ recipient }).orderBy('created_at');
const journal = (action: string) =>
  db()('audit').where({ organisation_id: office.organisation.id, action }).orderBy('id');

describe('adding by an address', () => {
  it('is done 20 times an hour, in however many organisations', async () => {
    const { _csrf } = await office.visitor.hidden(`${path}/new`);
    const send = (n: number) =>
      office.visitor.post(`${path}/new`, { _csrf: _csrf!, email: `n-${n}@many.test`, roles: 'documents' });
    const answers = await Promise.all(Array.from({ length: 25 }, (_, n) => send(n)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(20);
    const late = answers.find(({ status }) => status === 429)!;
    expect(words(late.text)).toContain('За час можно добавить и пригласить не больше 20 человек.');
    expect(Number(late.headers['retry-after'])).toBeGreaterThan(3000);
  });

  it('asks the company’s own people like strangers, who may accept', async () => {
    const { account, visitor } = await openDesk(house, ['reviewer']);
    expect(await said(add(account.email))).toContain(`На ${account.email} отправлено приглашение`);
    expect(await db()('memberships').where({ account_id: account.id })).toEqual([]);
    await house.deliver();
    expect(await letters(account.email)).toMatchObject([{ letter: 'invitation', state: 'sent' }]);
    const { id } = (await db()('invitations').where({ email: account.email }).first())!;
    await visitor.submit('/profiles', {}, `/profiles/invitations/${id}/acceptance`);
    expect(await db()('memberships').where({ account_id: account.id })).toHaveLength(1);
    expect(errorsOf((await add(account.email)).text)).toEqual({
      email: 'Этот человек уже связан с профилем организации',
    });
  });

  it('tells of a blocked account no more than of an address without one, and sends it nothing', async () => {
    const blocked = await addAccount(house, { blocked_at: house.clock.now() });
    const stranger = `stranger-${office.organisation.id}@many.test`;
    const told = async (email: string) => {
      const first = await said(add(email));
      const { id } = (await db()('invitations').where({ email }).first())!;
      await house.deliver();
      const repeated = await said(office.visitor.submit(path, {}, `${path}/invitations/${id}/repetition`));
      return [first, repeated].map((text) => text.replaceAll(email, '@').replace(/\d\d:\d\d/g, ''));
    };
    const [one, other] = [await told(stranger), await told(blocked.email)];
    expect(other[0]!.split('Связанные аккаунты')[0]).toBe(one[0]!.split('Связанные аккаунты')[0]);
    expect(other[1]!.split('Связанные аккаунты')[0]).toBe(one[1]!.split('Связанные аккаунты')[0]);
    expect((await letters(blocked.email)).map(({ state }) => state)).toEqual(['dropped']);
  });

  it('shows no visit from before somebody belonged to them', async () => {
    const account = await addAccount(house);
    await house.visitor().signIn(account.email);
    house.clock.move(MINUTE);
    await add(account.email);
    const visits = async () =>
      rowsOf((await office.visitor.get(path)).text).find(([name]) => name!.includes(account.email))![4];
    expect(await visits()).toBe('ещё не заходил(а)');
    house.clock.move(60 * MINUTE);
    await (await house.visitor().signIn(account.email)).get('/desktop');
    expect(await visits()).toMatch(/^\d\d\.\d\d\.\d{4} \d\d:\d\d$/);
  });
});

describe('«Отправить ещё раз»', () => {
  it('sends and writes nothing while a letter waits, nor ten minutes after it went', async () => {
    const email = `again-${office.organisation.id}@many.test`;
    await add(email);
    const { id } = (await db()('invitations').where({ email }).first())!;
    const repeat = () => office.visitor.submit(path, {}, `${path}/invitations/${id}/repetition`);
    for (let n = 0; n < 3; n += 1)
      expect(await said(repeat())).toContain(
        `Письмо уже отправлено на ${email}. Повторить можно через 10 минут.`,
      );
    await house.deliver();
    house.clock.move(9 * MINUTE);
    expect(await said(repeat())).toContain('Письмо уже отправлено');
    expect(await journal('invitation.repeated')).toEqual([]);
    house.clock.move(2 * MINUTE);
    const hidden = await office.visitor.hidden(path);
    const answers = await Promise.all(
      Array.from({ length: 15 }, () => office.visitor.post(`${path}/invitations/${id}/repetition`, hidden)),
    );
    expect(answers.filter(({ status }) => status !== 303)).toEqual([]);
    expect(await journal('invitation.repeated')).toHaveLength(1);
    expect(await letters(email)).toHaveLength(2);
  });

  it('and «Отозвать» are the company’s too, each in its own organisation', async () => {
    const desk = await openDesk(house, ['administrator']);
    const page = `/staff/organisations/${office.organisation.id}`;
    const email = `theirs-${office.organisation.id}@many.test`;
    const id = await addInvitation(house, office.organisation, email, office.account);
    const foreign = await openOffice(house);
    const there = `/staff/organisations/${foreign.organisation.id}/invitations/${id}`;
    for (const noun of ['repetition', 'withdrawal'])
      expect((await desk.visitor.submit(page, {}, `${there}/${noun}`)).status).toBe(404);
    const again = await desk.visitor.submit(page, {}, `${page}/invitations/${id}/repetition`);
    expect(words((await desk.visitor.get(again.headers.location!)).text)).toContain(
      `Приглашение отправлено на ${email} ещё раз.`,
    );
    expect(await journal('invitation.repeated')).toMatchObject([{ account_id: desk.account.id }]);
    await desk.visitor.submit(page, {}, `${page}/invitations/${id}/withdrawal`);
    expect(await db()('invitations').where({ id }).first()).toMatchObject({ state: 'withdrawn' });
    expect(words((await desk.visitor.get(page)).text)).not.toContain('Отправить ещё раз');
    expect((await desk.visitor.submit(page, {}, `${page}/invitations/${id}/withdrawal`)).status).toBe(404);
  });
});

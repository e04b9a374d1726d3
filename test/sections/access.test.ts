import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keptMails } from '../../src/domain/outbox/transport.js';
import { addInvitation } from '../support/access.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { HOUR } from '../support/house.js';
import { addColleague, openOffice, type Office } from '../support/office.js';
import { errorsOf, linksOf, valueOf, words } from '../support/page.js';
import { addAccount, addOrganisation } from '../support/people.js';

const ACCESS = '/profiles/access';

let house: OpenHouse;
beforeAll(async () => void (house = await openDoors()));
afterAll(() => house?.close());

const db = () => house.parts.db;
const requests = (where: Record<string, unknown>) => db()('access_requests').where(where);
const letters = (recipient: string) => db()('outbox').where({ recipient }).orderBy('created_at');

async function enter() {
  const account = await addAccount(house);
  return { account, visitor: await house.visitor().signIn(account.email) };
}
type Person = Awaited<ReturnType<typeof enter>>;

/** Looks the ИНН up; answers the page of the look-up. */
async function find(person: Person, inn: string): Promise<string> {
  const answer = await person.visitor.submit(ACCESS, { inn });
  expect(answer.status).toBe(303);
  return answer.headers.location!;
}
const askFor = async (person: Person, organisation: { inn: string }) => {
  const page = await find(person, organisation.inn);
  return person.visitor.submit(page, {});
};

describe('«Проверить ИНН»', () => {
  it.each([
    ['', 'Укажите ИНН'],
    ['770437496', 'ИНН организации — 10 цифр, предпринимателя — 12'],
    ['7704374969', 'Проверьте ИНН: в нём ошибка, контрольные цифры не сходятся'],
    ['0000000000', 'Проверьте ИНН: в нём ошибка, контрольные цифры не сходятся'],
    ["77'; drop table", 'ИНН организации — 10 цифр, предпринимателя — 12'],
  ])('refuses «%s» before anything is looked up', async (inn, message) => {
    const person = await enter();
    const answer = await person.visitor.submit(ACCESS, { inn });
    expect([answer.status, errorsOf(answer.text)]).toEqual([422, { inn: message }]);
    expect(valueOf(answer.text, 'inn')).toBe(inn);
    expect(await db()('organisation_lookups').where({ account_id: person.account.id })).toEqual([]);
  });

  it('says when no tenant has it, and writes down that it was asked', async () => {
    const person = await enter();
    const answer = await person.visitor.submit(ACCESS, { inn: '7704 374 968' });
    expect(answer.status).toBe(422);
    expect(errorsOf(answer.text).inn).toContain(
      'нет среди арендаторов. Проверьте ИНН или позвоните в управляющую компанию: +7 495 626 53 16',
    );
    expect(await db()('organisation_lookups').where({ account_id: person.account.id })).toMatchObject([
      { inn: '7704374968' },
    ]);
    const audit = await db()('audit')
      .where({ subject_id: person.account.id, action: 'organisation.looked-up' })
      .first();
    expect(audit).toMatchObject({
      details: { inn: '7704374968', found: 0 },
    });
  });

  it('is answered 20 times an hour, also when all come at once', async () => {
    const person = await enter();
    const { inn } = await addOrganisation(house);
    const { _csrf } = await person.visitor.hidden(ACCESS);
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => person.visitor.post(ACCESS, { _csrf: _csrf!, inn })),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(20);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3500);
    // The form is there with what was typed, and says why.
    expect(valueOf(refused.text, 'inn')).toBe(inn);
    expect(errorsOf(refused.text).inn).toMatch(/не больше 20 ИНН\. Попробуйте через 60 мин\./);
    house.clock.move(HOUR + 1);
    expect((await person.visitor.submit(ACCESS, { inn })).status).toBe(303);
  });

  it('shows what was found to whoever asked, for a day', async () => {
    const person = await enter();
    const organisation = await addOrganisation(house, 'ООО «Найденная»');
    const page = await find(person, organisation.inn);
    expect(words((await person.visitor.get(page)).text)).toContain(
      'Название организации ООО «Найденная» КПП 770401001',
    );
    expect((await (await enter()).visitor.get(page)).status).toBe(404);
    // The sign-in ends before the look-up does: its row is made older instead.
    await db()('organisation_lookups').update({ at: new Date(house.clock.now().getTime() - 25 * HOUR) });
    expect((await person.visitor.get(page)).status).toBe(404);
  });
});

describe('«Запросить доступ»', () => {
  it('chooses the КПП where there are several, and takes none that was not found', async () => {
    const person = await enter();
    const main = await addOrganisation(house, 'АО «Головная»');
    const branch = await addOrganisation(house, 'АО «Головная», филиал');
    await db()('organisations').where({ id: branch.id }).update({ inn: main.inn, kpp: '770402002' });
    const page = await find(person, main.inn);
    const { text } = await person.visitor.get(page);
    expect(linksOf(text)['Изменить КПП']).toBe(`${page}?kpp`);
    expect((await person.visitor.get(`${page}?kpp`)).text).toContain('770402002 — АО «Головная», филиал');
    const foreign = await addOrganisation(house);
    for (const kpp of [foreign.id, 'x']) {
      const answer = await person.visitor.submit(page, { kpp });
      expect([answer.status, errorsOf(answer.text)]).toEqual([422, { kpp: 'Выберите КПП из списка' }]);
    }
    expect((await person.visitor.submit(page, { kpp: branch.id })).status).toBe(303);
    expect(await requests({ account_id: person.account.id })).toMatchObject([{ organisation_id: branch.id }]);
  });

  it('makes one request of twenty-five at once, and shows it until it is withdrawn', async () => {
    const person = await enter();
    const organisation = await addOrganisation(house, 'ООО «Одна»');
    const page = await find(person, organisation.inn);
    const hidden = await person.visitor.hidden(page);
    const answers = await Promise.all(Array.from({ length: 25 }, () => person.visitor.post(page, hidden)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(errorsOf(answers.find(({ status }) => status === 422)!.text).kpp).toContain('уже отправили');
    const [request] = await requests({ account_id: person.account.id });
    expect(words((await person.visitor.get('/profiles')).text)).toContain('ООО «Одна» Ждёт решения');
    const stranger = await enter();
    const { _csrf } = await stranger.visitor.hidden('/profiles');
    const path = `/profiles/requests/${request!.id}/withdrawal`;
    expect((await stranger.visitor.post(path, { _csrf: _csrf! })).status).toBe(404);
    expect((await person.visitor.submit('/profiles', {}, path)).status).toBe(303);
    const again = await person.visitor.submit('/profiles', {}, path);
    expect([again.status, words(again.text)]).toEqual([409, expect.stringContaining('Запрос отозван')]);
    expect((await person.visitor.get('/profiles')).text).not.toContain('ООО «Одна»');
    expect((await askFor(person, organisation)).status).toBe(303);
  });

  it('is not for who belongs to it, or has asked: he hears so before the anti-bot', async () => {
    const office = await openOffice(house);
    const inn = office.organisation.inn;
    const belongs = await office.visitor.submit(ACCESS, { inn });
    expect([belongs.status, errorsOf(belongs.text), valueOf(belongs.text, 'inn')]).toEqual([
      422,
      { inn: 'У вас уже есть доступ к профилю этой организации' },
      inn,
    ]);
    const person = await enter();
    const open = await find(person, inn);
    await person.visitor.submit(open, {});
    const asked = await person.visitor.submit(ACCESS, { inn });
    expect(errorsOf(asked.text).inn).toContain('Вы уже отправили запрос этой организации');
    // The page that was open all the while says so too.
    expect(errorsOf((await person.visitor.submit(open, {})).text).kpp).toContain('Вы уже отправили запрос');
  });

  it('offers the branches that are left', async () => {
    const office = await openOffice(house);
    const branch = await addOrganisation(house, 'ООО «Ромашка», филиал');
    await db()('organisations')
      .where({ id: branch.id })
      .update({ inn: office.organisation.inn, kpp: '770402002' });
    const page = await find(office, office.organisation.inn);
    expect(words((await office.visitor.get(page)).text)).toContain('филиал КПП 770402002');
    expect((await office.visitor.submit(page, {})).status).toBe(303);
    expect(await requests({ account_id: office.account.id })).toMatchObject([{ organisation_id: branch.id }]);
  });

  it('writes to every administrator who can sign in; else to the responsible address; else to nobody', async () => {
    const office = await openOffice(house, { roles: ['administrator'] });
    const second = await addColleague(house, office.organisation, ['administrator', 'passes']);
    const blocked = await addColleague(house, office.organisation, ['administrator']);
    const member = await addColleague(house, office.organisation, ['documents']);
    await db()('accounts').where({ id: blocked.account.id }).update({ blocked_at: house.clock.now() });
    await askFor(await enter(), office.organisation);
    const counts = await Promise.all(
      [office, second, blocked, member].map(async ({ account }) => (await letters(account.email)).length),
    );
    expect(counts).toEqual([1, 1, 0, 0]);
    const [request] = await requests({ organisation_id: office.organisation.id });
    await house.deliver();
    expect((await letters(office.account.email))[0]).toMatchObject({
      state: 'sent',
      data: { request: request!.id },
    });

    const bare = await addOrganisation(house);
    await db()('organisations').where({ id: bare.id }).update({ responsible_email: 'head@bare.test' });
    await askFor(await enter(), bare);
    expect(await letters('head@bare.test')).toMatchObject([{ letter: 'access.responsible' }]);
    const before = await db()('outbox').pluck('id');
    await askFor(await enter(), await addOrganisation(house));
    expect((await db()('outbox').pluck('id')).length).toBe(before.length);
  });

  it('tells the responsible address what it can do: enter, register, or leave it to the company', async () => {
    const chief = await addAccount(house, { staff: ['administrator'] });
    const known = await addAccount(house, { email: 'known@responsible.test' });
    const told = async (email: string, invited: boolean) => {
      const bare = await addOrganisation(house);
      await db()('organisations').where({ id: bare.id }).update({ responsible_email: email });
      if (invited) await addInvitation(house, bare, email, chief);
      await askFor(await enter(), bare);
      await house.deliver();
      const mails = await keptMails(join(house.config.dataDir, 'mail'));
      const mail = mails.find(({ to, subject }) => to === email && subject.startsWith('Запрос доступа'))!;
      return mail.text.replace(/\s+/g, ' ');
    };
    expect(await told(known.email, true)).toMatch(/войдите в кабинет и примите приглашение.*\/profiles/);
    const stranger = await told('new@responsible.test', true);
    expect(stranger).toMatch(/зарегистрируйтесь с этим адресом.*\/auth\/register/);
    expect(stranger).not.toContain('войдите');
    expect(await told('forgotten@responsible.test', false)).not.toContain('примите приглашение');
  });
});

describe('the decision', () => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(house, { roles: ['administrator'], name: 'ООО «Решающая»' });
  });
  const asked = async () => {
    const person = await enter();
    await askFor(person, office.organisation);
    const [request] = await requests({ account_id: person.account.id });
    return { person, page: `/profiles/${office.organisation.id}/accounts/requests/${request!.id}` };
  };
  const membership = (account: { id: string }) =>
    db()('memberships').where({ account_id: account.id, organisation_id: office.organisation.id });

  it('grants nothing by opening the link, nor to who is no administrator (any more)', async () => {
    const { person, page } = await asked();
    await office.visitor.get(page);
    await office.visitor.get(`${page}/approval`);
    expect(await membership(person.account)).toEqual([]);
    const colleague = await addColleague(house, office.organisation, ['administrator']);
    const form = { ...(await colleague.visitor.hidden(page)), roles: 'administrator' };
    await db()('memberships')
      .where({ id: colleague.membership })
      .update({ roles: ['documents'] });
    expect((await colleague.visitor.post(`${page}/approval`, form)).status).toBe(403);
    await db()('memberships').where({ id: colleague.membership }).update({ ended_at: house.clock.now() });
    expect((await colleague.visitor.get(page)).status).toBe(404);
    expect((await person.visitor.get(page)).status).toBe(404);
    expect(await membership(person.account)).toEqual([]);
  });

  it('wants roles for a grant and a reason for a refusal', async () => {
    const { page } = await asked();
    const nothing = await office.visitor.submit(page, { roles: ['king', '__proto__'] }, `${page}/approval`);
    expect(errorsOf(nothing.text)).toEqual({ roles: 'Выберите хотя бы одну роль' });
    const silent = await office.visitor.submit(page, { reason: ' ' }, `${page}/refusal`);
    expect(errorsOf(silent.text).reason).toContain('Укажите причину');
  });

  it('is one of thirty at the same instant; the rest hear what happened', async () => {
    const { person, page } = await asked();
    const { _csrf } = await office.visitor.hidden(page);
    const send = (n: number) =>
      n % 2
        ? office.visitor.post(`${page}/approval`, { _csrf: _csrf!, roles: 'documents', sees_all: 'on' })
        : office.visitor.post(`${page}/refusal`, { _csrf: _csrf!, reason: 'Не наш' });
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => send(n)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    const late = answers.filter(({ status }) => status === 409);
    expect(late).toHaveLength(29);
    expect(words(late[0]!.text)).toMatch(/уже (предоставлен|отклонён)/);
    expect((await membership(person.account)).length).toBeLessThanOrEqual(1);
  });

  it('opens the profile with these roles, and says so', async () => {
    const { person, page } = await asked();
    await office.visitor.submit(page, { roles: ['documents', 'passes'], sees_all: 'on' }, `${page}/approval`);
    expect(await membership(person.account)).toMatchObject([
      { roles: ['documents', 'passes'], sees_all: true, given_by: office.account.id },
    ]);
    const profiles = await person.visitor.get('/profiles');
    expect(words(profiles.text)).toContain('Организация успешно добавлена.');
    expect((await person.visitor.get(`/profiles/${office.organisation.id}/documents`)).status).toBe(200);
    expect((await letters(person.account.email)).at(-1)).toMatchObject({ letter: 'membership.began' });
  });

  it('refuses with a reason that reaches who asked', async () => {
    const { person, page } = await asked();
    await office.visitor.submit(page, { reason: 'Вы у нас не работаете' }, `${page}/refusal`);
    expect(words((await person.visitor.get('/profiles')).text)).toContain('Вы у нас не работаете');
    await house.deliver();
    expect((await letters(person.account.email)).at(-1)).toMatchObject({
      letter: 'access.refused',
      state: 'sent',
    });
    expect(await membership(person.account)).toEqual([]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { join as path } from 'node:path';
import { keptMails } from '../../src/domain/outbox/transport.js';
import type { AccountRow } from '../../src/db/rows.js';
import type { StaffRole } from '../../src/domain/people/people.policy.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { addRequest } from '../support/access.js';
import { HOUR } from '../support/house.js';
import { openDesk, type Office } from '../support/office.js';
import { errorsOf, linksOf, rowsOf, valueOf, words } from '../support/page.js';
import { addAccount, addOrganisation, join, PASSWORD } from '../support/people.js';

const PATH = '/staff/people';
const INN = '773474855420';

let house: OpenHouse;
let chief: Pick<Office, 'account' | 'visitor'>;
beforeAll(async () => void (house = await openDoors()));
afterAll(() => house?.close());
beforeEach(async () => {
  await db()('accounts').update({ staff_roles: [] });
  chief = await openDesk(house, ['administrator'], 'Главная');
});

const db = () => house.parts.db;
const row = async ({ id }: { id: string }) => (await db()('accounts').where({ id }).first())!;
const letters = (recipient: string) =>
  db()('outbox').where({ recipient }).orderBy('created_at').pluck('letter');
const mailTo = async ({ email }: { email: string }, subject: RegExp) =>
  (await keptMails(path(house.config.dataDir, 'mail'))).find(
    (mail) => mail.to === email && subject.test(mail.subject),
  )!;
const audit = async ({ id }: { id: string }, action: string) =>
  db()('audit').where({ subject_id: id, action }).orderBy('id');
const at = ({ id }: { id: string }, noun = '') => `${PATH}/${id}${noun && `/${noun}`}`;
const names = async (query: string) =>
  rowsOf((await chief.visitor.get(`${PATH}?${query}`)).text).map(([name]) => name!);
const times = <T>(count: number, act: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => act(n)));
const block = (person: AccountRow, by = chief.visitor) =>
  by.submit(at(person, 'blocking'), { reason: 'Уволился' });
const give = (person: AccountRow, roles: StaffRole[], by = chief.visitor) =>
  by.submit(at(person), { roles }, at(person, 'roles'));

describe('the list', () => {
  it('finds by any part of name, address and number, in any order, and takes no sign for a pattern', async () => {
    const person = await addAccount(house, {
      surname: 'Звездинская',
      name: 'Пелагея',
      patronymic: 'Фоминична',
      email: 'pelageya_100@zvezda.test',
      phone: '+79035550001',
    });
    for (const search of [
      ...['звездин', 'фоминична Пелагея', 'ZVEZDA.test', '100@', 'pelageya_100'],
      ...['+7 (903) 555-00-01', '8 903 555 00 01', '5550001'],
    ])
      expect(await names(new URLSearchParams({ search }).toString()), search).toEqual([
        expect.stringContaining(person.email),
      ]);
    for (const search of ['pelageya%100', 'Пелагея Сергеевна', '\\', "'"])
      expect(await names(new URLSearchParams({ search }).toString()), search).toEqual([]);
  });

  it('shows the newest first, in pages, and filters', async () => {
    house.clock.move(1000);
    const many = [];
    for (let n = 0; n < 25; n += 1) {
      house.clock.move(1000);
      many.push(await addAccount(house, { surname: 'Страничкина', inn: n < 3 ? INN : null }));
    }
    const first = (await chief.visitor.get(`${PATH}?search=страничк`)).text;
    expect(rowsOf(first)).toHaveLength(20);
    expect(rowsOf(first)[0]![0]).toContain(many.at(-1)!.email);
    expect(rowsOf((await chief.visitor.get(linksOf(first)['Дальше']!)).text)).toHaveLength(5);
    await block(many[0]!);
    expect(await names('show=blocked&search=страничк')).toEqual([expect.stringContaining('Заблокирован')]);
    expect(await names('show=inn&search=страничк')).toHaveLength(2);
    expect(await names('show=staff')).toEqual([expect.stringContaining(chief.account.email)]);
    expect(await names('show=nonsense&search=нет-таких')).toEqual([]);
  });
});

describe('an account', () => {
  it('shows what is known of it, its places present and former, and never a password', async () => {
    const person = await addAccount(house, { phone: '+79035550002', inn: INN });
    await house.visitor().signIn(person.email);
    const [here, before] = [
      await addOrganisation(house, 'ООО «Здесь»'),
      await addOrganisation(house, 'ООО «Там»'),
    ];
    await join(house, person, here, ['documents', 'passes']);
    const left = await join(house, person, before, ['observer']);
    await db()('memberships').where({ id: left }).update({ ended_at: house.clock.now() });
    const { text } = await chief.visitor.get(at(person));
    const said = words(text);
    for (const part of ['+79035550002, не подтверждён', `${INN}, не подтверждён`, 'Открытых сеансов 1'])
      expect(said).toContain(part);
    expect(
      rowsOf(text).map(([name, roles, , state]) => [name!.split(' ИНН')[0], roles, state!.slice(0, 9)]),
    ).toEqual([
      ['ООО «Здесь»', 'Документы, Пропуска', 'Действует'],
      ['ООО «Там»', 'Наблюдатель', 'Прекращён'],
    ]);
    expect(text).not.toContain(person.password_hash!);
  });

  it('is blocked with a reason: refused at the next click, its links dead, its person told', async () => {
    const person = await addAccount(house);
    const visitor = await house.visitor().signIn(person.email);
    const form = await visitor.hidden('/desktop/personal');
    await visitor.submit('/auth/recovery', { contact: person.email, surname: person.surname });
    await house.deliver();
    const mail = await mailTo(person, /Восстановление/);
    const link = /\/auth\/password\/\S+/.exec(mail.text)![0];

    const none = await chief.visitor.submit(at(person, 'blocking'), { reason: ' ' });
    expect([none.status, errorsOf(none.text)]).toEqual([422, { reason: 'Укажите причину' }]);
    expect((await row(person)).blocked_at).toBeNull();
    const long = 'ж'.repeat(501);
    const kept = await chief.visitor.submit(at(person, 'blocking'), { reason: long });
    expect([kept.status, valueOf(kept.text, 'reason')]).toEqual([422, long]);

    expect((await block(person)).status).toBe(303);
    expect(await row(person)).toMatchObject({ blocked_at: house.clock.now(), blocked_reason: 'Уволился' });
    expect((await visitor.get('/desktop')).headers.location).toContain('/auth/login');
    expect((await visitor.post('/desktop/personal', { ...form, surname: 'Иная', name: 'Анна' })).status).toBe(
      303,
    );
    expect((await row(person)).surname).toBe(person.surname);
    const again = await house.visitor().submit('/auth/login', { email: person.email, password: PASSWORD });
    expect(again.status).toBe(401);
    const thief = house.visitor();
    await thief.get(link);
    const twice = { password: 'Совсем другая скрепка', password_again: 'Совсем другая скрепка' };
    expect((await thief.submit('/auth/login', twice, '/auth/password')).status).toBe(409);
    expect(await letters(person.email)).toContain('account-blocked');
    expect(await audit(person, 'account.blocked')).toMatchObject([
      { account_id: chief.account.id, details: { reason: 'Уволился' } },
    ]);
    const { _csrf } = await chief.visitor.hidden(PATH);
    const late = await chief.visitor.post(at(person, 'blocking'), { _csrf: _csrf!, reason: 'Ещё раз' });
    expect([late.status, words(late.text)]).toEqual([
      409,
      expect.stringContaining('Аккаунт уже заблокирован'),
    ]);

    await house.deliver();
    const told = await mailTo(person, /заблокирована/);
    expect(told.text).not.toContain('Уволился');
    await chief.visitor.submit(at(person, 'unblocking'), { reason: 'Вернулся' });
    expect(await row(person)).toMatchObject({ blocked_at: null, blocked_reason: null });
    expect(await letters(person.email)).toContain('account-unblocked');
    await house.visitor().signIn(person.email);
  });

  it('has a page that says who blocked it, when and why, and leads to its organisations', async () => {
    const person = await addAccount(house);
    const organisation = await addOrganisation(house, 'ООО «Со страницы человека»');
    await join(house, person, organisation, ['observer']);
    await block(person);
    const { text } = await chief.visitor.get(at(person));
    expect(words(text)).toMatch(
      new RegExp(
        `Заблокирован \\d\\d\\.\\d\\d\\.\\d{4}.*Кто заблокировал ${chief.account.surname}.*Причина Уволился`,
      ),
    );
    expect(linksOf(text)['ООО «Со страницы человека»']).toBe(`/staff/organisations/${organisation.id}`);
  });

  it('is blocked once, however often it is sent', async () => {
    const person = await addAccount(house);
    const form = await chief.visitor.hidden(at(person, 'blocking'));
    const answers = await times(50, () =>
      chief.visitor.post(at(person, 'blocking'), { ...form, reason: 'Уволился' }),
    );
    expect(answers.filter(({ status }) => status !== 303)).toEqual([]);
    expect(await letters(person.email)).toEqual(['account-blocked']);
    expect(await audit(person, 'account.blocked')).toHaveLength(1);
  });

  it('of the only administrator of an organisation may be blocked: its requests come to the company', async () => {
    const [head, asks] = [await addAccount(house), await addAccount(house)];
    const organisation = await addOrganisation(house, 'ООО «Без головы»');
    await join(house, head, organisation, ['administrator']);
    await addRequest(house, organisation, asks);
    expect(words((await chief.visitor.get('/staff/access-requests')).text)).not.toContain('Без головы');
    const question = words((await chief.visitor.get(at(head, 'blocking'))).text);
    expect(question).toContain('единственный администратор профиля: ООО «Без головы»');
    await block(head);
    expect(words((await chief.visitor.get('/staff/access-requests')).text)).toContain('Без головы');
    expect(words((await chief.visitor.get(at(head))).text)).toContain('Некому управлять профилем');
  });

  it('loses all its sign-ins at one click, the remembered ones too', async () => {
    const person = await addAccount(house);
    const visitors = await times(2, () => house.visitor().signIn(person.email));
    await chief.visitor.submit(at(person), {}, at(person, 'sign-out'));
    for (const visitor of visitors)
      expect((await visitor.get('/desktop')).headers.location).toContain('/auth/login');
    expect(await audit(person, 'account.signed-out')).toHaveLength(1);
  });
});

describe('an ИНН', () => {
  it('is confirmed as it was seen, and no other', async () => {
    const person = await addAccount(house, { inn: INN });
    const stale = await chief.visitor.hidden(at(person));
    await db()('accounts').where({ id: person.id }).update({ inn: '500100732259' });
    const late = await chief.visitor.post(at(person, 'inn'), stale);
    expect([late.status, words(late.text)]).toEqual([
      409,
      expect.stringContaining('ИНН тем временем изменился'),
    ]);
    expect((await row(person)).inn_confirmed_at).toBeNull();
    expect(await names('show=inn')).toContainEqual(expect.stringContaining(person.email));
    const answer = await chief.visitor.submit(at(person), {}, at(person, 'inn'));
    expect(answer.status).toBe(303);
    expect((await row(person)).inn_confirmed_at).toEqual(house.clock.now());
    await chief.visitor.submit(at(person), {}, at(person, 'inn'));
    expect((await row(person)).inn_confirmed_at).toBeNull();
    expect(await letters(person.email)).toEqual(['inn-confirmed', 'inn-unconfirmed']);
  });
});

describe('the company’s own people', () => {
  it('get and lose roles; their sign-ins end, a letter tells them', async () => {
    const person = await addAccount(house);
    const visitor = await house.visitor().signIn(person.email);
    expect((await give(person, ['reviewer', 'editor'])).status).toBe(303);
    expect((await row(person)).staff_roles).toEqual(['reviewer', 'editor']);
    expect((await visitor.get('/desktop')).headers.location).toContain('/auth/login');
    const fresh = await house.visitor().signIn(person.email);
    expect((await fresh.get('/staff/documents')).status).toBe(200);
    expect((await fresh.get(PATH)).status).toBe(403);
    await give(person, []);
    expect(
      (
        await house
          .visitor()
          .signIn(person.email)
          .then((one) => one.get('/staff/documents'))
      ).status,
    ).toBe(404);
    expect(await letters(person.email)).toEqual(['staff-changed', 'staff-changed']);
    expect((await audit(person, 'staff.changed')).map(({ details }) => details.after)).toEqual([
      ['reviewer', 'editor'],
      [],
    ]);
  });

  it('are not changed over a colleague’s change, nor by themselves', async () => {
    const person = await addAccount(house);
    const stale = await chief.visitor.hidden(at(person));
    await give(person, ['editor']);
    const late = await chief.visitor.post(at(person, 'roles'), { ...stale, _once: '', roles: ['operator'] });
    expect([late.status, words(late.text)]).toEqual([
      409,
      expect.stringContaining('Роли тем временем изменил'),
    ]);
    const { _csrf } = await chief.visitor.hidden(PATH);
    for (const [noun, fields] of [
      ['roles', { roles: 'editor', seen: 'administrator' }],
      ['blocking', { reason: 'Надоело' }],
    ] as const)
      expect((await chief.visitor.post(at(chief.account, noun), { _csrf: _csrf!, ...fields })).status).toBe(
        409,
      );
    expect(await row(chief.account)).toMatchObject({ staff_roles: ['administrator'], blocked_at: null });
    expect(linksOf((await chief.visitor.get(at(chief.account))).text)['Заблокировать']).toBeUndefined();
  });

  it.each(['roles', 'blocking'] as const)(
    'one of two administrators is left who do it to each other at the same instant, every time (%s)',
    async (noun) => {
      for (let round = 0; round < 4; round += 1) {
        const pair = [
          await openDesk(house, ['administrator']),
          await openDesk(house, ['administrator']),
        ] as const;
        await db()('accounts')
          .whereNotIn(
            'id',
            pair.map(({ account }) => account.id),
          )
          .update({ staff_roles: [] });
        const forms = await Promise.all([
          pair[0].visitor.hidden(at(pair[1].account, noun)),
          pair[1].visitor.hidden(at(pair[0].account, noun)),
        ]);
        const fields: Record<string, string> =
          noun === 'roles' ? { seen: 'administrator', roles: 'editor' } : { reason: 'Спор' };
        const answers = await times(50, (n) =>
          pair[n % 2]!.visitor.post(at(pair[1 - (n % 2)]!.account, noun), { ...forms[n % 2], ...fields }),
        );
        const done = answers.filter(
          ({ status, headers }) => status === 303 && !headers.location!.includes('/auth/'),
        );
        expect(done.length).toBeGreaterThan(0);
        expect(answers.filter(({ status }) => ![303, 403, 404, 409].includes(status))).toEqual([]);
        const left = await db()('accounts')
          .whereRaw("'administrator' = any (staff_roles)")
          .whereNull('blocked_at');
        expect(left).toHaveLength(1);
      }
    },
  );

  it('are added by address; a letter brings a link that sets the password, once and in time', async () => {
    const add = (fields: Record<string, string | string[]>) => chief.visitor.submit(`${PATH}/new`, fields);
    const typed = { surname: 'Счетоводова', name: 'Анна', roles: ['accountant'] };
    const none = await add({ ...typed, email: 'нет', roles: [] });
    expect([none.status, Object.keys(errorsOf(none.text)), valueOf(none.text, 'surname')]).toEqual([
      422,
      ['email', 'roles'],
      'Счетоводова',
    ]);
    const taken = await add({ ...typed, email: chief.account.email });
    expect([taken.status, errorsOf(taken.text).email]).toEqual([
      422,
      expect.stringContaining('уже есть аккаунт'),
    ]);

    const email = 'Schet@Company.test';
    const form = await chief.visitor.hidden(`${PATH}/new`);
    const answers = await times(20, () => chief.visitor.post(`${PATH}/new`, { ...form, ...typed, email }));
    expect(new Set(answers.map(({ status, headers }) => `${status} ${headers.location}`)).size).toBe(1);
    const account = (await db()('accounts').where({ email: 'schet@company.test' }).first())!;
    expect(account).toMatchObject({ staff_roles: ['accountant'], password_hash: null });
    await house.deliver();
    const mail = await mailTo(account, /сотрудник/);
    const link = /\/auth\/password\/\S+/.exec(mail.text)![0];
    expect(JSON.stringify(await db()('outbox').where({ recipient: account.email }))).not.toContain(
      link.slice(15),
    );
    const visitor = house.visitor();
    await visitor.get(link);
    const twice = { password: 'Совсем новая скрепка', password_again: 'Совсем новая скрепка' };
    expect((await visitor.submit('/auth/password', twice)).status).toBe(303);
    await house.visitor().signIn(account.email, twice.password);
    expect(await audit(account, 'staff.invited')).toHaveLength(1);
  });

  it('become administrators with a reason, which the journal keeps', async () => {
    const person = await addAccount(house);
    const silent = await give(person, ['editor', 'administrator']);
    expect([silent.status, Object.keys(errorsOf(silent.text))]).toEqual([422, ['reason']]);
    expect((await row(person)).staff_roles).toEqual([]);
    const send = (roles: StaffRole[], reason: string) =>
      chief.visitor.submit(at(person), { roles, reason }, at(person, 'roles'));
    expect((await send(['editor', 'administrator'], 'Заменяет меня в отпуске')).status).toBe(303);
    expect((await row(person)).staff_roles).toEqual(['editor', 'administrator']);
    expect((await audit(person, 'staff.changed'))[0]!.details).toMatchObject({
      reason: 'Заменяет меня в отпуске',
    });
    // Who is one already may get and lose other roles without.
    expect((await send(['administrator'], '')).status).toBe(303);
  });

  it('get another link while they have no password, not twice within ten minutes', async () => {
    const email = 'again@company.test';
    await chief.visitor.submit(`${PATH}/new`, { email, surname: 'Вторая', name: 'Анна', roles: ['editor'] });
    const account = (await db()('accounts').where({ email }).first())!;
    const press = () => chief.visitor.submit(at(account), {}, at(account, 'link'));
    const early = await press();
    expect([early.status, words(early.text)]).toEqual([
      409,
      expect.stringContaining('Повторить можно через 10 минут'),
    ]);
    await house.deliver();
    const linkOf = async () => {
      const mails = await keptMails(path(house.config.dataDir, 'mail'));
      return mails.filter(({ to }) => to === email).map(({ text }) => /\/auth\/password\/\S+/.exec(text)![0]);
    };
    house.clock.move(2 * HOUR);
    chief = { ...chief, visitor: await house.visitor().signIn(chief.account.email) };
    expect((await press()).status).toBe(303);
    await house.deliver();
    const [fresh, old] = await linkOf();
    expect(old).not.toBe(fresh);
    const visitor = house.visitor();
    await visitor.get(fresh!);
    const twice = { password: 'Совсем новая скрепка', password_again: 'Совсем новая скрепка' };
    expect((await visitor.submit('/auth/password', twice)).status).toBe(303);
    expect((await chief.visitor.get(at(account))).text).not.toContain('Отправить ссылку ещё раз');
    const { _csrf } = await chief.visitor.hidden(PATH);
    expect((await chief.visitor.post(at(account, 'link'), { _csrf: _csrf! })).status).toBe(409);
    const tenant = await addAccount(house, { password_hash: null });
    expect((await chief.visitor.post(at(tenant, 'link'), { _csrf: _csrf! })).status).toBe(409);
    expect(await audit(account, 'staff.link-sent')).toHaveLength(1);
  });

  it('a letter that is late with its link is not sent', async () => {
    const email = 'late@company.test';
    await chief.visitor.submit(`${PATH}/new`, { email, surname: 'Поздняя', name: 'Анна', roles: ['editor'] });
    house.clock.move(HOUR + 1);
    await house.deliver();
    expect(await db()('outbox').where({ recipient: email }).pluck('state')).toEqual(['dropped']);
  });
});

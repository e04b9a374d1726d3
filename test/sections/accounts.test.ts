import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addInvitation } from '../support/access.js';
import type { Visitor } from '../support/browser-less.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { DAY } from '../support/house.js';
import { addColleague, openDesk, openOffice, type Office } from '../support/office.js';
import { controls } from '../support/markup.js';
import { errorsOf, rowsOf, words } from '../support/page.js';
import { addAccount } from '../support/people.js';

let house: OpenHouse;
let office: Office;
let path: string;
beforeAll(async () => void (house = await openDoors()));
afterAll(() => house?.close());
beforeEach(async () => {
  office = await openOffice(house, { roles: ['administrator'] });
  path = `/profiles/${office.organisation.id}/accounts`;
});

const db = () => house.parts.db;
const row = async (id: string) => (await db()('memberships').where({ id }).first())!;
const letters = (recipient: string) =>
  db()('outbox').where({ recipient }).orderBy('created_at').pluck('letter');
const colleague = (...roles: Parameters<typeof addColleague>[2]) =>
  addColleague(house, office.organisation, roles);
const administrators = () =>
  db()('memberships')
    .where({ organisation_id: office.organisation.id })
    .whereNull('ended_at')
    .whereRaw("'administrator' = any (roles)");
const times = <T>(count: number, act: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => act(n)));
const change = (visitor: Visitor, id: string, roles: string[], more = {}) =>
  visitor.submit(`${path}/${id}`, { roles, ...more });

describe('«Связанные аккаунты»', () => {
  it('lists the members with what an administrator wants to know', async () => {
    const other = await colleague('documents', 'passes');
    await db()('memberships')
      .where({ id: other.membership })
      .update({ given_by: office.account.id, sees_all: true });
    const cells = rowsOf((await office.visitor.get(path)).text);
    expect(cells).toHaveLength(2);
    const line = cells.find(([name]) => name!.includes(other.account.email))!;
    expect(line[1]).toBe('Документы, Пропуска Видит все заявки и обращения');
    expect(line[3]).toBe('Константинопольская Мария');
    expect(line[4]).toMatch(/^\d\d\.\d\d\.\d{4} \d\d:\d\d$/);
  });

  it('changes rights at the member’s next click', async () => {
    const other = await colleague('documents');
    expect((await other.visitor.get(other.path)).status).toBe(200);
    const open = await other.visitor.hidden(`${other.path}/new`);
    expect((await change(office.visitor, other.membership, ['passes'])).status).toBe(303);
    expect((await other.visitor.get(other.path)).status).toBe(403);
    expect((await other.visitor.post(`${other.path}/new`, open)).status).toBe(403);
    expect(await letters(other.account.email)).toEqual(['membership.changed']);
    const none = await change(office.visitor, other.membership, []);
    expect([none.status, errorsOf(none.text)]).toEqual([422, { roles: 'Выберите хотя бы одну роль' }]);
  });

  it('refuses who raises himself, and a form that a colleague has overtaken', async () => {
    const other = await colleague('documents');
    const { _csrf } = await other.visitor.hidden('/profiles');
    const own = { _csrf: _csrf!, roles: 'administrator', seen: 'documents ' };
    expect((await other.visitor.post(`${path}/${other.membership}`, own)).status).toBe(403);
    const second = await colleague('administrator');
    const stale = await second.visitor.hidden(`${path}/${other.membership}`);
    await change(office.visitor, other.membership, ['passes']);
    const late = await second.visitor.post(`${path}/${other.membership}`, { ...stale, roles: 'accounting' });
    expect(late.status).toBe(409);
    expect((await row(other.membership)).roles).toEqual(['passes']);
  });

  it('ends a membership at once, after a question: pages and open forms are refused', async () => {
    const other = await colleague('documents');
    const open = await other.visitor.hidden(`${other.path}/new`);
    expect(words((await office.visitor.get(`${path}/${other.membership}/removal`)).text)).toContain(
      other.account.email,
    );
    await office.visitor.submit(`${path}/${other.membership}/removal`, {});
    expect((await other.visitor.get(other.path)).status).toBe(404);
    expect((await other.visitor.post(`${other.path}/new`, open)).status).toBe(404);
    expect((await other.visitor.get('/profiles')).text).not.toContain(office.organisation.id);
    expect(await letters(other.account.email)).toEqual(['membership.ended']);
    expect((await row(other.membership)).ended_at).toEqual(house.clock.now());
  });

  it('never lets the last administrator go, by rights or by the end', async () => {
    const last = office.membership;
    const said = { roles: expect.stringContaining('последний администратор') as string };
    const demoted = await change(office.visitor, last, ['documents', 'passes']);
    expect([demoted.status, errorsOf(demoted.text)]).toEqual([422, said]);
    expect(controls(demoted.text).roles).toEqual(['documents', 'passes']);
    const ended = await office.visitor.submit(path, {}, `${path}/${last}/removal`);
    expect([ended.status, errorsOf(ended.text)]).toEqual([422, said]);
    expect(controls(ended.text).roles).toEqual(['administrator']);
    expect((await office.visitor.get(path)).text).not.toContain(`${last}/removal`);
    const page = await office.visitor.get(`${path}/${last}/removal`);
    expect([page.status, errorsOf(page.text)]).toEqual([200, said]);
    // The rule is the database's: it holds for whatever asks.
    await expect(
      db()('memberships')
        .where({ id: last })
        .update({ roles: ['observer'] }),
    ).rejects.toThrow('last administrator');
    expect(await administrators()).toHaveLength(1);
  });

  it('counts no administrator who is blocked, and says who is', async () => {
    const other = await colleague('administrator');
    await db()('accounts').where({ id: other.account.id }).update({ blocked_at: house.clock.now() });
    expect((await change(office.visitor, office.membership, ['documents'])).status).toBe(422);
    const ended = await office.visitor.submit(path, {}, `${path}/${office.membership}/removal`);
    expect(ended.status).toBe(422);
    const [line] = rowsOf((await office.visitor.get(path)).text).filter(([name]) =>
      name!.includes(other.account.email),
    );
    expect(line![0]).toContain('Заблокирован');
    expect(line![0]).not.toContain('Передать управление');
    const offered = await office.visitor.submit(`${path}/${other.membership}/handover`, {});
    expect([offered.status, words(offered.text)]).toEqual([409, expect.stringContaining('заблокирован')]);
    // One who is blocked may go.
    expect((await office.visitor.submit(`${path}/${other.membership}/removal`, {})).status).toBe(303);
    expect((await administrators()).map(({ id }) => id)).toEqual([office.membership]);
  });

  it('does not pass to somebody who is blocked while he accepts the management', async () => {
    const successor = await colleague('documents');
    await office.visitor.submit(`${path}/${successor.membership}/handover`, {});
    const page = `/profiles/${office.organisation.id}/handover`;
    const form = await successor.visitor.hidden(page);
    const block = db()('accounts').where({ id: successor.account.id });
    const [answer] = await Promise.all([
      successor.visitor.post(`${page}/acceptance`, form),
      block.update({ blocked_at: house.clock.now() }),
    ]);
    const ids = (await administrators()).map(({ id }) => id);
    expect(ids).toEqual([
      answer.status === 303 && !answer.headers.location!.includes('login')
        ? successor.membership
        : office.membership,
    ]);
  });

  it('leaves one of two administrators who demote each other at the same instant, every time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const second = await colleague('administrator');
      const forms = await Promise.all([
        office.visitor.hidden(`${path}/${second.membership}`),
        second.visitor.hidden(`${path}/${office.membership}`),
      ]);
      const answers = await times(50, (n) =>
        n % 2
          ? office.visitor.post(`${path}/${second.membership}`, { ...forms[0], roles: 'observer' })
          : second.visitor.post(`${path}/${office.membership}`, { ...forms[1], roles: 'observer' }),
      );
      expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
      expect(answers.filter(({ status }) => ![303, 403, 409].includes(status))).toEqual([]);
      const left = await administrators();
      expect(left).toHaveLength(1);
      if (left[0]!.id === office.membership) continue;
      await db()('memberships')
        .where({ id: office.membership })
        .update({ roles: ['administrator'] });
      await db()('memberships')
        .where({ id: second.membership })
        .update({ roles: ['observer'] });
    }
  });
});

describe('adding people', () => {
  const add = (fields: Record<string, string | string[]>) => office.visitor.submit(`${path}/new`, fields);

  it('takes a registered account in at once', async () => {
    const account = await addAccount(house);
    const visitor = await house.visitor().signIn(account.email);
    const typed = { email: ` ${account.email.toUpperCase()} `, roles: ['documents'] };
    expect((await add(typed)).status).toBe(303);
    expect((await visitor.get(`/profiles/${office.organisation.id}/documents`)).status).toBe(200);
    const again = await add(typed);
    expect(errorsOf(again.text)).toEqual({ email: 'Этот человек уже связан с профилем организации' });
  });

  it.each([
    [{ email: 'не адрес', roles: ['documents'] }, 'email'],
    [{ email: 'new@romashka.test' }, 'roles'],
    [{ email: 'new@romashka.test', roles: ['owner'] }, 'roles'],
  ])('refuses %j', async (fields, field) => {
    const answer = await add(fields);
    expect([answer.status, Object.keys(errorsOf(answer.text))]).toEqual([422, [field]]);
  });

  it('invites an address without an account; it is accepted by its owner alone, once', async () => {
    const email = `late-${office.organisation.id}@romashka.test`;
    expect(
      words(
        (
          await office.visitor.get(
            (await add({ email, roles: ['passes'], sees_all: 'on' })).headers.location!,
          )
        ).text,
      ),
    ).toContain(email);
    expect(errorsOf((await add({ email, roles: ['passes'] })).text).email).toContain('уже приглашён');
    expect(await letters(email)).toEqual(['invitation']);
    const { id } = (await db()('invitations').where({ email }).first())!;
    const stranger = await house.visitor().signIn((await addAccount(house)).email);
    const { _csrf } = await stranger.hidden('/profiles');
    const accept = `/profiles/invitations/${id}/acceptance`;
    expect((await stranger.post(accept, { _csrf: _csrf! })).status).toBe(404);

    const owner = await addAccount(house, { email });
    const visitor = await house.visitor().signIn(email);
    expect(words((await visitor.get('/profiles')).text)).toContain(
      `Вас приглашают: ${office.organisation.name}`,
    );
    const own = await visitor.hidden('/profiles');
    const answers = await times(50, () => visitor.post(accept, own));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 303));
    const profile = `/profiles/${office.organisation.id}/information`;
    const ways = answers.map(({ headers }) => headers.location);
    expect([
      ways.filter((to) => to === '/profiles').length,
      ways.filter((to) => to === profile).length,
    ]).toEqual([1, 49]);
    expect(words((await visitor.get(profile)).text)).toContain('Приглашение уже принято.');
    expect((await visitor.post(`/profiles/invitations/${id}/refusal`, own)).status).toBe(404);
    expect(await db()('memberships').where({ account_id: owner.id })).toMatchObject([
      { roles: ['passes'], sees_all: true, given_by: office.account.id },
    ]);
  });

  it('an invitation holds for 14 days, is repeated for as long again, and withdrawn at once', async () => {
    const account = await addAccount(house, { email: `guest-${office.organisation.id}@romashka.test` });
    const invited = async () => (await (await house.visitor().signIn(account.email)).get('/profiles')).text;
    const id = await addInvitation(house, office.organisation, account.email, office.account);
    house.clock.move(14 * DAY);
    office = { ...office, visitor: await house.visitor().signIn(office.account.email) };
    expect(await invited()).not.toContain('Вас приглашают');
    expect(words((await office.visitor.get(path)).text)).toContain('срок истёк');
    await office.visitor.submit(path, {}, `${path}/invitations/${id}/repetition`);
    expect(await invited()).toContain('Вас приглашают');
    await office.visitor.submit(path, {}, `${path}/invitations/${id}/withdrawal`);
    expect(await invited()).not.toContain('Вас приглашают');
    expect((await office.visitor.submit(path, {}, `${path}/invitations/${id}/withdrawal`)).status).toBe(404);
    await house.deliver();
    const sent = await db()('outbox').where({ recipient: account.email }).pluck('state');
    expect(sent).toEqual(['dropped']);
  });

  it('is declined by its owner, who can then be invited anew', async () => {
    const account = await addAccount(house);
    const id = await addInvitation(house, office.organisation, account.email, office.account);
    const visitor = await house.visitor().signIn(account.email);
    expect((await visitor.submit('/profiles', {}, `/profiles/invitations/${id}/refusal`)).status).toBe(303);
    expect(await db()('memberships').where({ account_id: account.id })).toEqual([]);
    await addInvitation(house, office.organisation, account.email, office.account);
  });
});

describe('handing the management over', () => {
  const page = () => `/profiles/${office.organisation.id}/handover`;
  const offer = (id: string) => office.visitor.submit(`${path}/${id}/handover`, {});

  it('is accepted by the one it was offered to: at once he has the role and the other has not', async () => {
    const [successor, bystander] = [await colleague('documents'), await colleague('observer')];
    expect((await offer(successor.membership)).status).toBe(303);
    const [taken, again, self] = [
      await offer(bystander.membership),
      await offer(successor.membership),
      await offer(office.membership),
    ];
    for (const [answer, text] of [
      [taken, 'уже предложено другому участнику'],
      [again, 'уже предложено этому участнику'],
      [self, 'Управление уже у вас'],
    ] as const) {
      expect([answer.status, words(answer.text)]).toEqual([409, expect.stringContaining(text)]);
      expect(words(answer.text)).toContain('Связанные аккаунты Кто работает от имени организации');
      expect(words(answer.text)).toContain('Отменить предложение');
    }
    expect((await bystander.visitor.get(page())).status).toBe(404);
    expect((await office.visitor.get(page())).status).toBe(404);
    const form = await successor.visitor.hidden(page());
    expect((await bystander.visitor.post(`${page()}/acceptance`, form)).status).toBe(403);
    const answers = await times(50, () => successor.visitor.post(`${page()}/acceptance`, form));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect((await row(successor.membership)).roles).toEqual(['documents', 'administrator']);
    expect((await row(office.membership)).roles).toEqual(['observer']);
    expect((await office.visitor.get(path)).status).toBe(403);
    expect((await successor.visitor.get(path)).status).toBe(200);
    expect(await letters(office.account.email)).toEqual(['handover.accepted']);
    expect(await letters(successor.account.email)).toEqual(['handover.offered', 'handover.taken']);
  });

  it('is declined, taken back, and over when either of the two is gone', async () => {
    const successor = await colleague('documents');
    await offer(successor.membership);
    await successor.visitor.submit(page(), {}, `${page()}/refusal`);
    expect(await letters(office.account.email)).toEqual(['handover.declined']);
    await offer(successor.membership);
    await office.visitor.submit(path, {}, `${path}/handover/withdrawal`);
    expect((await successor.visitor.get(page())).status).toBe(404);
    await offer(successor.membership);
    await office.visitor.submit(`${path}/${successor.membership}/removal`, {});
    expect(await db()('handovers').where({ organisation_id: office.organisation.id, state: 'open' })).toEqual(
      [],
    );
    expect((await administrators()).map(({ id }) => id)).toEqual([office.membership]);
  });

  it('is nothing once who offered it is no administrator any more', async () => {
    const [successor, second] = [await colleague('documents'), await colleague('administrator')];
    await offer(successor.membership);
    const form = await successor.visitor.hidden(page());
    await change(second.visitor, office.membership, ['observer']);
    const answer = await successor.visitor.post(`${page()}/acceptance`, form);
    expect([answer.status, words(answer.text)]).toEqual([
      409,
      expect.stringContaining('Предложение управления отменено'),
    ]);
    expect((await row(successor.membership)).roles).toEqual(['documents']);
    // It is in the journal, and leaves room for another one.
    expect(words((await second.visitor.get(`${path}/journal`)).text)).toContain(
      'Предложение управления отменено',
    );
    expect((await second.visitor.submit(`${path}/${successor.membership}/handover`, {})).status).toBe(303);
  });

  it('ends with its sender’s place, whoever ends it, and stands for nothing while he is blocked', async () => {
    const desk = await openDesk(house, ['administrator']);
    const [successor, second] = [await colleague('documents'), await colleague('administrator')];
    const withdrawn = () =>
      db()('audit').where({ organisation_id: office.organisation.id, action: 'handover.withdrawn' });
    await offer(successor.membership);
    await desk.visitor.submit(
      `/staff/organisations/${office.organisation.id}/members/${office.membership}/removal`,
      { reason: 'Уволен' },
    );
    expect(await withdrawn()).toMatchObject([{ account_id: desk.account.id }]);
    expect((await successor.visitor.get(page())).status).toBe(404);
    await second.visitor.submit(`${path}/${successor.membership}/handover`, {});
    const form = await successor.visitor.hidden(page());
    const third = await colleague('administrator');
    await db()('accounts').where({ id: second.account.id }).update({ blocked_at: house.clock.now() });
    expect((await successor.visitor.get(page())).status).toBe(404);
    expect((await successor.visitor.post(`${page()}/acceptance`, form)).status).toBe(409);
    expect(words((await third.visitor.get(path)).text)).not.toContain('Отменить предложение');
    expect((await third.visitor.submit(`${path}/${successor.membership}/handover`, {})).status).toBe(303);
    expect(await withdrawn()).toHaveLength(2);
  });
});

describe('the journal', () => {
  it('says who changed what, when, in pages, and only of this organisation', async () => {
    const other = await colleague('documents');
    await change(office.visitor, other.membership, ['passes'], { sees_all: 'on' });
    const text = words((await office.visitor.get(`${path}/journal`)).text);
    expect(text).toContain('Права изменены');
    expect(text).toContain('было: Документы; стало: Пропуска; видит все заявки и обращения');
    for (let n = 0; n < 25; n += 1)
      await change(office.visitor, other.membership, [n % 2 ? 'passes' : 'accounting']);
    const first = (await office.visitor.get(`${path}/journal`)).text;
    const entries = (html: string) => html.match(/<b>Права изменены/g)?.length;
    expect(entries(first)).toBe(20);
    const next = /href="([^"]*)" rel="next"/.exec(first)![1]!;
    expect(entries((await office.visitor.get(next)).text)).toBe(6);
    const foreign = await openOffice(house, { roles: ['administrator'] });
    const theirs = await foreign.visitor.get(`/profiles/${foreign.organisation.id}/accounts/journal`);
    expect(words(theirs.text)).toContain('Записей пока нет');
    for (const odd of ['after=1_x', `after=1_${office.organisation.id}`, 'before=9_999999999999999'])
      expect((await office.visitor.get(`${path}/journal?${odd}`)).status).toBe(200);
  });
});

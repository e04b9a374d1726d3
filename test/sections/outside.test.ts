import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/memberships/memberships.policy.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count } from '../support/dump.js';
import { openDesk, openOffice } from '../support/office.js';
import { linksOf, rowsOf, words } from '../support/page.js';
import { addAccount } from '../support/people.js';

const REQUESTS = { href: 'https://helpdesk.company.test/portal', host: 'helpdesk.company.test' };
const NOT_REGISTERED = 'Похоже, что пока вы не зарегистрированы в нашей системе заявок';
const BUTTON = 'Перейти к заявкам';

let house: OpenHouse;
let bare: OpenHouse;
let chief: Awaited<ReturnType<typeof openDesk>>;
beforeAll(async () => {
  house = await openDoors({ outside: { requests: REQUESTS, passes: null } });
  bare = await openDoors();
  chief = await openDesk(house, ['administrator'], 'Отмечалова');
});
afterAll(() => Promise.all([house?.close(), bare?.close()]));

const known = (at: OpenHouse, table: 'accounts' | 'organisations', id: string, outside_requests = true) =>
  at.parts.db(table).where({ id }).update({ outside_requests });
async function office(at = house, roles: Role[] = ['requests'], registered = true) {
  const opened = await openOffice(at, { roles });
  if (registered) {
    await known(at, 'accounts', opened.account.id);
    await known(at, 'organisations', opened.organisation.id);
  }
  return { ...opened, service: `/profiles/${opened.organisation.id}/service` };
}

describe('the way to the outside system of requests', () => {
  it('is not there for whom the staff have not marked, and no button says so', async () => {
    const { visitor, service } = await office(house, ['requests'], false);
    for (const page of ['/service', service]) {
      const { status, text } = await visitor.get(page);
      expect([status, linksOf(text)[BUTTON]], page).toEqual([200, undefined]);
      expect((await visitor.get(`${page}/outside`)).status, page).toBe(404);
    }
    expect(words((await visitor.get('/service')).text)).toContain(NOT_REGISTERED);
  });

  it('is not there where no address is configured, marked or not', async () => {
    const { visitor, service } = await office(bare);
    for (const page of ['/service', service]) {
      const { status, text } = await visitor.get(page);
      expect([status, linksOf(text)[BUTTON]], page).toEqual([200, undefined]);
      expect((await visitor.get(`${page}/outside`)).status, page).toBe(404);
    }
    // Who is registered there is not told the opposite all the same.
    expect(words((await visitor.get('/service')).text)).not.toContain(NOT_REGISTERED);
  });

  it("is each side's own: a person's mark opens nothing in the profile, nor the other way round", async () => {
    const { visitor, account, organisation, service } = await office(house, ['requests'], false);
    await known(house, 'accounts', account.id);
    expect((await visitor.get('/service/outside')).status).toBe(200);
    expect((await visitor.get(`${service}/outside`)).status).toBe(404);
    await known(house, 'accounts', account.id, false);
    await known(house, 'organisations', organisation.id);
    expect((await visitor.get('/service/outside')).status).toBe(404);
    expect((await visitor.get(`${service}/outside`)).status).toBe(200);
  });

  it.each([
    ['passes', 403],
    ['documents', 403],
    ['observer', 200],
    ['administrator', 200],
  ] as const)('from a profile is for those who see its requests: %s gets %i', async (role, status) => {
    const { visitor, service } = await office(house, [role]);
    expect((await visitor.get(`${service}/outside`)).status).toBe(status);
  });

  it('of another organisation is like one that is not there; a visitor signs in first', async () => {
    const [mine, theirs] = [await office(), await office()];
    expect((await mine.visitor.get(`${theirs.service}/outside`)).status).toBe(404);
    expect((await mine.visitor.get(`/profiles/${randomUUID()}/service/outside`)).status).toBe(404);
    const asked = await house.visitor().get('/service/outside');
    expect([asked.status, asked.headers.location]).toEqual([303, '/auth/login?next=%2Fservice%2Foutside']);
  });

  it('goes by a page of ours that names the host, and passes nothing on', async () => {
    const { visitor, account, service } = await office();
    for (const page of ['/service', service]) {
      expect(linksOf((await visitor.get(page)).text)[BUTTON]).toBe(`${page}/outside`);
      const { text, headers } = await visitor.get(
        `${page}/outside?email=${account.email}&to=https://evil.test`,
      );
      expect(text).toContain('<h1 class="h1">Вы переходите на сайт helpdesk.company.test</h1>');
      const out = [...text.matchAll(/<a [^>]*href="(https?:[^"]*)"[^>]*>/g)];
      expect(out.map(([, href]) => href)).toEqual([REQUESTS.href]);
      expect(out[0]![0]).toContain('rel="noopener noreferrer"');
      expect(linksOf(text)['Остаться в личном кабинете']).toBe(page);
      expect(text).not.toMatch(/evil\.test/);
      expect(headers['referrer-policy']).toBe('same-origin');
    }
  });

  it('leaves the built-in list as it is', async () => {
    const { visitor, service } = await office();
    const first = words((await visitor.get('/service')).text);
    expect(first).toContain('Новая экспресс-заявка');
    expect(first).not.toContain(NOT_REGISTERED);
    const sent = await visitor.submit('/service/new', {
      subject: 'Свет',
      text: 'Не горит',
      organisation: '',
    });
    expect(sent.status).toBe(303);
    const list = (await visitor.get('/service')).text;
    expect([rowsOf(list).length, linksOf(list)[BUTTON]]).toEqual([1, '/service/outside']);
    expect((await visitor.get(`${service}/new`)).status).toBe(200);
  });
});

describe('the mark', () => {
  const people = () => addAccount(house).then(({ id }) => ({ id, path: `/staff/people/${id}` }));
  const tenants = async () => {
    const { organisation } = await openOffice(house);
    return { id: organisation.id, path: `/staff/organisations/${organisation.id}` };
  };
  const cases = [
    ['accounts', 'account.outside', people],
    ['organisations', 'organisation.outside', tenants],
  ] as const;
  const state = async (table: 'accounts' | 'organisations', id: string) =>
    (await house.parts.db(table).where({ id }).first())!.outside_requests;
  const second = () => openDesk(house, ['administrator'], 'Вторая');
  let fresh: { id: string; path: string };

  describe.each(cases)('of %s', (table, action, make) => {
    beforeEach(async () => {
      fresh = await make();
    });

    it('is for the administrator of the company alone', async () => {
      for (const [role, status] of [
        ['operator', 403],
        ['reviewer', 403],
      ] as const) {
        const { visitor } = await openDesk(house, [role]);
        const page = await visitor.hidden('/profiles');
        expect((await visitor.post(`${fresh.path}/outside`, { ...page, registered: 'yes' })).status).toBe(
          status,
        );
      }
      const { visitor } = await openOffice(house, { roles: ['administrator'] });
      const page = await visitor.hidden('/profiles');
      expect((await visitor.post(`${fresh.path}/outside`, { ...page, registered: 'yes' })).status).toBe(404);
      expect(await state(table, fresh.id)).toBe(false);
    });

    it('of nobody is a 404, and what says nothing is refused', async () => {
      const none = fresh.path.replace(fresh.id, randomUUID());
      const page = await chief.visitor.hidden(fresh.path);
      expect((await chief.visitor.post(`${none}/outside`, { ...page, registered: 'yes' })).status).toBe(404);
      const answer = await chief.visitor.post(`${fresh.path}/outside`, { ...page, registered: 'maybe' });
      expect(answer.status).toBe(422);
      expect(await state(table, fresh.id)).toBe(false);
    });

    it('is set and taken away, each written down', async () => {
      const shown = async () => words((await chief.visitor.get(fresh.path)).text);
      expect(await shown()).toContain('регистрации нет');
      const on = await chief.visitor.submit(fresh.path, {}, `${fresh.path}/outside`);
      const set = await chief.visitor.post(`${fresh.path}/outside`, {
        ...(await chief.visitor.hidden(fresh.path)),
        registered: 'yes',
      });
      expect([on.status, set.status]).toEqual([303, 409]);
      expect(await state(table, fresh.id)).toBe(true);
      expect(await shown()).toContain('регистрация отмечена');
      await chief.visitor.post(`${fresh.path}/outside`, {
        ...(await chief.visitor.hidden(fresh.path)),
        registered: 'no',
      });
      expect(await state(table, fresh.id)).toBe(false);
      const entries = await house.parts.db('audit').where({ action, subject_id: fresh.id }).orderBy('id');
      expect(entries.map(({ details }) => [details.before, details.after])).toEqual([
        [false, true],
        [true, false],
      ]);
      const journal = rowsOf((await chief.visitor.get('/staff/journal')).text).map((row) => row.join(' '));
      expect(journal[0]).toMatch(/Отметка .* о системе заявок.*да → нет/);
    });

    it('is set once by a form that is sent 10 times, and by one of two people', async () => {
      const other = await second();
      const pages = await Promise.all(
        [chief, other].map(async ({ visitor }) => ({
          ...(await visitor.hidden(fresh.path)),
          registered: 'yes',
        })),
      );
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          [chief, other][n % 2]!.visitor.post(`${fresh.path}/outside`, pages[n % 2]!),
        ),
      );
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([...Array<number>(5).fill(303), ...Array<number>(5).fill(409)]);
      const late = answers.find(({ status }) => status === 409)!;
      expect(words(late.text)).toContain('Отметка уже стоит. Ничего не изменено.');
      expect(await count(house.parts.db, 'audit', { action, subject_id: fresh.id })).toBe(1);
    });

    it('is not set by who lost the role between the page and the click', async () => {
      const other = await second();
      const page = await other.visitor.hidden(fresh.path);
      await house.parts
        .db('accounts')
        .where({ id: other.account.id })
        .update({ staff_roles: ['operator'] });
      expect((await other.visitor.post(`${fresh.path}/outside`, { ...page, registered: 'yes' })).status).toBe(
        403,
      );
      expect(await state(table, fresh.id)).toBe(false);
    });
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addRequest } from '../support/access.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { addColleague, openDesk } from '../support/office.js';
import { errorsOf, linksOf, words } from '../support/page.js';
import { addAccount, addOrganisation } from '../support/people.js';

// Who is heard where several decide about one request for access, through HTTP on a real Postgres.

let house: OpenHouse;
let desk: Awaited<ReturnType<typeof openDesk>>;
beforeAll(async () => {
  house = await openDoors();
  desk = await openDesk(house, ['administrator']);
});
afterAll(() => house?.close());

const db = () => house.parts.db;
const times = <T>(count: number, act: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => act(n)));

/** Somebody whose request waits in an organisation, and whoever decides about it: its administrator or the company. */
async function asked(by: 'administrator' | 'company') {
  const organisation = await addOrganisation(house);
  const decider =
    by === 'company' ? desk.visitor : (await addColleague(house, organisation, ['administrator'])).visitor;
  const account = await addAccount(house);
  const visitor = await house.visitor().signIn(account.email);
  const id = await addRequest(house, organisation, account);
  const page =
    by === 'company'
      ? `/staff/access-requests/${id}`
      : `/profiles/${organisation.id}/accounts/requests/${id}`;
  return { organisation, account, visitor, decider, id, page };
}
const state = async (id: string) => (await db()('access_requests').where({ id }).first())!.state;
const said = async (id: string) =>
  db()('audit').where({ subject_id: id }).whereNot({ action: 'access.requested' }).pluck('action');

describe.each(['administrator', 'company'] as const)('a request before the %s', (by) => {
  it.each(['approval', 'refusal'] as const)(
    'is withdrawn by its sender or ended by %s at the same instant: one is heard, every time',
    async (decision) => {
      for (let round = 0; round < 6; round += 1) {
        const { organisation, account, visitor, decider, id, page } = await asked(by);
        const own = await visitor.hidden('/profiles');
        const { _csrf } = await decider.hidden(page);
        const decided = { roles: 'administrator', reason: 'Не наш' };
        const withdrawal = `/profiles/requests/${id}/withdrawal`;
        const answers = await times(50, (n) =>
          (n + round) % 2
            ? visitor.post(withdrawal, own)
            : decider.post(`${page}/${decision}`, { _csrf: _csrf!, _once: randomUUID(), ...decided }),
        );
        expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
        expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
        const withdrawn = (await state(id)) === 'withdrawn';
        expect(await said(id)).toHaveLength(1);
        expect(await db()('memberships').where({ account_id: account.id })).toHaveLength(
          !withdrawn && decision === 'approval' ? 1 : 0,
        );
        const profile = await visitor.get(`/profiles/${organisation.id}/information`);
        expect(profile.status).toBe(!withdrawn && decision === 'approval' ? 200 : 404);
      }
    },
  );

  it('is told what has happened to it before what is wrong with the form', async () => {
    const { visitor, decider, id, page } = await asked(by);
    const { _csrf } = await decider.hidden(page);
    await visitor.submit('/profiles', {}, `/profiles/requests/${id}/withdrawal`);
    for (const [decision, fields] of [
      ['refusal', { reason: ' ' }],
      ['approval', {}],
    ] as const) {
      const late = await decider.post(`${page}/${decision}`, { _csrf: _csrf!, ...fields });
      expect([late.status, words(late.text)]).toEqual([409, expect.stringContaining('Запрос отозван')]);
    }
  });
});

describe('the company', () => {
  it('finds no request that the organisation’s administrator decides, and its page leads to none', async () => {
    const { organisation, id, account } = await asked('administrator');
    const path = `/staff/access-requests/${id}`;
    for (const page of [path, `${path}/approval`, `${path}/refusal`])
      expect((await desk.visitor.get(page)).status).toBe(404);
    const { text } = await desk.visitor.get(`/staff/organisations/${organisation.id}`);
    expect(words(text)).toContain(account.email);
    expect(words(text)).toContain('Их рассматривает администратор профиля');
    expect(Object.values(linksOf(text))).not.toContain(path);
  });

  it('is told when the organisation has got an administrator while the page was open', async () => {
    const { organisation, id, page } = await asked('company');
    const { _csrf } = await desk.visitor.hidden(page);
    await addColleague(house, organisation, ['administrator']);
    for (const [decision, fields] of [
      ['approval', { roles: 'administrator' }],
      ['refusal', { reason: 'Не наш' }],
      ['refusal', { reason: '' }],
      ['approval', {}],
    ] as const) {
      const late = await desk.visitor.post(`${page}/${decision}`, { _csrf: _csrf!, ...fields });
      expect([late.status, words(late.text)]).toEqual([
        409,
        expect.stringContaining('У профиля уже есть администратор'),
      ]);
    }
    expect(errorsOf((await desk.visitor.get(page)).text)).toEqual({});
    expect(await state(id)).toBe('open');
  });
});

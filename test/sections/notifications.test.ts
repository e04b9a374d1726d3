import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { DAY, HOUR } from '../support/house.js';
import { addNotice } from '../support/notices.js';
import { addColleague, openOffice, type Office } from '../support/office.js';
import { linksOf, words } from '../support/page.js';
import { addAccount } from '../support/people.js';

const OWN = '/desktop/notifications';
const EMPTY = 'У вас нет ни одного уведомления.';

let house: OpenHouse;
let office: Office;
let board: string;
beforeAll(async () => {
  house = await openDoors();
  office = await openOffice(house, { roles: ['passes'] });
  board = `/profiles/${office.organisation.id}/notifications`;
});
afterAll(() => house?.close());

const clear = () => house.parts.db('notifications').delete();
const reads = (id: string) => house.parts.db('notification_reads').where({ notification_id: id });
const titles = (html: string) => [...html.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, title]) => title);
const rent = async (building: string, ends_on: string | null) => {
  const { db } = house.parts;
  const contract = await db('contracts').where({ organisation_id: office.organisation.id }).first();
  await db('contracts').where({ id: contract!.id }).update({ ends_on });
  await db('buildings').insert({ name: building, address: null }).onConflict('name').ignore();
  await db('premises').insert({
    id: randomUUID(),
    contract_id: contract!.id,
    building,
    room: '1',
    area: '5',
  });
};

describe('whom a notification reaches', () => {
  it('is nobody before its time, after it, as a draft, and once it is taken down', async () => {
    await clear();
    const now = house.clock.now().getTime();
    const at = (ms: number) => new Date(now + ms);
    await addNotice(house, { appears_at: at(1000), goes_at: at(DAY) });
    await addNotice(house, { appears_at: at(-DAY), goes_at: at(0) });
    await addNotice(house, { published_at: null });
    await addNotice(house, { withdrawn_at: at(-1) });
    expect(words((await office.visitor.get(OWN)).text)).toContain(EMPTY);
    house.clock.move(1000);
    expect(titles((await office.visitor.get(OWN)).text)).toHaveLength(1);
  });

  it('is everyone, and the chosen people, on their own pages and not in the profile', async () => {
    await clear();
    const other = await addAccount(house);
    await addNotice(house, { title: 'Всем' });
    await addNotice(house, { title: 'Вам', audience: 'accounts', accounts: [office.account] });
    await addNotice(house, { title: 'Не вам', audience: 'accounts', accounts: [other] });
    expect(titles((await office.visitor.get(OWN)).text).sort()).toEqual(['Вам', 'Всем']);
    expect(words((await office.visitor.get(board)).text)).toContain(EMPTY);
  });

  it('is the chosen organisations, in the profile, also for who joins later', async () => {
    await clear();
    const foreign = await openOffice(house, { name: 'ООО «Чужая»' });
    await addNotice(house, {
      title: 'Ваша',
      audience: 'organisations',
      organisations: [office.organisation],
    });
    await addNotice(house, {
      title: 'Чужая',
      audience: 'organisations',
      organisations: [foreign.organisation],
    });
    const late = await addColleague(house, office.organisation, ['observer']);
    for (const { visitor } of [office, late]) {
      expect(titles((await visitor.get(board)).text)).toEqual(['Ваша']);
      expect(words((await visitor.get(OWN)).text)).toContain(EMPTY);
    }
  });

  it('is whoever rents in the building on that day', async () => {
    await clear();
    await rent('Башня', '2099-01-01');
    await addNotice(house, { title: 'Башня', audience: 'buildings', buildings: ['Башня'] });
    await addNotice(house, { title: 'Двор', audience: 'buildings', buildings: ['Двор'] });
    expect(titles((await office.visitor.get(board)).text)).toEqual(['Башня']);
    await house.parts
      .db('contracts')
      .where({ organisation_id: office.organisation.id })
      .update({ ends_on: '2021-02-01' });
    expect(words((await office.visitor.get(board)).text)).toContain(EMPTY);
  });
});

describe('reading', () => {
  it('refuses what is not on the board: the other one’s, another organisation’s, what is over', async () => {
    await clear();
    const foreign = await openOffice(house, { name: 'ООО «Чужая»' });
    const audience = 'organisations' as const;
    const inProfile = await addNotice(house, { audience, organisations: [office.organisation] });
    const theirs = await addNotice(house, { audience, organisations: [foreign.organisation] });
    const over = await addNotice(house, { goes_at: house.clock.now(), appears_at: new Date(0) });
    const press = (page: string, id: string) =>
      office.visitor.submit(OWN, { _csrf: '' }, `${page}/${id}/reading`);
    await addNotice(house);
    for (const [page, notice] of [
      [OWN, inProfile],
      [board, theirs],
      [OWN, theirs],
      [OWN, over],
    ] as const) {
      const { _csrf } = await office.visitor.hidden(OWN);
      const answer = await office.visitor.post(`${page}/${notice.id}/reading`, { _csrf: _csrf! });
      expect(answer.status).toBe(404);
    }
    expect((await press(OWN, inProfile.id)).status).toBe(403);
    expect(await house.parts.db('notification_reads')).toEqual([]);
  });

  it('marks one for the reader alone, keeps the first time, and counts', async () => {
    await clear();
    const colleague = await addColleague(house, office.organisation, ['documents']);
    const notice = await addNotice(house, {
      audience: 'organisations',
      organisations: [office.organisation],
    });
    const before = (await office.visitor.get(board)).text;
    expect(words(before)).toContain('Прочитано: Новое');
    expect(words(before)).toContain('Уведомления 1 непрочитанное');
    const first = await office.visitor.submit(board, {}, `${board}/${notice.id}/reading`);
    expect([first.status, first.headers.location]).toEqual([303, `${board}#n-${notice.id}`]);
    const [mark] = await reads(notice.id);
    house.clock.move(HOUR);
    await office.visitor.submit(board, {}, `${board}/${notice.id}/reading`);
    expect(await reads(notice.id)).toEqual([mark]);
    const after = (await office.visitor.get(board)).text;
    expect(words(after)).toMatch(/Прочитано: \d\d\.\d\d\.\d{4} \d\d:\d\d/);
    expect(after).not.toContain('Пометить как прочитанное');
    expect(words(after)).not.toMatch(/непрочитанн/);
    expect(words((await colleague.visitor.get(board)).text)).toContain('Прочитано: Новое');
  });

  it('marks all of one board, and not of the other', async () => {
    await clear();
    for (let times = 0; times < 25; times += 1) await addNotice(house);
    const kept = await addNotice(house, { audience: 'organisations', organisations: [office.organisation] });
    const desktop = (await office.visitor.get('/desktop')).text;
    expect(words(desktop)).toContain('25 непрочитанных уведомлений');
    expect(linksOf(desktop)).toMatchObject({
      Уведомления: OWN,
      [`Уведомления: ${office.organisation.name}`]: board,
    });
    const answer = await office.visitor.submit(OWN, {}, `${OWN}/reading`);
    expect(answer.headers.location).toBe(OWN);
    expect(await house.parts.db('notification_reads').where({ account_id: office.account.id })).toHaveLength(
      25,
    );
    expect(await reads(kept.id)).toEqual([]);
    const after = (await office.visitor.get('/desktop')).text;
    expect(linksOf(after)[`Уведомления: ${office.organisation.name}`]).toBe(board);
    expect(words(after)).not.toContain('непрочитанных уведомлений');
  });
});

describe('the list', () => {
  it('is newest first, in pages, and comes back to the page where one was marked', async () => {
    await clear();
    const now = house.clock.now().getTime();
    for (let n = 0; n < 45; n += 1)
      await addNotice(house, { title: `Номер ${n}`, appears_at: new Date(now - n * HOUR - 1) });
    const first = (await office.visitor.get(OWN)).text;
    expect(titles(first)).toEqual(Array.from({ length: 20 }, (_, n) => `Номер ${n}`));
    const second = (await office.visitor.get(linksOf(first).Дальше!)).text;
    expect(titles(second)[0]).toBe('Номер 20');
    const action = /action="([^"]*reading\?after[^"]*)"/.exec(second.slice(second.indexOf('Номер 25')))![1]!;
    const marked = await office.visitor.submit(OWN, {}, action);
    const page = await office.visitor.get(marked.headers.location!.replace(/#.*/, ''));
    expect(titles(page.text)).toEqual(titles(second));
    const third = (await office.visitor.get(linksOf(second).Дальше!)).text;
    expect(titles(third)).toHaveLength(5);
    expect(titles((await office.visitor.get(linksOf(third).Назад!)).text)).toEqual(titles(second));
  });

  it('shows markup as it was written, and breaks nothing', async () => {
    await clear();
    const title = '<script>alert(1)</script> «Ёлка» & "кавычки"';
    await addNotice(house, { title, text: '<b>жирно</b>\n\n<img src=x onerror=alert(1)>' });
    const { text } = await office.visitor.get(OWN);
    expect(text).not.toMatch(/<script>|<img src=x|<b>жирно/);
    expect(words(text)).toContain('<b>жирно</b> <img src=x onerror=alert(1)>');
  });
});

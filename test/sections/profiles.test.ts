import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { addColleague, openOffice } from '../support/office.js';
import { linksOf, words } from '../support/page.js';
import { addAccount, addOrganisation, join } from '../support/people.js';

let house: OpenHouse;
beforeAll(async () => void (house = await openDoors()));
afterAll(() => house?.close());

const db = () => house.parts.db;
const cardsOf = (text: string) =>
  [...text.matchAll(/<section class="card[^"]*">([\s\S]*?)<\/section>/g)].map(([, card]) => card!);

/** A second contract, with what is rented under it. */
async function addContract(
  organisation: { id: string },
  change: Record<string, unknown>,
  areas: string[] = [],
) {
  const id = randomUUID();
  const row = {
    id,
    organisation_id: organisation.id,
    number: '1234567890-1',
    kind: 'supplement',
    starts_on: '2022-02-01',
    ends_on: null,
    ...change,
  };
  await db()('contracts').insert(row as never);
  await db()('buildings').insert({ name: 'Корпус 2', address: null }).onConflict('name').ignore();
  for (const [n, area] of areas.entries())
    await db()('premises').insert({
      id: randomUUID(),
      contract_id: id,
      building: 'Корпус 2',
      room: `офис ${n + 1}`,
      area,
    });
  return id;
}

describe('«Мои организации»', () => {
  it('needs a sign-in', async () => {
    const answer = await house.visitor().get('/profiles');
    expect([answer.status, answer.headers.location]).toEqual([303, '/auth/login?next=%2Fprofiles']);
  });

  it('says so to who is in none, and shows him as a private person', async () => {
    const account = await addAccount(house, { inn: '500100732259' });
    const visitor = await house.visitor().signIn(account.email);
    const page = words((await visitor.get('/profiles')).text);
    expect(page).toContain('Вы пока не входите ни в одну организацию');
    expect(page).toContain('Частное лицо ФИО Константинопольская Мария Сергеевна ИНН 500100732259');
  });

  it('shows a card a contract with what the manual names, and only one’s own', async () => {
    house.clock.at = new Date('2021-11-26T07:37:48Z');
    const office = await openOffice(house, { name: 'ООО «Карточка»' });
    house.clock.at = new Date('2027-03-10T09:00:00Z');
    await addOrganisation(house, 'ООО «Чужая»');
    const { organisation, account } = office;
    const supplement = await addContract(organisation, {});
    const bare = {
      id: randomUUID(),
      name: 'ИП без договора',
      inn: '500100732259',
      kpp: null,
      created_at: house.clock.now(),
    };
    await db()('organisations').insert(bare);
    await join(house, account, bare, ['observer']);
    const former = await addOrganisation(house, 'ООО «Бывшая»');
    const ended = await join(house, account, former, ['documents']);
    await db()('memberships').where({ id: ended }).update({ ended_at: house.clock.now() });

    const visitor = await house.visitor().signIn(account.email);
    const { text } = await visitor.get('/profiles');
    const [main] = await db()('contracts').where({ organisation_id: organisation.id, kind: 'main' });
    const cards = cardsOf(text);
    expect(cards.map(words)).toEqual([
      'Частное лицо ФИО Константинопольская Мария Сергеевна ИНН не указан Продолжить с этим профилем',
      `ИП без договора ИНН 500100732259 Добавлена 10.03.2027 12:00:00 Профиль организации`,
      `ООО «Карточка» ИНН ${organisation.inn} КПП 770401001 Договор ${main!.number} Тип договора Основной договор Добавлена 26.11.2021 10:37:48 Профиль организации`,
      `ООО «Карточка» ИНН ${organisation.inn} КПП 770401001 Договор 1234567890-1 Тип договора Дополнительное соглашение Добавлена 26.11.2021 10:37:48 Профиль организации`,
    ]);
    expect(linksOf(cards[3]!)['Профиль организации']).toBe(
      `/profiles/${organisation.id}/information?contract=${supplement}`,
    );
    expect(text).not.toMatch(/Чужая|Бывшая/);
    for (const { id } of [former, { id: randomUUID() }, { id: 'x' }])
      expect((await visitor.get(`/profiles/${id}/information`)).status).toBe(404);
  });
});

describe('«Информация»', () => {
  it('shows all contracts, the chosen one first, then the main ones, the newest first, with dates and areas', async () => {
    house.clock.at = new Date('2027-03-10T09:00:00Z');
    const office = await openOffice(house);
    const { organisation } = office;
    const base = `/profiles/${organisation.id}/information`;
    const over = await addContract(
      organisation,
      { number: 'Старый', starts_on: '2020-02-29', ends_on: '2027-03-09' },
      ['184.60', '15.40'],
    );
    await addContract(organisation, { number: 'Новый', starts_on: '2026-01-01', ends_on: '2027-03-10' }, [
      '99.99',
    ]);
    const contracts = (text: string) =>
      cardsOf(text)
        .map(words)
        .filter((card) => card.startsWith('Договор'));
    const plain = contracts((await office.visitor.get(base)).text);
    expect(plain.map((card) => card.split(' ')[1])).toEqual([
      expect.stringMatching(/-А$/),
      'Новый',
      'Старый',
    ]);
    expect(plain[1]).toContain(
      'Дата начала 01.01.2026 Дата окончания 10.03.2027 Занимаемая площадь 99,99 м²',
    );
    expect(plain[0]).toContain('Дата окончания без срока Занимаемая площадь нет помещений');
    expect(plain[2]).toContain(
      'Договор Старый Договор завершён Тип договора Дополнительное соглашение Дата начала 29.02.2020 Дата окончания 09.03.2027 Занимаемая площадь 200 м²',
    );
    expect(plain[2]).toContain('Корпус 2, офис 1 — 184,6 м² Корпус 2, офис 2 — 15,4 м²');
    const chosen = contracts((await office.visitor.get(`${base}?contract=${over}`)).text);
    expect(chosen[0]).toContain('Договор Старый');
    for (const odd of ['x', randomUUID(), '%00', "'"])
      expect((await office.visitor.get(`${base}?contract=${odd}`)).status).toBe(200);
  });

  it('is for every member, whose menu opens only what his roles open', async () => {
    const office = await openOffice(house);
    const base = `/profiles/${office.organisation.id}`;
    const entry = (text: string) => /<nav class="side"[\s\S]*?<\/nav>/.exec(text)![0];
    for (const [roles, documents] of [
      [['passes'], false],
      [['observer'], true],
      [['accounting', 'requests'], false],
      [['administrator'], true],
    ] as const) {
      const { visitor } = await addColleague(house, office.organisation, [...roles]);
      const page = await visitor.get(`${base}/information`);
      expect(page.status).toBe(200);
      const links = Object.values(linksOf(entry(page.text)));
      expect(links).toContain(`${base}/information`);
      expect(links.includes(`${base}/documents`), roles.join()).toBe(documents);
      for (const href of links) expect((await visitor.get(href)).status, href).toBe(200);
    }
  });

  it('opens «Документы» into its two entries, and the second only to who may', async () => {
    const office = await openOffice(house);
    const observer = await addColleague(house, office.organisation, ['observer']);
    const menu = async (visitor: typeof office.visitor) =>
      words(/<nav class="side"[\s\S]*?<\/nav>/.exec((await visitor.get(office.path)).text)![0]);
    expect(await menu(office.visitor)).toMatch(
      /Информация Уведомления Документы Список документов Добавить документ Аккаунт Мои организации$/,
    );
    expect(await menu(observer.visitor)).not.toContain('Добавить документ');
  });
});

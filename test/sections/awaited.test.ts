import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keptMails } from '../../src/domain/outbox/transport.js';
import { addInvitation, addRequest } from '../support/access.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { addColleague, openDesk, openOffice } from '../support/office.js';
import { linksOf, words } from '../support/page.js';
import { addAccount } from '../support/people.js';

// What waits for somebody's word is seen without its letter, and every letter says who it is about.

let house: OpenHouse;
beforeAll(async () => void (house = await openDoors()));
afterAll(() => house?.close());

const db = () => house.parts.db;
const letter = async (to: string, subject: RegExp) =>
  (await keptMails(join(house.config.dataDir, 'mail')))
    .find((mail) => mail.to === to && subject.test(mail.subject))!
    .text.replace(/\s+/g, ' ');

it('an invitation stands on the desktop until it is answered, or its way is another', async () => {
  const office = await openOffice(house, { roles: ['administrator'], name: 'ООО «Зовущая»' });
  const account = await addAccount(house);
  const visitor = await house.visitor().signIn(account.email);
  const id = await addInvitation(house, office.organisation, account.email, office.account);
  const page = await visitor.get('/desktop');
  expect(linksOf(page.text)['Приглашение: ООО «Зовущая»']).toBe('/profiles');
  expect(words(page.text)).toContain('приглашает Константинопольская Мария');
  const path = `/profiles/${office.organisation.id}/accounts`;
  await office.visitor.submit(`${path}/new`, { email: account.email, roles: ['passes'] });
  expect((await visitor.get('/desktop')).text).not.toContain('Приглашение: ');
  expect((await visitor.get('/profiles')).text).not.toContain('Вас приглашают');
  expect(await db()('invitations').where({ id }).first()).toMatchObject({ state: 'withdrawn' });
});

it('an offer of the management stands on the desktop and in the profile; its letter names who offers', async () => {
  const office = await openOffice(house, { roles: ['administrator'], name: 'ООО «Передающая»' });
  await db()('accounts').where({ id: office.account.id }).update({ surname: 'Жуков', name: 'Алексей' });
  const [successor, other] = [
    await addColleague(house, office.organisation, ['documents']),
    await addColleague(house, office.organisation, ['documents']),
  ];
  const profile = `/profiles/${office.organisation.id}`;
  await office.visitor.submit(`${profile}/accounts/${successor.membership}/handover`, {});
  const [desktop, information] = [
    await successor.visitor.get('/desktop'),
    await successor.visitor.get(`${profile}/information`),
  ];
  expect(linksOf(desktop.text)['Управление профилем: ООО «Передающая»']).toBe(`${profile}/handover`);
  expect(words(desktop.text)).toContain('предлагает Жуков Алексей');
  expect(words(information.text)).toContain('Предлагает Жуков Алексей.');
  expect(linksOf(information.text)['Ответить']).toBe(`${profile}/handover`);
  for (const page of ['/desktop', `${profile}/information`])
    expect((await other.visitor.get(page)).text).not.toContain('Жуков Алексей');
  await house.deliver();
  expect(await letter(successor.account.email, /предложено/)).toContain(
    `Жуков Алексей (${office.account.email}) предлагает передать вам управление`,
  );
  await successor.visitor.submit(`${profile}/handover`, {}, `${profile}/handover/acceptance`);
  await house.deliver();
  expect(await letter(successor.account.email, /Вы управляете/)).toContain(
    `Прежний администратор: Жуков Алексей (${office.account.email}).`,
  );
  expect((await successor.visitor.get('/desktop')).text).not.toContain('Управление профилем: ');
});

it('letters keep names in the nominative', async () => {
  const desk = await openDesk(house, ['administrator']);
  const office = await openOffice(house, { roles: ['administrator'] });
  const account = await addAccount(house, { surname: 'Нечаев', name: 'Владислав' });
  await desk.visitor.submit(`/staff/organisations/${office.organisation.id}/administrator`, {
    account: account.email,
    reason: 'Второй нужен',
  });
  await house.deliver();
  expect(await letter(office.account.email, /ещё один администратор/)).toContain(
    `новый администратор: Нечаев Владислав (${account.email}). Его назначила управляющая компания.`,
  );
});

it('the hidden words of a menu’s number agree with it', async () => {
  const office = await openOffice(house, { roles: ['administrator'] });
  const path = `/profiles/${office.organisation.id}/accounts`;
  const said = async () =>
    />(\d+)<span class="vh"> ([а-яё ]*решения)</.exec((await office.visitor.get(path)).text);
  await addRequest(house, office.organisation);
  expect((await said())!.slice(1)).toEqual(['1', 'ждёт решения']);
  await addRequest(house, office.organisation);
  expect((await said())!.slice(1)).toEqual(['2', 'ждут решения']);
});

it('«Мои организации» and «Информация» show contracts in one order: main first, then the newest', async () => {
  const office = await openOffice(house);
  const { id } = office.organisation;
  const contract = (number: string, kind: 'main' | 'supplement', starts_on: string) =>
    db()('contracts').insert({
      id: randomUUID(),
      organisation_id: id,
      number,
      kind,
      starts_on,
      ends_on: null,
    });
  await contract('ДС-новое', 'supplement', '2026-01-01');
  await contract('ДС-старое', 'supplement', '2022-01-01');
  await contract('Осн-новый', 'main', '2024-01-01');
  const numbers = async (page: string) =>
    [...words((await office.visitor.get(page)).text).matchAll(/ДС-новое|ДС-старое|Осн-новый|\d+-А/g)].map(
      ([number]) => number,
    );
  const order = (await numbers('/profiles')).filter((one, at, all) => all.indexOf(one) === at);
  expect(order.map((one) => one.replace(/\d+/, ''))).toEqual(['Осн-новый', '-А', 'ДС-новое', 'ДС-старое']);
  const shown = await numbers(`/profiles/${id}/information`);
  expect(shown.filter((one, at, all) => all.indexOf(one) === at)).toEqual(order);
});

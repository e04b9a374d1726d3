import { afterAll, beforeAll, expect, it } from 'vitest';
import { personInn } from '../support/bills.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { Clock } from '../support/house.js';
import { openMailbox, type Mailbox } from '../support/mailbox.js';
import { openDesk, openOffice, type Office } from '../support/office.js';
import { words } from '../support/page.js';
import { addAccount } from '../support/people.js';
import { INVOICES } from '../support/tables-to-import.js';

const PATH = '/staff/import';

let house: OpenHouse;
let mailbox: Mailbox;
let desk: Awaited<ReturnType<typeof openDesk>>;
let office: Office;
beforeAll(async () => {
  mailbox = await openMailbox();
  house = await openDoors({ smtpUrl: mailbox.url }, new Clock(new Date('2026-11-05T09:00:00Z')));
  desk = await openDesk(house, ['accountant']);
  office = await openOffice(house, { name: 'ООО «Двести пятьдесят»', roles: ['accounting'] });
});
afterAll(async () => {
  await house?.close();
  await mailbox?.close();
});

const row = (number: string, payer: { inn: string; kpp?: string }, due = '20.11.2026', price = '1000') =>
  [
    ...[`код ${number}`, number, '01.11.2026', payer.inn, payer.kpp ?? '', '', '11.2026', due],
    ...['Аренда', '1', 'шт', price, '20%'],
  ].join(';');

async function compared(...rows: string[]): Promise<string> {
  const bytes = Buffer.from([INVOICES.join(';'), ...rows].join('\n'));
  const answer = await desk.visitor.upload(PATH, { kind: 'invoices' }, { bytes, name: 'Счета.csv' });
  return answer.headers.location!;
}
const apply = (page: string) => desk.visitor.submit(page, { issue: 'on' }, `${page}/application`);
const plain = (text = '') => text.replaceAll('\u00a0', ' ');

it('many invoices at once are one letter a payer, which lists them; the only one is told as ever', async () => {
  const [many, alone] = [personInn(920_001), personInn(920_002)];
  const confirmed = { inn_confirmed_at: house.clock.now() };
  const person = await addAccount(house, { inn: many, ...confirmed });
  const single = await addAccount(house, { inn: alone, ...confirmed });
  const silent = await addAccount(house, { inn: many, ...confirmed });
  const choice = { account_id: silent.id, topic: 'invoices', by_mail: false } as const;
  await house.parts.db('mail_choices').insert(choice);
  const rows = Array.from({ length: 250 }, (_, n) => row(`М-${n + 1}`, office.organisation));
  const page = await compared(
    ...rows,
    row('Ч-1', { inn: many }),
    row('Ч-2', { inn: many }, '03.11.2026', '0,5'),
    row('Одиночный', { inn: alone }),
  );
  const shown = words((await desk.visitor.get(page)).text);
  expect(shown).toContain('Срок оплаты уже прошёл у 1 счёта. Сразу после выставления — статус «Просрочен».');
  expect((await apply(page)).status).toBe(303);
  expect(words((await desk.visitor.get(page)).text)).not.toContain('Срок оплаты уже прошёл у');
  await house.deliver();
  const [letter, ...others] = mailbox.to(office.account.email);
  expect(others).toEqual([]);
  const text = plain(letter!.mail.text);
  expect(plain(letter!.mail.subject)).toBe('Новые счета (250) на 250 000,00 ₽');
  expect(text).toContain('Выставлены счета (ООО «Двести пятьдесят»): 250 на сумму 250 000,00 ₽.');
  expect(text).toContain('№ М-1 от 01.11.2026 на 1 000,00 ₽: оплатить до 20.11.2026.\n\n№ М-2 от');
  expect(text).toContain('И ещё 230 счетов.');
  expect(text.match(/^№ /gm)).toHaveLength(20);
  expect(text).toContain(`/profiles/${office.organisation.id}/invoices`);
  const own = mailbox.to(person.email);
  expect(own).toHaveLength(1);
  expect(plain(own[0]!.mail.text)).toContain(
    '№ Ч-2 от 01.11.2026 на 0,50 ₽: срок оплаты был 03.11.2026.\n\n№ Ч-1 от',
  );
  expect(plain(own[0]!.mail.text)).toContain('/desktop/invoices');
  expect(plain(own[0]!.mail.text)).not.toContain('И ещё');
  expect(mailbox.to(silent.email)).toEqual([]);
  expect(mailbox.to(single.email).map(({ mail }) => plain(mail.subject))).toEqual([
    'Новый счёт № Одиночный на 1 000,00 ₽',
  ]);
});

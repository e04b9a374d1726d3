import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mailAppeared } from '../../src/domain/notifications/mailing.actions.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { DAY, HOUR } from '../support/house.js';
import { openMailbox, type Mailbox } from '../support/mailbox.js';
import { addNotice } from '../support/notices.js';
import { openDesk, openOffice, rejectWith, sendDocument, type Office } from '../support/office.js';
import { addAccount, addOrganisation, addType, join } from '../support/people.js';

let mailbox: Mailbox;
let house: OpenHouse;
let office: Office;
beforeAll(async () => {
  mailbox = await openMailbox();
  house = await openDoors({ smtpUrl: mailbox.url, publicUrl: 'https://my.company.test' });
  office = await openOffice(house);
});
afterAll(async () => {
  await house?.close();
  await mailbox?.close();
});
afterEach(async () => {
  await house.parts.db('notifications').delete();
  mailbox.letters.length = 0;
});

const mine = () => mailbox.to(office.account.email);
const choose = (topics: string[]) => office.visitor.submit('/desktop/letters', { topics });
const waiting = () => house.parts.db('outbox').where({ letter: 'notification', state: 'waiting' });

describe('a letter about a notification', () => {
  it('goes to everybody it is for when it is important, once', async () => {
    const blocked = await addAccount(house, { blocked_at: house.clock.now() });
    const notice = await addNotice(house, {
      kind: 'important',
      title: 'Отключение воды',
      text: 'Первый абзац.\n\nВторой.',
    });
    const people = await house.parts.db('accounts').whereNull('blocked_at').pluck('id');
    await house.deliver();
    await house.deliver();
    expect(mailbox.letters).toHaveLength(people.length);
    expect(mailbox.to(blocked.email)).toEqual([]);
    const { mail, raw } = mine()[0]!;
    expect(mail.subject).toBe('Отключение воды');
    expect(mail.text).toContain('Первый абзац.\n\nВторой.');
    expect(mail.text).toContain(`https://my.company.test/desktop/notifications#n-${notice.id}`);
    expect(raw).not.toContain('List-Unsubscribe');
  });

  it('is written once by eight who try at the same instant', async () => {
    await addNotice(house, { kind: 'important', audience: 'accounts', accounts: [office.account] });
    await Promise.all(Array.from({ length: 8 }, () => mailAppeared(house.parts.db, house.clock.now())));
    expect(await waiting()).toHaveLength(1);
    await house.deliver();
    expect(mine()).toHaveLength(1);
  });

  it('goes of other kinds to those who want it, who can also refuse', async () => {
    const about = { audience: 'accounts', accounts: [office.account] } as const;
    await choose([]);
    await addNotice(house, { kind: 'offer', ...about });
    await house.deliver();
    expect(mine()).toEqual([]);
    await choose(['offer']);
    await addNotice(house, { kind: 'offer', ...about });
    await addNotice(house, { kind: 'info', ...about });
    await house.deliver();
    expect(mine()).toHaveLength(1);
    expect(mine()[0]!.raw).toContain('List-Unsubscribe: <https://my.company.test/desktop/letters>');
    expect(mine()[0]!.mail.text).toContain('https://my.company.test/desktop/letters');
  });

  it('comes once to who belongs to several organisations, and leads into a profile', async () => {
    const second = await addOrganisation(house, 'ООО «Вторая»');
    await join(house, office.account, second, ['observer']);
    const organisations = [office.organisation, second];
    await addNotice(house, { kind: 'important', audience: 'organisations', organisations });
    await house.deliver();
    expect(mine()).toHaveLength(1);
    expect(mine()[0]!.mail.text).toMatch(/\/profiles\/[\da-f-]{36}\/notifications#n-/);
  });

  it('waits for the notification’s time, and is dropped with it', async () => {
    const now = house.clock.now().getTime();
    const about = { kind: 'important', audience: 'accounts', accounts: [office.account] } as const;
    const over = { appears_at: new Date(now + HOUR), goes_at: new Date(now + 2 * HOUR) };
    await addNotice(house, { ...about, ...over });
    await house.deliver();
    expect(await waiting()).toEqual([]);
    // The application was off while it was shown.
    house.clock.move(DAY);
    await house.deliver();
    expect(mine()).toEqual([]);

    const notice = await addNotice(house, about);
    await mailAppeared(house.parts.db, house.clock.now());
    expect(await waiting()).toHaveLength(1);
    await house.parts
      .db('notifications')
      .where({ id: notice.id })
      .update({ withdrawn_at: house.clock.now() });
    await house.deliver();
    expect(mine()).toEqual([]);
    expect(await waiting()).toEqual([]);
  });

  it('cannot smuggle a header in by its title', async () => {
    const about = { kind: 'important', audience: 'accounts', accounts: [office.account] } as const;
    await addNotice(house, { ...about, title: 'Вода\r\nBcc: spy@evil.test' });
    await house.deliver();
    const [letter] = mine();
    expect(letter!.to).toEqual([office.account.email]);
    expect(letter!.mail.bcc).toBeUndefined();
  });
});

describe('«Письма»', () => {
  it('keeps what was chosen, and drops what there is not', async () => {
    const visitor = await house.visitor().signIn((await addAccount(house)).email);
    const ticked = async () =>
      [...(await visitor.get('/desktop/letters')).text.matchAll(/value="(\w+)" checked/g)].map(
        ([, one]) => one,
      );
    expect(await ticked()).toEqual(['documents', 'requests', 'invoices']);
    expect(
      (await visitor.submit('/desktop/letters', { topics: ['info', 'access', '__proto__'] })).status,
    ).toBe(303);
    expect(await ticked()).toEqual(['info']);
    expect((await visitor.submit('/desktop/letters', {})).status).toBe(303);
    expect(await ticked()).toEqual([]);
  });

  it('turns letters about documents off for one of an organisation’s people', async () => {
    const other = await openOffice(house, { name: 'ООО «Письма»' });
    const quiet = await addAccount(house);
    await join(house, quiet, other.organisation, ['documents']);
    const visitor = await house.visitor().signIn(quiet.email);
    await visitor.submit('/desktop/letters', { topics: ['info'] });
    const desk = await openDesk(house);
    await rejectWith(desk.visitor, await sendDocument(house, other, await addType(house)), 'Нет печати');
    await house.deliver();
    expect(mailbox.to(other.account.email)).toHaveLength(1);
    expect(mailbox.to(other.account.email)[0]!.raw).toContain('List-Unsubscribe');
    expect(mailbox.to(quiet.email)).toEqual([]);
  });
});

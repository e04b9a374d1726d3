import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DocumentTypeRow } from '../../src/db/rows.js';
import type { Visitor } from '../support/browser-less.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count, dump } from '../support/dump.js';
import { Clock } from '../support/house.js';
import { type Mailbox, openMailbox } from '../support/mailbox.js';
import {
  acceptUntil,
  addColleague,
  decide,
  type Office,
  openDesk,
  openOffice,
  plainPdf,
  rejectWith,
  sendDocument,
  sendVersion,
} from '../support/office.js';
import { errorsOf, valueOf, words } from '../support/page.js';
import { addAccount, addType, join } from '../support/people.js';

/** Noon in Moscow. */
const NOON = new Date('2027-01-31T09:00:00Z');
const PATH = '/staff/documents';

let mailbox: Mailbox;
let house: OpenHouse;
let reviewer: Awaited<ReturnType<typeof openDesk>>;
let office: Office;
let type: DocumentTypeRow;

beforeAll(async () => {
  mailbox = await openMailbox();
  house = await openDoors({ smtpUrl: mailbox.url }, new Clock(NOON));
  office = await openOffice(house);
  type = await addType(house, {
    name: 'Полис страхования',
    term_months: 1,
    reasons: ['Нет подписи или печати', 'Срок меньше срока договора'],
  });
});
afterAll(async () => {
  await house?.close();
  await mailbox?.close();
});
beforeEach(async () => {
  house.clock.at = NOON;
  await db()('limits').delete();
  reviewer = await openDesk(house);
});

const db = () => house.parts.db;
const row = (id: string) => db()('documents').where({ id }).first();
const latest = async (id: string) =>
  (await db()('document_versions').where({ document_id: id }).orderBy('number', 'desc').first())!;
const audits = (id: string, action: string) => count(db(), 'audit', { subject_id: id, action });
const accept = (visitor: Visitor, id: string, day = '10.12.2027') =>
  decide(visitor, id, 'approval', { valid_until: day });
const reject = (visitor: Visitor, id: string, fields: Record<string, string | string[]>) =>
  decide(visitor, id, 'rejection', fields);

/** A document that waits in an otherwise empty queue. */
async function waiting(at: Office = office): Promise<string> {
  await emptyQueue();
  return sendDocument(house, at, type);
}
const emptyQueue = () =>
  db()('documents').where({ status: 'sent' }).whereNull('removed_at').update({ removed_at: NOON });

/** Everything that a decision would change, as it is. */
const state = () => dump(db(), 'limits', 'sessions');

describe('who may decide', () => {
  const fields = async (id: string) => {
    const version = await latest(id);
    const { sha256 } = (await db()('files').where({ id: version.file_id }).first())!;
    return { version: version.id, sha256, valid_until: '10.12.2027', words: 'Нет печати', reason: 'Ошибка' };
  };

  it.each([
    ['a tenant', 404, () => Promise.resolve(office.visitor)],
    [
      'the organisation’s administrator',
      404,
      async () => (await addColleague(house, office.organisation, ['administrator'])).visitor,
    ],
    [
      'staff without the role',
      403,
      async () => (await openDesk(house, ['operator', 'accountant', 'editor'])).visitor,
    ],
    ['nobody', 303, () => Promise.resolve(house.visitor())],
  ] as [string, number, () => Promise<Visitor>][])('%s may not: %i', async (_who, status, enter) => {
    const id = await waiting();
    const visitor = await enter();
    const page = await visitor.hidden(status === 303 ? '/auth/login' : '/profiles');
    const sent = await fields(id);
    const before = await state();
    for (const decision of ['approval', 'rejection', 'withdrawal']) {
      const answer = await visitor.post(`${PATH}/${id}/${decision}`, { ...page, ...sent });
      expect([answer.status, decision]).toEqual([status, decision]);
    }
    expect((await visitor.get(PATH)).status).toBe(status);
    expect(await state()).toEqual(before);
  });

  it('who lost the role in the middle of it may not', async () => {
    const id = await waiting();
    const page = { ...(await reviewer.visitor.hidden(`${PATH}/${id}`)), valid_until: '10.12.2027' };
    for (const [roles, status] of [
      [['operator'], 403],
      [[], 404],
    ] as const) {
      await db()('accounts')
        .where({ id: reviewer.account.id })
        .update({ staff_roles: [...roles] });
      expect((await reviewer.visitor.post(`${PATH}/${id}/approval`, page)).status).toBe(status);
    }
    expect(await row(id)).toMatchObject({ status: 'sent' });
  });

  it('no document that is none, and none that the tenant has removed', async () => {
    const id = await waiting();
    await rejectWith(reviewer.visitor, id, 'Нет печати');
    await office.visitor.submit(`${office.path}/${id}/removal`, {});
    const page = await reviewer.visitor.get(`${PATH}/${id}`);
    expect(words(page.text)).toContain('Арендатор удалил документ 31.01.2027 12:00.');
    const before = await state();
    const token = await reviewer.visitor.hidden(PATH);
    for (const which of [id, randomUUID()]) {
      const answer = await reviewer.visitor.post(`${PATH}/${which}/approval`, {
        ...token,
        ...(await fields(id)),
      });
      expect(answer.status).toBe(404);
    }
    expect((await reviewer.visitor.get(`${PATH}/${randomUUID()}`)).status).toBe(404);
    expect((await reviewer.visitor.get(`${PATH}/1`)).status).toBe(404);
    expect(await state()).toEqual(before);
  });
});

describe('what is refused', () => {
  it.each([
    ['', 'Укажите, до какого дня действует документ'],
    ['завтра', 'Укажите день, например 30.11.2027'],
    ['31.02.2027', 'Укажите день, например 30.11.2027'],
    ['2027-13-01', 'Укажите день, например 30.11.2027'],
    ['30.01.2027', 'Этот день уже прошёл. Укажите сегодняшний или будущий'],
    ['30.01.27', 'Этот день уже прошёл. Укажите сегодняшний или будущий'],
    ['10.12.0001', 'Этот день уже прошёл. Укажите сегодняшний или будущий'],
  ])('«Принять» until %j', async (typed, message) => {
    const id = await waiting();
    const before = await state();
    const answer = await accept(reviewer.visitor, id, typed);
    expect([answer.status, errorsOf(answer.text)]).toEqual([422, { valid_until: message }]);
    expect(valueOf(answer.text, 'valid_until')).toBe(typed);
    expect(answer.text).toContain('class="frame"');
    expect(await state()).toEqual(before);
  });

  it('«Принять» without a date, or without what was seen', async () => {
    const id = await waiting();
    const { valid_until: _, ...page } = {
      valid_until: '',
      ...(await reviewer.visitor.hidden(`${PATH}/${id}`)),
    };
    const before = await state();
    const post = (fields: Record<string, string>) =>
      reviewer.visitor.post(`${PATH}/${id}/approval`, { ...page, ...fields });
    expect(errorsOf((await post({})).text)).toEqual({
      valid_until: 'Укажите, до какого дня действует документ',
    });
    const unseen: Record<string, string>[] = [
      { version: '' },
      { version: 'x' },
      { sha256: '' },
      { sha256: 'x' },
    ];
    for (const seen of unseen) {
      const answer = await post({ valid_until: '10.12.2027', ...seen });
      expect(answer.status).toBe(422);
      expect(words(answer.text)).toContain('Откройте документ заново');
    }
    expect(await state()).toEqual(before);
  });

  it('today’s last second is today, the next one is yesterday’s', async () => {
    const id = await waiting();
    const page = { ...(await reviewer.visitor.hidden(`${PATH}/${id}`)), valid_until: '31.01.2027' };
    house.clock.at = new Date('2027-01-31T21:00:00Z');
    const late = await openDesk(house);
    const other = { ...page, ...(await late.visitor.hidden(PATH)) };
    expect((await late.visitor.post(`${PATH}/${id}/approval`, other)).status).toBe(422);
    house.clock.at = new Date('2027-01-31T20:59:59Z');
    expect((await late.visitor.post(`${PATH}/${id}/approval`, other)).status).toBe(303);
  });

  it('«Отклонить» without a reason, or with an endless one', async () => {
    const id = await waiting();
    const before = await state();
    for (const fields of [{}, { words: '  ' }, { reasons: '', words: '' }] as Record<string, string>[]) {
      const answer = await reject(reviewer.visitor, id, fields);
      expect(answer.status).toBe(422);
      expect(words(answer.text)).toContain('Выберите причину или опишите её словами');
    }
    const long = await reject(reviewer.visitor, id, {
      reasons: 'Нет подписи или печати',
      words: 'ы'.repeat(1001),
    });
    expect([long.status, errorsOf(long.text)]).toEqual([422, { words: 'Сократите до 1000 символов' }]);
    expect(long.text).toMatch(/value="Нет подписи или печати"[^>]* checked/);
    expect(long.text).toContain('ы'.repeat(1001));
    expect(await state()).toEqual(before);
  });
});

describe('a decision', () => {
  it('«Принять» takes the type’s term as a suggestion and the reviewer’s day as it is typed', async () => {
    const endless = await addType(house, { term_months: null });
    const without = await sendDocument(house, office, endless);
    expect(valueOf((await reviewer.visitor.get(`${PATH}/${without}`)).text, 'valid_until')).toBe('');
    for (const typed of ['28.02.2027', '2027-02-28', '28.2.27']) {
      const id = await waiting();
      expect(valueOf((await reviewer.visitor.get(`${PATH}/${id}`)).text, 'valid_until')).toBe('28.02.2027');
      const answer = await accept(reviewer.visitor, id, typed);
      expect([answer.status, answer.headers.location]).toEqual([303, PATH]);
      expect(words((await reviewer.visitor.get(PATH)).text)).toContain(
        'Документ «Полис страхования» принят, действителен до 28.02.2027. Больше документов в очереди нет.',
      );
      expect(await row(id)).toMatchObject({ status: 'accepted', valid_until: '2027-02-28' });
      const signed = { decided_by: reviewer.account.id, decided_at: NOON };
      expect(await latest(id)).toMatchObject({
        status: 'accepted',
        valid_until: '2027-02-28',
        reason: null,
        ...signed,
      });
    }
  });

  it('«Отклонить» joins ready-made reasons and words', async () => {
    const id = await waiting();
    const page = await reviewer.visitor.get(`${PATH}/${id}`);
    expect(
      [...page.text.matchAll(/<input[^>]*name="reasons"[^>]*value="([^"]*)"/g)].map(([, value]) => value),
    ).toEqual(type.reasons);
    const answer = await reject(reviewer.visitor, id, { reasons: type.reasons, words: 'См. страницу 2' });
    expect(answer.status).toBe(303);
    const reason = 'Нет подписи или печати. Срок меньше срока договора. См. страницу 2';
    expect(await latest(id)).toMatchObject({ status: 'rejected', reason, decided_by: reviewer.account.id });
    expect(words((await office.visitor.get(`${office.path}/${id}`)).text)).toContain(
      `Причина отказа ${reason}`,
    );
  });

  it('is told to exactly those who manage the organisation’s documents', async () => {
    const at = await openOffice(house, { name: 'ООО «Адресат»' });
    const administrator = await addColleague(house, at.organisation, ['administrator']);
    const both = await addColleague(house, at.organisation, ['documents', 'administrator']);
    for (const roles of [['observer'], ['requests', 'accounting', 'passes']] as const)
      await addColleague(house, at.organisation, [...roles]);
    const former = await addAccount(house);
    const ended = await join(house, former, at.organisation, ['documents']);
    await db()('memberships').where({ id: ended }).update({ ended_at: NOON });
    await join(house, await addAccount(house, { blocked_at: NOON }), at.organisation, ['documents']);
    await openOffice(house, { name: 'ООО «Посторонний»', roles: ['administrator'] });
    const expected = [at.account.email, administrator.account.email, both.account.email].sort();

    const steps: [() => Promise<unknown>, string, RegExp[]][] = [
      [
        () => rejectWith(reviewer.visitor, id, 'Нет печати'),
        'Документ отклонён: Полис страхования',
        [/«Полис страхования» \(ООО «Адресат»\) отклонён\./, /Причина: Нет печати/],
      ],
      [
        () => acceptUntil(reviewer.visitor, id, '10.12.2027'),
        'Документ принят: Полис страхования',
        [/принят\. Он действителен до 10\.12\.2027 включительно\./],
      ],
      [
        () => reviewer.visitor.submit(`${PATH}/${id}/withdrawal`, { reason: 'Не тот договор' }),
        'Документ снова на проверке: Полис страхования',
        [/отозвано, документ снова на проверке\./, /Причина: Не тот договор/],
      ],
    ];
    const id = await waiting(at);
    for (const [step, subject, said] of steps) {
      if ((await row(id))!.status === 'rejected') await sendVersion(at, id);
      await house.deliver();
      mailbox.letters.length = 0;
      await step();
      await house.deliver();
      expect(mailbox.letters.flatMap(({ to }) => to).sort()).toEqual(expected);
      for (const { mail, raw } of mailbox.letters) {
        expect(mail.subject).toBe(subject);
        expect(mail.text).toContain('Здравствуйте, Мария Сергеевна!');
        for (const words of said) {
          expect(mail.text!.replace(/\s+/g, ' ')).toMatch(words);
          expect(String(mail.html).replace(/\s+/g, ' ')).toMatch(words);
        }
        expect(mail.text).toContain(`http://localhost:3000/profiles/${at.organisation.id}/documents/${id}`);
        expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
      }
    }
  });

  it('leaves a row in the audit that nobody can change or remove', async () => {
    const id = await waiting();
    await acceptUntil(reviewer.visitor, id, '10.12.2027');
    const entries = await db()('audit').where({ subject_id: id, action: 'document.accepted' });
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      account_id: reviewer.account.id,
      organisation_id: office.organisation.id,
      at: NOON,
      details: { number: 1, valid_until: '2027-12-10' },
      ip: expect.stringMatching(/^10\./),
      request_id: expect.stringMatching(/^[\da-f-]{36}$/),
    });
    const before = await dump(db());
    const final = /audit rows are never changed/;
    await expect(db()('audit').where({ id: entries[0]!.id }).update({ action: 'x' })).rejects.toThrow(final);
    await expect(db()('audit').where({ id: entries[0]!.id }).delete()).rejects.toThrow(final);
    await expect(db()('audit').delete()).rejects.toThrow(final);
    await expect(db().raw('truncate audit')).rejects.toThrow(final);
    expect(await dump(db())).toEqual(before);
  });

  it('shows the document beside it, PDF and JPEG', async () => {
    const id = await waiting();
    const page = (await reviewer.visitor.get(`${PATH}/${id}`)).text;
    const frame = /<iframe class="frame" src="([^"]+)"/.exec(page)![1]!.replaceAll('&amp;', '&');
    const file = await reviewer.visitor.get(frame);
    expect([file.status, file.headers['content-disposition']]).toEqual([
      200,
      expect.stringMatching(/^inline; /),
    ]);
    expect(file.headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'self'");
    expect((await reviewer.visitor.get(`${PATH}/${id}/file`)).headers['content-disposition']).toMatch(
      /^attachment; /,
    );
    expect((await reviewer.visitor.get(`${PATH}/${id}/file?version=${randomUUID()}`)).status).toBe(404);
  });

  it('is inert, whatever is written into it', async () => {
    const evil = '<script>alert(1)</script>"\'><img src=x onerror=alert(1)>';
    const at = await openOffice(house, { name: `ООО ${evil}` });
    const named = await addType(house, { name: `Тип ${evil}`, reasons: [evil] });
    const id = await sendDocument(house, at, named, {
      comment: evil,
      file: { bytes: await plainPdf(), name: `${evil.replaceAll('/', '')}.pdf` },
    });
    await rejectWith(reviewer.visitor, id, evil);
    await sendVersion(at, id, evil);
    await acceptUntil(reviewer.visitor, id, '10.12.2027');
    await reviewer.visitor.submit(`${PATH}/${id}/withdrawal`, { reason: evil });
    const refused = await reject(reviewer.visitor, id, { reasons: evil, words: evil.repeat(30) });
    const pages = [
      refused,
      await reviewer.visitor.get(PATH),
      await reviewer.visitor.get(`${PATH}?search=${encodeURIComponent(evil)}`),
      await reviewer.visitor.get(`${PATH}/${id}`),
      await at.visitor.get(at.path),
      await at.visitor.get(`${at.path}/${id}`),
      await at.visitor.get(`${at.path}/${id}/edit`),
    ];
    for (const { status, text } of pages) {
      expect([200, 422]).toContain(status);
      expect(text).not.toMatch(/<script>alert|<img src=x|onerror=alert\(1\)>/);
      expect(text).toContain('&lt;script&gt;alert(1)');
    }
    mailbox.letters.length = 0;
    await house.deliver();
    const letters = mailbox.to(at.account.email);
    expect(letters.length).toBeGreaterThan(1);
    for (const { mail } of letters) {
      expect(String(mail.html)).not.toMatch(/<script|<img/);
      expect(mail.text).toContain(evil);
    }
  });
});

describe('who comes too late', () => {
  it('sees with 409 what has been decided, and by whom', async () => {
    const id = await waiting();
    const slow = await openDesk(house, ['reviewer'], 'Медленнова');
    const page = await slow.visitor.hidden(`${PATH}/${id}`);
    await acceptUntil(reviewer.visitor, id, '10.12.2027');
    const before = await state();
    const again = { ...page, valid_until: '11.12.2027', words: 'Нет печати' };
    for (const decision of ['approval', 'rejection']) {
      const answer = await slow.visitor.post(`${PATH}/${id}/${decision}`, again);
      expect(answer.status).toBe(409);
      const shown = words(answer.text);
      expect(shown).toContain(
        'Состояние изменилось. Документ уже принят, действителен до 10.12.2027. Решение: Проверяева Ольга.',
      );
      expect(shown).toContain('Ваше решение не записано.');
      expect(answer.text).not.toContain(`action="${PATH}/${id}/approval"`);
    }
    expect(await state()).toEqual(before);

    const other = await waiting();
    const stale = { ...(await slow.visitor.hidden(`${PATH}/${other}`)), valid_until: '11.12.2027' };
    await rejectWith(reviewer.visitor, other, 'Нет печати');
    const rejected = await slow.visitor.post(`${PATH}/${other}/approval`, stale);
    expect([rejected.status, words(rejected.text)]).toEqual([
      409,
      expect.stringContaining('Документ уже отклонён: Нет печати. Решение: Проверяева Ольга.'),
    ]);
  });

  it('sees with 409 the file that has come meanwhile, and can decide about it at once', async () => {
    const id = await waiting();
    const page = await reviewer.visitor.hidden(`${PATH}/${id}`);
    await office.visitor.upload(
      `${office.path}/${id}/edit`,
      { type_id: type.id, comment: 'Новее' },
      { bytes: await plainPdf(), name: 'new.pdf' },
    );
    const before = await state();
    const answer = await reviewer.visitor.post(`${PATH}/${id}/approval`, {
      ...page,
      valid_until: '10.12.2027',
    });
    expect(answer.status).toBe(409);
    expect(words(answer.text)).toContain(
      'Арендатор загрузил другую версию (2), она в статусе «Отправлен». Посмотрите её и решите заново.',
    );
    expect(await state()).toEqual(before);
    const fresh = {
      ...page,
      version: valueOf(answer.text, 'version')!,
      sha256: valueOf(answer.text, 'sha256')!,
    };
    expect(fresh.version).toBe((await latest(id)).id);
    expect(
      (await reviewer.visitor.post(`${PATH}/${id}/approval`, { ...fresh, valid_until: '10.12.2027' })).status,
    ).toBe(303);
  });

  it('decides nothing about bytes that he has not seen', async () => {
    const id = await waiting();
    const page = await reviewer.visitor.hidden(`${PATH}/${id}`);
    const answer = await reviewer.visitor.post(`${PATH}/${id}/approval`, {
      ...page,
      sha256: 'a'.repeat(64),
      valid_until: '10.12.2027',
    });
    expect(answer.status).toBe(409);
    expect(await row(id)).toMatchObject({ status: 'sent' });
  });

  it('is everybody but one of 50 who decide at once', { timeout: 60_000 }, async () => {
    const id = await waiting();
    const desks = [reviewer, await openDesk(house)];
    const pages = await Promise.all(desks.map(({ visitor }) => visitor.hidden(`${PATH}/${id}`)));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => {
        const fields = { ...pages[n % 2]!, valid_until: `1${n % 10}.12.2027`, words: `Причина ${n}` };
        return desks[n % 2]!.visitor.post(`${PATH}/${id}/${n % 3 ? 'approval' : 'rejection'}`, fields);
      }),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array<number>(49).fill(409)]);
    expect((await audits(id, 'document.accepted')) + (await audits(id, 'document.rejected'))).toBe(1);
    const letters = await db()('outbox').whereRaw("data ->> 'document' = ?", [id]);
    expect(letters.map(({ recipient }) => recipient).sort()).toEqual((await managers()).sort());
  });

  const managers = async () =>
    db()('memberships as m')
      .join('accounts as a', 'a.id', 'm.account_id')
      .where('m.organisation_id', office.organisation.id)
      .whereRaw("m.roles && '{documents,administrator}'")
      .pluck<string[]>('a.email');
});

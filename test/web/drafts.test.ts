import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buttonOnly } from '../../src/web/form.js';
import { forgetStale } from '../../src/web/drafts.data.js';
import { openCast, type Actor, type Cast } from '../support/cast.js';
import type { Client, Fields } from '../support/client.js';
import { keptFiles } from '../support/folders.js';
import { DAY, HOUR } from '../support/house.js';
import { controls } from '../support/markup.js';
import { words } from '../support/page.js';
import { asked, lines, sendForm, subjectOf, type Line, memberFor } from '../support/requests.js';
import { hashTables } from '../support/tables.js';

/** Nothing typed is lost when a sign-in runs out, and nothing is done twice when a form is sent twice. */

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast?.house.close());
beforeEach(() => cast.house.parts.db('drafts').delete());

const NOTICE = 'Введённый раньше текст сохранён.';
const db = () => cast.house.parts.db;
const drafts = () => db()('drafts').select('account_id', 'path', 'fields');
/** What waits at this address; the texts of other forms of its page may go on waiting at theirs. */
const draftOf = async (path: string) => (await drafts()).find((one) => one.path === path);
const file = () => ({ bytes: cast.pdf, name: 'Полис.pdf' });

/** Opens the form, lets the sign-in run out, sends it. */
async function sendLate(
  client: Client,
  line: Pick<Line, 'route'>,
  path: string,
  fields: Fields,
  withFile = false,
) {
  const all = { ...(await client.hidden(path)), ...fields };
  cast.house.clock.move(13 * HOUR);
  return sendForm(client, line, path, all, withFile ? file() : null);
}

/** What somebody would have typed, by the name of one of the page's fields. */
const TYPED: Record<string, Fields | (() => Fields)> = {
  comment: { comment: 'Набирали <b>долго</b> & "тщательно"\nв две строки' },
  site: () => ({ site: `Двор «${randomUUID()}»`, caption: 'Въезд <b>с улицы</b> & "двора"' }),
  words: { words: 'Нет печати на последней странице' },
  reason: { reason: 'Приняли не тот' },
  valid_until: { valid_until: '1.2.2099' },
  email: () => ({ email: `colleague-${randomUUID()}@tenant.test` }),
  sees_all: { roles: 'passes', sees_all: 'on' },
  address: () => ({ name: `Центр «${randomUUID()}»`, address: 'Москва, ул. Усачёва, 33' }),
  number: () => ({ number: `Д-${randomUUID()}` }),
  ends_on: { ends_on: '31.12.2099' },
  room: { room: '2 этаж, помещение 2-14', area: '96,8' },
  title: { title: 'Закрытие прохода «КПП № 2»' },
  why: { why: 'Возврат <b>депозита</b>' },
  text: { text: 'Первый абзац\n\nВторой <i>абзац</i>' },
  term_months: () => ({
    name: `Справка «о ${randomUUID()}»`,
    term_months: '7',
    reasons: 'Одна\nДругая',
    position: '42',
    required: 'on',
  }),
};

const forms = lines().filter(
  ({ method, section, route }) =>
    method === 'POST' &&
    route.kind === 'form' &&
    ['profile', 'staff'].includes(section.area) &&
    // Where there is only a button, nothing is typed.
    !/\/(removal|publication|outside|issue|application)$/.test(route.path) &&
    route.schema !== buttonOnly,
);

describe.each(forms.map((line) => [line.key, line] as const))('%s', (key, line) => {
  it('comes back with what was typed after signing in again, and is forgotten when it is saved', async () => {
    const actor: Actor = line.section.area === 'staff' ? 'chief' : memberFor(line);
    const client = await cast.enter(actor);
    const subject = await subjectOf(cast, line, { decider: actor });
    const { path, fields, file: sent } = asked(cast, line, subject);
    const names = Object.keys(controls((await client.get(path)).text));
    const typed: Fields = Object.assign(
      {},
      ...names.map((name) => (typeof TYPED[name] === 'function' ? TYPED[name]() : TYPED[name])),
    );
    const before = await hashTables(db(), ['drafts']);

    const late = await sendLate(
      client,
      line,
      path,
      { ...fields, ...typed, password: 'тайна', robot_task: 'x' },
      true,
    );
    expect([late.status, late.to]).toEqual([303, `/auth/login?next=${encodeURIComponent(path)}&kept`]);
    expect(await hashTables(db(), ['drafts'])).toEqual(before);
    const kept = await draftOf(path);
    expect(kept).toMatchObject({ account_id: cast.accounts[actor].id, path, fields: typed });
    expect(JSON.stringify(kept.fields)).not.toMatch(/тайна|_csrf|_once|robot|PDF/);

    const sign = await client.get(late.to);
    expect(words(sign.text)).toContain('Введённый в форму текст вернётся.');
    await client.signIn(cast.accounts[actor].email);
    const page = await client.get(path);
    expect(words(page.text)).toContain(NOTICE);
    const shown = controls(page.text);
    for (const [name, value] of Object.entries(typed)) expect(shown[name], name).toEqual([value]);
    // It has not been sent by itself.
    expect(
      await db()('documents')
        .where({ status: 'sent' })
        .whereNot({ id: subject.document })
        .where('sent_at', '>', cast.house.clock.at),
    ).toEqual([]);

    const saved = await sendForm(
      client,
      line,
      path,
      { ...(await client.hidden(path)), ...fields, ...typed },
      sent,
    );
    expect(saved.status, key).toBe(303);
    expect(await draftOf(path)).toBeUndefined();
  });
});

describe('what was typed', () => {
  const path = () => `/profiles/${cast.own.id}/documents/new`;
  const line = lines().find(({ key }) => key === 'POST /profiles/:organisation/documents/new')!;
  const typed = { comment: 'Только моё' };

  it('is shown to nobody else, on the same computer or another', async () => {
    const client = await cast.enter('documents');
    await sendLate(client, line, path(), typed);
    await client.signIn(cast.accounts.head.email);
    for (const other of [client, await cast.enter('head')]) {
      const { text, status } = await other.get(path());
      expect(status).toBe(200);
      expect(text).not.toMatch(/Только моё|Введённый раньше/);
    }
    expect(await drafts()).toHaveLength(1);
  });

  it('is shown on no other page', async () => {
    await sendLate(await cast.enter('documents'), line, path(), typed);
    const client = await cast.enter('documents');
    const { id } = await cast.paper(cast.own, 'sent');
    for (const other of [
      `/profiles/${cast.own.id}/documents`,
      `/profiles/${cast.own.id}/documents/${id}/edit`,
      '/profiles',
    ]) {
      expect((await client.get(other)).text).not.toMatch(/Только моё|Введённый раньше/);
    }
  });

  it.each<[string, (client: Client) => Promise<Fields>]>([
    ['a made-up token', () => Promise.resolve({ _csrf: 'x'.repeat(36) })],
    ['none', () => Promise.resolve({ _csrf: '' })],
    ["another session's", async () => ({ _csrf: await cast.actors.head.csrf() })],
  ])('is not kept with %s', async (_what, forged) => {
    const client = await cast.enter('documents');
    const reply = await sendLate(client, line, path(), { ...typed, ...(await forged(client)) });
    expect(reply.status).toBe(403);
    expect(await drafts()).toEqual([]);
  });

  it('is not kept where nobody was signed in, or the session is gone for good, and its writer is told', async () => {
    const nobody = await cast.enter('nobody');
    const login = `/auth/login?next=${encodeURIComponent(path())}&lost`;
    expect((await sendForm(nobody, line, path(), { _csrf: await nobody.csrf(), ...typed }, null)).to).toBe(
      login,
    );
    expect(words((await nobody.get(login)).text)).toContain('Форма не отправлена');
    const wrong = await nobody.post('/auth/login?lost', {
      _csrf: await nobody.csrf(),
      email: 'x@cast.test',
      password: 'мимо',
      next: path(),
    });
    expect(words(wrong.text)).toContain('Форма не отправлена');
    const client = await cast.enter('documents');
    const all = { ...(await client.hidden(path())), ...typed };
    cast.house.clock.move(2 * DAY);
    await forgetStale(db(), cast.house.clock.at);
    expect((await sendForm(client, line, path(), all, null)).to).toBe(login);
    expect(await drafts()).toEqual([]);
  });

  it('stays while the form does not pass, and goes after a day', async () => {
    await sendLate(await cast.enter('documents'), line, path(), typed);
    const client = await cast.enter('documents');
    expect((await client.upload(path(), { ...(await client.hidden(path())), ...typed }, null)).status).toBe(
      422,
    );
    expect(words((await client.get(path())).text)).toContain(NOTICE);
    await forgetStale(db(), new Date(cast.house.clock.at.getTime() + DAY + 1));
    expect(await drafts()).toEqual([]);
  });

  it('of a box that was unticked is that it was unticked', async () => {
    const kind = lines().find(({ key }) => key === 'POST /staff/document-types/:type')!;
    const address = `/staff/document-types/${cast.type.id}`;
    await db()('document_types').where({ id: cast.type.id }).update({ required: true });
    await sendLate(await cast.enter('chief'), kind, address, { name: 'Другое имя' });
    const { text } = await (await cast.enter('chief')).get(address);
    expect(controls(text)).toMatchObject({ name: ['Другое имя'] });
    expect(controls(text).required).toBeUndefined();
  });

  it('is nothing where only a button was pressed', async () => {
    const client = await cast.enter('documents');
    const fields = { _csrf: await client.csrf() };
    cast.house.clock.move(13 * HOUR);
    expect((await client.post('/auth/logout', fields)).to).toBe('/auth/login?next=%2F');
    expect(await draftOf('/auth/logout')).toBeUndefined();
  });
});

describe('the same form sent 20 times at once', () => {
  const documents = () => `/profiles/${cast.own.id}/documents`;
  const count = async (table: string) => Number((await db()(table).count({ n: '*' }).first())!.n);
  const twenty = <T>(work: (n: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 20 }, (_, n) => work(n)));
  /** Twenty windows with one and the same filled-in form. */
  async function sendAll(actor: Actor, page: string, fields: Fields, withFile: boolean) {
    const client = await cast.enter(actor);
    const all = { ...(await client.hidden(page)), ...fields };
    return twenty(() => (withFile ? client.fork().upload(page, all, file()) : client.fork().post(page, all)));
  }
  const expectAlike = (replies: { status: number; to: string }[]) =>
    expect(new Set(replies.map(({ status, to }) => `${status} ${to}`))).toEqual(
      new Set([`303 ${documents()}`]),
    );

  it('makes one document', { timeout: 60_000 }, async () => {
    const before = [await count('documents'), await count('files'), await count('audit')];
    expectAlike(
      await sendAll('documents', `${documents()}/new`, { type_id: cast.type.id, comment: '' }, true),
    );
    // One sign-in and one document stand in the audit.
    expect([await count('documents'), await count('files'), await count('audit')]).toEqual([
      before[0]! + 1,
      before[1]! + 1,
      before[2]! + 2,
    ]);
    expect((await keptFiles(cast.house)).filter((path) => path.includes('incoming'))).toEqual([]);
  });

  it.each([
    ['edit', 'sent', false],
    ['version', 'accepted', true],
    ['removal', 'rejected', false],
  ] as const)('changes a document once: %s', { timeout: 60_000 }, async (action, status, withFile) => {
    const { id } = await cast.paper(cast.own, status);
    const before = await count('audit');
    const fields: Record<string, string> = action === 'edit' ? { type_id: cast.type.id, comment: '' } : {};
    expectAlike(await sendAll('documents', `${documents()}/${id}/${action}`, fields, withFile));
    expect(await count('audit')).toBe(before + 2);
    expect(await db()('document_versions').where({ document_id: id })).toHaveLength(
      action === 'removal' ? 1 : 2,
    );
  });

  it('decides once; the others are told what it is now', async () => {
    const { id, version, sha256 } = await cast.paper(cast.own, 'sent');
    const client = await cast.enter('reviewer');
    const fields = {
      ...(await client.hidden(`/staff/documents/${id}`)),
      version,
      sha256,
      valid_until: '30.11.2098',
    };
    const replies = await twenty(() => client.fork().post(`/staff/documents/${id}/approval`, fields));
    expect(replies.map(({ status }) => status).sort()).toEqual([303, ...Array<number>(19).fill(409)]);
    for (const { status, text } of replies)
      if (status === 409) expect(words(text)).toContain('Документ уже принят');
    expect(await db()('audit').where({ subject_id: id })).toHaveLength(1);
  });

  it('makes one document type', async () => {
    const client = await cast.enter('chief');
    const fields = { ...(await client.hidden('/staff/document-types/new')), name: `Тип ${randomUUID()}` };
    const replies = await twenty(() => client.fork().post('/staff/document-types/new', fields));
    expect(new Set(replies.map(({ status, to }) => `${status} ${to}`))).toEqual(
      new Set(['303 /staff/document-types']),
    );
    expect(await db()('document_types').where({ name: fields.name })).toHaveLength(1);
  });

  it('makes one document type of twenty people who thought of the same name', async () => {
    const client = await cast.enter('chief');
    const name = `Тип ${randomUUID()}`;
    const fields = { _csrf: await client.csrf() };
    const replies = await twenty((n) =>
      client.fork().post('/staff/document-types/new', {
        ...fields,
        _once: randomUUID(),
        name: n % 2 ? name : name.toUpperCase(),
      }),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([303, ...Array<number>(19).fill(422)]);
    expect(await db()('document_types').whereRaw('lower(name) = lower(?)', [name])).toHaveLength(1);
  });

  it('registers once', async () => {
    const client = await cast.enter('nobody');
    const email = `${randomUUID()}@cast.test`;
    const person = {
      email,
      surname: 'Новая',
      name: 'Анна',
      password: 'Скрепка-и-лист-2026',
      password_again: 'Скрепка-и-лист-2026',
      consent: 'on',
    };
    const fields = { ...(await client.hidden('/auth/register')), ...person };
    const replies = await twenty(() => client.fork().post('/auth/register', fields));
    expect(new Set(replies.map(({ status, to }) => `${status} ${to}`))).toEqual(
      new Set(['303 /auth/register/done']),
    );
    expect(await db()('registrations').where({ email })).toHaveLength(1);
    expect(await db()('outbox').where({ recipient: email })).toHaveLength(1);
    expect(await db()('consents').where({ email })).toHaveLength(1);
  });
});

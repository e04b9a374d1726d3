import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { openDesk } from '../support/office.js';
import { errorsOf, linksOf, valueOf, words } from '../support/page.js';
import { openParties, suggestion, type Parties } from '../support/parties.js';
import { freshInn } from '../support/register.js';
import type { Answer } from '../support/stand-in.js';

const NEW = '/staff/organisations/new';

let parties: Parties;
let house: OpenHouse;
let desk: Awaited<ReturnType<typeof openDesk>>;
beforeAll(async () => {
  parties = await openParties();
  house = await openDoors({ dadata: { ...parties.config, timeoutMs: 300 } });
  desk = await openDesk(house, ['administrator']);
});
afterAll(async () => {
  await house?.close();
  await parties?.close();
});
const known = (...suggestions: unknown[]) => ({ body: JSON.stringify({ suggestions }) });
beforeEach(() => {
  parties.asked.length = parties.raw.length = 0;
});

const lookUp = (inn: string, more = {}) => desk.visitor.submit(NEW, { inn, ...more }, `${NEW}/lookup`);
const lookups = () => house.parts.db('party_lookups');

describe('«Заполнить по ИНН»', () => {
  it('asks for the ИНН alone and fills the form in; nothing is added by it', async () => {
    const inn = freshInn();
    parties.answer = () => known(suggestion(inn));
    const answer = await lookUp(` ${inn.slice(0, 4)} ${inn.slice(4)}`, {
      name: 'Черновик',
      external_id: 'Т-77',
    });
    expect(answer.status).toBe(303);
    expect(parties.asked).toEqual([
      { method: 'POST', path: '/suggestions/api/4_1/rs/findById/party', fields: expect.anything() },
    ]);
    expect(parties.raw[0]!.headers.authorization).toBe('Token key-of-the-tests');
    expect(JSON.parse(parties.raw[0]!.body)).toEqual({ query: inn, count: 20 });
    const { text } = await desk.visitor.get(answer.headers.location!);
    const filled = ['inn', 'kpp', 'name', 'address', 'external_id'].map((name) => valueOf(text, name));
    expect(filled).toEqual([inn, '770401001', 'ООО «Найдена»', 'г Москва, ул Усачёва, д 33', 'Т-77']);
    expect(await house.parts.db('organisations').where({ inn })).toEqual([]);
    // Another's look-up fills nothing in.
    const other = await openDesk(house, ['administrator']);
    expect(valueOf((await other.visitor.get(answer.headers.location!)).text, 'inn')).toBe('');
  });

  it('lets choose between several КПП', async () => {
    const inn = freshInn();
    parties.answer = () =>
      known(suggestion(inn), suggestion(inn, { kpp: '997950001', address: { value: 'Тверь' } }));
    const answer = await lookUp(inn);
    const { text } = await desk.visitor.get(answer.headers.location!);
    expect([valueOf(text, 'inn'), valueOf(text, 'kpp')]).toEqual([inn, '']);
    const chosen = await desk.visitor.get(linksOf(text)['Выбрать: КПП 997950001 · Тверь']!);
    expect(valueOf(chosen.text, 'kpp')).toBe('997950001');
    expect(words(chosen.text)).toContain('Выбран');
  });

  it('tells of an organisation that is no more', async () => {
    const inn = freshInn();
    parties.answer = () => known(suggestion(inn, { state: { status: 'LIQUIDATED' } }));
    const { text } = await desk.visitor.get((await lookUp(inn)).headers.location!);
    expect(words(text)).toContain('прекратила деятельность');
  });

  it.each<[string, Answer, RegExp]>([
    ['an unknown ИНН', known(), /Такого ИНН нет/],
    ['a wrong key', { status: 401, body: '' }, /не принял ключ/],
    ['an empty quota', { status: 403, body: '' }, /на сегодня закончились/],
    ['too much at once', { status: 429, body: '' }, /просит подождать/],
    ['a broken server', { status: 500, body: 'oops' }, /не отвечает/],
    ['a redirect', { status: 302, body: '', headers: { Location: 'http://127.0.0.1:9/' } }, /не отвечает/],
    ['rubbish', { body: '<html>' }, /не отвечает/],
    ['something else', { body: '{"suggestions":[{"value":1,"data":{"inn":[]}}]}' }, /не отвечает/],
    ['another ИНН than asked for', known(suggestion('7704374968')), /не отвечает/],
    ['half an answer', 'break', /не отвечает/],
    ['nothing in time', 'hang', /не отвечает/],
  ])('says what to do after %s, and keeps what was typed', async (_what, said, message) => {
    parties.answer = () => said;
    const before = await lookups().count();
    const answer = await lookUp(freshInn(), { name: 'ООО «Руками»', address: 'Москва' });
    expect([answer.status, errorsOf(answer.text).inn]).toEqual([422, expect.stringMatching(message)]);
    expect([valueOf(answer.text, 'name'), valueOf(answer.text, 'address')]).toEqual([
      'ООО «Руками»',
      'Москва',
    ]);
    expect(await lookups().count()).toEqual(before);
  });

  it.each(['@127.0.0.1/', 'http://127.0.0.1/', '7704374967', '0000000000', '', '٧٧٠٤٣٧٤٩٦٨'])(
    'asks nobody about «%s»',
    async (inn) => {
      expect((await lookUp(inn)).status).toBe(422);
      expect(parties.asked).toEqual([]);
    },
  );

  it('forgets what is older than a day', async () => {
    const inn = freshInn();
    parties.answer = () => known(suggestion(inn));
    const { location } = (await lookUp(inn)).headers;
    house.clock.move(25 * 3_600_000);
    const { visitor } = desk;
    await visitor.signIn(desk.account.email);
    expect(valueOf((await visitor.get(location!)).text, 'inn')).toBe('');
    await lookUp(inn);
    expect(await lookups().where({ account_id: desk.account.id })).toHaveLength(1);
    expect((await visitor.get(`${NEW}?lookup=${randomUUID()}`)).status).toBe(200);
  });
});

describe('without a key', () => {
  it('there is no button, and its address says so', async () => {
    const bare = await openDoors({ dadata: null });
    try {
      const { visitor } = await openDesk(bare, ['administrator']);
      expect((await visitor.get(NEW)).text).not.toContain('Заполнить по ИНН');
      const answer = await visitor.submit(NEW, { inn: freshInn() }, `${NEW}/lookup`);
      expect(errorsOf(answer.text)).toEqual({ inn: 'Справочник не подключён. Заполните поля сами' });
    } finally {
      await bare.close();
    }
  });

  it('an address makes no sense, and http none in production', () => {
    expect(() => readConfig({ DADATA_URL: 'https://dadata.example' })).toThrow(ConfigError);
    const production = { NODE_ENV: 'production', DADATA_KEY: 'k', DADATA_URL: 'http://dadata.example' };
    expect(() => readConfig(production)).toThrow('DADATA_URL: must be https in production');
    expect(readConfig({ NODE_ENV: 'test' }).dadata).toBeNull();
  });
});

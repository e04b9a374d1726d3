import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTexts, END, HIT } from '../../src/domain/help/help.data.js';
import { templateOf } from '../../src/sections/help-chapters.js';
import { fold, readTexts } from '../../src/sections/help-texts.js';
import { CHAPTERS, HELP } from '../../src/sections/public/help.chapters.js';
import { STAFF_HELP } from '../../src/sections/staff/help.chapters.js';
import { Client, percent } from '../support/client.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { ownLinks, tags } from '../support/markup.js';
import { linksOf, words } from '../support/page.js';
import { addAccount } from '../support/people.js';

let house: OpenHouse;
let visitor: Client;
beforeAll(async () => {
  house = await openDoors();
  visitor = new Client(house.address);
});
afterAll(() => house?.close());

const search = async (query: string) => {
  const { status, text } = await visitor.get(`/help?search=${percent(query)}`);
  expect(status, query).toBe(200);
  return text;
};
const found = (html: string) =>
  ownLinks(html.split('class="card guide found"')[1] ?? '').filter((href) => href.startsWith('/help/'));
const hits = (html: string) => [...html.matchAll(/<mark>([^<]*)<\/mark>/g)].map(([, text]) => text!);

describe('the chapters', () => {
  it('are all on the first page, in their order, with the search', async () => {
    const { text } = await visitor.get('/help');
    const links = ownLinks(text).filter((href) => href.startsWith('/help/'));
    expect(links).toEqual(CHAPTERS.map(({ address }) => `/help/${address}`));
    expect(text).toContain('<form class="filter text" method="get" action="/help" role="search">');
  });

  it('lead to the one before, the one after and back to the first page', async () => {
    for (const [at, { address, title }] of CHAPTERS.entries()) {
      const { text } = await visitor.get(`/help/${address}`);
      expect(text).toContain(`<h1 class="h1">${title}</h1>`);
      const turn = ownLinks(/<nav class="pages turn text"[\s\S]*?<\/nav>/.exec(text)![0]);
      const around = [CHAPTERS[at - 1], CHAPTERS[at + 1]].filter((one) => one !== undefined);
      expect(turn).toEqual(around.map((one) => `/help/${one.address}`));
      expect(ownLinks(/<nav class="crumbs"[\s\S]*?<\/nav>/.exec(text)![0])).toEqual(['/help']);
    }
  });

  it('lead to the screen where one does it, if it is open to who reads', async () => {
    const account = await addAccount(house, { email: 'reader@help.test' });
    const reader = await new Client(house.address).signIn(account.email);
    const links = async (client: Client, address: string) =>
      linksOf((await client.get(`/help/${address}`)).text);
    expect((await links(reader, 'personal'))['Открыть «Личные данные»']).toBe('/desktop/personal');
    expect(await links(visitor, 'personal')).not.toHaveProperty('Открыть «Личные данные»');
    expect((await links(visitor, 'registration'))['Перейти к регистрации']).toBe('/auth/register');
    expect(await links(reader, 'registration')).not.toHaveProperty('Перейти к регистрации');
  });
});

describe('the search', () => {
  it.each([
    ['документов', '/help/documents'],
    ['загрузить документы', '/help/documents'],
    ['отклонен', '/help/statuses'],
    ['ОТКЛОНЁННЫЙ', '/help/statuses'],
    ['забыли пароль', '/help/recovery'],
    ['сменить пароль', '/help/password'],
    ['смс', '/help/recovery'],
    ['sms', '/help/recovery'],
    ['"обязательные документы"', '/help/documents'],
    ['internet explorer', '/help/browsers'],
    ['отозвать заявку', '/help/service'],
    ['протечка', '/help/service'],
    ['создать обращение', '/help/messages'],
  ])('«%s» finds %s in whatever form the word is', async (query, chapter) => {
    const page = await search(query);
    expect(found(page)).toContain(chapter);
    expect(hits(page).length).toBeGreaterThan(0);
    expect(page).not.toContain('ничего не нашлось');
  });

  it('puts first the chapter that has the word in its title', async () => {
    expect(found(await search('статусы документов'))[0]).toBe('/help/statuses');
    expect(found(await search('регистрация'))[0]).toBe('/help/registration');
  });

  it('marks the words as they stand in the text, with their «ё»', async () => {
    expect(hits(await search('отклонен'))).toContain('Отклонён');
  });

  it.each([
    ['докумнеты', '/help/documents', 'документы'],
    ['пороль', '/help/password', 'пароль'],
    ['регистрацыя', '/help/registration', 'регистрация'],
    ['востановление доступа', '/help/recovery', 'восстановление доступа'],
    ['ljrevtyn', '/help/documents', 'документ'],
    ['загружать документы', '/help/documents', 'загрузить документы'],
    [',hfepth', '/help/browsers', 'браузер'],
  ])('«%s», a slip of the hand, finds %s and says so', async (query, chapter, meant) => {
    const page = await search(query);
    expect(found(page)).toContain(chapter);
    expect(words(page)).toContain(`По запросу «${query}» ничего не нашлось. Показано похожее.`);
    expect(words(page)).toContain(`По запросу «${meant}»`);
  });

  it('falls back on any of the words', async () => {
    expect(found(await search('документ динозавр'))).toContain('/help/documents');
  });

  it('says plainly that nothing was found, and whom to ask', async () => {
    const page = await search('криптозавр');
    expect(found(page)).toEqual([]);
    expect(words(page)).toContain('По запросу «криптозавр» ничего не нашлось');
    expect(page).toContain('mailto:my@spektrpm.ru');
    expect(page).toContain('value="криптозавр"');
  });

  it('without words is the first page', async () => {
    for (const query of ['', '  ', '\0', '%']) {
      const { status, text } = await visitor.get(`/help?search=${query === '%' ? '' : percent(query)}`);
      expect([status, words(text).includes('Доступ к кабинету')]).toEqual([200, true]);
    }
  });

  it.each([
    '<script>alert(1)</script>',
    '<mark>документ',
    '"><img src=x>',
    "документ' or 1=1 --",
    "'); drop table accounts; --",
    '\0документ\0',
    '\ud800документ',
    '& | ! ( ) : * <-> \\',
    '"незакрытая',
    '-документ',
    'or or or',
    'и в на не',
    `${HIT}документ${END}`,
    '😀'.repeat(100),
    'ы'.repeat(1_000),
    '$1 :query ?? ?',
    '../../etc/passwd',
  ])('takes %j for the words that they are', async (query) => {
    const page = await search(query);
    const foreign = tags(page).filter(
      ({ name, attributes }) =>
        (name === 'img' && attributes.src === 'x') || (name === 'script' && !attributes.src),
    );
    expect(foreign).toEqual([]);
  });

  it('looks for a hundred characters at most', async () => {
    const page = await search(`документ ${'щ'.repeat(500)}`);
    const kept = tags(page).find(({ attributes }) => attributes.name === 'search')!.attributes.value!;
    expect([kept.length, kept.startsWith('документ щ')]).toEqual([100, true]);
  });

  it('is shown to nobody broken, whatever is typed', async () => {
    const signs = fc.string({ unit: 'binary', maxLength: 150 });
    await fc.assert(
      fc.asyncProperty(signs, async (query) => {
        expect((await visitor.get(`/help?search=${percent(query)}`)).status).toBe(200);
      }),
      { numRuns: 60 },
    );
  });
});

it('a marked copy is the text letter by letter, so that the marks can be carried over', async () => {
  const all = [HELP, STAFF_HELP].flatMap((help) =>
    help.groups.flatMap(({ chapters }) =>
      chapters.map((chapter) => ({ ...chapter, template: templateOf(help, chapter) })),
    ),
  );
  const texts = readTexts(all).texts.map(({ title, body }) => ({ title: fold(title), body: fold(body) }));
  const marked = await findTexts(house.parts.db, texts, 'документ or пароль or адрес or нажмите or журнал');
  expect(marked.length).toBe(texts.length);
  const clean = (text: string) => text.replaceAll(HIT, '').replaceAll(END, '');
  for (const { at, title, body } of marked) {
    expect(clean(title)).toBe(texts[at]!.title);
    expect(clean(body)).toBe(texts[at]!.body);
  }
});

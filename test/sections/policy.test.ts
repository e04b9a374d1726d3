import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSENT, CONSENT_TEXTS } from '../../src/domain/people/consent.js';
import { ROOT } from '../../src/lib/places.js';
import { standings } from '../../src/sections/public/editions.js';
import { POLICY } from '../../src/sections/public/policy.routes.js';
import { compileTemplates } from '../../src/lib/templates.js';
import { day } from '../../src/lib/dates.js';
import { Client } from '../support/client.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { linksOf, words } from '../support/page.js';

let house: OpenHouse;
let visitor: Client;
beforeAll(async () => {
  house = await openDoors();
  visitor = new Client(house.address);
});
afterAll(() => house?.close());

const read = async (path: string) => {
  const { status, text } = await visitor.get(path);
  expect(status, path).toBe(200);
  return text;
};

/** Editions that nobody has published. */
const MADE_UP = [
  { date: '2031-02-10', from: '2031-03-01' },
  { date: '2029-06-01', from: '2029-06-15' },
  { date: '2027-01-01', from: '2027-01-01' },
];

describe('an edition', () => {
  const states = (today: string) => standings(MADE_UP, today).map(({ state, until }) => [state, until]);
  const ahead = ['ahead', null];
  const now = ['now', null];

  it('is in force from its first day until the day before the next one is', () => {
    expect(states('2031-03-01')).toEqual([now, ['before', '2031-02-28'], ['before', '2029-06-14']]);
    expect(states('2031-02-28')).toEqual([ahead, now, ['before', '2029-06-14']]);
    expect(states('2029-06-14')).toEqual([ahead, ahead, now]);
  });

  it('is the first one while none is in force yet', () => {
    expect(states('2026-12-31')).toEqual([ahead, ahead, now]);
  });

  it('that is over says until when it held, and the one in force lists it', () => {
    const render = compileTemplates(join(ROOT, 'views'), { day });
    const all = standings(MADE_UP, '2031-03-01').map((one) => ({
      ...one,
      href: `/policy/${one.edition.date}`,
    }));
    const show = (at: number, earlier = all.slice(at + 1)) =>
      render('public/policy/edition', {
        title: 'Политика',
        lead: null,
        shown: all[at],
        current: { href: '/policy' },
        earlier,
        template: 'public/policy/consent',
        wording: { paragraphs: ['Текст'] },
        beside: { label: 'Согласие', href: '/policy/consent' },
      });
    expect(words(show(0))).toContain('Редакция от 10.02.2031, действует с 01.03.2031');
    expect(words(show(0))).toContain('Редакция от 01.06.2029, действовала с 15.06.2029 по 28.02.2031');
    expect(linksOf(show(0))['Редакция от 01.01.2027']).toBe('/policy/2027-01-01');
    expect(words(show(2, []))).toContain(
      'Прежняя редакция от 01.01.2027. Действовала с 01.01.2027 по 14.06.2029.',
    );
    expect(linksOf(show(2, []))['Действующая редакция']).toBe('/policy');
  });
});

describe('what is published', () => {
  it.each([
    ['the policy', POLICY.map(({ from }) => from)],
    ['the consent', CONSENT_TEXTS.map(({ version }) => version)],
  ])('%s stands with the newest first, each of a day of its own', (_which, days) => {
    expect(days.length).toBeGreaterThan(0);
    expect(days).toEqual([...new Set(days)].sort().reverse());
  });

  it('every edition of the policy has its text', () => {
    for (const { date } of POLICY)
      expect(existsSync(join(ROOT, `views/public/policy/${date}.ejs`)), date).toBe(true);
  });

  it('a consent that people have given is kept to the letter', () => {
    expect([CONSENT.version, CONSENT.sha256]).toEqual([
      '2026-11-24',
      '2f07cca931651d2d421150d9d042ea46a139fcdf6a995d5602f1210506675593',
    ]);
  });
});

it.each([
  ['/policy', 'Политика обработки персональных данных'],
  ['/policy/consent', 'Согласие на обработку персональных данных'],
])(
  '%s shows the edition in force, with its day, and has it at an address of its own',
  async (path, title) => {
    const now = await read(path);
    expect(words(now)).toContain(title);
    expect(words(now)).toContain('Редакция от 24.11.2026, действует с 24.11.2026');
    const text = (html: string) => words(/<div class="card text">[\s\S]*?<\/div>/.exec(html)![0]);
    expect(text(await read(`${path}/2026-11-24`))).toBe(text(now));
    // One edition has no earlier ones.
    expect(now).not.toContain('Предыдущие редакции');
    expect((await visitor.get(`${path}/2020-01-01`)).status).toBe(404);
  },
);

import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { openDesk, openOffice } from '../support/office.js';
import { linksOf, words } from '../support/page.js';
import { addScheme } from '../support/schemes.js';

const PASSES = { href: 'https://passes.company.test/', host: 'passes.company.test' };
const BUTTON = 'Перейти к заказу пропусков';

let house: OpenHouse;
let bare: OpenHouse;
beforeAll(async () => {
  house = await openDoors({ outside: { requests: null, passes: PASSES } });
  bare = await openDoors();
});
afterAll(() => Promise.all([house?.close(), bare?.close()]));
afterEach(() => house.parts.db('parking_schemes').delete());

const office = async (roles: Parameters<typeof openOffice>[1] = { roles: ['passes'] }, at = house) => {
  const opened = await openOffice(at, roles);
  return { ...opened, passes: `/profiles/${opened.organisation.id}/passes` };
};

describe('«Гостевые пропуска»', () => {
  it.each([
    ['documents', 403],
    ['requests', 403],
    ['accounting', 403],
    ['passes', 200],
    ['observer', 200],
    ['administrator', 200],
  ] as const)('%s: %i, in the menu and below it alike', async (role, status) => {
    const { id } = await addScheme(house);
    const { visitor, passes, organisation } = await office({ roles: [role] });
    for (const path of ['', '/outside', `/${id}`, `/${id}/picture`, `/${id}/picture?inline`])
      expect((await visitor.get(passes + path)).status, path).toBe(status);
    const menu = (await visitor.get(`/profiles/${organisation.id}/information`)).text;
    expect(linksOf(menu)['Гостевые пропуска']).toBe(status === 200 ? passes : undefined);
  });

  it('of another organisation are like those of none, for tenants and the staff', async () => {
    const { id } = await addScheme(house);
    const [mine, theirs] = [await office(), await office()];
    const desk = await openDesk(house, ['operator']);
    for (const { visitor } of [mine, desk])
      for (const passes of [theirs.passes, `/profiles/${randomUUID()}/passes`])
        for (const path of ['', '/outside', `/${id}`, `/${id}/picture`])
          expect((await visitor.get(passes + path)).status, path).toBe(404);
    for (const path of ['', '/picture'])
      expect((await mine.visitor.get(`${mine.passes}/${randomUUID()}${path}`)).status, path).toBe(404);
    const asked = await house.visitor().get(`${theirs.passes}/${id}/picture`);
    expect([asked.status, asked.headers.location?.startsWith('/auth/login?next=')]).toEqual([303, true]);
  });

  it('without a system have no way to one, and say what the page is for', async () => {
    const { visitor, passes } = await office({ roles: ['passes'] }, bare);
    const { text } = await visitor.get(passes);
    expect(linksOf(text)[BUTTON]).toBeUndefined();
    expect(words(text)).toContain('Схем парковок пока нет');
    expect((await visitor.get(`${passes}/outside`)).status).toBe(404);
  });

  it('lead to the system by a page that names its host, whoever is registered where', async () => {
    const { visitor, passes } = await office();
    expect(linksOf((await visitor.get(passes)).text)[BUTTON]).toBe(`${passes}/outside`);
    const { text } = await visitor.get(`${passes}/outside?guest=Иванов`);
    expect(words(text)).toContain('Вы переходите на сайт passes.company.test');
    expect(text).toMatch(/<a [^>]*href="https:\/\/passes\.company\.test\/" rel="noopener noreferrer">/);
    expect(text).not.toContain('Иванов');
    expect(linksOf(text)['Остаться в личном кабинете']).toBe(passes);
  });

  it('show the schemes in their order, each with a page of its own and a picture that can be saved', async () => {
    const second = await addScheme(house, { site: 'Двор «Б»', caption: 'Места 1–4 & 9', position: 2 });
    const first = await addScheme(house, { site: 'Двор <А>', caption: null, position: 1 });
    const { visitor, passes } = await office({ roles: ['observer'] });
    const { text } = await visitor.get(passes);
    expect([...text.matchAll(/<h3[^>]*>([^<]*)</g)].map(([, site]) => site)).toEqual([
      'Двор &lt;А&gt;',
      'Двор «Б»',
    ]);
    expect(words(text)).toContain('Места 1–4 & 9');
    for (const { id, site, width, height } of [first, second]) {
      const shown = `${passes}/${id}/picture?inline`;
      expect(text).toContain(`src="${shown}" width="${width}" height="${height}"`);
      expect(linksOf(text)[`Открыть крупно: ${site}`]).toBe(`${passes}/${id}`);
      const large = (await visitor.get(`${passes}/${id}`)).text;
      expect(words(large)).toContain(site);
      expect(large).toContain(`src="${shown}" width="${width}" height="${height}"`);
      // Back to where it stands, not to the top of all.
      const back = linksOf(large)['Вернуться к схемам']!;
      expect(back).toBe(`${passes}#scheme-${id}`);
      expect(text).toContain(`id="${back.split('#')[1]!}"`);
      const picture = await visitor.get(shown);
      expect(picture.status).toBe(200);
      expect(await sharp(picture.body as Buffer).metadata()).toMatchObject({ format: 'jpeg', width, height });
      expect(picture.headers).toMatchObject({
        'content-type': 'image/jpeg',
        'cache-control': 'private, no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'self'",
        'content-disposition': expect.stringMatching(/^inline; /) as unknown,
      });
      const saved = await visitor.get(linksOf(text)[`Скачать схему: ${site}`]!);
      expect(saved.headers['content-disposition']).toMatch(/^attachment; /);
    }
  });

  it('are gone at the next click for who lost the role', async () => {
    const { id } = await addScheme(house);
    const { visitor, passes, membership } = await office();
    expect((await visitor.get(`${passes}/${id}/picture`)).status).toBe(200);
    await house.parts
      .db('memberships')
      .where({ id: membership })
      .update({ roles: ['documents'] });
    for (const path of ['', '/outside', `/${id}`, `/${id}/picture`])
      expect((await visitor.get(passes + path)).status).toBe(403);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RETURN_DAYS } from '../../src/domain/conversations/faces.js';
import { ENDING_DAYS } from '../../src/domain/documents/document-status.js';
import { SOON_DAYS } from '../../src/domain/invoices/attention.data.js';
import { LINK_TIME } from '../../src/domain/people/password-link.actions.js';
import { CODE_TIME } from '../../src/domain/people/phone-codes.actions.js';
import { CONFIRMATION_TIME } from '../../src/domain/people/registration.actions.js';
import { ROOT } from '../../src/lib/places.js';
import { CONVERSATION_FILES } from '../../src/sections/conversation-fields.js';
import { templateOf } from '../../src/sections/help-chapters.js';
import { DOCUMENT_FILE } from '../../src/sections/profiles/documents.forms.js';
import { HELP } from '../../src/sections/public/help.chapters.js';
import { STAFF_HELP } from '../../src/sections/staff/help.chapters.js';
import { IMPORT_FILE } from '../../src/sections/staff/import.forms.js';
import { STATEMENT_FILE } from '../../src/sections/staff/statements.forms.js';
import { DAY, HOUR } from '../support/house.js';

// What the chapters say is what the product does, whoever reads them.

const MINUTE = HOUR / 60;

/** The chapters of both helps: their address in the cabinet, and what stands in their template. */
const CHAPTERS = [HELP, STAFF_HELP].flatMap((help) =>
  help.groups.flatMap(({ chapters }) =>
    chapters.map(({ address }) => ({
      path: `${help.path}/${address}`,
      source: readFileSync(join(ROOT, 'views', `${templateOf(help, { address })}.ejs`), 'utf8'),
    })),
  ),
);
const sourceOf = (path: string) => CHAPTERS.find((one) => one.path === path)!.source;

/** What every screen says: all templates but the helps', and the words in the code. */
function wholeProduct(): string {
  const read = (folder: string, ending: string) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending) && !/(public|staff|shared)\/help/.test(name))
      .map((name) => readFileSync(join(ROOT, folder, name), 'utf8'))
      .join('\n');
  return read('views', '.ejs') + read('src', '.ts');
}

describe('the chapters', () => {
  it('name only what the pages themselves say', () => {
    const said = wholeProduct();
    for (const { path, source } of CHAPTERS) {
      const labels = [...source.matchAll(/<b>«([^<]*)»<\/b>/g)].map(([, label]) => label!);
      for (const label of labels) expect(said, `${path}: ${label}`).toContain(label);
    }
  });

  it('lead to each other and to what is open to everybody who reads them', () => {
    const everybodys = ['/contacts', '/policy', '/help', ...CHAPTERS.map(({ path }) => path)];
    for (const { path, source } of CHAPTERS) {
      const links = [...source.matchAll(/href="(\/[^"#]*)/g)].map(([, href]) => href!);
      expect(
        links.filter((link) => !everybodys.includes(link)),
        path,
      ).toEqual([]);
      if (!path.startsWith('/staff')) expect(links.join(), path).not.toContain('/staff');
    }
  });

  it.each([
    ['/help/registration', `На это есть ${CONFIRMATION_TIME / DAY} суток`],
    ['/help/recovery', `действует ${LINK_TIME === HOUR ? 'один час' : 'иначе'} и один раз`],
    ['/help/email', `действует ${LINK_TIME === HOUR ? 'один час' : 'иначе'} и один раз`],
    ['/help/recovery', `Код действует ${CODE_TIME / MINUTE} минут`],
    ['/help/personal', `Код действует ${CODE_TIME / MINUTE} минут`],
    ['/help/desktop', `в ближайшие ${ENDING_DAYS} дней`],
    ['/help/documents', `не более ${DOCUMENT_FILE.maxBytes / 2 ** 20}&nbsp;МБ`],
    ['/help/files', `не более ${DOCUMENT_FILE.maxBytes / 2 ** 20}&nbsp;МБ`],
    ['/help/files', `до ${CONVERSATION_FILES.maxFiles} файлов`],
    ['/help/service', `до ${CONVERSATION_FILES.maxFiles} файлов сразу`],
    ['/help/service', `не более ${CONVERSATION_FILES.maxBytes / 2 ** 20}&nbsp;МБ`],
    ['/help/service', `На это есть ${RETURN_DAYS} дней`],
    ['/help/messages', `до ${CONVERSATION_FILES.maxFiles} сразу`],
    ['/help/messages', `за ${RETURN_DAYS} дней`],
    ['/staff/help/requests', `до ${CONVERSATION_FILES.maxFiles} сразу`],
    ['/staff/help/requests', `${RETURN_DAYS} дней`],
    ['/help/desktop', `в ближайшие ${SOON_DAYS} дня`],
    ['/help/invoices', `за ${SOON_DAYS} дня до срока`],
    ['/staff/help/invoices', `до ${STATEMENT_FILE.maxBytes / 2 ** 20}&nbsp;МБ`],
    ['/staff/help/import', `до ${IMPORT_FILE.maxBytes / 2 ** 20}&nbsp;МБ`],
  ])('%s says what the code holds to: %s', (path, figure) => {
    expect(sourceOf(path)).toContain(figure);
  });

  it('show every picture that is there, in its size and in words', () => {
    const shown = CHAPTERS.flatMap(({ source }) => [
      ...source.matchAll(/picture', { name: '([\w-]+)', width: (\d+), height: (\d+), alt: '([^']+)' }/g),
    ]);
    for (const [, name, width, height, alt] of shown) {
      const png = readFileSync(join(ROOT, `public/img/help/${name}.png`));
      expect([png.readUInt32BE(16), png.readUInt32BE(20)], name).toEqual([2 * +width!, 2 * +height!]);
      expect(png.length, name).toBeLessThanOrEqual(60 * 1024);
      expect(alt!.length, name).toBeGreaterThan(20);
    }
    const names = readdirSync(join(ROOT, 'public/img/help'));
    expect(shown.map(([, name]) => `${name}.png`).sort()).toEqual(names.sort());
  });
});

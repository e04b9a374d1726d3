import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { transaction } from '../../src/db/knex.js';
import { documentPolicy } from '../../src/domain/documents/documents.policy.js';
import { insertFile } from '../../src/domain/files/files.data.js';
import { refusals } from '../../src/domain/files/verdict.js';
import { Conflict } from '../../src/lib/errors.js';
import { documentsSection } from '../../src/sections/profiles/documents.routes.js';
import { withFiles } from '../../src/sections/with-files.js';
import { redirect, view } from '../../src/web/answer.js';
import { dump } from '../support/dump.js';
import { plainPdf } from '../support/office.js';
import { errorsOf, valueOf } from '../support/page.js';
import { openRegistry, type Registry } from '../support/registry.js';
import { jpeg, png } from '../support/sample-files.js';

/** A form with several files, from the browser to the rows: ten of at most 1 MB, in the field `file`. */
function addForm() {
  documentsSection.form('/several', documentPolicy.manage, {
    schema: z.object({ comment: z.string().max(20, 'Сократите') }),
    upload: { field: 'file', maxBytes: 1024 * 1024, maxFiles: 10 },
    show: ({ form }) =>
      view('profiles/documents/new', { title: 'Несколько', crumbs: [], form, types: [], path: '' }),
    save: (ctx, { comment }) =>
      withFiles(ctx, 'file', async (files) => {
        if (comment === 'поздно') throw new Conflict('Уже закрыто');
        const rows = files.map((file) => ({
          ...file,
          created_by: ctx.actor.account_id,
          created_at: ctx.now,
        }));
        await transaction(ctx.db, async (trx) => {
          for (const row of rows) await insertFile(trx, row);
        });
        return redirect(`/stored/${files.map(({ name }) => name).join()}`);
      }),
  });
}

let registry: Registry;
let before: unknown;
beforeAll(async () => {
  addForm();
  try {
    registry = await openRegistry();
  } finally {
    // The application has it now; the files of tests that come later in this process must not.
    documentsSection.routes.pop();
  }
});
afterAll(() => registry?.close());

const state = async () => [
  await dump(registry.house.parts.db, 'limits', 'sessions'),
  await registry.onDisk(),
];
beforeEach(async () => {
  await registry.forgetLimits();
  before = await state();
});

const page = () => `${registry.office.path}/several`;
const send = (files: { bytes: Buffer; name: string }[], comment = 'Пять листов') =>
  registry.office.visitor.upload(page(), { comment }, files);
const good = async (number: number) => {
  const bytes = await plainPdf();
  return Array.from({ length: number }, (_, index) => ({ bytes, name: `${index + 1}.pdf` }));
};

describe('of several files one is bad', { timeout: 60_000 }, () => {
  it.each<[string, number, () => Promise<Buffer> | Buffer, string, string]>([
    ['type', 422, plainPdf, 'план.docx', `Файл «план.docx»: ${refusals.extension('.docx').message}`],
    [
      'disguise',
      422,
      png,
      'план.jpg',
      `Файл «план.jpg»: ${refusals.convert('.jpg', 'изображение PNG').message}`,
    ],
    ['emptiness', 422, () => Buffer.alloc(0), 'план.pdf', `Файл «план.pdf»: ${refusals.empty.message}`],
    [
      'damage',
      422,
      async () => (await jpeg()).subarray(0, 5000),
      'план.jpg',
      `Файл «план.jpg»: ${refusals.damagedJpeg.message}`,
    ],
    [
      'size',
      413,
      () => Buffer.alloc(1024 * 1024 + 1),
      'план.pdf',
      'Файл «план.pdf» больше 1 МБ. Уменьшите его, например сохраните скан с меньшим разрешением, и выберите файлы снова.',
    ],
  ])(
    'by its %s: %i with its name, the words kept, nothing stored',
    async (_, status, bytes, name, message) => {
      const files = await good(5);
      files[2] = { bytes: await bytes(), name };
      const answer = await send(files);
      expect([answer.status, errorsOf(answer.text)]).toEqual([status, { file: message }]);
      expect(valueOf(answer.text, 'comment')).toBe('Пять листов');
      expect(await state()).toEqual(before);
    },
  );

  it('by its name: that is no markup', async () => {
    const [first, second] = await good(2);
    const answer = await send([first!, { ...second!, name: '<img src=x onerror=alert(1)>.gif' }]);
    expect(answer.status).toBe(422);
    expect(answer.text).not.toContain('<img src=x');
  });
});

describe('several files are not kept', () => {
  it('when they are eleven', async () => {
    const answer = await send(await good(11));
    expect(answer.status).toBe(422);
    expect(errorsOf(answer.text).file).toMatch(/^Не больше 10.файлов за раз\./);
    expect(valueOf(answer.text, 'comment')).toBe('Пять листов');
    expect(await state()).toEqual(before);
  });

  it('when a field fails', async () => {
    const answer = await send(await good(3), 'Слишком длинное сообщение');
    expect([answer.status, errorsOf(answer.text)]).toEqual([422, { comment: 'Сократите' }]);
    expect(await state()).toEqual(before);
  });

  it('when the work is refused after they were stored', async () => {
    expect((await send(await good(3), 'поздно')).status).toBe(409);
    expect(await state()).toEqual(before);
  });
});

describe('several files are kept', () => {
  it('in the order sent; and a form may come without any', async () => {
    const [, disk] = before as [unknown, { stored: number; incoming: number }];
    expect((await send([])).headers.location).toBe('/stored/');
    expect((await send(await good(5))).headers.location).toBe('/stored/1.pdf,2.pdf,3.pdf,4.pdf,5.pdf');
    expect(await registry.onDisk()).toEqual({ stored: disk.stored + 5, incoming: 0 });
  });
});

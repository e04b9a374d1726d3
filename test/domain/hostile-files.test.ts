import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInspector } from '../../src/domain/files/inspect.js';
import * as samples from '../support/sample-files.js';

const inspector = createInspector();
let folder: string;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
});
afterAll(async () => {
  await inspector.close();
  await rm(folder, { recursive: true });
});

async function inspect(name: string, bytes: Buffer, by = inspector) {
  const path = join(folder, String((count += 1)));
  await writeFile(path, bytes);
  return by.inspect(path, { name });
}

// Starting a thread takes a second here, and many on a busy machine; none of these limits counts that.
describe('what is hostile', { timeout: 60_000 }, () => {
  it('ends a document that would be read for days, and judges the next', async () => {
    const impatient = createInspector({ timeoutMs: 2000 });
    expect(await inspect('a.pdf', await samples.endlessPdf(), impatient)).toMatchObject({
      reason: 'too-heavy',
    });
    expect(await inspect('a.pdf', await samples.pdf(), impatient)).toMatchObject({ ok: true });
    await impatient.close();
  });

  it('ends a document that takes all memory, and judges the next', async () => {
    const frugal = createInspector({ memoryMb: 48 });
    expect(await inspect('a.pdf', await samples.hungryPdf(), frugal)).toMatchObject({ reason: 'too-heavy' });
    expect(await inspect('a.pdf', await samples.pdf(), frugal)).toMatchObject({ ok: true });
    await frugal.close();
  });

  it('does not refuse a document for the memory that others before it have used up', async () => {
    const frugal = createInspector({ memoryMb: 48 });
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await inspect('a.pdf', await samples.wordyPdf(100_000), frugal)).toMatchObject({ ok: true });
    }
    await frugal.close();
  });

  it('does not inflate a bomb', async () => {
    const bomb = await samples.bombPdf();
    const before = process.memoryUsage().rss;
    expect(await inspect('a.pdf', bomb)).toMatchObject({ reason: 'too-heavy' });
    expect(process.memoryUsage().rss - before).toBeLessThan(110 * 1024 * 1024);
  });

  it('keeps the queue short rather than everybody waiting', async () => {
    const bytes = await samples.pdf();
    const path = join(folder, 'queue');
    await writeFile(path, bytes);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 300 }, () => inspector.inspect(path, { name: 'a.pdf' })),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.length).toBeGreaterThan(100);
    expect(refused.every((outcome) => String(outcome.reason.constructor.name) === 'TooMany')).toBe(true);
    expect(
      outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value.ok).length,
    ).toBeGreaterThan(90);
  });

  it('throws, and does not judge, what is not there', async () => {
    await expect(inspector.inspect(join(folder, 'nothing'), { name: 'a.pdf' })).rejects.toThrow(/ENOENT/);
  });
});

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { S3Refusal } from '../../src/domain/files/s3-requests.js';
import { s3Store } from '../../src/domain/files/s3-store.js';
import type { FileStore } from '../../src/domain/files/store.js';
import { NotFound, StorageFull, Unavailable } from '../../src/lib/errors.js';
import type { Fault, S3Server } from '../support/s3-server.js';
import { keep, keysOf, openBucket, type OpenStore, receive } from '../support/stores.js';

let opened: OpenStore & { s3: S3Server };
let store: FileStore;
let s3: S3Server;
beforeAll(async () => {
  opened = await openBucket();
  ({ store, s3 } = opened);
});
afterAll(() => opened?.close());
beforeEach(() => {
  s3.always(null);
  s3.asked.length = 0;
});

const busy: Fault = { status: 503, code: 'SlowDown' };
const denied: Fault = { status: 403, code: 'AccessDenied' };
const read = async (key: string) => (await buffer((await store.open(key)).stream)).toString();
const failure = (work: () => Promise<unknown>) =>
  work()
    .then(() => null)
    .catch((error: Error) => error);
const changed = (change: Partial<S3Server['bucket']>) =>
  s3Store(store.temporaryDir, { ...s3.bucket, ...change });

describe('a fault that passes', () => {
  it.each<[string, Fault[]]>([
    ['a busy service', [busy, busy]],
    ['a broken connection', ['reset', 'reset']],
    ['both', [{ status: 500, code: 'InternalError' }, 'reset']],
  ])('is asked again: %s', async (_name, faults) => {
    s3.next(...faults);
    const key = await keep(store, 'kept');
    s3.next(...faults);
    expect(await read(key)).toBe('kept');
    s3.next(...faults);
    expect(await keysOf(store)).toContain(key);
    s3.next(...faults);
    await store.remove(key);
    expect(s3.asked).toEqual(['PUT', 'GET', 'GET', 'DELETE'].flatMap((method) => Array(3).fill(method)));
    await expect(store.open(key)).rejects.toThrow(NotFound);
  });
});

describe('a fault that stays', () => {
  it.each<[string, Fault, number, string]>([
    ['a busy service', busy, 3, 'S3 answered 503 SlowDown to PUT'],
    ['a broken connection', 'reset', 3, 'S3 does not answer to PUT: ECONNRESET'],
    ['no answer', 'hang', 1, 'S3 does not answer to PUT: UND_ERR_HEADERS_TIMEOUT'],
  ])('is told in the end, with nothing lost: %s', async (_name, fault, tries, message) => {
    const hasty = changed({ timeoutMs: 200 });
    const kept = await keep(store, 'kept');
    const upload = await receive(store, 'new');
    s3.asked.length = 0;
    s3.always(fault);
    const key = randomUUID();
    expect(await failure(() => hasty.put(upload, key))).toMatchObject({ constructor: Unavailable, message });
    expect(s3.asked).toHaveLength(tries);
    const works = [() => hasty.open(kept), () => hasty.remove(kept), () => keysOf(hasty)];
    for (const error of await Promise.all(works.map(failure))) expect(error).toBeInstanceOf(Unavailable);
    s3.always(null);
    expect(await readFile(upload, 'utf8')).toBe('new');
    expect(await read(kept)).toBe('kept');
    await store.put(upload, key);
    expect(await read(key)).toBe('new');
  });

  it('a service that is away', async () => {
    const gone = await openBucket();
    const upload = await receive(gone.store, 'new');
    await gone.s3.close();
    const error = await failure(() => gone.store.put(upload, randomUUID()));
    expect(error).toMatchObject({
      constructor: Unavailable,
      message: expect.stringContaining('ECONNREFUSED'),
    });
    expect(existsSync(upload)).toBe(true);
  });

  it('a refusal is no 503: it is told at once, by the reason and by nothing else', async () => {
    s3.always(denied);
    const error = await failure(() => keep(store, 'x'));
    expect(error).toMatchObject({ constructor: S3Refusal, message: 'S3 answered 403 AccessDenied to PUT' });
    const some = randomUUID();
    for (const work of [() => store.open(some), () => store.remove(some), () => keysOf(store)])
      expect(await failure(work)).toBeInstanceOf(S3Refusal);
    expect(s3.asked).toEqual(['PUT', 'GET', 'DELETE', 'GET']);
  });

  it('a wrong secret, an unknown key and a missing bucket, in words without any of them', async () => {
    const wrong = [
      [{ secretKey: 'the-wrong-secret' }, 403, 'SignatureDoesNotMatch'],
      [{ accessKey: 'the-wrong-key' }, 403, 'InvalidAccessKeyId'],
      [{ bucket: 'another-bucket' }, 404, 'NoSuchBucket'],
    ] as const;
    const kept = await keep(store, 'kept');
    for (const [change, httpStatus, reason] of wrong) {
      const mistaken = changed(change);
      const upload = await receive(store, 'x');
      const put = () => mistaken.put(upload, randomUUID());
      for (const work of [put, () => mistaken.open(kept), () => keysOf(mistaken)]) {
        const error = await failure(work);
        expect(error).toMatchObject({ constructor: S3Refusal, httpStatus, reason });
        expect(JSON.stringify(error) + error!.stack).not.toMatch(/the-wrong|S3RVER/);
      }
      expect(existsSync(upload)).toBe(true);
    }
  });
});

describe('no more room', () => {
  it.each([
    [507, 'XMinioStorageFull'],
    [400, 'XMinioAdminBucketQuotaExceeded'],
    [403, 'QuotaExceeded'],
    [400, 'BucketMaxSizeExceeded'],
    [507, 'SomethingElse'],
  ])('%i %s', async (status, code) => {
    s3.always({ status, code });
    const upload = await receive(store, 'x');
    const error = await failure(() => store.put(upload, randomUUID()));
    expect(error).toMatchObject({ constructor: StorageFull, cause: { reason: code } });
    expect(s3.asked).toEqual(['PUT']);
    expect(existsSync(upload)).toBe(true);
  });
});

describe('bytes that were changed on the way', () => {
  it('are not taken: the service compares them with the hash that was signed', async () => {
    s3.next('damage');
    const upload = await receive(store, 'as it is');
    const key = randomUUID();
    expect(await failure(() => store.put(upload, key))).toMatchObject({
      reason: 'XAmzContentSHA256Mismatch',
    });
    expect(existsSync(upload)).toBe(true);
    await expect(store.open(key)).rejects.toThrow(NotFound);
  });

  it('that break off are an error, not the end of the file', async () => {
    const key = await keep(store, Buffer.alloc(1_000_000, 'спектр'));
    s3.next('cut');
    const { stream, size } = await store.open(key);
    expect(size).toBe(1_000_000);
    expect(await failure(() => buffer(stream))).toMatchObject({
      constructor: Unavailable,
      message: 'S3 broke off within a file',
    });
  });
});

describe('the list', () => {
  it('goes on over every page, and sees its own prefix and keys alone', async () => {
    const many = await openBucket();
    const first = await keep(many.store, 'x');
    const others = Array.from({ length: 1200 }, () => randomUUID());
    for (const key of others) await copyFile(many.place(first), many.place(key));
    await writeFile(many.place('no-uuid'), 'x');
    const apart = s3Store(many.store.temporaryDir, { ...many.s3.bucket, prefix: 'files/other/' });
    const elsewhere = await keep(apart, 'x');
    many.s3.asked.length = 0;
    expect(await keysOf(many.store)).toEqual([first, ...others].sort());
    expect(many.s3.asked).toHaveLength(2);
    expect(await keysOf(apart)).toEqual([elsewhere]);
    await expect(many.store.open(elsewhere)).rejects.toThrow(NotFound);
    await many.close();
  });
});

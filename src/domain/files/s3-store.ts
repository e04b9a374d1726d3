import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { z } from 'zod';
import { NotFound, StorageFull, Unavailable } from '../../lib/errors.js';
import { incomingFolder } from './local-store.js';
import { type AskS3, readXml, type S3Bucket, S3Refusal, s3Requests } from './s3-requests.js';
import { type FileStore, isKey } from './store.js';

/** Ours within the bucket: `prefix` and the key. */
export interface S3StoreOptions extends S3Bucket {
  /** Empty, or ending in a slash. Whatever lies below it and has no row is swept away: it is ours alone. */
  prefix: string;
}

/**
 * «No more room» in the words of MinIO, of Ceph, of Yandex Object Storage and of Huawei OBS. AWS has no such limit. A
 * denied access is none of these: that is a fault of the configuration, and the log has to say so.
 */
const FULL = new Set([
  'XMinioStorageFull',
  'XMinioAdminBucketQuotaExceeded',
  'QuotaExceeded',
  'BucketMaxSizeExceeded',
  'CloudTotalAliveSizeQuotaExceed',
  'InsufficientStorageSpace',
]);

const listed = z.object({
  ListBucketResult: z.object({
    Contents: z.array(z.object({ Key: z.string(), LastModified: z.coerce.date() })).default([]),
    NextContinuationToken: z.string().optional(),
  }),
});

/**
 * The store in a bucket of any S3-compatible service: `<prefix><key>`, uploads in the local `<dataDir>/incoming`. An
 * object is there whole or not at all, and an answer to its `PUT` means that it is durable and its hash was checked.
 */
export function s3Store(dataDir: string, options: S3StoreOptions): FileStore {
  const ask = s3Requests(options);
  const temporaryDir = incomingFolder(dataDir);

  function place(key: string): string {
    if (!isKey(key)) throw new TypeError('A storage key is a uuid');
    return options.prefix + key;
  }

  async function put(temporary: string, key: string): Promise<void> {
    const name = place(key);
    const body = { ...(await measure(temporary)), open: () => createReadStream(temporary) };
    try {
      const answer = await ask({ method: 'PUT', key: name, body });
      await answer.body.dump();
    } catch (error) {
      throw isFull(error) ? new StorageFull({ cause: error }) : error;
    }
    await rm(temporary, { force: true });
  }

  async function openKey(key: string) {
    const answer = await ask({ method: 'GET', key: place(key) }).catch((error: unknown) => {
      throw isMissing(error) ? new NotFound('No such file in the store') : error;
    });
    return { stream: whole(answer.body), size: Number(answer.headers['content-length']) };
  }

  async function remove(key: string): Promise<void> {
    try {
      const answer = await ask({ method: 'DELETE', key: place(key) });
      await answer.body.dump();
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  async function* list() {
    let token: string | undefined;
    do {
      const { Contents, NextContinuationToken } = await page(ask, options.prefix, token);
      for (const { Key, LastModified } of Contents) {
        const key = Key.slice(options.prefix.length);
        if (isKey(key)) yield { key, modified: LastModified };
      }
      token = NextContinuationToken;
    } while (token);
  }

  return { temporaryDir, put, open: openKey, remove, list };
}

async function page(ask: AskS3, prefix: string, token: string | undefined) {
  const query = { 'list-type': '2', prefix, ...(token && { 'continuation-token': token }) };
  const answer = await ask({ method: 'GET', query });
  return listed.parse(readXml(await answer.body.text())).ListBucketResult;
}

async function measure(path: string): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(piece);
    size += piece.length;
  }
  return { size, sha256: hash.digest('hex') };
}

/**
 * The bytes of an answer. One that breaks off before its announced end is an error, and one that says whose fault it is:
 * with the code of a broken connection it would look as if the reader had gone.
 */
function whole(body: Readable): Readable {
  const stream = new PassThrough();
  body.once('error', (cause) => stream.destroy(new Unavailable('S3 broke off within a file', { cause })));
  stream.once('close', () => body.destroy());
  return body.pipe(stream);
}

function isFull(error: unknown): boolean {
  return error instanceof S3Refusal && (error.httpStatus === 507 || FULL.has(error.reason));
}

/** A bucket that is not there (`NoSuchBucket`) is not a missing file. */
function isMissing(error: unknown): boolean {
  return error instanceof S3Refusal && error.reason === 'NoSuchKey';
}

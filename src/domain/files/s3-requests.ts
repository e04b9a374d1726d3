import { setTimeout as pause } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import { AwsV4Signer } from 'aws4fetch';
import { XMLParser } from 'fast-xml-parser';
import { Agent, type Dispatcher, request } from 'undici';
import { z } from 'zod';
import { Unavailable } from '../../lib/errors.js';

/** Which bucket of which service, and who asks. */
export interface S3Bucket {
  /** `https://storage.yandexcloud.net`, without a path: the bucket is named in the path of each request. */
  endpoint: string;
  region: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
  /** For every step: until the answer begins, and between any two pieces of bytes. */
  timeoutMs: number;
  /** Before the second try; four times that before the third. */
  retryMs: number;
}

export interface S3Request {
  method: 'GET' | 'PUT' | 'DELETE';
  /** Absent: the bucket itself. */
  key?: string;
  query?: Record<string, string>;
  /** Opened anew for each try. */
  body?: { size: number; sha256: string; open: () => Readable };
}

/** Sends one request to the bucket; an answer is one that says yes, its body still to be read. */
export type AskS3 = (wanted: S3Request) => Promise<Dispatcher.ResponseData>;

/** The service said no. `reason` is its own code, such as `NoSuchKey`; the rest of its words may repeat what we sent. */
export class S3Refusal extends Error {
  constructor(
    method: string,
    readonly httpStatus: number,
    readonly reason: string,
  ) {
    super(`S3 answered ${httpStatus} ${reason} to ${method}`);
  }
}

const TRIES = 3;
const CONNECT_MS = 5_000;
const NOTHING_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** The way to the service broke: what was asked may be asked again. A timeout is not here, a person has waited for it. */
const BROKEN = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EAI_AGAIN', 'UND_ERR_SOCKET']);
/** «Try again» by status: an error within, a gateway, too much to do. 507 and 501 will not pass. */
const AGAIN = new Set([429, 500, 502, 503, 504]);

const xml = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Contents' });
const said = z.object({ Error: z.object({ Code: z.string() }) });

/** What an answer in XML says, with every value as text. */
export function readXml(text: string): unknown {
  return xml.parse(text);
}

/**
 * The way to a bucket. Everything that is asked here may be asked twice, so what breaks on the way or finds the service
 * too busy is tried three times. The hash of a body is part of its signature (SigV4, «Task 1: create a canonical
 * request»): the service itself refuses bytes that are not those that were sent.
 *
 * @returns a function that throws S3Refusal when the service says no, Unavailable when it does not answer
 */
export function s3Requests(bucket: S3Bucket): AskS3 {
  const { timeoutMs, retryMs } = bucket;
  const dispatcher = new Agent({
    connect: { timeout: Math.min(CONNECT_MS, timeoutMs) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  const signingKeys = new Map<string, ArrayBuffer>();

  async function send({ method, key, query, body }: S3Request): Promise<Dispatcher.ResponseData> {
    const url = new URL(`/${bucket.bucket}${key === undefined ? '' : `/${key}`}`, bucket.endpoint);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers: { 'X-Amz-Content-Sha256': body?.sha256 ?? NOTHING_SHA256 },
      accessKeyId: bucket.accessKey,
      secretAccessKey: bucket.secretKey,
      region: bucket.region,
      service: 's3',
      cache: signingKeys,
    });
    const signed = await signer.sign();
    const headers = Object.fromEntries(signed.headers);
    if (!body) return request(signed.url, { method, headers, dispatcher });
    // Of no type that a browser would show: should the bucket ever be public, nothing in it runs.
    headers['content-type'] = 'application/octet-stream';
    headers['content-length'] = String(body.size);
    return request(signed.url, { method, headers, dispatcher, body: body.open() });
  }

  async function attempt(wanted: S3Request): Promise<Dispatcher.ResponseData | Failure> {
    try {
      const answer = await send(wanted);
      if (answer.statusCode >= 200 && answer.statusCode < 300) return answer;
      const refusal = new S3Refusal(wanted.method, answer.statusCode, await reasonOf(answer));
      const again = AGAIN.has(answer.statusCode);
      return { again, error: again ? new Unavailable(refusal.message, { cause: refusal }) : refusal };
    } catch (error) {
      return failureOf(wanted.method, error);
    }
  }

  return async (wanted) => {
    for (let tries = 1; ; tries += 1) {
      const outcome = await attempt(wanted);
      if (!('error' in outcome)) return outcome;
      if (!outcome.again || tries === TRIES) throw outcome.error;
      await pause(retryMs * 4 ** (tries - 1));
    }
  };
}

interface Failure {
  error: unknown;
  again: boolean;
}

async function reasonOf(answer: Dispatcher.ResponseData): Promise<string> {
  const text = await answer.body.text();
  try {
    return said.parse(readXml(text)).Error.Code;
  } catch {
    // The page of a proxy in between.
    return '(without a reason)';
  }
}

/** A fault of the file that was to be sent stays what it is; the rest is the way to the service. */
function failureOf(method: string, error: unknown): Failure {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (!code || (syscall !== undefined && path !== undefined)) return { error, again: false };
  const message = `S3 does not answer to ${method}: ${code}`;
  return { error: new Unavailable(message, { cause: error }), again: BROKEN.has(code) };
}

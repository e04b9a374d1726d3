import crypto, { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import S3rver from '@20minutes/s3rver';

const BUCKET = 'cabinet';
const KEYS = { accessKey: 'S3RVER', secretKey: 'S3RVER' };

// The server wraps where a list goes on in DES, which OpenSSL 3 no longer has by that name. Triple DES with the same key
// three times is that very cipher.
const { createCipheriv, createDecipheriv } = crypto;
const threefold = (key: unknown) => Buffer.concat(Array<Buffer>(3).fill(key as Buffer));
Object.assign(crypto, {
  createCipheriv: (...[name, key, iv]: Parameters<typeof createCipheriv>) =>
    name === 'des' ? createCipheriv('des-ede3-cbc', threefold(key), iv) : createCipheriv(name, key, iv),
  createDecipheriv: (...[name, key, iv]: Parameters<typeof createDecipheriv>) =>
    name === 'des' ? createDecipheriv('des-ede3-cbc', threefold(key), iv) : createDecipheriv(name, key, iv),
});

/** What happens to one request: the service refuses it, its connection ends, its answer breaks off, or none comes. */
export type Fault = { status: number; code: string } | 'reset' | 'cut' | 'hang' | 'damage';

/** A real S3 server, and a gate before it at which requests can be counted and made to fail. */
export interface S3Server {
  bucket: {
    endpoint: string;
    region: string;
    bucket: string;
    prefix: string;
    accessKey: string;
    secretKey: string;
    timeoutMs: number;
    retryMs: number;
  };
  /** `PUT`, `GET`, `DELETE` in the order they came. */
  asked: string[];
  /** Lets each of the next requests suffer what is told. */
  next(...faults: Fault[]): void;
  /** Whatever is asked from now on; null: nothing more. */
  always(fault: Fault | null): void;
  /** The file in which the server keeps what has this key. */
  place(key: string): string;
  close(): Promise<void>;
}

/** Opens one on a folder and a port of its own. */
export async function openS3Server(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 's3-'));
  const options = { address: '127.0.0.1', port: 0, silent: true, vhostBuckets: false };
  const s3 = new S3rver({ ...options, directory, configureBuckets: [{ name: BUCKET }] });
  const { port } = await s3.run();
  const faults: Fault[] = [];
  let lasting: Fault | null = null;
  const asked: string[] = [];
  const gate = createServer((req, res) => {
    asked.push(req.method!);
    void pass(req, res, port, faults.shift() ?? lasting);
  });
  gate.listen(0, '127.0.0.1');
  await once(gate, 'listening');
  const place = (key: string) => join(directory, BUCKET, 'files', `${key}._S3rver_object`);
  return {
    bucket: {
      endpoint: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`,
      region: 'us-east-1',
      bucket: BUCKET,
      prefix: 'files/',
      ...KEYS,
      timeoutMs: 10_000,
      retryMs: 1,
    },
    asked,
    next: (...more) => void faults.push(...more),
    always: (fault) => void (lasting = fault),
    place,
    async close() {
      gate.closeAllConnections();
      await new Promise((closed) => gate.close(closed));
      await s3.close();
      await rm(directory, { recursive: true });
    },
  };
}

async function pass(req: IncomingMessage, res: ServerResponse, port: number, fault: Fault | null) {
  if (fault === 'hang') return;
  if (fault === 'reset') return req.socket.resetAndDestroy();
  const body = await buffer(req);
  if (fault === 'damage') body[0]! ^= 1;
  const refusal = typeof fault === 'object' ? fault : mismatch(req, body);
  if (refusal) return refuse(res, refusal);
  const { method, url, headers } = req;
  const forwarded = request({ port, host: '127.0.0.1', method, path: url, headers }).end(body);
  const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
  const bytes = await buffer(answer);
  res.writeHead(answer.statusCode!, answer.headers);
  if (fault === 'cut') res.write(bytes.subarray(0, bytes.length / 2), () => res.destroy());
  else res.end(bytes);
}

/** What every real service does and this server does not: refuses a body that is not the signed one. */
function mismatch({ headers }: IncomingMessage, body: Buffer) {
  const sha256 = createHash('sha256').update(body).digest('hex');
  return headers['x-amz-content-sha256'] === sha256
    ? null
    : { status: 400, code: 'XAmzContentSHA256Mismatch' };
}

function refuse(res: ServerResponse, { status, code }: { status: number; code: string }): void {
  res.writeHead(status, { 'Content-Type': 'application/xml' });
  const words = `<Message>Signed by ${KEYS.accessKey}</Message>`;
  res.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code>${words}</Error>`);
}

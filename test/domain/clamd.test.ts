import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clamdScanner } from '../../src/domain/files/clamd.js';
import { EICAR, pdfWith } from '../support/sample-files.js';

let folder: string;
let server: Server | undefined;
const sockets = new Set<Socket>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clamd-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server?.close();
});

/** A stand-in that speaks clamd's protocol: pieces with their length before each, an empty one ends. */
async function standIn(answer: (body: Buffer) => string | null, limit = Infinity): Promise<string> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let waiting = Buffer.alloc(0);
    let body = Buffer.alloc(0);
    let greeted = false;
    socket.on('data', (piece) => {
      waiting = Buffer.concat([waiting, piece]);
      if (!greeted && waiting.length >= 10) {
        if (waiting.subarray(0, 10).toString() !== 'zINSTREAM\0') return socket.end('UNKNOWN COMMAND\0');
        waiting = waiting.subarray(10);
        greeted = true;
      }
      while (greeted && waiting.length >= 4) {
        const size = waiting.readUInt32BE();
        if (size === 0) {
          const words = answer(body);
          if (words !== null) socket.end(words);
          return;
        }
        if (waiting.length < 4 + size) return;
        body = Buffer.concat([body, waiting.subarray(4, 4 + size)]);
        waiting = waiting.subarray(4 + size);
        if (body.length > limit) return socket.end('INSTREAM size limit exceeded. ERROR\0');
      }
    });
  });
  await new Promise<void>((listening) => server!.listen(0, '127.0.0.1', listening));
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function sent(bytes: Buffer): Promise<string> {
  const path = join(folder, 'sent');
  await writeFile(path, bytes);
  return path;
}

const byContent = (body: Buffer) =>
  body.includes(EICAR) ? 'stream: Eicar-Test-Signature FOUND\0' : 'stream: OK\0';

describe('the virus scanner', () => {
  it('tells a clean file from an infected one', async () => {
    const scan = clamdScanner(await standIn(byContent));
    expect(await scan(await sent(await pdfWith('% nothing')))).toBe('clean');
    expect(await scan(await sent(await pdfWith(`% ${EICAR}`)))).toBe('infected');
  });

  it('sends every byte of a large file', async () => {
    const sizes: number[] = [];
    const scan = clamdScanner(await standIn((body) => (sizes.push(body.length), byContent(body))));
    expect(await scan(await sent(Buffer.alloc(5_000_001, 7)))).toBe('clean');
    expect(sizes).toEqual([5_000_001]);
  });

  it.each(['INSTREAM: lstat() failed. ERROR\0', 'stream: OK', 'stream: OK FOUNDER\0', '', '\0'])(
    'takes %j for no answer at all',
    async (words) => {
      const scan = clamdScanner(await standIn(() => words));
      expect(await scan(await sent(Buffer.from('x')))).toBe('unavailable');
    },
  );

  it('is unavailable where the file is over its limit', async () => {
    const scan = clamdScanner(await standIn(byContent, 100_000));
    expect(await scan(await sent(Buffer.alloc(9_000_000)))).toBe('unavailable');
  });

  it('is unavailable where it does not answer in time', async () => {
    const scan = clamdScanner(await standIn(() => null), { timeoutMs: 200 });
    expect(await scan(await sent(Buffer.from('x')))).toBe('unavailable');
  });

  it('is unavailable where nobody listens', async () => {
    const url = await standIn(byContent);
    await new Promise((closed) => server!.close(closed));
    expect(await clamdScanner(url)(await sent(Buffer.from('x')))).toBe('unavailable');
  });

  it('throws where there is no file: that is no fault of the scanner', async () => {
    const scan = clamdScanner(await standIn(byContent));
    await expect(scan(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as an outside service saw it. */
export interface Asked {
  method: string;
  path: string;
  /** Of a form. */
  fields: Record<string, string>;
}

/** The rest of it, for a service that is asked otherwise than by a form. */
export interface Raw {
  headers: IncomingHttpHeaders;
  body: string;
}

/** What the service answers: a status and words, `hang`: nothing, `break`: half an answer, and the connection ends. */
export type Answer = { status?: number; body: string; headers?: Record<string, string> } | 'hang' | 'break';

/** A stand-in for an outside service that keeps what it is asked. Its answers can be changed while it runs. */
export interface StandIn {
  url: string;
  asked: Asked[];
  raw: Raw[];
  answer: (asked: Asked, raw?: Raw) => Answer | Promise<Answer>;
  /** Waits for the next request to have been read. */
  next(): Promise<unknown>;
  close(): Promise<void>;
}

export async function openStandIn(): Promise<StandIn> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString();
      const fields = Object.fromEntries(new URLSearchParams(body));
      const asked = { method: request.method!, path: request.url!, fields };
      const raw = { headers: request.headers, body };
      standIn.asked.push(asked);
      standIn.raw.push(raw);
      server.emit('asked');
      void Promise.resolve(standIn.answer(asked, raw)).then((answer) => {
        if (answer === 'hang') return;
        if (answer === 'break') {
          response.writeHead(200, { 'Content-Length': '100' });
          response.write('{"id":1,', () => response.destroy());
          return;
        }
        response.writeHead(answer.status ?? 200, { 'Content-Type': 'application/json', ...answer.headers });
        response.end(answer.body);
      });
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const standIn: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    raw: [],
    answer: () => 'hang',
    next: () => once(server, 'asked'),
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  return standIn;
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as an outside service saw it. */
export interface Asked {
  method: string;
  path: string;
  fields: Record<string, string>;
}

/** What the service answers: a status and words, `hang`: nothing, `break`: half an answer, and the connection ends. */
export type Answer = { status?: number; body: string; headers?: Record<string, string> } | 'hang' | 'break';

/** A stand-in for an outside service that keeps what it is asked. Its answers can be changed while it runs. */
export interface StandIn {
  url: string;
  asked: Asked[];
  answer: (asked: Asked) => Answer | Promise<Answer>;
  /** Waits for the next request to have been read. */
  next(): Promise<unknown>;
  close(): Promise<void>;
}

export async function openStandIn(): Promise<StandIn> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(pieces).toString()));
      const asked = { method: request.method!, path: request.url!, fields };
      standIn.asked.push(asked);
      server.emit('asked');
      void Promise.resolve(standIn.answer(asked)).then((answer) => {
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
    answer: () => 'hang',
    next: () => once(server, 'asked'),
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  return standIn;
}

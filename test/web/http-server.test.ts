import express from 'express';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { httpServer } from '../../src/web/http-server.js';

const app = express();
app.get('/', (req, res) => void res.json({ query: req.query, from: req.ip }));
const server = httpServer(app);
afterAll(() => void server.close());

it('hands over requests and answers that are Express’s before Express has seen them', async () => {
  const prototypes: unknown[] = [];
  // Before the application: listeners are called in their order.
  server.prependListener('request', (req, res) => {
    prototypes.push(Object.getPrototypeOf(req), Object.getPrototypeOf(res));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/?a=1`);

  expect(await answer.json()).toEqual({ query: { a: '1' }, from: '127.0.0.1' });
  expect(prototypes[0]).toBe(app.request);
  expect(prototypes[1]).toBe(app.response);
});

import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import express from 'express';

// What the list is compared with, in a process of its own: Express and EJS as their guides show them, rows from memory,
// nobody signed in, no headers of safety, no log. `bare.js FOLDER` serves FOLDER/views/page.ejs with FOLDER/rows.json.
const folder = process.argv[2]!;
const rows: unknown = JSON.parse(readFileSync(`${folder}/rows.json`, 'utf8'));
const compress = promisify(gzip);

const server = express();
server.set('views', `${folder}/views`);
server.set('view engine', 'ejs');
server.get('/', (_req, res) => res.render('page', { rows }));
server.get('/gzip', async (_req, res) => {
  const html = await new Promise<string>((resolve, reject) =>
    server.render('page', { rows }, (error, text) => (error ? reject(error) : resolve(text))),
  );
  const packed = await compress(html, { level: 4 });
  res.set({ 'Content-Type': 'text/html; charset=utf-8', 'Content-Encoding': 'gzip' }).send(packed);
});
const listener = server.listen(0, '127.0.0.1', () => process.send!((listener.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());

import { readFile, readdir } from 'node:fs/promises';
import express, { type ErrorRequestHandler } from 'express';
import { BadRequest } from '../../src/lib/errors.js';
import { receiveUpload, textFieldsOnly } from '../../src/web/upload.js';

export const MB = 1024 * 1024;

/** How the last upload ended on the server's side, whoever may have stopped listening. */
export let ended: Promise<unknown> = Promise.resolve();

/** An app that receives one `file` of at most 10 MB at `/`, only text at `/text`, and answers what it has read. */
export function uploadApp(temporaryDir: string) {
  const receive = receiveUpload(temporaryDir, { field: 'file', maxBytes: 10 * MB });
  const failed: ErrorRequestHandler = (error, _req, res, _next) =>
    void res.status(error instanceof BadRequest ? 400 : 500).json({ error: String(error) });
  return express()
    .post('/', async (req, res) => {
      const upload = receive(req, res);
      ended = upload.catch((error: unknown) => error);
      const { file, ...rest } = await upload;
      const bytes = file && (await readFile(file.path));
      const before = (await readdir(temporaryDir)).length;
      res.json({
        ...rest,
        file: file && { name: file.name, size: file.size, same: bytes?.length === file.size },
        before,
      });
    })
    .post('/text', async (req, res) => {
      const { fields } = await textFieldsOnly(req, res);
      res.json({ fields, stored: (await readdir(temporaryDir)).length });
    })
    .use(failed);
}

/** One part of a multipart body with the boundary `x`. */
export const part = (disposition: string, body: string) =>
  `--x\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${body}\r\n`;

import { readFile, readdir } from 'node:fs/promises';
import express, { type ErrorRequestHandler } from 'express';
import { BadRequest } from '../../src/lib/errors.js';
import { receiveUpload, textFieldsOnly, type Received } from '../../src/web/upload.js';

export const MB = 1024 * 1024;

/** How the last upload ended on the server's side, whoever may have stopped listening. */
export let ended: Promise<unknown> = Promise.resolve();

/**
 * An app that receives one `file` of at most 10 MB at `/`, ten `files` of at most 1 MB at `/several`, only the
 * text of such a form at `/text`, and answers what it has read.
 */
export function uploadApp(temporaryDir: string) {
  const one = receiveUpload(temporaryDir, { field: 'file', maxBytes: 10 * MB });
  const ten = { field: 'files', maxBytes: MB, maxFiles: 10 };
  const several = receiveUpload(temporaryDir, ten);
  const failed: ErrorRequestHandler = (error, _req, res, _next) =>
    void res.status(error instanceof BadRequest ? 400 : 500).json({ error: String(error) });
  return express()
    .post('/', async (req, res) => {
      const { files, ...rest } = await watched(one(req, res));
      const file = files[0] ? await described(files[0]) : null;
      res.json({ ...rest, file, before: (await readdir(temporaryDir)).length });
    })
    .post('/several', async (req, res) => {
      const { files, ...rest } = await watched(several(req, res));
      const told = await Promise.all(files.map(described));
      res.json({ ...rest, files: told, before: (await readdir(temporaryDir)).length });
    })
    .post('/text', async (req, res) => {
      const { fields } = await textFieldsOnly(req, res, ten);
      res.json({ fields, stored: (await readdir(temporaryDir)).length });
    })
    .use(failed);
}

function watched<Result>(upload: Promise<Result>): Promise<Result> {
  ended = upload.catch((error: unknown) => error);
  return upload;
}

async function described({ path, name, size }: Received) {
  return { name, size, same: (await readFile(path)).length === size };
}

/** One part of a multipart body with the boundary `x`. */
export const part = (disposition: string, body: string) =>
  `--x\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${body}\r\n`;

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Response } from 'express';
import multer from 'multer';
import { BadRequest } from '../lib/errors.js';
import { cleanName } from './file-name.js';
import { Reception } from './reception.js';

/** An upload that stands in the temporary folder, not judged yet. `name` is what the sender calls it, cleaned. */
export interface Received {
  path: string;
  name: string;
  size: number;
  /** Removes it, unless it has been taken over meanwhile; also done by itself when the answer has been sent. */
  discard(): Promise<void>;
}

export interface Upload {
  /** Text fields, the last value of each name; without a prototype. */
  fields: Record<string, string>;
  file: Received | null;
  /** Why there is no file though one was sent, in Russian, to stand at the field. The other fields are kept. */
  problem: string | null;
  /** The status that an answer to the problem should have. */
  status: 413 | 507 | null;
}

interface UploadOptions {
  field: string;
  maxBytes: number;
}

const MB = 1024 * 1024;

/** A browser that is not listened to reports a broken connection, not our words: so much is read just to be dropped. */
const DRAIN_BYTES = 50 * MB;

const LIMITS = {
  files: 1,
  fields: 30,
  parts: 31,
  fieldSize: 64 * 1024,
  fieldNameSize: 100,
  headerPairs: 20,
  // `a[b]` would become an object: no form of ours has such a name.
  fieldNestingDepth: 0,
};

/** The disk is full, the quota is used up, or the disk went read-only: the form can be sent again later. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** The body went on beyond all measure. */
class Endless extends BadRequest {}

/**
 * Reads a multipart form with at most one file, which is streamed to a random name in the temporary folder.
 *
 * A file that is too big, or finds no room, is a `problem`: the fields are kept, so that the form can be shown again.
 * The size is counted here and not by multer, which would stop reading the form.
 *
 * @param temporaryDir the file store's folder for what is being received
 * @throws BadRequest when the body is not such a form; nothing stays of its file
 */
export function receiveUpload(temporaryDir: string, { field, maxBytes }: UploadOptions) {
  return async (req: Request, res: Response): Promise<Upload> => {
    let reception: Reception | undefined;
    const storage: multer.StorageEngine = {
      _handleFile(_, file, done) {
        reception = new Reception(join(temporaryDir, randomUUID()), maxBytes);
        pipeline(file.stream, reception).then(() => done(null, {}), done);
      },
      _removeFile: (_req, _file, done) => void reception?.discard().then(() => done(null), done),
    };
    const form = multer({ storage, defParamCharset: 'utf8', limits: LIMITS }).single(field);
    try {
      await parse(req, res, form, maxBytes + DRAIN_BYTES);
    } catch (error) {
      await reception?.discard();
      if (!(error instanceof Endless && reception?.tooBig)) throw error;
    }
    const problem = reception ? problemOf(reception, maxBytes) : NONE;
    const file = reception?.whole ? received(reception, req.file?.originalname ?? '', res) : null;
    return { fields: texts(req.body as Record<string, unknown> | undefined), file, ...problem };
  };
}

/**
 * Reads the text fields of a multipart form and drops whatever files come with it; nothing is stored.
 *
 * @throws BadRequest when the body is not such a form
 */
export async function textFieldsOnly(
  req: Request,
  res: Response,
): Promise<{ fields: Record<string, string> }> {
  const { files: _, ...limits } = LIMITS;
  const drop: multer.Options['fileFilter'] = (_req, _file, done) => done(null, false);
  await parse(req, res, multer({ limits, defParamCharset: 'utf8', fileFilter: drop }).any(), DRAIN_BYTES);
  return { fields: texts(req.body as Record<string, unknown> | undefined) };
}

function parse(req: Request, res: Response, form: RequestHandler, maxBody: number): Promise<void> {
  if (!req.is('multipart/form-data')) return Promise.reject(new BadRequest('Not a multipart form'));
  return new Promise((resolve, reject) => {
    let seen = 0;
    const count = (chunk: Buffer) => {
      seen += chunk.length;
      if (seen <= maxBody) return;
      req.off('data', count);
      // Node then ends the connection as soon as the answer is out, whatever still arrives.
      res.setHeader('Connection', 'close');
      reject(new Endless('The body does not end'));
    };
    req.on('data', count);
    form(req, res, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(new BadRequest('The multipart body cannot be read', { cause: error }));
    });
  });
}

const NONE = { problem: null, status: null };

/** @throws what the disk said, where that is a fault of ours and not a lack of room */
function problemOf(reception: Reception, maxBytes: number): Pick<Upload, 'problem' | 'status'> {
  if (reception.tooBig) {
    const limit = `${Math.floor(maxBytes / MB)} МБ`;
    const mend = 'Уменьшите его, например сохраните скан с меньшим разрешением, и выберите файл снова.';
    return { problem: `Файл больше ${limit}. ${mend}`, status: 413 };
  }
  if (reception.failure === undefined) return NONE;
  if (!NO_ROOM.has(reception.failure.code ?? '')) throw reception.failure;
  const problem =
    'Сервер сейчас не принимает файлы: закончилось место. Выберите файл снова и отправьте форму позже.';
  return { problem, status: 507 };
}

function received(reception: Reception, name: string, res: Response): Received {
  const discard = () => reception.discard();
  res.once('close', () => {
    // Whoever left while his file is being judged has sent it all the same: that work ends, and tidies, by itself.
    if (res.writableEnded) void discard().catch(() => undefined);
  });
  return { path: reception.path, name: cleanName(name), size: reception.size, discard };
}

/** What multer read, as one text a name: the last of repeated ones. */
function texts(body: Record<string, unknown> | undefined): Record<string, string> {
  const fields = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(body ?? {})) {
    const text: unknown = Array.isArray(value) ? value.at(-1) : value;
    if (typeof text !== 'string') throw new BadRequest(`Not a text field: ${name}`);
    fields[name] = text;
  }
  return fields;
}

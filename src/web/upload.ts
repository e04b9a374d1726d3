import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Response } from 'express';
import multer from 'multer';
import { BadRequest } from '../lib/errors.js';
import { cleanName } from './file-name.js';
import { Reception } from './reception.js';
import { problemOf, type Problem } from './upload-problem.js';

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
  /** In the order sent. All of them or, where there is a problem, none. */
  files: Received[];
  /** Why there are no files though some were sent, in Russian, to stand at the field. The other fields are kept. */
  problem: string | null;
  /** The status that an answer to the problem should have. */
  status: Problem['status'] | null;
}

export interface UploadOptions {
  field: string;
  /** Of each file. */
  maxBytes: number;
  /** How many files at once; 1 where it is not said. */
  maxFiles?: number;
  /** How a file of this kind is made smaller, in Russian; where it is not said, it is a scan. */
  smaller?: string;
}

const MB = 1024 * 1024;

/** A browser that is not listened to reports a broken connection, not our words: so much is read just to be dropped. */
const DRAIN_BYTES = 50 * MB;

/** So many files are counted, to say in words that they are too many; who sends more is no person. */
const COUNTED_FILES = 1000;

const FIELDS = 30;

const limitsFor = (files: number) => ({
  files,
  fields: FIELDS,
  parts: FIELDS + files,
  fieldSize: 64 * 1024,
  fieldNameSize: 100,
  headerPairs: 20,
  // `a[b]` would become an object: no form of ours has such a name.
  fieldNestingDepth: 0,
});

/** The body went on beyond all measure. */
class Endless extends BadRequest {}

/**
 * Reads a multipart form with files, each streamed to a random name in the temporary folder.
 *
 * A file that is too big or finds no room, or too many of them, is a `problem`: the fields are kept, so that the form
 * can be shown again. Size and number are counted here and not by multer, which would stop reading the form.
 *
 * @param temporaryDir the file store's folder for what is being received
 * @throws BadRequest when the body is not such a form; nothing stays of its files
 */
export function receiveUpload(temporaryDir: string, options: UploadOptions) {
  const { field, maxBytes, maxFiles = 1 } = options;
  // A browser sends one file from a field for one: only a field for several can be filled too full.
  const limits = limitsFor(maxFiles === 1 ? 1 : COUNTED_FILES);
  return async (req: Request, res: Response): Promise<Upload> => {
    const receptions: Reception[] = [];
    let tooMany = false;
    let ended = false;
    const discardAll = () => Promise.all(receptions.map((reception) => reception.discard()));
    const fileFilter: multer.Options['fileFilter'] = (_req, _file, done) => {
      tooMany ||= receptions.length === maxFiles;
      // What is not taken is read and dropped.
      done(null, !tooMany && !ended);
    };
    const storage: multer.StorageEngine = {
      _handleFile(_, file, done) {
        const path = join(temporaryDir, randomUUID());
        const reception = new Reception(path, cleanName(file.originalname), maxBytes);
        receptions.push(reception);
        pipeline(file.stream, reception).then(() => done(null, {}), done);
      },
      // Nothing is left to multer: below, all of them go together.
      _removeFile: (_req, _file, done) => done(null),
    };
    const form = multer({ storage, fileFilter, defParamCharset: 'utf8', limits }).array(field);
    let taken = false;
    try {
      const endless = await parse(req, res, form, bodyLimit(options)).catch(ifEndless);
      const problem = problemOf(receptions, tooMany, options);
      if (endless && !problem) throw endless;
      const fields = texts(req.body as Record<string, unknown> | undefined);
      if (problem) return { fields, files: [], problem: problem.words, status: problem.status };
      taken = true;
      res.once('close', () => {
        // Whoever left while his files are being judged has sent them all the same: that work ends, and tidies, by itself.
        if (res.writableEnded) void discardAll().catch(() => undefined);
      });
      return { fields, files: receptions.map(received), problem: null, status: null };
    } finally {
      ended = true;
      if (!taken) await discardAll();
    }
  };
}

/**
 * Reads the text fields of a multipart form and drops whatever files come with it; nothing is stored.
 *
 * @param upload the files that the form may bring: so long a body is read
 * @throws BadRequest when the body is not such a form
 */
export async function textFieldsOnly(
  req: Request,
  res: Response,
  upload?: UploadOptions,
): Promise<{ fields: Record<string, string> }> {
  const limits = limitsFor(COUNTED_FILES);
  const drop: multer.Options['fileFilter'] = (_req, _file, done) => done(null, false);
  const form = multer({ limits, defParamCharset: 'utf8', fileFilter: drop }).any();
  await parse(req, res, form, bodyLimit(upload));
  return { fields: texts(req.body as Record<string, unknown> | undefined) };
}

const bodyLimit = (upload?: UploadOptions) =>
  (upload ? upload.maxBytes * (upload.maxFiles ?? 1) : 0) + DRAIN_BYTES;

/** @throws what it is given, unless the body only went on for too long */
function ifEndless(error: unknown): Endless {
  if (error instanceof Endless) return error;
  throw error;
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

function received(reception: Reception): Received {
  const { path, name, size } = reception;
  return { path, name, size, discard: () => reception.discard() };
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

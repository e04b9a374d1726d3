import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NotFound } from '../lib/errors.js';
import { contentDisposition } from './file-name.js';

/** The reader has gone: nobody is left to answer, and nothing is wrong here. */
const GONE = new Set([
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_UNABLE_TO_PIPE',
  'ECONNRESET',
  'EPIPE',
  'ECANCELED',
]);

/**
 * Sends a stored file: inline to be looked at in a frame of our own page, else to be saved. Nothing in it may run, be
 * guessed to be another type, be taken by another site or stay in a cache.
 *
 * @throws NotFound when its bytes are not there, before anything has been sent
 */
export async function sendFile(
  res: ServerResponse,
  file: { stream: Readable; size: number; mime: string; name: string },
  { inline }: { inline: boolean },
): Promise<void> {
  const { stream, size, mime, name } = file;
  await firstBytes(stream);
  res.statusCode = 200;
  for (const [header, value] of Object.entries(headers(inline))) res.setHeader(header, value);
  res.setHeader('Content-Type', mime);
  res.setHeader('Content-Length', size);
  res.setHeader('Content-Disposition', contentDisposition(name, inline));
  if (res.req.method === 'HEAD') {
    stream.destroy();
    res.end();
    return;
  }
  try {
    await pipeline(stream, res);
  } catch (error) {
    if (!GONE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** A browser's PDF viewer stays blank in a sandbox, or where the file has no COEP and the page around it has. */
function headers(inline: boolean): Record<string, string> {
  return {
    'Content-Security-Policy': inline
      ? "default-src 'none'; frame-ancestors 'self'"
      : "default-src 'none'; sandbox",
    'X-Frame-Options': inline ? 'SAMEORIGIN' : 'DENY',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'private, no-store',
    'Accept-Ranges': 'none',
  };
}

/** Waits until there is something to send, or the stream says why not. */
async function firstBytes(stream: Readable): Promise<void> {
  try {
    if (stream.errored) throw stream.errored;
    if (!stream.readableEnded && stream.readableLength === 0) await once(stream, 'readable');
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new NotFound('The bytes are gone') : error;
  }
}

import { open } from 'node:fs/promises';
import { type Socket, connect } from 'node:net';
import { once } from 'node:events';

export type ScanResult = 'clean' | 'infected' | 'unavailable';

/** Asks a virus scanner about the file at the path; never throws for the scanner's faults. */
export type Scan = (path: string) => Promise<ScanResult>;

/** clamd takes pieces of any size below its StreamMaxLength; this many keep few in memory. */
const PIECE = 64 * 1024;

/**
 * A scanner that sends the bytes to clamd (man clamd: INSTREAM), which needs no folder shared with it. Whatever is
 * neither a clear yes nor a clear no is `unavailable`: clamd away, too slow, too small a StreamMaxLength, no signatures.
 *
 * @param clamdUrl `tcp://host:port`
 * @param timeoutMs for the whole conversation
 */
export function clamdScanner(clamdUrl: string, { timeoutMs = 30_000 } = {}): Scan {
  const { hostname, port } = new URL(clamdUrl);
  const address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 3310) };
  return async (path) => {
    const file = await open(path);
    const socket = connect(address);
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    // An answer may come while we still write (a size limit): then writing fails, and the answer is what counts.
    const answer = readAnswer(socket);
    try {
      await send(socket, file.createReadStream({ highWaterMark: PIECE, autoClose: false })).catch(
        () => undefined,
      );
      return verdict(await answer);
    } finally {
      clearTimeout(timer);
      socket.destroy();
      await file.close();
    }
  };
}

async function send(socket: Socket, bytes: AsyncIterable<Buffer>): Promise<void> {
  if (socket.connecting) await once(socket, 'connect');
  socket.write('zINSTREAM\0');
  for await (const piece of bytes) {
    if (socket.destroyed) return;
    socket.write(length(piece.length));
    if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  }
  socket.write(length(0));
}

/** Everything until the NUL that ends an answer, or until the connection ends, however it does. */
function readAnswer(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => {
      text += piece;
      if (text.includes('\0') || text.length > 4096) resolve(text);
    });
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
  });
}

function verdict(answer: string): ScanResult {
  const line = answer.split('\0', 1)[0]!;
  if (!answer.includes('\0')) return 'unavailable';
  if (line === 'stream: OK') return 'clean';
  return /^stream: .+ FOUND$/.test(line) ? 'infected' : 'unavailable';
}

function length(bytes: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(bytes);
  return header;
}

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { fileTypeFromBuffer } from 'file-type';
import { judgeJpeg } from './jpeg.js';
import { judgePdf } from './pdf.js';
import { type Mime, type Refusals, type Refused, type Verdict, type Wanted, refusalsOf } from './verdict.js';

/** What one inspection is asked for; `cleaned` is where a cleaned copy goes. */
export interface Task {
  id: number;
  path: string;
  name: string;
  wanted: Wanted;
  cleaned: string;
  seconds: number;
}

/** Told when a thread takes a task up, and how many it had before. */
export interface Started {
  id: number;
  served: number;
}

const ENDINGS: Record<string, Mime> = { pdf: 'application/pdf', jpg: 'image/jpeg', jpeg: 'image/jpeg' };

/** As much as file-type asks for. */
const FIRST_BYTES = 4100;

/** What other contents are called on screen; the rest are «другое содержимое». */
const KNOWN: Record<string, string> = {
  png: 'изображение PNG',
  gif: 'изображение GIF',
  webp: 'изображение WebP',
  heic: 'снимок HEIC',
  avif: 'изображение AVIF',
  tif: 'изображение TIFF',
  bmp: 'изображение BMP',
  docx: 'документ Word',
  xlsx: 'таблица Excel',
  cfb: 'документ Word или Excel',
  rtf: 'документ RTF',
  zip: 'архив ZIP',
  rar: 'архив RAR',
  '7z': 'архив 7z',
};

let served = 0;

// pdf-lib tells the console about every bad object; a hostile file has a million of them.
Object.assign(console, { warn: () => undefined });

/** Judges one file; runs in a thread of its own, started and stopped by `createInspector`. */
export default async function inspect(task: Task): Promise<Verdict> {
  const started: Started = { id: task.id, served };
  parentPort?.postMessage(started);
  served += 1;
  const bytes = await readFile(task.path);
  const refusals = refusalsOf(task.wanted);
  if (bytes.length === 0) return refusals.empty;
  const extension = /\.([^.\s]+)\s*$/.exec(task.name)?.[1]?.toLowerCase();
  if (extension === undefined) return refusals.noExtension;
  const claimed = ENDINGS[extension];
  const fits = claimed === 'image/jpeg' || task.wanted === 'document';
  if (!claimed || !fits) return wrongEnding(extension, refusals);
  const wrong = await wrongContent(bytes, claimed, `.${extension}`, refusals);
  return wrong ?? (claimed === 'application/pdf' ? pdf(bytes, task) : jpeg(bytes, task, refusals));
}

async function pdf(bytes: Buffer, task: Task): Promise<Verdict> {
  const judged = await judgePdf(bytes);
  if (!judged.ok) return judged;
  return { ...judged, mime: 'application/pdf', path: task.path, size: bytes.length, sha256: sha256(bytes) };
}

async function jpeg(bytes: Buffer, task: Task, refusals: Refusals): Promise<Verdict> {
  const judged = await judgeJpeg(bytes, task.seconds, refusals);
  if (!judged.ok) return judged;
  const { bytes: cleaned, width, height } = judged;
  await writeFile(task.cleaned, cleaned, { mode: 0o600 });
  return {
    ok: true,
    mime: 'image/jpeg',
    path: task.cleaned,
    size: cleaned.length,
    sha256: sha256(cleaned),
    width,
    height,
  };
}

function wrongEnding(extension: string, refusals: Refusals): Refused {
  return /^[a-zа-я0-9]{1,10}$/.test(extension) ? refusals.extension(`.${extension}`) : refusals.noExtension;
}

/** The content is not what the name says, in words for what it is instead; undefined when they agree. */
async function wrongContent(
  bytes: Buffer,
  claimed: Mime,
  ending: string,
  refusals: Refusals,
): Promise<Refused | undefined> {
  const found = await fileTypeFromBuffer(bytes.subarray(0, FIRST_BYTES));
  if (found?.mime === claimed && startsPlainly(bytes, claimed)) return undefined;
  if (claimed === 'application/pdf' && bytes.subarray(0, FIRST_BYTES).includes('%PDF-'))
    return refusals.pdfAfterJunk;
  if (found?.mime === 'application/pdf') return refusals.rename(ending, 'документ PDF', '.pdf');
  if (found?.mime === 'image/jpeg') return refusals.rename(ending, 'изображение JPEG', '.jpg');
  const known = found && KNOWN[found.ext];
  return known ? refusals.convert(ending, known) : refusals.unknownContent(ending);
}

/** file-type forgives a byte order mark before `%PDF`; a viewer that does not would read something else. */
function startsPlainly(bytes: Buffer, claimed: Mime): boolean {
  return claimed !== 'application/pdf' || bytes.subarray(0, 5).equals(Buffer.from('%PDF-'));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

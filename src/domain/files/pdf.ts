import {
  PDFArray,
  PDFCatalog,
  type PDFContext,
  PDFDict,
  PDFName,
  type PDFObject,
  PDFPageLeaf,
  PDFParser,
  PDFStream,
} from 'pdf-lib';
import decoding from 'pdf-lib/cjs/core/streams/DecodeStream.js';
import { type Refused, refusals } from './verdict.js';

/** Objects are compressed in groups of some hundred; 32 MB of them in one group is a bomb (a deflate grows 1000 times). */
const MAX_INFLATED = 32 * 1024 * 1024;

/** ISO 32000-1, 12.6.4: what a viewer would run, open or hand over; 7.11.4: files within the file; 12.7.8: XFA. */
const ACTIVE_KEYS = new Set(['JS', 'JavaScript', 'EF', 'EmbeddedFiles', 'XFA', 'RichMediaContent']);
const ACTIVE_TYPES = new Set([
  ...['JavaScript', 'Launch', 'ImportData', 'SubmitForm', 'GoToE', 'RichMediaExecute'],
  ...['EmbeddedFile', 'FileAttachment', 'RichMedia'],
]);
const TYPE_KEYS = new Set(['S', 'Type', 'Subtype']);

/** Long enough not to turn up in compressed data by chance; the short ones are only looked for in parsed objects. */
const ACTIVE_TEXT = /\/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia)(?![A-Za-z0-9])/;
const ENCRYPTED_TEXT = /\/Encrypt\s*(?:\d+\s+\d+\s+R|<<)/;
const OBJECT = /\d\s+\d+\s+obj/;

let bombFound = false;
limitInflation();

export interface SoundPdf {
  ok: true;
  pages: number;
}

/**
 * Reads the whole document: it begins at the first byte and ends at the last, opens, has pages, needs no password and
 * brings nothing that a viewer would run. Words hidden by escapes (`/J#61vaScript`) or in compressed objects are found.
 *
 * @param bytes of a file that begins with `%PDF`
 */
export async function judgePdf(bytes: Buffer): Promise<SoundPdf | Refused> {
  const text = unescapeNames(bytes.toString('latin1'));
  if (!OBJECT.test(text)) return refusals.notReallyPdf;
  const tail = afterEnd(text);
  if (tail === undefined || OBJECT.test(tail)) return refusals.damagedPdf;
  if (/[^\s\0]/.test(tail)) return refusals.pdfBeforeJunk;
  if (ENCRYPTED_TEXT.test(text)) return refusals.encrypted;
  if (ACTIVE_TEXT.test(text)) return refusals.active;
  return parse(bytes);
}

async function parse(bytes: Buffer): Promise<SoundPdf | Refused> {
  bombFound = false;
  let active = false;
  try {
    const parser = PDFParser.forBytesWithOptions(bytes, Infinity);
    const context: PDFContext = parser['context'];
    const assign = context.assign.bind(context);
    // Looked at as they are read: a second object of the same number hides the first here, but not from every viewer.
    context.assign = (ref, object) => {
      active ||= isActive(object);
      assign(ref, object);
    };
    await parser.parseDocument();
    if (bombFound) return refusals.heavyPdf;
    if (context.trailerInfo.Encrypt) return refusals.encrypted;
    if (active) return refusals.active;
    const pages = countPages(context);
    return pages > 0 ? { ok: true, pages } : refusals.noPages;
  } catch {
    return bombFound ? refusals.heavyPdf : refusals.damagedPdf;
  }
}

/** What stands after the last end mark; undefined when there is no mark. */
function afterEnd(text: string): string | undefined {
  const end = text.lastIndexOf('%%EOF');
  return end === -1 ? undefined : text.slice(end + '%%EOF'.length);
}

function countPages(context: PDFContext): number {
  const catalog = context.lookup(context.trailerInfo.Root);
  if (!(catalog instanceof PDFCatalog)) throw new Error('The document has no catalogue');
  let pages = 0;
  catalog.Pages().traverse((node) => {
    if (node instanceof PDFPageLeaf) pages += 1;
  });
  return pages;
}

/** Whether an object, or anything written directly within it, is one of those that do something. */
function isActive(object: PDFObject): boolean {
  const left: PDFObject[] = [object];
  for (let next = left.pop(); next; next = left.pop()) {
    const dict = next instanceof PDFStream ? next.dict : next;
    if (dict instanceof PDFArray) for (const element of dict.asArray()) left.push(element);
    if (!(dict instanceof PDFDict)) continue;
    for (const [name, value] of dict.entries()) {
      const key = plain(name);
      if (ACTIVE_KEYS.has(key)) return true;
      if (value instanceof PDFName && TYPE_KEYS.has(key) && ACTIVE_TYPES.has(plain(value))) return true;
      left.push(value);
    }
  }
  return false;
}

/** A name as viewers read it. pdf-lib leaves `#4a` with a small letter as it is, and writes the sign itself as `#23`. */
function plain(name: PDFName): string {
  const written = name.asString().slice(1);
  return written.includes('#') ? unescapeNames(unescapeNames(written)) : written;
}

function unescapeNames(text: string): string {
  return text.replace(/#([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/**
 * The thread's memory limit counts the heap, not the buffers that pdf-lib inflates into: 2 MB became 2 GB. pdf-lib takes
 * the error for a bad object and reads on, so it is also remembered.
 */
function limitInflation(): void {
  const stream = decoding.default.prototype;
  const ensureBuffer = stream['ensureBuffer'];
  stream['ensureBuffer'] = function (requested: number) {
    if (requested > MAX_INFLATED) {
      bombFound = true;
      throw new Error('The stream inflates beyond measure');
    }
    return ensureBuffer.call(this, requested);
  };
}

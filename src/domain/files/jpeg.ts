import sharp from 'sharp';
import type { Refusals, Refused } from './verdict.js';

/** 100 megapixels: an A3 sheet at 600 dpi and every telephone's usual picture, but not 30000 × 30000. */
const MAX_PIXELS = 100_000_000;

/** Encoders write 10 to 14. Each further pass over 100 megapixels costs 10 ms that no time limit can take back. */
const MAX_SCANS = 32;

/** A picture that was 10 MB may come out larger than it was: then a little quality is given up for the size. */
const SIZE_LIMIT = 10 * 1024 * 1024;
const QUALITIES = [
  { quality: 90, chromaSubsampling: '4:4:4' },
  { quality: 78, chromaSubsampling: '4:2:0' },
] as const;

// The process is shared with the pages: one thread a picture, and nothing kept from one to the next.
sharp.concurrency(1);
sharp.cache(false);

export interface CleanJpeg {
  ok: true;
  bytes: Buffer;
  width: number;
  height: number;
}

/**
 * Decodes the whole picture and writes it anew: upright, in sRGB, with no metadata (a photograph tells where it was
 * taken) and nothing after the picture's end.
 *
 * @param seconds after which the native code gives up too: ending the thread does not stop it
 * @param refusals the words for the field that it was chosen for
 */
export async function judgeJpeg(
  bytes: Buffer,
  seconds: number,
  refusals: Refusals,
): Promise<CleanJpeg | Refused> {
  if (countScans(bytes) > MAX_SCANS) return refusals.heavyJpeg;
  const { width, height } = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => ({ width: 0, height: 0 }));
  if (width * height === 0) return refusals.damagedJpeg;
  if (width * height > MAX_PIXELS) return refusals.pixels;
  try {
    return await encode(bytes, seconds);
  } catch (error) {
    return /timeout/i.test(String(error)) ? refusals.heavyJpeg : refusals.damagedJpeg;
  }
}

async function encode(bytes: Buffer, seconds: number): Promise<CleanJpeg> {
  for (const [attempt, how] of QUALITIES.entries()) {
    const { data, info } = await sharp(bytes, {
      failOn: 'error',
      limitInputPixels: MAX_PIXELS,
      sequentialRead: true,
    })
      .autoOrient()
      .toColourspace('srgb')
      // Optimal Huffman tables would save a tenth of the size, but hold every coefficient: 1.2 GB at 100 megapixels.
      .jpeg({ ...how, optimiseCoding: false })
      .timeout({ seconds })
      .toBuffer({ resolveWithObject: true });
    if (data.length <= SIZE_LIMIT || attempt === QUALITIES.length - 1) {
      return { ok: true, bytes: data, width: info.width, height: info.height };
    }
  }
  throw new Error('No quality to encode with');
}

/**
 * How many passes a progressive picture has: thousands of them in 300 KB keep the decoder busy for half a minute.
 * Walks the markers (ITU T.81, B.1.1), for the bytes of a marker may stand in metadata or after the end as well.
 */
function countScans(bytes: Buffer): number {
  let scans = 0;
  let at = 2;
  while (at + 4 <= bytes.length) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff || isInsideScan(marker) || marker === 0xff) {
      const next = bytes.indexOf(0xff, at + 1);
      if (next === -1) break;
      at = next;
      continue;
    }
    if (marker === END_OF_IMAGE) break;
    if (marker === START_OF_SCAN) scans += 1;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return scans;
}

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/** A stuffed 0xff of the picture's data, or a restart marker: neither is followed by a length. */
function isInsideScan(marker: number): boolean {
  return marker === 0x00 || (marker >= 0xd0 && marker <= 0xd7);
}

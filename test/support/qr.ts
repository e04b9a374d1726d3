import jsqr from 'jsqr';
import sharp, { type Sharp } from 'sharp';

// A module of the older kind: what it exports by default is a property of what Node finds.
const read = jsqr.default;

/** The bytes in the QR code of a picture, as another library than ours reads them. */
export async function readQr(picture: Buffer | Sharp): Promise<Uint8Array> {
  const image = Buffer.isBuffer(picture) ? sharp(picture) : picture;
  const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const found = read(new Uint8ClampedArray(data), info.width, info.height);
  if (!found) throw new Error('No code in the picture');
  return Uint8Array.from(found.binaryData);
}

/** A payment code taken apart, as ГОСТ Р 56042-2014 says. */
export function parsePayment(bytes: Uint8Array) {
  const ascii = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  const [, digit, separator] = /^ST0001([12])([ -~])$/.exec(ascii) ?? [];
  if (!digit || !separator) throw new Error(`No payment code: ${ascii}`);
  const encoding = digit === '1' ? 'windows-1251' : 'utf-8';
  const text = new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(8));
  const fields = text.split(separator).map((field) => {
    const at = field.indexOf('=');
    return [field.slice(0, at), field.slice(at + 1)] as const;
  });
  const required = fields.slice(0, 5).map((pair) => pair.join('='));
  const size = (line: string) => (digit === '1' ? line.length : Buffer.byteLength(line));
  return {
    encoding,
    separator,
    keys: fields.map(([key]) => key),
    values: Object.fromEntries(fields) as Record<string, string>,
    /** The length of the required block in bytes. */
    required: size(required.join(separator)),
  };
}

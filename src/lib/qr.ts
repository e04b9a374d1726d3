/** The light margin that a reader needs around a symbol, in modules (ISO/IEC 18004). */
const QUIET = 4;

/**
 * The symbol of exactly these bytes (byte mode; a sixth of it may be spoilt), one module after another: 1 is dark. The
 * library is loaded with the first one.
 */
async function modulesOf(bytes: Uint8Array): Promise<{ size: number; rows: Uint8Array[] }> {
  const { default: QRCode } = await import('qrcode');
  const { modules } = QRCode.create([{ data: bytes, mode: 'byte' }], { errorCorrectionLevel: 'M' });
  const { size, data } = modules;
  const rows = Array.from({ length: size }, (_, y) => data.slice(y * size, (y + 1) * size));
  return { size, rows };
}

/** The symbol with its quiet zone as grey pixels, `scale` of them a module: 0 is dark, 255 light. */
export async function qrPixels(bytes: Uint8Array, scale = 6): Promise<{ size: number; pixels: Uint8Array }> {
  const { size: modules, rows } = await modulesOf(bytes);
  const size = (modules + 2 * QUIET) * scale;
  const pixels = new Uint8Array(size * size).fill(255);
  rows.forEach((row, y) => {
    const top = (y + QUIET) * scale;
    row.forEach((dark, x) => {
      const from = top * size + (x + QUIET) * scale;
      if (dark) pixels.fill(0, from, from + scale);
    });
    for (let line = 1; line < scale; line += 1)
      pixels.copyWithin((top + line) * size, top * size, (top + 1) * size);
  });
  return { size, pixels };
}

/** The same as a PNG. */
export async function qrPng(bytes: Uint8Array, scale = 6): Promise<Buffer> {
  const [{ default: sharp }, { size, pixels }] = await Promise.all([import('sharp'), qrPixels(bytes, scale)]);
  return sharp(pixels, { raw: { width: size, height: size, channels: 1 } })
    .png()
    .toBuffer();
}

/** The symbol for `<svg viewBox="0 0 size size"><path d>`: a module is a unit, the quiet zone is in it. */
export async function qrPath(bytes: Uint8Array): Promise<{ size: number; path: string }> {
  const { size, rows } = await modulesOf(bytes);
  const runs = rows.flatMap((row, y) =>
    [...row.join('').matchAll(/1+/g)].map(
      ({ index, 0: run }) => `M${index + QUIET} ${y + QUIET}h${run.length}v1h-${run.length}z`,
    ),
  );
  return { size: size + 2 * QUIET, path: runs.join('') };
}

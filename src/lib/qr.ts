/** The light margin that a reader needs around a symbol, in modules (ISO/IEC 18004, 5.3.8). */
const QUIET = 4;

/** What makes a symbol of exactly these bytes (byte mode). The library is loaded with the first one. */
async function symbolOf(bytes: Uint8Array) {
  const { default: QRCode } = await import('qrcode');
  const segments = [{ data: bytes, mode: 'byte' as const }];
  return { QRCode, segments };
}

/** The symbol as a PNG, so many pixels a module, with its quiet zone. */
export async function qrPng(bytes: Uint8Array, scale = 8): Promise<Buffer> {
  const { QRCode, segments } = await symbolOf(bytes);
  return QRCode.toBuffer(segments, { errorCorrectionLevel: 'M', margin: QUIET, scale });
}

/** The symbol for `<svg viewBox="0 0 size size"><path d>`: a module is a unit, the quiet zone is in it. */
export async function qrPath(bytes: Uint8Array): Promise<{ size: number; path: string }> {
  const { QRCode, segments } = await symbolOf(bytes);
  const { modules } = QRCode.create(segments, { errorCorrectionLevel: 'M' });
  const { size, data } = modules;
  const rows = Array.from({ length: size }, (_, y) => {
    const row = Array.from(data.subarray(y * size, (y + 1) * size), (dark) => (dark ? '1' : '0')).join('');
    return [...row.matchAll(/1+/g)].map(
      ({ index, 0: run }) => `M${index + QUIET} ${y + QUIET}h${run.length}v1h-${run.length}z`,
    );
  });
  return { size: size + 2 * QUIET, path: rows.flat().join('') };
}

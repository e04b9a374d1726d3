import sharp from 'sharp';
import type { Face } from './face.js';
import { PAGE, type Sheet } from './layout.js';

/** Dots a point: about 110 dpi, small and still easy to read. */
const SCALE = 1.5;

/** Paints a sheet as an office scanner would see it, signed and stamped, a little askew. No font has to be installed. */
export async function paintScan(sheet: Sheet, face: Face, stamp: { x: number; y: number }): Promise<Buffer> {
  const texts = sheet.texts.map(({ x, y, size, bold, text }) => {
    let pen = 0;
    const letters = [...text].map((character) => {
      const { path, advance } = face.glyphs.get(character)!;
      const letter = path && `<path transform="translate(${pen} 0)" d="${path}"/>`;
      pen += advance;
      return letter;
    });
    const unit = size / face.upem;
    const outline = bold ? ` stroke="#222" stroke-width="${face.upem / 30}"` : '';
    return `<g transform="translate(${x} ${y}) scale(${unit} ${-unit})"${outline}>${letters.join('')}</g>`;
  });
  const rules = sheet.rules.map(
    ([x1, y1, x2, y2]) => `<path d="M${x1} ${y1}L${x2} ${y2}" stroke="#222" stroke-width=".6"/>`,
  );
  const ink = `<g fill="none" stroke="#2b4a9b" stroke-width="1.6" opacity=".85" transform="translate(${stamp.x} ${stamp.y})">
    <circle r="44"/><circle r="39" stroke-width=".8"/><circle r="25" stroke-width=".8"/>
    <path d="M-14 8L-14 -6L-8 -6L-8 8M-4 8L-4 -14L4 -14L4 8M8 8L8 -2L14 -2L14 8M-18 8L18 8" stroke-width="1.4"/>
    <circle r="32" stroke-width="6" stroke-dasharray="2.2 3.1" opacity=".7"/>
    <path d="M-76 6c10-26 22-34 24-22s-18 30-8 24 18-28 24-20-8 18 2 14 12-12 16-6 14 2 30-8" stroke="#1d2f7a" stroke-width="1.3"/>
  </g>`;
  const [width, height] = [PAGE.width * SCALE, PAGE.height * SCALE].map(Math.round);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${PAGE.width} ${PAGE.height}">
    <rect width="100%" height="100%" fill="#f4f3ef"/>
    <g fill="#222" transform="rotate(-0.6 300 400)">${rules.join('')}${texts.join('')}${ink}</g></svg>`;
  return sharp(Buffer.from(svg)).removeAlpha().jpeg({ quality: 30, mozjpeg: true }).toBuffer();
}

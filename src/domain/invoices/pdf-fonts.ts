import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { PDFDocument, PDFFont } from 'pdf-lib';

const require = createRequire(import.meta.url);
const FILES = [
  '@expo-google-fonts/golos-text/400Regular/GolosText_400Regular.ttf',
  '@expo-google-fonts/golos-text/600SemiBold/GolosText_600SemiBold.ttf',
];

interface Glyph {
  advanceWidth: number;
  /** What it stands for when the text is copied. */
  codePoints: number[];
}

/** What of fontkit's fonts is used here; its own types leave half of it out. */
interface Font {
  glyphForCodePoint(code: number): Glyph;
  hasGlyphForCodePoint(code: number): boolean;
  layout(text: string): { glyphs: Glyph[] };
}

/** Shown for what the font has not. */
const QUESTION = 0x3f;

interface Parsed {
  bytes: Uint8Array;
  font: Font;
}

let parsed: Promise<Parsed[]> | undefined;

/** Reads the fonts once, with the first document. */
async function parse(): Promise<Parsed[]> {
  const { default: fontkit } = await import('@pdf-lib/fontkit');
  return Promise.all(
    FILES.map(async (path) => {
      const bytes = await readFile(require.resolve(path));
      const font = fontkit.create(bytes) as unknown as Font;
      font.layout = inRow(font);
      return { bytes, font };
    }),
  );
}

/**
 * One glyph after another. pdf-lib writes them so whatever the font's tables say of pairs, so all that a layout engine
 * computes is thrown away: it made an invoice of 500 lines ten times as dear.
 */
function inRow(font: Font): Font['layout'] {
  const known = new Map<string, Glyph>();
  const glyphOf = (sign: string) => {
    let glyph = known.get(sign);
    if (!glyph) {
      const asked = sign.codePointAt(0)!;
      const code = font.hasGlyphForCodePoint(asked) ? asked : QUESTION;
      glyph = font.glyphForCodePoint(code);
      // «А» is drawn with «A»: where the font met a glyph first as a part of another, it does not know its sign.
      glyph.codePoints = [code];
      known.set(sign, glyph);
    }
    return glyph;
  };
  return (text) => ({ glyphs: Array.from(text, glyphOf) });
}

/** Golos Text in two weights for this document, of which only the signs that are drawn will be in it. */
export async function embedFonts(pdf: PDFDocument): Promise<{ plain: PDFFont; bold: PDFFont }> {
  const all = await (parsed ??= parse());
  const create = (bytes: Uint8Array) => all.find((one) => one.bytes === bytes)!.font;
  pdf.registerFontkit({ create } as never);
  const [plain, bold] = await Promise.all(all.map(({ bytes }) => pdf.embedFont(bytes, { subset: true })));
  return { plain: plain!, bold: bold! };
}

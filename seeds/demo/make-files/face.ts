import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as harfbuzz from 'harfbuzzjs';
import subsetFont from 'subset-font';
import type { Measure } from './layout.js';

/** A font cut down to the characters of some texts. */
export interface Face {
  /** As a TrueType file. */
  bytes: Buffer;
  upem: number;
  ascender: number;
  descender: number;
  /** Every character with its glyph, that glyph's advance and its outline as an SVG path (y upwards), in font units. */
  glyphs: Map<string, { id: number; advance: number; path: string }>;
  measure: Measure;
}

const FONT = '@expo-google-fonts/golos-text/400Regular/GolosText_400Regular.ttf';

/** Cuts Golos Text (OFL, which allows it in documents) down to what these texts need. */
export async function cutFace(texts: string[]): Promise<Face> {
  const characters = [...new Set(texts.join(''))].sort();
  const whole = await readFile(createRequire(import.meta.url).resolve(FONT));
  const options = { targetFormat: 'truetype', keepFeatures: [], noHinting: true } as const;
  const bytes = await subsetFont(whole, characters.join(''), options);
  const face = new harfbuzz.Face(new harfbuzz.Blob(new Uint8Array(bytes).buffer));
  const font = new harfbuzz.Font(face);
  const glyphs: Face['glyphs'] = new Map();
  for (const character of characters) {
    const id = font.nominalGlyph(character.codePointAt(0)!);
    if (id === undefined) throw new Error(`The font has no «${character}»`);
    glyphs.set(character, { id, advance: font.glyphHAdvance(id), path: font.glyphToPath(id) });
  }
  const advance = (text: string) => [...text].reduce((sum, one) => sum + glyphs.get(one)!.advance, 0);
  const measure = (text: string, size: number) => (advance(text) * size) / face.upem;
  const { ascender, descender } = font.hExtents();
  return { bytes, upem: face.upem, ascender, descender, glyphs, measure };
}

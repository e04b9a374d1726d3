import { PDFDocument, PDFName, PDFString, type PDFContext, type PDFRef } from 'pdf-lib';
import type { Face } from './face.js';
import { PAGE, type Sheet } from './layout.js';

/**
 * Writes the sheets as a PDF with real, searchable text. The font is embedded by hand (ISO 32000-1, 9.7: a Type 0 font
 * whose codes are glyph numbers), because pdf-lib alone only knows fonts without Cyrillic letters.
 */
export async function writePdf(
  sheets: Sheet[],
  face: Face,
  about: { title: string; made: Date },
): Promise<Buffer> {
  const document = await PDFDocument.create({ updateMetadata: false });
  document.setTitle(about.title);
  document.setCreationDate(about.made);
  document.setModificationDate(about.made);
  const font = embed(document.context, face);
  for (const sheet of sheets) {
    const page = document.addPage([PAGE.width, PAGE.height]);
    page.node.setFontDictionary(PDFName.of('F'), font);
    page.node.addContentStream(document.context.register(document.context.flateStream(paint(sheet, face))));
  }
  return Buffer.from(await document.save());
}

/** The sheet in the page's own language; a heavier letter is one with an outline. */
function paint(sheet: Sheet, face: Face): string {
  const up = (y: number) => round(PAGE.height - y);
  const rules = sheet.rules.map(([x1, y1, x2, y2]) => `${round(x1)} ${up(y1)} m ${round(x2)} ${up(y2)} l S`);
  const texts = sheet.texts.map(({ x, y, size, bold, text }) => {
    const codes = [...text].map((character) => hex(face.glyphs.get(character)!.id)).join('');
    const mode = bold ? `2 Tr ${round(size / 32)} w` : '0 Tr';
    return `BT /F ${size} Tf ${mode} ${round(x)} ${up(y)} Td <${codes}> Tj ET`;
  });
  return ['0.5 w', ...rules, ...texts].join('\n');
}

function embed(context: PDFContext, face: Face): PDFRef {
  const thousandth = (units: number) => Math.round((units * 1000) / face.upem);
  const name = 'GOLOSA+GolosText-Regular';
  const glyphs = [...face.glyphs].map(([character, glyph]) => ({ character, ...glyph }));
  const file = context.register(context.flateStream(face.bytes, { Length1: face.bytes.length }));
  const descriptor = context.obj({
    Type: 'FontDescriptor',
    FontName: name,
    Flags: 32,
    ItalicAngle: 0,
    StemV: 80,
    FontBBox: [-200, thousandth(face.descender), 1200, thousandth(face.ascender)],
    Ascent: thousandth(face.ascender),
    Descent: thousandth(face.descender),
    CapHeight: 700,
    FontFile2: file,
  });
  const descendant = context.obj({
    Type: 'Font',
    Subtype: 'CIDFontType2',
    BaseFont: name,
    CIDToGIDMap: 'Identity',
    CIDSystemInfo: { Registry: PDFString.of('Adobe'), Ordering: PDFString.of('Identity'), Supplement: 0 },
    FontDescriptor: context.register(descriptor),
    W: glyphs.flatMap(({ id, advance }) => [id, [thousandth(advance)]]),
  });
  const meanings = glyphs.map(({ id, character }) => `<${hex(id)}> <${hex(character.charCodeAt(0))}>`);
  const font = context.obj({
    Type: 'Font',
    Subtype: 'Type0',
    BaseFont: name,
    Encoding: 'Identity-H',
    DescendantFonts: [context.register(descendant)],
    ToUnicode: context.register(context.flateStream(unicodeMap(meanings))),
  });
  return context.register(font);
}

/** What the glyphs mean, for search and copying (at most 100 a group). */
function unicodeMap(meanings: string[]): string {
  const groups = [meanings.slice(0, 100), meanings.slice(100)].filter((group) => group.length > 0);
  return [
    '/CIDInit /ProcSet findresource begin 12 dict begin begincmap',
    '/CMapName /Adobe-Identity-UCS def /CMapType 2 def',
    '1 begincodespacerange <0000> <ffff> endcodespacerange',
    ...groups.map((group) => [`${group.length} beginbfchar`, ...group, 'endbfchar'].join('\n')),
    'endcmap CMapName currentdict /CMap defineresource pop end end',
  ].join('\n');
}

const hex = (number: number) => number.toString(16).padStart(4, '0');
const round = (points: number) => Math.round(points * 100) / 100;

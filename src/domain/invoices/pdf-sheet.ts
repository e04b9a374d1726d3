import { setImmediate } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import {
  concatTransformationMatrix,
  degrees,
  drawObject,
  PDFDocument,
  popGraphicsState,
  pushGraphicsState,
  rgb,
  type PDFFont,
  type PDFPage,
} from 'pdf-lib';
import { embedFonts } from './pdf-fonts.js';

/** A4 in points of a 72nd of an inch, and its margins. */
const [WIDTH, HEIGHT] = [595.28, 841.89];
export const LEFT = 42;
export const RIGHT = WIDTH - 42;
const TOP = HEIGHT - 42;
const BOTTOM = 58;

const INK = rgb(0.08, 0.13, 0.2);
const MUTED = rgb(0.35, 0.4, 0.47);
const LINE = rgb(0.6, 0.65, 0.71);

/** How a text is set; sizes in points. */
export interface Set {
  size?: number;
  bold?: boolean;
  muted?: boolean;
  /** At which edge of its width it stands. */
  align?: 'left' | 'right' | 'center';
}

/** Leading of a size. */
export const leading = (size: number) => size * 1.36;

/** Sheets of A4 that are written from the top to the bottom. `y` is where the next line's top is. */
export class Sheets {
  y = TOP;
  private page!: PDFPage;

  private constructor(
    readonly pdf: PDFDocument,
    private readonly fonts: { plain: PDFFont; bold: PDFFont },
    /** Stands across every page. */
    private readonly mark: string | null,
  ) {
    this.addPage();
  }

  static async open(mark: string | null): Promise<Sheets> {
    const pdf = await PDFDocument.create({ updateMetadata: false });
    return new Sheets(pdf, await embedFonts(pdf), mark);
  }

  /** A new page; lets others have the event loop first. */
  async turn(): Promise<void> {
    await setImmediate();
    this.addPage();
  }

  private addPage(): void {
    this.page = this.pdf.addPage([WIDTH, HEIGHT]);
    this.y = TOP;
    if (!this.mark) return;
    const size = 92;
    const half = this.fonts.bold.widthOfTextAtSize(this.mark, size) / 2;
    const [x, y] = [WIDTH / 2 - half * Math.SQRT1_2 + size / 4, HEIGHT / 2 - half * Math.SQRT1_2 - size / 4];
    const look = { size, font: this.fonts.bold, color: rgb(0.76, 0.23, 0.19), opacity: 0.16 };
    this.page.drawText(this.mark, { x, y, rotate: degrees(45), ...look });
  }

  /** Whether so many points are left above the margin. */
  has(height: number): boolean {
    return this.y - height >= BOTTOM;
  }

  /** The text in lines of this width; words longer than that are broken. Spaces that do not break stay. */
  wrap(text: string, width: number, { size = 9, bold = false }: Set = {}): string[] {
    const font = bold ? this.fonts.bold : this.fonts.plain;
    const fits = (line: string) => font.widthOfTextAtSize(line.replaceAll('\u00a0', ' '), size) <= width;
    const lines: string[] = [];
    let line = '';
    // A sign of a number stays with its number.
    for (const word of plain(text)
      .replaceAll('№ ', '№\u00a0')
      .split(/[^\S\u00a0\u202f\u2009]+/)) {
      const longer = line ? `${line} ${word}` : word;
      if (fits(longer)) {
        line = longer;
        continue;
      }
      if (line) lines.push(line);
      line = '';
      for (const sign of word) {
        if (line && !fits(line + sign)) {
          lines.push(line);
          line = '';
        }
        line += sign;
      }
    }
    return line || lines.length === 0 ? [...lines, line] : lines;
  }

  /** One line of text whose top is at `top`. */
  line(text: string, x: number, top: number, width: number, set: Set = {}): void {
    const { size = 9, bold = false, muted = false, align = 'left' } = set;
    const font = bold ? this.fonts.bold : this.fonts.plain;
    // What is copied or searched for has plain spaces.
    const shown = plain(text).replace(/\s/g, ' ');
    const spare = align === 'left' ? 0 : width - font.widthOfTextAtSize(shown, size);
    const at = { x: x + (align === 'center' ? spare / 2 : spare), y: top - size };
    this.page.drawText(shown, { ...at, size, font, color: muted ? MUTED : INK });
  }

  /** Text in as many lines as it needs, from `y` on or at a `top` of its own. Answers where it ends. */
  text(text: string, x: number, width: number, set: Set = {}, top = this.y): number {
    const step = leading(set.size ?? 9);
    const lines = this.wrap(text, width, set);
    lines.forEach((line, at) => this.line(line, x, top - at * step, width, set));
    return top - lines.length * step;
  }

  rule(x1: number, y1: number, x2: number, y2: number): void {
    this.page.drawLine({ start: { x: x1, y: y1 }, end: { x: x2, y: y2 }, thickness: 0.6, color: LINE });
  }

  /** Grey pixels as a picture with this side, its top at `y`. */
  picture({ size, pixels }: { size: number; pixels: Uint8Array }, x: number, side: number): void {
    const { context } = this.pdf;
    const about = { Type: 'XObject', Subtype: 'Image', Width: size, Height: size, ColorSpace: 'DeviceGray' };
    const stream = context.stream(deflateSync(pixels), {
      ...about,
      BitsPerComponent: 8,
      Filter: 'FlateDecode',
    });
    const name = this.page.node.newXObject('QR', context.register(stream));
    const matrix = concatTransformationMatrix(side, 0, 0, side, x, this.y - side);
    this.page.pushOperators(pushGraphicsState(), matrix, drawObject(name), popGraphicsState());
  }

  /** Ends every page with these words and its number. */
  async finish(words: string): Promise<Uint8Array> {
    const pages = this.pdf.getPages();
    pages.forEach((page, at) => {
      this.page = page;
      this.line(words, LEFT, 40, 300, { size: 8, muted: true });
      const number = `Страница ${at + 1} из ${pages.length}`;
      this.line(number, RIGHT - 150, 40, 150, { size: 8, muted: true, align: 'right' });
    });
    await setImmediate();
    return this.pdf.save({ objectsPerTick: 20 });
  }
}

/** One line without control signs and marks of direction. */
const plain = (text: string) =>
  text
    .toWellFormed()
    .normalize('NFC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Cc}/gu, ' ');

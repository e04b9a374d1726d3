import { LEFT, leading, RIGHT, type Set, type Sheets } from './pdf-sheet.js';

export interface Column {
  head: string;
  /** In points; the one column without a width takes what is left. */
  width?: number;
  align?: Set['align'];
}

const PAD = 4;

/** A table with a head that stands on every page; a row too high for what is left of a page begins on the next. */
export async function drawTable(sheets: Sheets, columns: Column[], rows: string[][]): Promise<void> {
  const known = columns.reduce((sum, { width = 0 }) => sum + width, 0);
  let x = LEFT;
  const places = columns.map(({ width = RIGHT - LEFT - known, align = 'left', head }) => {
    x += width;
    return { x: x - width + PAD, width: width - 2 * PAD, align, head };
  });
  let top = sheets.y;
  const head = () => {
    top = sheets.y;
    const texts = places.map((place) => sheets.wrap(place.head, place.width, HEAD));
    put(texts, HEAD);
  };
  /** Draws lines of cells as one row with the rule above it. */
  const put = (texts: string[][], set: Set) => {
    const step = leading(set.size!);
    sheets.rule(LEFT, sheets.y, RIGHT, sheets.y);
    places.forEach((place, at) =>
      texts[at]!.forEach((line, down) => {
        const style = { ...set, align: place.align };
        sheets.line(line, place.x, sheets.y - PAD - down * step, place.width, style);
      }),
    );
    sheets.y -= heightOf(texts, step);
  };
  const close = () => {
    sheets.rule(LEFT, sheets.y, RIGHT, sheets.y);
    for (const edge of [...places.map((place) => place.x - PAD), RIGHT])
      sheets.rule(edge, top, edge, sheets.y);
  };
  const step = leading(ROW.size);
  head();
  for (const row of rows) {
    let texts = row.map((text, at) => sheets.wrap(text, places[at]!.width, ROW));
    if (!sheets.has(heightOf(texts, step))) {
      close();
      await sheets.turn();
      head();
    }
    // A name of more than a page goes on upon the next one.
    for (;;) {
      let lines = Math.max(...texts.map(({ length }) => length));
      while (lines > 1 && !sheets.has(lines * step + 2 * PAD)) lines -= 1;
      put(
        texts.map((cell) => cell.slice(0, lines)),
        ROW,
      );
      texts = texts.map((cell) => cell.slice(lines));
      if (texts.every(({ length }) => length === 0)) break;
      close();
      await sheets.turn();
      head();
    }
  }
  close();
}

const HEAD = { size: 8, bold: true };
const ROW = { size: 9 };

const heightOf = (texts: string[][], step: number) =>
  Math.max(...texts.map(({ length }) => length)) * step + 2 * PAD;

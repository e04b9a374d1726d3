/** What a sample document is made of, from top to bottom. */
export type Block =
  | {
      kind: 'text';
      text: string;
      align?: 'left' | 'center' | 'right';
      size?: number;
      bold?: boolean;
      indent?: number;
    }
  | { kind: 'columns'; cells: string[]; widths: number[]; bold?: boolean; ruled?: boolean }
  | { kind: 'space'; points: number }
  | { kind: 'page' };

/** A line of text at a place on the sheet, in points from its upper left corner to the left end of the base line. */
interface Placed {
  x: number;
  y: number;
  size: number;
  bold: boolean;
  text: string;
}

/** A thin line from one point to another. */
type Rule = [number, number, number, number];

/** One sheet, ready to be painted. */
export interface Sheet {
  texts: Placed[];
  rules: Rule[];
}

/** Tells how wide a text is, in points. */
export type Measure = (text: string, size: number) => number;

/** A4 in points. */
export const PAGE = { width: 595, height: 842 };

const MARGIN = { left: 71, right: 43, top: 64 };
const WIDTH = PAGE.width - MARGIN.left - MARGIN.right;
const SIZE = 11;
const LEADING = 1.4;
const PADDING = 4;

/** Lays the blocks out on as many sheets as they ask for, each with the footer at its foot. */
export function layOut(blocks: Block[], footer: string, measure: Measure): Sheet[] {
  const sheets: Sheet[] = [];
  let y = 0;
  const current = () => sheets.at(-1)!;
  const begin = () => {
    const line = { x: MARGIN.left, y: PAGE.height - 32, size: 8, bold: false, text: footer };
    sheets.push({ texts: [line], rules: [] });
    y = MARGIN.top;
  };

  begin();
  for (const block of blocks) {
    if (block.kind === 'page') begin();
    if (block.kind === 'space') y += block.points;
    if (block.kind === 'columns') y = placeColumns(current(), block, y, measure);
    if (block.kind !== 'text') continue;
    const { text, align = 'left', size = SIZE, bold = false, indent = 0 } = block;
    for (const [number, line] of wrap(text, size, WIDTH, measure, indent).entries()) {
      const spare = WIDTH - measure(line, size);
      const shift = align === 'center' ? spare / 2 : align === 'right' ? spare : number === 0 ? indent : 0;
      y += size * LEADING;
      current().texts.push({ x: MARGIN.left + shift, y, size, bold, text: line });
    }
    y += 4;
  }
  return sheets;
}

function placeColumns(
  sheet: Sheet,
  block: Block & { kind: 'columns' },
  top: number,
  measure: Measure,
): number {
  const { cells, widths, bold = false, ruled = false } = block;
  const size = ruled ? 9.5 : SIZE;
  const padding = ruled ? PADDING : 0;
  const edges = widths.reduce((all, width) => [...all, all.at(-1)! + width], [MARGIN.left]);
  const lines = cells.map((cell, at) => wrap(cell, size, widths[at]! - 2 * padding, measure));
  const height = Math.max(...lines.map((column) => column.length)) * size * LEADING + 2 * padding;
  for (const [at, column] of lines.entries()) {
    for (const [number, text] of column.entries()) {
      const y = top + padding + (number + 0.8) * size * LEADING;
      sheet.texts.push({ x: edges[at]! + padding, y, size, bold, text });
    }
  }
  if (ruled) {
    const [left, right, bottom] = [edges[0]!, edges.at(-1)!, top + height];
    sheet.rules.push([left, top, right, top], [left, bottom, right, bottom]);
    for (const edge of edges) sheet.rules.push([edge, top, edge, bottom]);
  }
  return top + height;
}

/** Breaks a text into lines at its spaces; the first is shorter by the indent. */
function wrap(text: string, size: number, width: number, measure: Measure, indent = 0): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    const room = width - (lines.length === 1 ? indent : 0);
    if (lines.at(-1) && measure(longer, size) > room) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

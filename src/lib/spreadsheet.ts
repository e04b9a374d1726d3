import { stringify } from 'csv-stringify/sync';
import writeXlsx from 'write-excel-file/node';

/** A table to be saved: the heads of its columns, and rows of texts. */
export interface Table {
  heads: string[];
  rows: string[][];
}

/**
 * CSV as Russian Excel opens it: UTF-8 with its mark, semicolons. What a spreadsheet would take for a formula is
 * defused with an apostrophe: such cells come from whoever named an organisation (CWE-1236). An import takes that one off
 * again, so what begins with one already gets another.
 */
export function csvOf({ heads, rows }: Table): Buffer {
  const cells = rows.map((row) =>
    row.map((value) => (/^'+[=+\-@\t\r＝＋－＠]/.test(value) ? `'${value}` : value)),
  );
  return Buffer.from(stringify([heads, ...cells], { bom: true, delimiter: ';', escape_formulas: true }));
}

/** A workbook of one sheet. Every cell is a text, so none is ever a formula. */
export async function xlsxOf({ heads, rows }: Table): Promise<Buffer> {
  const cell = (value: string, bold = false) => ({
    value,
    type: String,
    ...(bold && { fontWeight: 'bold' as const }),
  });
  const sheet = [
    heads.map((head) => cell(head, true)),
    ...rows.map((row) => row.map((value) => cell(value))),
  ];
  return writeXlsx(sheet, { stickyRowsCount: 1 }).toBuffer();
}

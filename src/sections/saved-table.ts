import { Readable } from 'node:stream';
import { csvOf, xlsxOf, type Table } from '../lib/spreadsheet.js';
import type { FileAnswer } from '../web/answer.js';

const KINDS = {
  xlsx: { mime: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', write: xlsxOf },
  csv: { mime: 'text/csv; charset=utf-8', write: (table: Table) => Promise.resolve(csvOf(table)) },
};

/** A table to be saved under a name: a workbook, or CSV where the address says so. */
export async function savedTable(table: Table, title: string, format: string | null): Promise<FileAnswer> {
  const kind = format === 'csv' ? 'csv' : 'xlsx';
  const bytes = await KINDS[kind].write(table);
  const file = {
    stream: Readable.from([bytes]),
    size: bytes.length,
    mime: KINDS[kind].mime,
    name: `${title}.${kind}`,
  };
  return { kind: 'file', file, inline: false };
}

/** The links that save what a list shows, filtered as it is. */
export const saveLinks = (path: string, kept: [string, string][]) =>
  (['xlsx', 'csv'] as const).map((format) => ({
    label: format.toUpperCase(),
    href: `${path}?${new URLSearchParams([...kept, ['format', format]])}`,
  }));

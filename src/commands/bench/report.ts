import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { kilobytes, type Figures } from './figures.js';

const BEGIN = '<!-- bench:start -->';
const END = '<!-- bench:end -->';

/** Puts the tables between the marks of the document; the words around them stay. */
export function writeInto(file: string, tables: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : `# Performance\n\n${BEGIN}\n${END}\n`;
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${file} has no ${BEGIN} … ${END}`);
  writeFileSync(file, `${before}${BEGIN}\n\n${tables}\n${END}${after}`);
}

/** The figures as Markdown. */
export function tables(figures: Figures): string {
  const { machine, page, firstVisit, start, signIns, strangers, processor } = figures;
  const requests = figures.requests.pages;
  const sizes = [...new Set(requests.map((one) => one.requests))];
  const lines = requests.filter((one) => one.requests === sizes.at(-1));
  const count = (value: number) => value.toLocaleString('en');
  const ms = (value: number) => value.toFixed(value < 10 ? 2 : 1);
  return [
    `Measured ${figures.at.slice(0, 16).replace('T', ' ')} UTC on ${machine.cores} cores (${machine.processor}), ` +
      `Node ${machine.node}, Postgres ${machine.postgres}, everything on the one machine, ` +
      `${figures.quick ? 'a short run' : 'medians of the rounds'}.`,
    '',
    ...table(
      ['Promise', 'wanted', 'found', ''],
      figures.promises.map((one) => [one.what, one.promised, one.found, one.kept ? 'kept' : '**missed**']),
    ),
    `The list with ${count(figures.documents)} documents in the table, ${count(page.bytes)} bytes ` +
      `(${count(page.compressed)} compressed), beside a page of the same bytes from bare Express + EJS:`,
    '',
    ...table(
      ['connections', 'list /s', 'p50 ms', 'p99 ms', 'bare /s', 'p50 ms', 'p99 ms', 'ratio', 'p99 ratio'],
      figures.comparisons.map(({ connections, compressed, list, bare }) => [
        `${connections}${compressed ? ', gzip' : ''}`,
        ...[count(Math.round(list.perSecond)), ms(list.p50), ms(list.p99)],
        ...[count(Math.round(bare.perSecond)), ms(bare.p50), ms(bare.p99)],
        ...[(list.perSecond / bare.perSecond).toFixed(2), (list.p99 / bare.p99).toFixed(2)],
      ]),
    ),
    ...(processor
      ? [
          `Processor time a page at 32 connections: ${processor.node.toFixed(0)} µs in Node and ` +
            `${processor.postgres.toFixed(0)} µs in Postgres; the bare page ${processor.bare.toFixed(0)} µs.`,
          '',
        ]
      : []),
    'The same list by the size of the table (half of it the reader’s organisation’s), one connection:',
    '',
    ...table(
      ['documents', 'page', 'p50 ms'],
      figures.sizes.map((one) => [count(one.documents), String(one.page), ms(one.p50)]),
    ),
    'The staff’s register, one connection; the search finds one organisation by words that thousands have:',
    '',
    ...table(
      ['organisations', 'page', 'p50 ms'],
      figures.register.map((one) => [count(one.organisations), one.page, ms(one.p50)]),
    ),
    'Requests and messages, half of them the reader’s organisation’s, one connection:',
    '',
    ...table(
      ['what', 'page', ...sizes.map((size) => `p50 ms of ${count(size)}`)],
      lines.map(({ what, page }) => [
        what,
        String(page),
        ...sizes.map((size) => {
          const found = requests.find(
            (one) => one.what === what && one.page === page && one.requests === size,
          );
          return found ? ms(found.p50) : '';
        }),
      ]),
    ),
    'A payer’s invoices (half of the table his), one connection:',
    '',
    ...table(
      ['invoices', 'page', 'p50 ms'],
      figures.bills.map((one) => [count(one.invoices), String(one.page), ms(one.p50)]),
    ),
    ...table(
      ['Also', ''],
      [
        ['p99 of the list at 8 connections, quiet', `${ms(signIns.quiet)} ms`],
        [`… while 16 people sign in (${signIns.perSecond.toFixed(1)} a second)`, `${ms(signIns.busy)} ms`],
        ...(['signIn', 'recovery'] as const).map((form) => [
          `${form === 'signIn' ? 'A refused sign-in' : 'A recovery'}, known and unknown address`,
          `${ms(strangers[form].known)} and ${ms(strangers[form].unknown)} ms`,
        ]),
        ['From the start to the first page', `${Math.round(start.firstPage)} ms`],
        ['Memory at rest', start.memory === null ? 'unknown' : `${start.memory.toFixed(0)} MB`],
        [
          'First visit: HTML + CSS + JavaScript',
          `${kilobytes(firstVisit.html)} + ${kilobytes(firstVisit.css)} + ${kilobytes(firstVisit.js)}`,
        ],
        ['Fonts', kilobytes(firstVisit.fonts)],
      ],
    ),
  ].join('\n');
}

function table(head: string[], rows: string[][]): string[] {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row), ''];
}

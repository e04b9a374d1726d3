import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { applyImport, checkTable, previewImport } from '../domain/imports/imports.actions.js';
import { isPastDue } from '../domain/imports/invoices.plan.js';
import { KIND_NAMES, type ImportKind } from '../domain/imports/layouts.js';
import { readTable } from '../domain/imports/table.js';
import { withHouse } from './with-house.js';

// `npm run import -- organisations|contracts|premises|invoices FILE`: reads the table, says what it would do, line by line where it
// is refused, and applies the rest in one transaction. Run twice, the second time changes nothing, and writes nothing into
// the journal. With `--check` it only says: nothing is written at all.
// Invoices are issued at once; with `--drafts` they stay drafts. Exit code 1: lines were refused, or the table cannot
// be read; 2: there is no such file, or the command is another one.
const SHOWN = 100;
const usage = `Usage: npm run import -- [--check] [--drafts] ${KIND_NAMES.join('|')} FILE`;

const asked = readArguments();
if (typeof asked === 'string') {
  process.stderr.write(`${asked}\n`);
  process.exitCode = 2;
} else {
  await withHouse(async ({ parts }) => {
    const { db } = parts;
    const { kind, file, check, drafts } = asked;
    say('читаю таблицу');
    const table = await readTable(file, kind);
    say(`сравниваю строк: ${table.cells.length - 1}`);
    if (table.skipped) print(`пропущено других документов: ${table.skipped}`);
    const { plan, counts, new_buildings } = await checkTable(db, { kind, ...table }, parts.now());
    const refused = plan.filter(({ verdict }) => verdict === 'refused');
    for (const { line, reason } of refused.slice(0, SHOWN)) print(`строка ${line}: ${reason}`);
    if (refused.length > SHOWN) print(`и ещё отклонено строк: ${refused.length - SHOWN}`);
    const late = plan.filter(isPastDue).length;
    if (late > 0) print(`срок оплаты уже прошёл, счетов: ${late}`);
    for (const name of new_buildings) print(`новое здание: ${name}`);
    const useful = counts.added + counts.changed > 0;
    if (useful && !check) {
      say(`применяю: добавится ${counts.added}, изменится ${counts.changed}`);
      const actor = { account_id: null, ip: '', request_id: 'command:import' };
      const importing = { db, staff: null, actor, now: parts.now(), form: null };
      const id = await previewImport(importing, { kind, name: basename(file), ...table });
      await applyImport(importing, id, { issue: !drafts });
    }
    const [added, changed] = check ? ['добавится', 'изменится'] : ['добавлено', 'изменено'];
    print(
      `${added} ${counts.added}, ${changed} ${counts.changed}, без изменений ${counts.unchanged}, отклонено ${counts.refused}`,
    );
    if (counts.refused > 0) process.exitCode = 1;
  });
}

interface Asked {
  kind: ImportKind;
  file: string;
  check: boolean;
  drafts: boolean;
}

/** What is asked for, or why it cannot be done. */
function readArguments(): Asked | string {
  try {
    const flag = { type: 'boolean', default: false } as const;
    const options = { check: flag, drafts: flag };
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [kind, file, ...more] = positionals;
    if (!KIND_NAMES.includes(kind as ImportKind) || !file || more.length > 0) return usage;
    if (!existsSync(file)) return `Файла нет: ${file}`;
    return { kind: kind as ImportKind, file, check: values.check, drafts: values.drafts };
  } catch {
    return usage;
  }
}

function print(what: string): void {
  process.stdout.write(`${what}\n`);
}

function say(what: string): void {
  process.stderr.write(`${what}\n`);
}

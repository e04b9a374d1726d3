import { basename } from 'node:path';
import { applyImport, previewImport } from '../domain/imports/imports.actions.js';
import { getImport, listLines } from '../domain/imports/imports.data.js';
import { KIND_NAMES, type ImportKind } from '../domain/imports/layouts.js';
import { readTable } from '../domain/imports/table.js';
import { withHouse } from './with-house.js';

// `npm run import -- organisations|contracts|premises FILE`: reads the table, says what it would do line by line where it
// is refused, and applies the rest in one transaction. Run twice, the second time changes nothing.
const [kind, file] = process.argv.slice(2);
const SHOWN = 100;

if (!KIND_NAMES.includes(kind as ImportKind) || !file) {
  process.stderr.write(`Usage: npm run import -- ${KIND_NAMES.join('|')} FILE\n`);
  process.exitCode = 2;
} else {
  await withHouse(async ({ parts }) => {
    const { db } = parts;
    const actor = { account_id: null, ip: '', request_id: 'command:import' };
    const importing = { db, staff: null, actor, now: parts.now(), form: null };
    say('читаю таблицу');
    const cells = await readTable(file);
    say(`сравниваю строк: ${cells.length - 1}`);
    const id = await previewImport(importing, { kind: kind as ImportKind, name: basename(file), cells });
    const { counts } = await getImport(db, id);
    for (const { line, reason } of await listLines(db, id, 'refused', 0, SHOWN))
      process.stdout.write(`строка ${line}: ${reason}\n`);
    say(`применяю: добавится ${counts.added}, изменится ${counts.changed}`);
    await applyImport(importing, id);
    process.stdout.write(
      `добавлено ${counts.added}, изменено ${counts.changed}, без изменений ${counts.unchanged}, отклонено ${counts.refused}\n`,
    );
    if (counts.refused > 0) process.exitCode = 1;
  });
}

function say(what: string): void {
  process.stderr.write(`${what}\n`);
}

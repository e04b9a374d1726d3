import { Worker } from 'node:worker_threads';
import { Invalid } from '../../lib/errors.js';
import { workerFile } from '../../lib/worker-file.js';
import type { ImportKind } from './layouts.js';
import type { Table } from './reading.js';
import type { TableAnswer } from './table.worker.js';

/** A thread that reads for longer, or takes more memory, is ended: a small file may unpack into a huge one. */
const TIME_MS = 30_000;
const MEMORY_MB = 512;

/**
 * Reads a table (XLSX, or CSV in UTF-8, UTF-16 or windows-1251) in a thread of limited time and memory: its rows as texts, the
 * first of them the heads of the columns.
 *
 * @throws Invalid at `file` when it is none, or too large
 */
export async function readTable(path: string, kind: ImportKind): Promise<Table> {
  const answer = await inThread(path, kind);
  if ('problem' in answer) throw new Invalid({ file: answer.problem });
  if (answer.cells.length < 2) throw new Invalid({ file: 'В таблице нет строк с данными' });
  return answer;
}

function inThread(path: string, kind: ImportKind): Promise<TableAnswer> {
  const { filename, execArgv } = workerFile('src/domain/imports/table.worker');
  const thread = new Worker(filename, {
    workerData: { path, kind },
    execArgv,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const heavy: TableAnswer = { problem: 'Таблица слишком большая. Разделите её на части' };
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(heavy), TIME_MS);
    const end = (answer: TableAnswer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    thread.once('message', end);
    thread.once('error', () => end(heavy));
    thread.once('exit', () => end(heavy));
  }).finally(() => thread.terminate()) as Promise<TableAnswer>;
}

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDoors } from './doors.js';
import { Clock, HOUR } from './house.js';
import { acceptUntil, openDesk, openOffice, rejectWith, sendDocument } from './office.js';
import { rowsOf } from './page.js';
import { addType } from './people.js';

/** Ten minutes before midnight in Moscow, on the 10th. */
export const EVENING = new Date('2027-03-10T20:50:00Z');

export type Status = 'Отправлен' | 'Принят' | 'Отклонён' | 'Недействителен';

/**
 * A house at the midnight after `EVENING` with a reviewer, and an office that has documents of one type.
 *
 * @param ended how many of its documents were accepted until the 10th: what `make` takes from
 */
export async function openPapers(ended = 0) {
  const house = await openDoors({}, new Clock(EVENING));
  const reviewer = await openDesk(house);
  const office = await openOffice(house);
  const type = await addType(house, { name: 'Приказ о назначении ответственного' });
  const overdue: string[] = [];
  for (let n = 0; n < ended; n += 1) {
    const id = await sendDocument(house, office, type);
    await acceptUntil(reviewer.visitor, id, '10.03.2027');
    overdue.push(id);
  }
  house.clock.move(HOUR / 6);
  const db = () => house.parts.db;
  return {
    house,
    reviewer,
    office,
    type,
    overdue,
    db,
    row: (id: string) => db()('documents').where({ id }).first(),
    versions: (id: string) => db()('document_versions').where({ document_id: id }).orderBy('number'),
    /** The rows of «Документы» as they are shown. */
    shown: async (at: Pick<typeof office, 'visitor' | 'path'> = office) =>
      rowsOf((await at.visitor.get(at.path)).text),
    /** How many files lie in the store and in the folder for uploads. */
    async onDisk(): Promise<{ stored: number; incoming: number }> {
      const kept = join(house.config.dataDir, 'files');
      const files = await readdir(kept, { recursive: true, withFileTypes: true });
      const incoming = await readdir(join(house.config.dataDir, 'incoming'));
      return { stored: files.filter((entry) => entry.isFile()).length, incoming: incoming.length };
    },
    /** A document of the office's in that status. */
    async make(status: Status): Promise<string> {
      if (status === 'Недействителен') return overdue.pop()!;
      const id = await sendDocument(house, office, type);
      if (status === 'Принят') await acceptUntil(reviewer.visitor, id, '10.03.2028');
      if (status === 'Отклонён') await rejectWith(reviewer.visitor, id, 'Нет печати');
      return id;
    },
  };
}

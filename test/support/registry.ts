import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDoors } from './doors.js';
import { Clock, HOUR } from './house.js';
import { acceptUntil, openDesk, openOffice, rejectWith, sendDocument } from './office.js';
import { rowsOf } from './page.js';
import { addType } from './people.js';

/** Midnight in Moscow, when the 11th begins; still the 10th in the time zone of the tests. */
export const MIDNIGHT = new Date('2027-03-10T21:00:00Z');

export type Status = 'Отправлен' | 'Принят' | 'Отклонён' | 'Недействителен';
export type Registry = Awaited<ReturnType<typeof openRegistry>>;

/** What the tests on documents begin with: a house, an office, a reviewer, and documents in every status to be had. */
export async function openRegistry() {
  const house = await openDoors({}, new Clock(new Date(MIDNIGHT.getTime() - HOUR / 6)));
  const { db } = house.parts;
  const reviewer = await openDesk(house);
  const office = await openOffice(house);
  const type = await addType(house, { name: 'Приказ о назначении ответственного' });
  // Accepted until the 10th, which is over ten minutes later.
  const ended: string[] = [];
  for (let n = 0; n < 4; n += 1) {
    ended.push(await sendDocument(house, office, type));
    await acceptUntil(reviewer.visitor, ended[n]!, '10.03.2027');
  }
  house.clock.at = MIDNIGHT;
  return {
    house,
    reviewer,
    office,
    type,
    ended,
    close: () => house.close(),

    /** A document of the office in this status. */
    async make(status: Status): Promise<string> {
      if (status === 'Недействителен') return ended.pop()!;
      const id = await sendDocument(house, office, type);
      if (status === 'Принят') await acceptUntil(reviewer.visitor, id, '10.03.2028');
      if (status === 'Отклонён') await rejectWith(reviewer.visitor, id, 'Нет печати');
      return id;
    },

    row: (id: string) => db('documents').where({ id }).first(),
    versions: (id: string) => db('document_versions').where({ document_id: id }).orderBy('number'),

    /** The table of «Документы» as it is seen from there. */
    shown: async (at: Pick<typeof office, 'visitor' | 'path'> = office) =>
      rowsOf((await at.visitor.get(at.path)).text),

    /** How many files lie in the store and in the folder for uploads. */
    async onDisk(): Promise<{ stored: number; incoming: number }> {
      const folder = join(house.config.dataDir, 'files');
      const files = await readdir(folder, { recursive: true, withFileTypes: true });
      const incoming = await readdir(house.parts.store.temporaryDir);
      return { stored: files.filter((entry) => entry.isFile()).length, incoming: incoming.length };
    },

    // Sixty forms in ten minutes are enough for a person, not for a test.
    forgetLimits: () => db('limits').delete(),
  };
}

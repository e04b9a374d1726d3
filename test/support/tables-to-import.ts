import { randomUUID } from 'node:crypto';
import { previewImport } from '../../src/domain/imports/imports.actions.js';
import type { TestHouse } from './house.js';
import { innOf } from './people.js';

const HEADS = ['Внешний код', 'Название', 'ИНН', 'КПП'];
let serial = 500_000;

/** A line of an organisation that nobody has. */
const freshLine = () => [randomUUID(), 'ООО «Из таблицы»', innOf((serial += 1)), '770401001'];

/** A table as its file: long enough to be on its way for a while. */
export const TABLE = {
  bytes: Buffer.from([HEADS, freshLine()].map((row) => row.join(';')).join('\n') + '\n'.repeat(4000)),
  name: 'таблица.csv',
};

/** A comparison that waits to be applied; answers its id. */
export function addImport(house: TestHouse): Promise<string> {
  const actor = { account_id: null, ip: '', request_id: 'test' };
  const importing = { db: house.parts.db, staff: null, actor, now: house.clock.now(), form: null };
  return previewImport(importing, { kind: 'organisations', name: TABLE.name, cells: [HEADS, freshLine()] });
}

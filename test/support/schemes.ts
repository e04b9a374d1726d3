import { randomUUID } from 'node:crypto';
import type { ParkingSchemeRow } from '../../src/db/rows.js';
import { seenOf } from '../../src/domain/passes/schemes.actions.js';
import { listSchemes } from '../../src/domain/passes/schemes.data.js';
import type { Fields } from './client.js';
import type { TestHouse } from './house.js';
import { addPicture } from './offers.js';
import { addAccount } from './people.js';

/** A parking scheme with its picture, below all others. */
export async function addScheme(
  house: TestHouse,
  change: Partial<ParkingSchemeRow> = {},
): Promise<ParkingSchemeRow> {
  const { db } = house.parts;
  const row: ParkingSchemeRow = {
    id: randomUUID(),
    site: `Площадка ${randomUUID()}`,
    caption: 'Въезд с улицы',
    file_id: await addPicture(house, await addAccount(house, { staff: ['operator'] })),
    width: 40,
    height: 20,
    position: (await listSchemes(db)).length + 1,
    changed_at: house.clock.now(),
    ...change,
  };
  await db('parking_schemes').insert(row);
  return row;
}

/** What the lines about schemes are about: a fresh one, and what its form showed. */
export interface SchemeSubject {
  scheme: string;
  schemeSeen: string;
}

export async function schemeSubject(house: TestHouse, pattern: string): Promise<SchemeSubject> {
  if (!pattern.includes(':scheme')) return { scheme: randomUUID(), schemeSeen: '' };
  const row = await addScheme(house);
  return { scheme: row.id, schemeSeen: seenOf(row) };
}

const scheme = () => ({ site: `Площадка ${randomUUID()}`, caption: 'Въезд с улицы, гостевые места 1–4' });

/** What a permitted person would send, by the line. */
export const SCHEME_FIELDS: Record<string, (cast: unknown, subject: SchemeSubject) => Fields> = {
  'POST /staff/parking/new': scheme,
  'POST /staff/parking/:scheme': (_, { schemeSeen }) => ({ ...scheme(), seen: schemeSeen }),
  'POST /staff/parking/:scheme/rise': () => ({}),
  'POST /staff/parking/:scheme/fall': () => ({}),
  'POST /staff/parking/:scheme/removal': (_, { schemeSeen }) => ({ seen: schemeSeen }),
};

import type { ParkingSchemeRow } from '../../src/db/rows.js';
import type { Clock } from './clock.js';
import { idOf } from './ids.js';
import { accountId, done, type NewAuditRow } from './people-rows.js';
import type { Pictured } from './service-rows.js';

const OPERATOR = 'operator';
/** Of the sample pictures, in dots. */
const SIZE = { width: 1200, height: 800 };

/** [sample, site, caption] */
const SCHEMES: [string, string, string][] = [
  [
    'parking-khamovniki.jpg',
    'БК «Спектр Хамовники»',
    'Въезд с улицы Усачёва через КПП №\u00a01. Гостевые места — с 19 по 26, стоянка до трёх часов по пропуску.',
  ],
  [
    'parking-lefortovo.jpg',
    'БК «Спектр Лефортово»',
    'Въезд через КПП №\u00a02. Гостевые места — с 1 по 3; если они заняты, машину примут на общей стоянке напротив.',
  ],
];

/** The parking schemes with their pictures, and how they came to be. */
export function parkingRows(clock: Clock) {
  const at = clock.ago(75, '10:40:00');
  const schemes = SCHEMES.map(([sample, site, caption], index): ParkingSchemeRow => ({
    id: idOf('parking', sample),
    site,
    caption,
    file_id: idOf('parking-picture', sample),
    ...SIZE,
    position: index + 1,
    changed_at: at,
  }));
  return {
    schemes,
    pictures: SCHEMES.map(([sample, site]): Pictured => ({
      id: idOf('parking-picture', sample),
      sample,
      name: `${site}, парковка.jpg`,
      created_by: accountId(OPERATOR),
      created_at: at,
    })),
    audit: schemes.map(({ id, site, caption }): NewAuditRow => ({
      ...done,
      at,
      account_id: accountId(OPERATOR),
      organisation_id: null,
      action: 'parking.saved',
      subject_id: id,
      details: { after: { site, caption } },
    })),
  };
}

import type { PremisesRow } from '../../db/rows.js';
import type { Line } from './layouts.js';
import { compared, refused, repetitions, type Planned } from './plan.js';

export type PremisesValues = Pick<PremisesRow, 'external_id' | 'contract_id' | 'building' | 'room' | 'area'>;
export type PresentPremises = PremisesValues & { id: string };

/** Square metres with a comma or a dot, as the database writes them; null when it is no such number. */
function areaOf(text: string): string | null {
  const number = text.replace(/[\s\u00a0]/g, '').replace(',', '.');
  if (!/^\d{1,8}(\.\d{1,2})?$/.test(number)) return null;
  return Number(number) > 0 ? Number(number).toFixed(2) : null;
}

/** Says of each line what it would do; `contracts` are ids by their codes in the other system. */
export function planPremises(
  lines: Line[],
  contracts: Map<string, string>,
  present: PresentPremises[],
): Planned<PremisesValues>[] {
  const byCode = new Map(present.map((row) => [row.external_id, row]));
  const sameCode = repetitions();
  return lines.map((line) => {
    const { cells } = line;
    const code = cells.external_id ?? '';
    const contract_id = contracts.get(cells.contract ?? '');
    const building = (cells.building ?? '').replace(/\s+/g, ' ');
    const area = areaOf(cells.area ?? '');
    if (!code) return refused(line, 'Нет внешнего кода');
    if (!contract_id) return refused(line, `Нет договора с кодом «${cells.contract ?? ''}»`);
    if (!building) return refused(line, 'Нет здания');
    if (!cells.room) return refused(line, 'Нет помещения');
    if (!area) return refused(line, 'Площадь — число больше нуля, до двух знаков после запятой');
    const twin = sameCode(code, line.line);
    if (twin !== null) return refused(line, `Повторяет строку ${twin}`);
    const values: PremisesValues = { external_id: code, contract_id, building, room: cells.room, area };
    return compared(line, values, byCode.get(code) ?? null);
  });
}

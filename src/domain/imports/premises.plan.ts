import type { PremisesRow } from '../../db/rows.js';
import { buildingNames } from './building-names.js';
import type { Line } from './layouts.js';
import { compared, refused, repetitions, SAME_CODE, tooLong, type Planned } from './plan.js';

export type PremisesValues = Pick<PremisesRow, 'external_id' | 'contract_id' | 'building' | 'room' | 'area'>;
export type PresentPremises = PremisesValues & { id: string };

/** Square metres with a comma or a dot, as the database writes them; null when it is no such number. */
function areaOf(text: string): string | null {
  const number = text.replace(/[\s\u00a0]/g, '').replace(',', '.');
  if (!/^\d{1,8}(\.\d{1,2})?$/.test(number)) return null;
  return Number(number) > 0 ? Number(number).toFixed(2) : null;
}

/** The same room of a contract, in whatever case of letters. */
const placeOf = ({
  contract_id,
  building,
  room,
}: Pick<PremisesValues, 'contract_id' | 'building' | 'room'>) =>
  `${contract_id}/${building}/${room}`.toLowerCase();

const LONGEST = { external_id: 100, building: 200, room: 200 };

/**
 * Says of each line what it would do.
 *
 * @param contracts their ids by their codes in the other system
 * @param buildings the names of those that are known; a new one is said at every line that names it
 */
export function planPremises(
  lines: Line[],
  contracts: Map<string, string>,
  buildings: string[],
  present: PresentPremises[],
): Planned<PremisesValues>[] {
  const byCode = new Map(present.map((row) => [row.external_id, row]));
  const byPlace = new Map(present.map((row) => [placeOf(row), row]));
  const [sameCode, samePlace] = [repetitions(SAME_CODE), repetitions('Такое помещение в договоре')];
  const names = buildingNames(buildings);
  return lines.map((line) => {
    const { cells } = line;
    const code = cells.external_id ?? '';
    const contract_id = contracts.get(cells.contract ?? '');
    const { building = '', room = '' } = cells;
    const area = areaOf(cells.area ?? '');
    if (!code) return refused(line, 'Нет внешнего кода');
    if (!contract_id) return refused(line, `Нет договора с кодом «${cells.contract ?? ''}»`);
    if (!building) return refused(line, 'Нет здания');
    if (!room) return refused(line, 'Нет помещения');
    const long = tooLong('premises', cells, LONGEST);
    if (long) return refused(line, long);
    if (!area) return refused(line, 'Площадь — число больше нуля, до двух знаков после запятой');
    const meant = names.meant(building);
    if ('problem' in meant) return refused(line, meant.problem);
    const values: PremisesValues = { external_id: code, contract_id, building: meant.name, room, area };
    const twin = sameCode(code, line.line) ?? samePlace(placeOf(values), line.line);
    if (twin !== null) return refused(line, twin);
    const known = byCode.get(code) ?? null;
    const owner = byPlace.get(placeOf(values)) ?? null;
    if (owner && owner.id !== known?.id && (known || owner.external_id))
      return refused(line, 'Такое помещение в договоре уже есть');
    if (meant.isNew) names.take(meant.name);
    const notice = meant.isNew ? `Новое здание «${meant.name}»` : null;
    return { ...compared(line, values, known ?? owner), reason: notice };
  });
}

/** The buildings that nobody has entered yet, which the plan would add. */
export function newBuildings(plan: Planned<PremisesValues>[], known: string[]): string[] {
  const named = plan.flatMap(({ verdict, values }) =>
    verdict === 'added' || verdict === 'changed' ? values!.building : [],
  );
  return [...new Set(named)].filter((name) => !known.includes(name));
}

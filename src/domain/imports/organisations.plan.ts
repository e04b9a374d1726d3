import type { OrganisationRow } from '../../db/rows.js';
import { ALREADY_A_MEMBER, placeOf } from '../memberships/responsible.actions.js';
import { EMAIL } from '../../lib/email.js';
import { isInn } from '../../lib/inn.js';
import type { Line } from './layouts.js';
import { compared, padded, refused, repetitions, SAME_CODE, tooLong, type Planned } from './plan.js';

export type OrganisationValues = Pick<OrganisationRow, 'external_id' | 'name' | 'inn' | 'kpp'> &
  Partial<Pick<OrganisationRow, 'address' | 'responsible_email'>>;
export type PresentOrganisation = Pick<
  OrganisationRow,
  'id' | 'external_id' | 'name' | 'inn' | 'kpp' | 'address' | 'responsible_email'
>;

const LONGEST = { external_id: 100, name: 300, address: 500, responsible_email: 254 };

const pair = (inn: string, kpp: string | null) => `${inn}/${kpp ?? ''}`;

/**
 * Says of each line what it would do, by the organisation's code in the other system, or else by ИНН and КПП.
 *
 * @param members addresses that cannot become an organisation's responsible one, as `notToBeInvited` tells them
 */
export function planOrganisations(
  lines: Line[],
  present: PresentOrganisation[],
  members: Set<string>,
): Planned<OrganisationValues>[] {
  const byCode = new Map(present.map((row) => [row.external_id, row]));
  const byInn = new Map(present.map((row) => [pair(row.inn, row.kpp), row]));
  const [sameCode, sameInn] = [repetitions(SAME_CODE), repetitions('Такие ИНН и КПП')];
  return lines.map((line) => {
    const { cells } = line;
    const code = cells.external_id ?? '';
    const inn = padded((cells.inn ?? '').replace(/\s/g, ''), [10, 12]);
    const kpp = padded((cells.kpp ?? '').replace(/\s/g, '').toUpperCase(), [9]) || null;
    const name = cells.name ?? '';
    const email = cells.responsible_email?.toLowerCase() ?? '';
    const problem =
      (!code && 'Нет внешнего кода') ||
      (!name && 'Нет названия') ||
      tooLong('organisations', cells, LONGEST) ||
      (!isInn(inn) && 'ИНН с ошибкой') ||
      (inn.length === 10 && !kpp && 'Нет КПП') ||
      (kpp && !/^\d{4}[\dA-Z]{2}\d{3}$/.test(kpp) && 'КПП с ошибкой') ||
      (email && !EMAIL.test(email) && 'E-mail ответственного с ошибкой');
    if (problem) return refused(line, problem);
    const twin = sameCode(code, line.line) ?? sameInn(pair(inn, kpp), line.line);
    if (twin !== null) return refused(line, twin);
    const known = byCode.get(code) ?? null;
    const owner = byInn.get(pair(inn, kpp)) ?? null;
    if (owner && owner.id !== known?.id && (known || owner.external_id))
      return refused(line, `Эти ИНН и КПП уже у организации «${owner.name}»`);
    const row = known ?? owner;
    if (email && row && email !== row.responsible_email && members.has(placeOf(row.id, email)))
      return refused(line, `E-mail ответственного: ${ALREADY_A_MEMBER}`);
    const values: OrganisationValues = {
      external_id: code,
      name,
      inn,
      kpp,
      ...('address' in cells && { address: cells.address || null }),
      ...('responsible_email' in cells && { responsible_email: email || null }),
    };
    return compared(line, values, row);
  });
}

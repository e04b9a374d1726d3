import type { ContractRow } from '../../db/rows.js';
import { parseDay } from '../../lib/dates.js';
import { CONTRACT_YEARS, isContractDay } from '../organisations/contract-days.js';
import type { Line } from './layouts.js';
import { compared, refused, repetitions, SAME_CODE, tooLong, type Planned } from './plan.js';

export type ContractValues = Pick<
  ContractRow,
  'external_id' | 'organisation_id' | 'number' | 'kind' | 'starts_on' | 'ends_on'
>;
export type PresentContract = ContractValues & { id: string };

const kindOf = (text: string): ContractRow['kind'] | null =>
  /^осн/i.test(text) ? 'main' : /^доп/i.test(text) ? 'supplement' : null;

const LONGEST = { external_id: 100, number: 100 };
const YEARS = `с ${CONTRACT_YEARS.first} по ${CONTRACT_YEARS.last} год`;

/** Says of each line what it would do; `organisations` are ids by their codes in the other system. */
export function planContracts(
  lines: Line[],
  organisations: Map<string, string>,
  present: PresentContract[],
): Planned<ContractValues>[] {
  const byCode = new Map(present.map((row) => [row.external_id, row]));
  const place = (row: Pick<ContractValues, 'organisation_id' | 'number'>) =>
    `${row.organisation_id}/${row.number}`;
  const byNumber = new Map(present.map((row) => [place(row), row]));
  const [sameCode, sameNumber] = [
    repetitions(SAME_CODE),
    repetitions('Договор этой организации с таким номером'),
  ];
  return lines.map((line) => {
    const { cells } = line;
    const code = cells.external_id ?? '';
    const organisation_id = organisations.get(cells.organisation ?? '');
    const number = cells.number ?? '';
    const kind = kindOf(cells.kind ?? '');
    const starts_on = parseDay(cells.starts_on ?? '');
    const ends_on = cells.ends_on ? parseDay(cells.ends_on) : null;
    if (!code) return refused(line, 'Нет внешнего кода');
    if (!organisation_id) return refused(line, `Нет организации с кодом «${cells.organisation ?? ''}»`);
    if (!number) return refused(line, 'Нет номера договора');
    if (!kind) return refused(line, 'Тип — «Основной договор» или «Дополнительное соглашение»');
    const long = tooLong('contracts', cells, LONGEST);
    if (long) return refused(line, long);
    if (!cells.starts_on) return refused(line, 'Укажите дату начала');
    if (!starts_on) return refused(line, 'Дата начала с ошибкой');
    if (cells.ends_on && !ends_on) return refused(line, 'Дата окончания с ошибкой');
    if (!isContractDay(starts_on)) return refused(line, `Дата начала — ${YEARS}`);
    if (ends_on && !isContractDay(ends_on)) return refused(line, `Дата окончания — ${YEARS}`);
    if (ends_on && ends_on < starts_on) return refused(line, 'Окончание раньше начала');
    const values: ContractValues = { external_id: code, organisation_id, number, kind, starts_on, ends_on };
    const twin = sameCode(code, line.line) ?? sameNumber(place(values), line.line);
    if (twin !== null) return refused(line, twin);
    const known = byCode.get(code) ?? null;
    const owner = byNumber.get(place(values)) ?? null;
    if (owner && owner.id !== known?.id && (known || owner.external_id))
      return refused(line, 'Договор с таким номером у организации уже есть');
    return compared(line, values, known ?? owner);
  });
}

const rules = new Intl.PluralRules('ru');

/** The noun after a number: `plural(2, 'день', 'дня', 'дней')` is «дня». */
export function plural(count: number, one: string, few: string, many: string): string {
  const rule = rules.select(count);
  return rule === 'one' ? one : rule === 'few' ? few : many;
}

const apart = new Intl.NumberFormat('ru-RU', { useGrouping: 'min2', maximumFractionDigits: 0 });

/** `20 000`: a whole number, its thousands apart from 10 000 on, never broken across lines. */
export const whole = (count: number): string => apart.format(count);

/** `2 дня`: the number and its noun, never broken across lines. */
export function counted(count: number, one: string, few: string, many: string): string {
  return `${whole(count)}\u00a0${plural(count, one, few, many)}`;
}

/** `Файл «план.pdf»`, `Файлы «план.pdf», «скан.jpg»` */
export function filesNamed(names: string[]): string {
  return `${names.length > 1 ? 'Файлы' : 'Файл'} ${names.map((name) => `«${name}»`).join(', ')}`;
}

const oneDigit = new Intl.NumberFormat('ru-RU', { maximumFractionDigits: 1 });

/** `412 КБ`, `1,2 МБ`: bytes as people read them. */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes}\u00a0Б`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)}\u00a0КБ`;
  return `${oneDigit.format(bytes / 1024 / 1024)}\u00a0МБ`;
}

/** A menu's counter: what is more than 99 says no more than that. */
export function badge(count: number): string {
  return count > 99 ? '99+' : String(count);
}

const twoDigits = new Intl.NumberFormat('ru-RU', { maximumFractionDigits: 2 });

/** `184,6 м²` */
export function squareMetres(area: number): string {
  return `${twoDigits.format(area)}\u00a0м²`;
}

const grouped = new Intl.NumberFormat('ru-RU', { maximumFractionDigits: 0 });

/** `12 345,67` of whole kopecks: as it stands in a field for a sum. */
export function rubles(kopecks: number): string {
  const [sum, sign] = [Math.abs(kopecks), kopecks < 0 ? '−' : ''];
  return `${sign}${grouped.format(Math.trunc(sum / 100))},${String(sum % 100).padStart(2, '0')}`;
}

/** `12 345,67 ₽` of whole kopecks, never broken across lines. */
export const money = (kopecks: number): string => `${rubles(kopecks)}\u00a0₽`;

/** Whole kopecks of a sum as people type it: `1 500`, `1500,5`, `1 500.50 ₽`; null when it is none. */
export function parseMoney(typed: string): number | null {
  const [, rubles, kopecks = ''] =
    /^(\d{1,9})(?:[.,](\d{1,2}))?(?:₽|руб\.?)?$/.exec(typed.replace(/\s/g, '')) ?? [];
  return rubles === undefined ? null : Number(rubles) * 100 + Number(kopecks.padEnd(2, '0'));
}

/** `12,5` of a decimal number that is written `12.500`. */
export function quantity(decimal: string): string {
  return decimal
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
    .replace('.', ',');
}

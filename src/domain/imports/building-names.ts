import { nearest } from '../../lib/spelling.js';

/** What a table calls a building: the one that is meant, whether it would be new, or why it cannot be told. */
export type Meant = { name: string; isNew: boolean } | { problem: string };

const fold = (name: string) => name.toLowerCase().replaceAll('ё', 'е');
const digitsOf = (name: string) => name.replace(/\D+/g, ' ').trim();

/**
 * Reads the names of buildings, line by line: one that is known is meant in whatever case of letters; one that is near to
 * a known one is a slip of the hand; any other is new, and known from then on.
 */
export function buildingNames(known: string[]) {
  const names = new Map(known.map((name) => [fold(name), name]));
  const fresh = new Set<string>();
  return {
    meant(typed: string): Meant {
      const found = names.get(fold(typed));
      if (found !== undefined) return { name: found, isNew: fresh.has(found) };
      // «Корпус 1» and «Корпус 2» are near to each other, and two buildings.
      const alike = [...names.keys()].filter((name) => digitsOf(name) === digitsOf(typed));
      const near = nearest(fold(typed), alike);
      if (near === null) return { name: typed, isNew: true };
      return {
        problem: `Здания «${typed}» нет в списке зданий. Похоже на «${names.get(near)}». Если это другое здание, сначала добавьте его в список`,
      };
    },
    /** A line with this new building is taken. */
    take(name: string): void {
      names.set(fold(name), name);
      fresh.add(name);
    },
  };
}

import type { CountWords, Section } from './section.js';
import { address } from './section.js';
import type { Visit } from './visit.js';

export interface MenuItem {
  label: string;
  href: string;
  current: boolean;
  count?: number;
  /** What the number counts, for who cannot see it beside its entry. */
  countWords?: CountWords;
  /** Stands in the second row of a long menu. */
  minor: boolean;
  children?: { label: string; href: string; current: boolean }[];
}

/**
 * A menu: the sections whose first page this visit may open, asked through the very load and policy of the route, so
 * that no entry leads to a refusal.
 */
export function menu(
  all: Section[],
  which: 'top' | 'profile' | 'staff',
  visit: Visit,
  path: string,
): MenuItem[] {
  const items: MenuItem[] = [];
  for (const section of all) {
    if (section.nav?.menu !== which || (!section.visitors && !visit.account)) continue;
    const scope = section.load(visit);
    const first = section.routes.find((route) => route.path === '/');
    if (scope === null || !first?.policy(scope)) continue;
    const href = fill(section.path, visit);
    const current = path === href || path.startsWith(`${href}/`);
    const { counter } = section.nav;
    const count = counter ? (visit.counters[counter.name] ?? 0) : 0;
    const children = section.routes
      .filter((route) => route.nav !== undefined && route.policy(scope))
      .map((route) => {
        const childHref = fill(address(section, route), visit);
        return { label: route.nav!, href: childHref, current: path === childHref };
      });
    items.push({
      label: section.nav.label,
      href,
      current,
      minor: section.nav.minor ?? false,
      ...(counter && count > 0 && { count, countWords: counter.words }),
      ...(children.length > 1 && { children }),
    });
  }
  return items;
}

/** Menus come in the manual's order, which stands in each section's `nav.order`. */
export function inOrder<S extends Pick<Section, 'nav'>>(all: S[]): S[] {
  return [...all].sort((a, b) => (a.nav?.order ?? 0) - (b.nav?.order ?? 0));
}

const fill = (path: string, visit: Visit) =>
  path.replace(':organisation', visit.member?.organisation.id ?? '');

import { PAGE_SIZE } from '../../db/paging.js';
import { ask, openSignIn, PROXIED } from './client.js';
import { READER } from './filling.data.js';
import type { Figures } from './figures.js';
import { startHouse, type House } from './house.js';
import { cursorsOf, fillRequests, SEARCHES } from './requests.data.js';
import { OPERATOR, SECOND } from './requests.rows.js';
import { statementsOf } from './statements.js';
import { inTurns, type Bench, type Timed } from './turns.js';

const LIST = `/profiles/${READER.organisation}/service`;
const DESK = '/staff/requests';
const DEEP = 500;

type Line = Omit<Figures['requests']['pages'][number], 'p50'>;
type Asked = Omit<Line, 'requests'> & { path: string; staff?: boolean };

const searches = (place: string, path: string, staff: boolean): Asked[] =>
  Object.entries(SEARCHES).map(([what, typed]) => ({
    what: `${place}: ${what}`,
    kind: 'search',
    page: 1,
    path: `${path}search=${encodeURIComponent(typed)}`,
    staff,
  }));

const LISTS: Asked[] = [
  { what: 'An organisation’s', kind: 'list', page: 1, path: LIST },
  { what: 'One’s own in an organisation', kind: 'list', page: 1, path: `/profiles/${SECOND}/service` },
  { what: 'One’s own everywhere', kind: 'list', page: 1, path: '/service' },
  { what: 'The desk', kind: 'list', page: 1, path: DESK, staff: true },
  { what: 'The desk, all', kind: 'list', page: 1, path: `${DESK}?show=all`, staff: true },
];
const OTHERS: Asked[] = [
  ...searches('An organisation’s', `${LIST}?`, false),
  ...searches('The desk, all', `${DESK}?show=all&`, true),
  { what: 'The figures of twelve weeks', kind: 'figures', page: 1, path: `${DESK}/figures`, staff: true },
];

/** Times of the lists, the desk and the searches among so many requests, one reader at a time. */
export async function measureRequests(bench: Bench, sizes: number[]): Promise<Figures['requests']> {
  const pages: Timed<Line>[] = [];
  const houses: Omit<House, 'documents'>[] = [];
  for (const requests of sizes) {
    bench.say(`filling ${requests.toLocaleString('en')} requests`);
    const house = await startHouse(bench.server, bench.folder, `requests_${requests}`, READER, (url, key) =>
      fillRequests(url, requests, key),
    );
    houses.push(house);
    const { port } = house.app;
    const staff = { ...PROXIED, Cookie: await (await openSignIn(port))(OPERATOR) };
    for (const { path, staff: served, ...page } of [...LISTS, ...(await deepPages(house.url)), ...OTHERS]) {
      const reading = { port, path, headers: served ? staff : house.headers };
      // Only lists are held against each other closely.
      pages.push({ line: { ...page, requests }, reading, share: page.kind === 'list' ? 1 : 0.25 });
    }
  }
  const groups = [...new Set(pages.map(({ line }) => line.what))].map((what) =>
    pages.filter(({ line }) => line.what === what),
  );
  const found = await inTurns(bench, 'requests', groups);
  const { app, headers } = houses[0]!;
  const statements = await statementsOf(bench.server, () => ask(app.port, LIST, { headers }));
  for (const house of houses) await house.app.stop();
  return { pages: found, statements };
}

/** The 500th pages, where there are so many. */
async function deepPages(url: string): Promise<Asked[]> {
  const [list, desk] = await cursorsOf(url, (DEEP - 1) * PAGE_SIZE);
  const page = DEEP;
  return [
    ...(list ? [{ what: 'An organisation’s', kind: 'list' as const, page, path: `${LIST}?${list}` }] : []),
    ...(desk
      ? [
          {
            what: 'The desk, all',
            kind: 'list' as const,
            page,
            path: `${DESK}?show=all&${desk}`,
            staff: true,
          },
        ]
      : []),
  ];
}

import { PAGE_SIZE } from '../../db/paging.js';
import { ask, openSignIn, PROXIED } from './client.js';
import { READER } from './filling.data.js';
import { median, type Figures } from './figures.js';
import { startHouse, type House } from './house.js';
import type { Order } from './load.js';
import type { Bench } from './register.js';
import { cursorsOf, fillRequests, SEARCHES } from './requests.data.js';
import { OPERATOR, SECOND } from './requests.rows.js';
import { statementsOf } from './statements.js';

const LIST = `/profiles/${READER.organisation}/service`;
const DESK = '/staff/requests';
const DEEP = 500;

type Timed = Figures['requests']['pages'][number];
type Asked = Omit<Timed, 'p50' | 'requests'> & { path: string; staff?: boolean };

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
export async function measureRequests(
  bench: Bench & { server: { url: string; folder: string } },
  sizes: number[],
): Promise<Figures['requests']> {
  const { server, folder, load, rounds, seconds, warming, say } = bench;
  const pages: (Omit<Timed, 'p50'> & { order: Order; p50: number[] })[] = [];
  const houses: Omit<House, 'documents'>[] = [];
  for (const requests of sizes) {
    say(`filling ${requests.toLocaleString('en')} requests`);
    const house = await startHouse(server, folder, `requests_${requests}`, READER, (url, key) =>
      fillRequests(url, requests, key),
    );
    houses.push(house);
    const staff = { ...PROXIED, Cookie: await (await openSignIn(house.app.port))(OPERATOR) };
    for (const { path, staff: served, ...page } of [...LISTS, ...(await deepPages(house.url)), ...OTHERS]) {
      const headers = served ? staff : house.headers;
      const order = { port: house.app.port, path, headers, connections: 1, seconds: seconds / 2 };
      pages.push({ ...page, requests, order, p50: [] });
    }
  }
  for (const { order } of pages) await load({ ...order, connections: 2, seconds: warming / 6 });
  for (let round = 1; round <= rounds; round += 1) {
    say(`round ${round}: requests`);
    for (const { order, p50 } of pages) p50.push((await load(order)).p50);
  }
  const { app, headers } = houses[0]!;
  const statements = await statementsOf(server, () => ask(app.port, LIST, { headers }));
  for (const house of houses) await house.app.stop();
  return {
    pages: pages.map(({ what, kind, requests, page, p50 }) => ({
      what,
      kind,
      requests,
      page,
      p50: median(p50),
    })),
    statements,
  };
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

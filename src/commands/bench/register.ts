import { startHouse, type House } from './house.js';
import { median, type Figures } from './figures.js';
import type { Order, Outcome } from './load.js';
import { CLERK, fillRegister } from './register.data.js';

/** The staff's register of organisations is to open and to be searched as fast with many of them as with few. */
const SIZES = [1_000, 100_000];
const PAGES = {
  'first page': '/staff/organisations',
  // One of them has this name, by words that thousands have.
  search: `/staff/organisations?search=${encodeURIComponent('ромашка и партнёры')}`,
};

/** What a part of the benchmark works with. */
export interface Bench {
  server: { url: string };
  folder: string;
  load: (order: Order) => Promise<Outcome>;
  rounds: number;
  seconds: number;
  warming: number;
  say: (what: string) => void;
}

/** Times of both pages at both sizes, one reader at a time. */
export async function measureRegister(bench: Bench): Promise<Figures['register']> {
  const { server, folder, load, rounds, seconds, warming, say } = bench;
  const pages: { organisations: number; page: string; order: Order; p50: number[] }[] = [];
  const houses: Pick<House, 'app'>[] = [];
  for (const organisations of SIZES) {
    say(`filling ${organisations.toLocaleString('en')} organisations`);
    const house = await startHouse(server, folder, `register_${organisations}`, CLERK, (url, key) =>
      fillRegister(url, organisations, key),
    );
    houses.push(house);
    for (const [page, path] of Object.entries(PAGES)) {
      const order = { port: house.app.port, path, headers: house.headers, connections: 1, seconds };
      pages.push({ organisations, page, order, p50: [] });
    }
  }
  for (const { order } of pages) await load({ ...order, connections: 8, seconds: warming });
  for (let round = 1; round <= rounds; round += 1) {
    say(`round ${round}: the register`);
    for (const { order, p50 } of pages) p50.push((await load(order)).p50);
  }
  for (const { app } of houses) await app.stop();
  return pages.map(({ organisations, page, p50 }) => ({ organisations, page, p50: median(p50) }));
}

import type { Figures } from './figures.js';
import { startHouse, type House } from './house.js';
import { CLERK, fillRegister } from './register.data.js';
import { inTurns, type Bench } from './turns.js';

/** The staff's register of organisations is to open and to be searched as fast with many of them as with few. */
const SIZES = [1_000, 100_000];
const PAGES = {
  'first page': '/staff/organisations',
  // One of them has this name, by words that thousands have.
  search: `/staff/organisations?search=${encodeURIComponent('ромашка и партнёры')}`,
};

/** Times of both pages at both sizes, one reader at a time. */
export async function measureRegister(bench: Bench): Promise<Figures['register']> {
  const houses: (Pick<House, 'app' | 'headers'> & { organisations: number })[] = [];
  for (const organisations of SIZES) {
    bench.say(`filling ${organisations.toLocaleString('en')} organisations`);
    const house = await startHouse(
      bench.server,
      bench.folder,
      `register_${organisations}`,
      CLERK,
      (url, key) => fillRegister(url, organisations, key),
    );
    houses.push({ ...house, organisations });
  }
  const groups = Object.entries(PAGES).map(([page, path]) =>
    houses.map(({ organisations, app, headers }) => ({
      line: { organisations, page },
      reading: { port: app.port, path, headers },
    })),
  );
  const found = await inTurns(bench, 'the register', groups);
  for (const { app } of houses) await app.stop();
  return found;
}

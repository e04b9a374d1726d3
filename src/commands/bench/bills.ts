import { PAGE_SIZE } from '../../db/paging.js';
import { billCursor, fillBills } from './bills.data.js';
import { READER } from './filling.data.js';
import type { Figures } from './figures.js';
import { startHouse, type House } from './house.js';
import { inTurns, type Bench, type Timed } from './turns.js';

/** A payer's list is to open as fast with many invoices as with few. */
const LIST = `/profiles/${READER.organisation}/invoices`;
const DEEP = 500;

/** Times of the first and the 500th page of a payer's invoices at each size, one reader at a time. */
export async function measureBills(bench: Bench, sizes: number[]): Promise<Figures['bills']> {
  const pages: Timed<{ invoices: number; page: number }>[] = [];
  const houses: Pick<House, 'app'>[] = [];
  for (const invoices of sizes) {
    bench.say(`filling ${invoices.toLocaleString('en')} invoices`);
    const house = await startHouse(bench.server, bench.folder, `bills_${invoices}`, READER, (url, key) =>
      fillBills(url, invoices, key),
    );
    houses.push(house);
    const add = (page: number, query: string) => {
      const { app, headers } = house;
      pages.push({ line: { invoices, page }, reading: { port: app.port, path: LIST + query, headers } });
    };
    add(1, '');
    if (invoices / 2 > DEEP * PAGE_SIZE) add(DEEP, await billCursor(house.url, DEEP, PAGE_SIZE));
  }
  const found = await inTurns(bench, 'invoices', [pages]);
  for (const { app } of houses) await app.stop();
  return found;
}

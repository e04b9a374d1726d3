import { PAGE_SIZE } from '../../db/paging.js';
import { billCursor, fillBills } from './bills.data.js';
import { READER } from './filling.data.js';
import { median, type Figures } from './figures.js';
import { startHouse, type House } from './house.js';
import type { Order } from './load.js';
import type { Bench } from './register.js';

/** A payer's list is to open as fast with many invoices as with few. */
const LIST = `/profiles/${READER.organisation}/invoices`;
const DEEP = 500;

/** Times of the first and the 500th page of a payer's invoices at each size, one reader at a time. */
export async function measureBills(bench: Bench, sizes: number[]): Promise<Figures['bills']> {
  const { server, folder, load, rounds, seconds, warming, say } = bench;
  const pages: { invoices: number; page: number; order: Order; p50: number[] }[] = [];
  const houses: Pick<House, 'app'>[] = [];
  for (const invoices of sizes) {
    say(`filling ${invoices.toLocaleString('en')} invoices`);
    const house = await startHouse(server, folder, `bills_${invoices}`, READER, (url, key) =>
      fillBills(url, invoices, key),
    );
    houses.push(house);
    const add = (page: number, query: string) => {
      const order = {
        port: house.app.port,
        path: LIST + query,
        headers: house.headers,
        connections: 1,
        seconds,
      };
      pages.push({ invoices, page, order, p50: [] });
    };
    add(1, '');
    if (invoices / 2 > DEEP * PAGE_SIZE) add(DEEP, await billCursor(house.url, DEEP, PAGE_SIZE));
  }
  for (const { order } of pages) await load({ ...order, connections: 8, seconds: warming });
  for (let round = 1; round <= rounds; round += 1) {
    say(`round ${round}: invoices`);
    for (const { order, p50 } of pages) p50.push((await load(order)).p50);
  }
  for (const { app } of houses) await app.stop();
  return pages.map(({ invoices, page, p50 }) => ({ invoices, page, p50: median(p50) }));
}

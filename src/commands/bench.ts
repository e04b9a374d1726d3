import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ROOT } from '../lib/places.js';
import { startEmbedded } from '../db/embedded.js';
import { PAGE_SIZE } from '../db/paging.js';
import { writeBarePage } from './bench/bare-page.js';
import { measureBills } from './bench/bills.js';
import { ask, firstVisit, openSignIn } from './bench/client.js';
import { judge, machine, median, medians, type Comparison, type Figures } from './bench/figures.js';
import { backendsOf, cursorOf, OTHERS, READER, versionOf } from './bench/filling.data.js';
import { LIST, openHouse, type House } from './bench/house.js';
import type { Order, Outcome } from './bench/load.js';
import { memory, processorTime, startBare, startLoad, stopAll } from './bench/processes.js';
import { measureRegister } from './bench/register.js';
import { measureRequests } from './bench/requests.js';
import { tables, writeInto } from './bench/report.js';
import { measureStrangers } from './bench/strangers.js';
import { statementsOf } from './bench/statements.js';
import { inTurns, type Bench, type Timed } from './bench/turns.js';

// `npm run bench [-- --quick] [-- --json FILE]`: the application as it is built and run in production, under load, beside
// what it is compared with. Everything is measured in turns, several times, and the median counts.
const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
});
const ROUNDS = 3;
const SECONDS = flags.quick ? 0.6 : 3;
const WARMING = flags.quick ? 2 : 6;
const MAIN = 10_000;
const SIZES = flags.quick ? [1_000, MAIN, 100_000] : [1_000, MAIN, 100_000, 1_000_000];
const DEEP = 500;

const folder = join(ROOT, '.data/bench');
const GZIP = { 'Accept-Encoding': 'gzip' };

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const server = await startEmbedded(folder, { throwaway: true });
  stopServer = () => server.stop();

  const houses: House[] = [];
  for (const documents of SIZES) {
    say(`filling ${documents.toLocaleString('en')} documents`);
    houses.push(await openHouse(server, folder, documents));
  }
  const house = houses.find((one) => one.documents === MAIN)!;
  const load = startLoad();
  await load({ ...listOf(house), connections: 8, seconds: 1 });
  const page = await weighPage(server, house);
  const start = await measureStart(house);
  const { comparisons, processor } = await compare(house, load);
  const bench: Bench = { server, folder, load, say, rounds: ROUNDS, seconds: SECONDS, warming: WARMING };
  const found = {
    at: new Date().toISOString(),
    quick: flags.quick,
    machine: { ...machine(), postgres: await versionOf(server.url) },
    documents: MAIN,
    page,
    comparisons,
    processor,
    sizes: await measureSizes(houses, bench),
    register: await measureRegister(bench),
    requests: await measureRequests(
      bench,
      SIZES.filter((size) => size !== MAIN),
    ),
    bills: await measureBills(
      bench,
      SIZES.filter((size) => size !== MAIN),
    ),
    signIns: await measureSignIns(house, load),
    strangers: await asStrangers(house),
    start,
    firstVisit: await firstVisit(house.app.port),
  };
  const figures: Figures = { ...found, promises: judge(found) };
  const text = tables(figures);
  writeInto(join(ROOT, 'docs/performance.md'), text);
  if (flags.json) writeFileSync(flags.json, `${JSON.stringify(figures, null, 2)}\n`);
  process.stdout.write(`\n${text}\n`);
}

type Load = (order: Order) => Promise<Outcome>;

const listOf = ({ app, headers }: House, query = '') => ({ port: app.port, path: LIST + query, headers });

async function weighPage(server: { url: string; folder: string }, house: House): Promise<Figures['page']> {
  const { port, path, headers } = listOf(house);
  const statements = await statementsOf(server, () => ask(port, path, { headers }));
  const plain = await ask(port, path, { headers });
  const packed = await ask(port, path, { headers: { ...headers, ...GZIP } });
  writeBarePage(join(folder, 'bare'), plain.body.toString());
  return { bytes: plain.body.length, compressed: packed.body.length, statements };
}

/** Starts the application a few times more; the last one is left alone until it has come to rest. */
async function measureStart(house: House): Promise<Figures['start']> {
  say('starting');
  const times: number[] = [];
  let resting: number | null = null;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const app = await house.again();
    times.push(app.firstPage);
    if (round === ROUNDS) {
      await delay(flags.quick ? 1_000 : 5_000);
      resting = memory(app.pid);
    }
    await app.stop();
  }
  return { firstPage: median(times), memory: resting };
}

async function compare(house: House, load: Load): Promise<Pick<Figures, 'comparisons' | 'processor'>> {
  const bare = await startBare(join(folder, 'bare'));
  const pages = {
    list: (compressed: boolean) => ({
      ...listOf(house),
      headers: { ...house.headers, ...(compressed && GZIP) },
    }),
    bare: (compressed: boolean) => ({ port: bare.port, path: compressed ? '/gzip' : '/', headers: {} }),
  };
  const busy = { connections: 32, seconds: WARMING };
  for (const compressed of [false, true]) {
    for (const of of [pages.list, pages.bare]) await load({ ...of(compressed), ...busy });
  }
  const cases = [
    { connections: 1, compressed: false },
    { connections: 8, compressed: false },
    { connections: 32, compressed: false },
    { connections: 32, compressed: true },
  ].map((one) => ({ ...one, list: [] as Outcome[], bare: [] as Outcome[] }));
  const spent = { node: [] as number[], postgres: [] as number[], bare: [] as number[] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const { connections, compressed, ...outcomes } of cases) {
      say(`round ${round}: ${connections} connections${compressed ? ', gzip' : ''}`);
      for (const which of round % 2 ? (['bare', 'list'] as const) : (['list', 'bare'] as const)) {
        const backends = which === 'list' ? await backendsOf(house.url) : [];
        const node = [which === 'list' ? house.app.pid : bare.pid];
        const before = [processorTime(node), processorTime(backends)] as const;
        const outcome = await load({ ...pages[which](compressed), connections, seconds: SECONDS });
        outcomes[which].push(outcome);
        if (connections !== 32 || compressed) continue;
        const each = (pids: number[], from: number) => ((processorTime(pids) - from) * 1000) / outcome.count;
        spent[which === 'list' ? 'node' : 'bare'].push(each(node, before[0]));
        if (which === 'list') spent.postgres.push(each(backends, before[1]));
      }
    }
  }
  const comparisons: Comparison[] = cases.map((one) => ({
    ...one,
    list: medians(one.list),
    bare: medians(one.bare),
  }));
  const processor = { node: median(spent.node), postgres: median(spent.postgres), bare: median(spent.bare) };
  return { comparisons, processor };
}

/** The first and the 500th page of tables of different sizes, one reader at a time. */
async function measureSizes(houses: House[], bench: Bench): Promise<Figures['sizes']> {
  const pages: Timed<{ documents: number; page: number }>[] = [];
  for (const house of houses) {
    const { documents } = house;
    const add = (page: number, query: string) =>
      pages.push({ line: { documents, page }, reading: listOf(house, query) });
    add(1, '');
    if (documents / 2 > DEEP * PAGE_SIZE) add(DEEP, await cursorOf(house.url, DEEP, PAGE_SIZE));
  }
  return inTurns(bench, 'sizes', [pages]);
}

/** How long the list takes while sixteen people sign in over and over again. */
async function measureSignIns(house: House, load: Load): Promise<Figures['signIns']> {
  const order = { ...listOf(house), connections: 8, seconds: SECONDS };
  const people = await Promise.all(
    OTHERS.map(async (email) => {
      const send = await openSignIn(house.app.port);
      return () => send({ email, password: READER.password });
    }),
  );
  const quiet: number[] = [];
  const busy: number[] = [];
  const perSecond: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`round ${round}: signing in`);
    quiet.push((await load(order)).p99);
    let done = 0;
    let over = false;
    const signingIn = people.map(async (signIn) => {
      while (!over) {
        await signIn();
        done += 1;
      }
    });
    const begin = performance.now();
    busy.push((await load(order)).p99);
    perSecond.push((done * 1000) / (performance.now() - begin));
    over = true;
    await Promise.all(signingIn);
  }
  return { quiet: median(quiet), busy: median(busy), perSecond: median(perSecond) };
}

/** How long strangers wait for an answer, by whether the address has an account. */
function asStrangers(house: House): Promise<Figures['strangers']> {
  say('strangers');
  return measureStrangers(house.app.port, flags.quick ? 20 : 500);
}

const say = (what: string) => process.stderr.write(`${what}\n`);

let stopServer = () => Promise.resolve();
async function clean(): Promise<void> {
  await stopAll();
  await stopServer();
  rmSync(folder, { recursive: true, force: true });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void clean().finally(() => process.exit(1)));
}
await main().finally(clean);

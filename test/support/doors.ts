import type { AddressInfo } from 'node:net';
import type { Config } from '../../src/config.js';
import { httpServer } from '../../src/web/http-server.js';
import { Visitor } from './browser-less.js';
import { type Clock, openHouse, type TestHouse } from './house.js';

/** The house with its door open: it listens, and whoever comes may come from a network address of his own. */
export interface OpenHouse extends TestHouse {
  address: string;
  /** Somebody with a browser of his own; without an address he is alone behind his. */
  visitor(ip?: string): Visitor;
}

let arrivals = 0;

/** `openHouse` on a port, for tests in which many come at once. Limits an address do not join the tests of a file. */
export async function openDoors(change: Partial<Config> = {}, clock?: Clock): Promise<OpenHouse> {
  const house = await openHouse({ trustProxy: ['loopback'], ...change }, clock);
  const server = httpServer(house.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...house,
    address,
    visitor: (ip = newAddress()) => visitorFrom(address, ip),
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await house.close();
    },
  };
}

/** A browser that reaches the house by its proxy, from this network address. */
function visitorFrom(address: string, ip = newAddress()): Visitor {
  const visitor = new Visitor(address);
  visitor.agent.set('X-Forwarded-For', ip);
  return visitor;
}

function newAddress(): string {
  arrivals += 1;
  return `10.${process.pid % 256}.${arrivals >> 8}.${arrivals & 255}`;
}

import type { AddressInfo } from 'node:net';
import { readConfig } from '../../src/config.js';
import { build } from '../../src/house.js';
import { startJobs } from '../../src/jobs/schedule.js';
import { httpServer } from '../../src/web/http-server.js';
import { createLog } from '../../src/web/log.js';

// The house as a process of its own, configured by its environment as the server is, for tests of several on one
// database. Prints the port, then its log. Ends with SIGTERM when nothing is running any more.
const config = { ...readConfig(), passwordCost: 4 };
const log = createLog(config.logLevel);
const house = await build(config, log, config.databaseUrl!);
const server = httpServer(house.app);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { db, now } = house.parts;
const jobs = config.jobs ? startJobs({ db, log, now, jobs: house.jobs, deliveries: house.deliveries }) : null;
process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`);

process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close();
  void Promise.resolve(jobs?.stop())
    .then(() => house.close())
    .then(() => process.exit(0));
});

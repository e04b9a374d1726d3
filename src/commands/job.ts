import { runOnce } from '../jobs/runner.js';
import { withHouse } from './with-house.js';

/** `npm run job -- NAME`: runs one timed job now, whether it is due or not; `outbox` delivers what waits. */
const name = process.argv[2];

await withHouse(async ({ parts, jobs, deliver }) => {
  const job = jobs.find((one) => one.name === name);
  if (name === 'outbox') {
    process.stdout.write(`${JSON.stringify(await deliver())}\n`);
  } else if (job) {
    const ran = await runOnce(parts.db, parts.log, job, parts.now(), { force: true });
    process.stdout.write(ran ? `${job.name}: готово\n` : `${job.name}: уже выполняется другим процессом\n`);
  } else {
    process.stderr.write(
      `Usage: npm run job -- NAME, one of: ${[...jobs.map((one) => one.name), 'outbox'].join(', ')}\n`,
    );
    process.exitCode = 2;
  }
});

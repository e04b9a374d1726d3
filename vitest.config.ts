import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    // Processes, not threads: bcrypt and sharp are native, and only a process can have a time zone of its own.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Deliberately not Moscow: a date that leans on the machine's zone fails here.
    env: { NODE_ENV: 'test', TZ: 'America/New_York' },
  },
});

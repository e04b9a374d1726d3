import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest begins first, so that no worker is left with it at the end, alone. */
class BrowserFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => (moduleId.includes('/test/e2e/') ? 0 : 1);
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    sequence: { sequencer: BrowserFirst },
    // Processes, not threads: bcrypt and sharp are native, and only a process can have a time zone of its own.
    pool: 'forks',
    maxWorkers: 2,
    // One file after another in the same process: loading the application anew for each took half of the time. Nothing
    // here is kept between files but what never changes, and every file has a house of its own.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Deliberately not Moscow: a date that leans on the machine's zone fails here.
    env: { NODE_ENV: 'test', TZ: 'America/New_York' },
  },
});

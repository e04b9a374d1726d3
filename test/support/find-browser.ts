import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

/** A browser to run, with what its environment needs. */
export interface FoundBrowser {
  path: string;
  env: Record<string, string>;
}

const SYSTEM = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'].map(
  (name) => `/usr/bin/${name}`,
);

/**
 * Finds a browser: BROWSER_PATH, Playwright's own, the system's, or the one inside the package @sparticuz/chromium,
 * which is unpacked once a machine.
 */
export async function findBrowser(): Promise<FoundBrowser> {
  const given = process.env.BROWSER_PATH;
  if (given) {
    if (!existsSync(given)) throw new Error(`BROWSER_PATH: there is nothing at ${given}`);
    return { path: given, env: {} };
  }
  const installed = [chromium.executablePath(), ...SYSTEM].find((path) => existsSync(path));
  return installed ? { path: installed, env: {} } : unpacked();
}

async function unpacked(): Promise<FoundBrowser> {
  const require = createRequire(import.meta.url);
  const root = dirname(dirname(dirname(require.resolve('@sparticuz/chromium'))));
  const { version } = require(join(root, 'package.json')) as { version: string };
  const home = join(tmpdir(), `cabinet-chromium-${version}-${userInfo().uid}`);
  if (!existsSync(home)) await unpack(home);
  return {
    path: join(home, 'chromium'),
    env: { LD_LIBRARY_PATH: join(home, 'al2023/lib'), FONTCONFIG_FILE: join(home, 'fonts.conf') },
  };
}

// The package brings the libraries that a slim machine lacks only where it believes to be in a lambda, and unpacks into
// the temporary folder: both are told to a process of its own. What is there is whole, since it comes by a rename.
async function unpack(home: string): Promise<void> {
  const draft = await mkdtemp(`${home}-`);
  try {
    const script = "import('@sparticuz/chromium').then(({ default: it }) => it.executablePath())";
    const env = { ...process.env, TMPDIR: draft, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };
    await promisify(execFile)(process.execPath, ['-e', script], { env, cwd: import.meta.dirname });
    await mkdir(join(draft, 'font-cache'));
    await writeFile(join(draft, 'fonts.conf'), fontConfiguration(home));
    await rename(draft, home).catch((error: unknown) => {
      if (!existsSync(home)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** The package's own fonts lack ₽; our pages' font has it. */
function fontConfiguration(home: string): string {
  const golos = dirname(createRequire(import.meta.url).resolve('@expo-google-fonts/golos-text/package.json'));
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>${join(home, 'fonts')}</dir><dir>${golos}</dir><cachedir>${join(home, 'font-cache')}</cachedir></fontconfig>`;
}

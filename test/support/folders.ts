import { watch } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestHouse } from './house.js';

/** Every file that the house keeps or is receiving, by its path below the data folder. */
export async function keptFiles(house: Pick<TestHouse, 'config'>): Promise<string[]> {
  const folders = ['files', 'incoming'].map(async (folder) => {
    const entries = await readdir(join(house.config.dataDir, folder), {
      recursive: true,
      withFileTypes: true,
    });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  });
  return (await Promise.all(folders)).flat().sort();
}

/** Does the work and tells which files stood in the folder of what is being received at any moment meanwhile. */
export async function receivedDuring(
  house: Pick<TestHouse, 'parts'>,
  work: () => Promise<unknown>,
): Promise<string[]> {
  const folder = house.parts.store.temporaryDir;
  const last = `end-of-watch-${process.hrtime.bigint()}`;
  const appeared = new Set<string>();
  const watcher = watch(folder);
  try {
    const ended = new Promise<void>((resolve) => {
      watcher.on('change', (_event, name) =>
        String(name) === last ? resolve() : appeared.add(String(name)),
      );
    });
    await work();
    await writeFile(join(folder, last), '');
    await ended;
    return [...appeared];
  } finally {
    watcher.close();
    await rm(join(folder, last), { force: true });
  }
}

/** Begins to watch; what it answers waits until something is being received. */
export function firstReceived(house: Pick<TestHouse, 'parts'>): () => Promise<void> {
  const watcher = watch(house.parts.store.temporaryDir);
  const appeared = new Promise<void>((resolve) => watcher.once('change', () => resolve()));
  return () => appeared.finally(() => watcher.close());
}

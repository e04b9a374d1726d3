import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Answers what was made of these inputs before, or makes it now and keeps it. */
export type Cache = (
  inputs: (string | Buffer)[],
  ending: string,
  make: () => Promise<Buffer>,
) => Promise<Buffer>;

/** Keeps what is slow to make (cut fonts, best compression) in a folder, under the hash of what it was made of. */
export function openCache(folder: string): Cache {
  return async (inputs, ending, make) => {
    const file = join(folder, `${hash(inputs)}.${ending}`);
    const kept = await readFile(file).catch(() => null);
    if (kept) return kept;
    const made = await make();
    // A folder that may not be written to costs the next start some time, and nothing else.
    await keep(folder, file, made).catch(() => undefined);
    return made;
  };
}

// Two processes may start at once: a file appears whole or not at all.
async function keep(folder: string, file: string, made: Buffer): Promise<void> {
  await mkdir(folder, { recursive: true });
  const part = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(part, made);
  await rename(part, file);
}

/** Twelve hex digits that stand for the content. */
export function hash(inputs: (string | Buffer)[]): string {
  const sum = createHash('sha256');
  for (const input of inputs) sum.update(`${Buffer.byteLength(input)}:`).update(input);
  return sum.digest('hex').slice(0, 12);
}

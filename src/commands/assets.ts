import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ROOT } from '../config.js';
import { loadAssets } from '../web/assets.js';

// Writes everything that is shipped to a folder under plain names: `tsx src/commands/assets.ts DIR`. The checks of
// CSS and scripts against the oldest browsers read what is shipped, not its sources.
const target = process.argv[2];
if (!target) throw new Error('Usage: tsx src/commands/assets.ts DIR');
const folder = resolve(target);
const assets = await loadAssets({ root: ROOT, cacheDir: join(ROOT, '.data/cache') });
await mkdir(folder, { recursive: true });
for (const [name, asset] of assets.files) await writeFile(join(folder, name), asset.body);

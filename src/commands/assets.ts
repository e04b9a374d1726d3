import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CACHE_DIR, ROOT } from '../lib/places.js';
import { loadAssets } from '../web/assets.js';

// Part of the build. Makes what takes long (cut fonts, best compression), so that no start has to, and writes everything
// that is shipped to `dist/shipped` under plain names: the checks of CSS and scripts against the oldest browsers read
// what is shipped, not its sources.
const folder = join(ROOT, 'dist/shipped');
const assets = await loadAssets({ root: ROOT, cacheDir: CACHE_DIR });
await mkdir(folder, { recursive: true });
for (const [name, asset] of assets.files) await writeFile(join(folder, name), asset.body);

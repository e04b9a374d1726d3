import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with package.json, views and public. */
export const ROOT = projectRoot(dirname(fileURLToPath(import.meta.url)));

/** Where the code that runs lies: the sources themselves, or what the build has made of them. */
export const CODE = import.meta.url.endsWith('.ts')
  ? { folder: ROOT, ending: '.ts' }
  : { folder: join(ROOT, 'dist'), ending: '.js' };

/** Where what the build has made of fonts, styles and scripts is kept; goes with `node_modules`, like all that is installed. */
export const CACHE_DIR = join(ROOT, 'node_modules/.cache/client-cabinet');

function projectRoot(from: string): string {
  return existsSync(join(from, 'package.json')) ? from : projectRoot(dirname(from));
}

import { join } from 'node:path';
import { CODE } from './places.js';

/**
 * A worker's program, by its path without ending: built, or TypeScript. A thread does not inherit the loader for that,
 * and `--import tsx` does nothing in a thread of Node 20, so it is registered by a module of one line.
 */
export function workerFile(path: string): { filename: string; execArgv: string[] } {
  const filename = join(CODE.folder, `${path}${CODE.ending}`);
  if (CODE.ending === '.js') return { filename, execArgv: [] };
  const register = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;
  const loader = `data:text/javascript,${encodeURIComponent(register)}`;
  return { filename, execArgv: ['--import', loader] };
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  path: string;
  /** As a failing disk does by itself. */
  makeReadOnly(): void;
  remove(): void;
}

/** A real disk of so many megabytes, in memory; null where this machine lets us mount nothing. */
export function smallDisk(megabytes: number): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), 'disk-'));
  const mount = (...options: string[]) => execFileSync('mount', options, { stdio: 'ignore' });
  try {
    mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path);
  } catch {
    rmSync(path, { recursive: true });
    return null;
  }
  return {
    path,
    makeReadOnly: () => void mount('-o', 'remount,ro', path),
    remove() {
      execFileSync('umount', ['-l', path]);
      rmSync(path, { recursive: true });
    },
  };
}

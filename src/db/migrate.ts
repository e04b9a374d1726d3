import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Knex } from 'knex';
import { CODE } from '../lib/places.js';
import { connect, type Database } from './knex.js';

/**
 * Where migrations come from. They are known by their name without the ending, so that a database migrated from the
 * sources (.ts) and one migrated by the built application (.js) are the same to Knex.
 */
export function migrationSource(): Knex.MigrationSource<string> {
  const folder = join(CODE.folder, 'migrations');
  return {
    getMigrations: () =>
      Promise.resolve(
        readdirSync(folder)
          .filter((file) => /^\d+_\w+\.(ts|js)$/.test(file))
          .map((file) => file.replace(/\.(ts|js)$/, ''))
          .sort(),
      ),
    getMigrationName: (name) => name,
    getMigration: async (name) =>
      (await import(pathToFileURL(join(folder, name + CODE.ending)).href)) as Knex.Migration,
  };
}

// Any number of processes may start at once on one database: one migrates, the others wait for it.
const LOCK = 7_704_374_968;

/** Brings the database up to date. A lock that a killed migration left behind is cleared: ours tells who really works. */
export async function migrate(db: Database): Promise<void> {
  if (await isMigrated(db)) return;
  await db.transaction(async (guard) => {
    await guard.raw('select pg_advisory_xact_lock(?)', [LOCK]);
    if (await isMigrated(db)) return;
    const source = { migrationSource: migrationSource() };
    if (await db.schema.hasTable('knex_migrations_lock')) await db.migrate.forceFreeMigrationsLock(source);
    await db.migrate.latest(source);
  });
}

/** The same for a database that nothing is open to yet. */
export async function migrateAt(url: string): Promise<void> {
  const db = connect(url, { pool: 2 });
  await migrate(db).finally(() => db.destroy());
}

/** Whether every migration that this code knows has been applied. */
export async function isMigrated(db: Database): Promise<boolean> {
  if (!(await db.schema.hasTable('knex_migrations'))) return false;
  const names = await migrationSource().getMigrations([]);
  const applied = new Set(
    (await db('knex_migrations').select('name')).map((row: { name: string }) => row.name),
  );
  return names.every((name) => applied.has(name));
}

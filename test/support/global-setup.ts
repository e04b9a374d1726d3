import { tmpdir } from 'node:os';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../src/db/embedded.js';
import { migrateAt } from '../../src/db/migrate.js';
import { databaseUrl, TEMPLATE } from './database.js';
import { findBrowser, type FoundBrowser } from './find-browser.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser's address of the Postgres of this run. */
    adminUrl: string;
    /** The browser of this run. */
    browser: FoundBrowser;
  }
}

/**
 * Gives every run a Postgres with a migrated `cabinet_template`, from which `cloneDatabase` makes one for a test file.
 *
 * TEST_DATABASE_URL (a superuser's) names a server to use instead of a throwaway one; one run at a time then.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const server = given
    ? { url: given, stop: () => Promise.resolve() }
    : await startEmbedded(tmpdir(), { throwaway: true });
  try {
    const browser = findBrowser();
    await createTemplate(server.url);
    await migrateAt(databaseUrl(server.url, TEMPLATE));
    project.provide('adminUrl', server.url);
    project.provide('browser', await browser);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return () => server.stop();
}

async function createTemplate(adminUrl: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`drop database if exists ${TEMPLATE} with (force)`);
    // As the embedded one is made, so that a foreign server sorts and compares Russian alike.
    await admin.query(
      `create database ${TEMPLATE} template template0 encoding 'UTF8' locale 'C.UTF-8'
       locale_provider icu icu_locale 'ru-RU'`,
    );
  } finally {
    await admin.end();
  }
}

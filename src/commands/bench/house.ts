import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { migrateAt } from '../../db/migrate.js';
import { openSignIn, PROXIED } from './client.js';
import { createDatabase, fill, READER } from './filling.data.js';
import { startApp, type App } from './processes.js';

/** One application on a database of its own, with its reader signed in. */
export interface House {
  documents: number;
  url: string;
  app: App;
  /** Headers of the reader's requests, as they come from the TLS proxy. */
  headers: Record<string, string>;
  /** Starts the same application once more. */
  again(): Promise<App>;
}

/** Where the reader's list stands. */
export const LIST = `/profiles/${READER.organisation}/documents`;

/** Makes a database with so many documents on the server and starts the built application on it. */
export async function openHouse(server: { url: string }, folder: string, documents: number): Promise<House> {
  const started = await startHouse(server, folder, `bench_${documents}`, READER, (url, passwordKey) =>
    fill(url, documents, passwordKey),
  );
  return { documents, ...started };
}

/** Makes a database, fills it, starts the built application on it and signs its reader in. */
export async function startHouse(
  server: { url: string },
  folder: string,
  name: string,
  reader: { email: string; password: string },
  filling: (url: string, passwordKey: string) => Promise<void>,
): Promise<Omit<House, 'documents'>> {
  const url = await createDatabase(server.url, name);
  const passwordKey = randomBytes(32).toString('base64url');
  await migrateAt(url);
  await filling(url, passwordKey);
  const environment = {
    DATABASE_URL: url,
    DATA_DIR: join(folder, 'app'),
    PUBLIC_URL: 'https://bench.example',
    TRUST_PROXY: 'loopback',
    SMTP_URL: 'smtp://127.0.0.1:9',
    SESSION_SECRET: randomBytes(32).toString('base64url'),
    PASSWORD_KEY: passwordKey,
    JOBS: 'off',
  };
  const start = () => startApp(environment, join(folder, 'app.log'));
  const app = await start();
  const cookie = await (await openSignIn(app.port))(reader);
  return { url, app, headers: { ...PROXIED, Cookie: cookie }, again: start };
}

import { migrationSource } from './src/db/migrate.js';
import { readConfig } from './src/config.js';

const config = readConfig();

/** For Knex's own command line; the application migrates by itself when it starts. */
export default {
  client: 'pg',
  connection: config.databaseUrl,
  migrations: { migrationSource: migrationSource() },
};

import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { ROOT } from './lib/places.js';

/** Every variable that the application reads, with what it means when unset. Described for people in `.env.example`. */
const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  HOST: z.string().optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  // A job and the outbox each hold one connection while their work takes another; a page needs one as well.
  DATABASE_POOL: z.coerce.number().int().min(5).max(100).default(10),
  DATA_DIR: z.string().default('.data'),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  TRUST_PROXY: z.string().default(''),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().default('Личный кабинет клиента <my@spektrpm.ru>'),
  SESSION_SECRET: z.string().min(32).optional(),
  PASSWORD_KEY: z.string().min(32).optional(),
  CAPTCHA: z.enum(['altcha', 'off']).default('altcha'),
  CLAMD_URL: z.url({ protocol: /^tcp$/ }).optional(),
  JOBS: z.enum(['on', 'off']).default('on'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
});

export type Config = Readonly<ReturnType<typeof readConfig>>;

/** The configuration is not usable; the message says which variable and why. */
export class ConfigError extends Error {}

/**
 * Reads the environment once. Outside production the secrets may be left unset: they are then made at random and kept
 * in the data folder, so that a restart signs nobody out.
 *
 * @throws ConfigError naming every variable that does not fit
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env) {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(problems.join('\n'));
  }
  const env = parsed.data;
  const production = env.NODE_ENV === 'production';
  if (production) refuseUnsafe(env);
  const dataDir = resolve(ROOT, env.DATA_DIR);
  const secret = (name: 'SESSION_SECRET' | 'PASSWORD_KEY') => env[name] ?? localSecret(dataDir, name);
  return {
    production,
    mode: env.NODE_ENV,
    port: env.PORT,
    host: env.HOST ?? (production ? '0.0.0.0' : 'localhost'),
    databaseUrl: env.DATABASE_URL,
    databasePool: env.DATABASE_POOL,
    dataDir,
    publicUrl: (env.PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ''),
    trustProxy: env.TRUST_PROXY.split(',')
      .map((part) => part.trim())
      .filter(Boolean),
    smtpUrl: env.SMTP_URL,
    mailFrom: env.MAIL_FROM,
    sessionSecret: secret('SESSION_SECRET'),
    passwordKey: secret('PASSWORD_KEY'),
    /** bcrypt's cost (ASVS 11.4.2). */
    passwordCost: 12,
    captcha: env.CAPTCHA,
    clamdUrl: env.CLAMD_URL,
    jobs: env.JOBS === 'on',
    logLevel: env.LOG_LEVEL,
  };
}

function refuseUnsafe(env: z.infer<typeof schema>): void {
  const problems: string[] = [];
  for (const name of ['SESSION_SECRET', 'PASSWORD_KEY', 'PUBLIC_URL', 'DATABASE_URL', 'SMTP_URL'] as const) {
    if (!env[name]) problems.push(`${name}: must be set in production`);
  }
  for (const name of ['SESSION_SECRET', 'PASSWORD_KEY'] as const) {
    if (env[name] && new Set(env[name]).size < 10)
      problems.push(`${name}: looks like a placeholder, use a random value`);
  }
  if (env.SESSION_SECRET && env.SESSION_SECRET === env.PASSWORD_KEY) {
    problems.push('PASSWORD_KEY: must differ from SESSION_SECRET');
  }
  if (env.PUBLIC_URL && !env.PUBLIC_URL.startsWith('https://'))
    problems.push('PUBLIC_URL: must be https in production');
  if (!env.TRUST_PROXY) {
    problems.push('TRUST_PROXY: must name the proxy that ends TLS, or no browser would keep a sign-in');
  }
  if (env.CAPTCHA === 'off') problems.push('CAPTCHA: off is refused in production');
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
}

function localSecret(dataDir: string, name: string): string {
  const file = join(dataDir, 'secrets', name);
  if (!existsSync(file)) {
    // Only the secrets' own folder is closed: under root another user's Postgres lives beside it.
    mkdirSync(dataDir, { recursive: true });
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  }
  return readFileSync(file, 'utf8');
}

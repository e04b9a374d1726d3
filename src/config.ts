import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { domainToUnicode } from 'node:url';
import { z } from 'zod';
import { halfConfiguredAcquirer, readAcquirer } from './config/acquirer.js';
import { halfConfiguredCaptcha, readCaptcha } from './config/captcha.js';
import { ROOT } from './lib/places.js';

/** Every variable that the application reads, with what it means when unset. Described for people in `.env.example`. */
const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  HOST: z.string().optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  // A job, the letters and the SMS each hold one connection while their work takes another; a page needs one as well.
  DATABASE_POOL: z.coerce.number().int().min(7).max(100).default(10),
  DATA_DIR: z.string().default('.data'),
  FILES: z.enum(['folder', 's3']).default('folder'),
  S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .optional(),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
    .optional(),
  S3_PREFIX: z
    .string()
    .regex(/^([\w-]+\/)*[\w-]+\/?$/)
    .optional(),
  S3_ACCESS_KEY: z.string().optional(),
  S3_SECRET_KEY: z.string().optional(),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  TRUST_PROXY: z.string().default(''),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().default('Личный кабинет клиента <my@spektrpm.ru>'),
  SESSION_SECRET: z.string().min(32).optional(),
  PASSWORD_KEY: z.string().min(32).optional(),
  CAPTCHA: z.enum(['altcha', 'smartcaptcha', 'recaptcha', 'off']).default('altcha'),
  CAPTCHA_URL: z.url({ protocol: /^https?$/ }).optional(),
  CAPTCHA_SITE_KEY: z.string().optional(),
  CAPTCHA_SECRET: z.string().optional(),
  SMS_GATEWAY: z.enum(['smsc', 'smsru', 'folder']).optional(),
  SMS_URL: z.url({ protocol: /^https?$/ }).optional(),
  SMS_LOGIN: z.string().optional(),
  SMS_PASSWORD: z.string().optional(),
  SMS_KEY: z.string().optional(),
  SMS_SENDER: z.string().optional(),
  DADATA_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .optional(),
  DADATA_URL: z.url({ protocol: /^https?$/ }).optional(),
  REQUESTS_URL: z.url({ protocol: /^https?$/ }).optional(),
  PASSES_URL: z.url({ protocol: /^https?$/ }).optional(),
  ACQUIRER: z.enum(['stand-in', 'yookassa', 'off']).optional(),
  YOOKASSA_URL: z.url({ protocol: /^https?$/ }).optional(),
  YOOKASSA_SHOP_ID: z
    .string()
    .regex(/^[\w.-]+$/)
    .optional(),
  YOOKASSA_SECRET: z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .optional(),
  YOOKASSA_ADDRESSES: z.string().optional(),
  CLAMD_URL: z.url({ protocol: /^tcp$/ }).optional(),
  JOBS: z.enum(['on', 'off']).default('on'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
});

export type Environment = z.infer<typeof schema>;
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
  const unusable = [
    ...(production ? unsafe(env) : []),
    ...halfConfiguredSms(env),
    ...halfConfiguredCaptcha(env),
    ...halfConfiguredS3(env),
    ...unfitOutside(env),
    ...halfConfiguredAcquirer(env),
    ...(env.DADATA_URL && !env.DADATA_KEY ? ['DADATA_URL: goes with DADATA_KEY'] : []),
  ];
  if (unusable.length > 0) throw new ConfigError(unusable.join('\n'));
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
    files: env.FILES,
    s3: readS3(env),
    captcha: readCaptcha(env),
    sms: readSms(env),
    dadata: readDadata(env),
    outside: { requests: readOutside(env.REQUESTS_URL), passes: readOutside(env.PASSES_URL) },
    acquirer: readAcquirer(env),
    clamdUrl: env.CLAMD_URL,
    jobs: env.JOBS === 'on',
    logLevel: env.LOG_LEVEL,
  };
}

/** What must not be so in production. */
function unsafe(env: Environment): string[] {
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
  if (env.SMS_GATEWAY === 'folder') problems.push('SMS_GATEWAY: folder is refused in production');
  if (env.ACQUIRER === 'stand-in') problems.push('ACQUIRER: stand-in is refused in production');
  const others = [
    'SMS_URL',
    'CAPTCHA_URL',
    'DADATA_URL',
    'S3_ENDPOINT',
    'REQUESTS_URL',
    'PASSES_URL',
    'YOOKASSA_URL',
  ] as const;
  for (const name of others) {
    if (env[name]?.startsWith('http:')) problems.push(`${name}: must be https in production`);
  }
  return problems;
}

/** What is missing for the gateway, or is not for it. */
function halfConfiguredSms(env: Environment): string[] {
  const { SMS_GATEWAY: gateway, SMS_LOGIN: login, SMS_PASSWORD: password, SMS_KEY: key } = env;
  const problems: string[] = [];
  if (gateway === 'smsc' && Boolean(login && password) === Boolean(key)) {
    problems.push('SMS_LOGIN, SMS_PASSWORD: both must be set for smsc, or SMS_KEY instead of them');
  }
  if (Boolean(login) !== Boolean(password)) problems.push('SMS_LOGIN: goes with SMS_PASSWORD');
  if (gateway === 'smsru' && !key) problems.push('SMS_KEY: must be set for smsru');
  if (gateway === 'smsru' && login) problems.push('SMS_LOGIN: smsru takes SMS_KEY alone');
  if (!gateway || gateway === 'folder') {
    for (const name of ['SMS_URL', 'SMS_LOGIN', 'SMS_PASSWORD', 'SMS_KEY', 'SMS_SENDER'] as const) {
      if (env[name]) problems.push(`${name}: is for a gateway, but SMS_GATEWAY names none`);
    }
  }
  return problems;
}

type Gateway = { url: string; sender: string | undefined; timeoutMs: number };
type SmsConfig =
  | ({ gateway: 'smsc'; access: { login: string; psw: string } | { apikey: string } } & Gateway)
  | ({ gateway: 'smsru'; key: string } & Gateway)
  | { gateway: 'folder' };

/** Who sends SMS; null when nobody does. */
function readSms(env: Environment): SmsConfig | null {
  const { SMS_LOGIN: login = '', SMS_PASSWORD: psw = '', SMS_KEY: key = '', SMS_SENDER: sender } = env;
  const urlOr = (usual: string) => (env.SMS_URL ?? usual).replace(/\/+$/, '');
  // fetch gives up a connection after ten seconds and somewhat: only with more time is that told from a slow answer.
  const timeoutMs = 12_000;
  switch (env.SMS_GATEWAY) {
    case 'smsc': {
      const access = key ? { apikey: key } : { login, psw };
      return { gateway: 'smsc', url: urlOr('https://smsc.ru'), access, sender, timeoutMs };
    }
    case 'smsru':
      return { gateway: 'smsru', url: urlOr('https://sms.ru'), key, sender, timeoutMs };
    case 'folder':
      return { gateway: 'folder' };
    case undefined:
      return env.NODE_ENV === 'production' ? null : { gateway: 'folder' };
  }
}

/** Who knows the requisites of an ИНН; null: nobody is asked. */
function readDadata({ DADATA_KEY: key, DADATA_URL: url = 'https://suggestions.dadata.ru' }: Environment) {
  return key ? { url: url.replace(/\/+$/, ''), key, timeoutMs: 5_000 } : null;
}

/** An address that everybody is shown and sent to tells where the system is and nothing else, least of all a password. */
function unfitOutside(env: Environment): string[] {
  const unfit = (['REQUESTS_URL', 'PASSES_URL'] as const).filter((name) => {
    const url = env[name] && new URL(env[name]);
    return url && url.href !== url.origin + url.pathname;
  });
  return unfit.map((name) => `${name}: must be an address with a path, without a login, a query or a #`);
}

/** Where an outside system is, and its name as people read it; null: there is none. */
function readOutside(address: string | undefined) {
  if (!address) return null;
  const { href, hostname, port } = new URL(address);
  return { href, host: domainToUnicode(hostname) + (port && `:${port}`) };
}

/** What is missing for the bucket. One may be told while the files are in the folder: to copy them is how it begins. */
function halfConfiguredS3(env: Environment): string[] {
  const needed = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'] as const;
  const begun = ([...needed, 'S3_REGION', 'S3_PREFIX'] as const).find((name) => env[name]);
  if (!begun && env.FILES !== 's3') return [];
  const reason = env.FILES === 's3' ? 'FILES=s3 needs it' : `goes with ${begun}`;
  const problems = needed.filter((name) => !env[name]).map((name) => `${name}: ${reason}`);
  // The bucket stands in the path: a path given here would be signed as another bucket.
  if (env.S3_ENDPOINT && new URL(env.S3_ENDPOINT).origin !== env.S3_ENDPOINT.replace(/\/$/, '')) {
    problems.push('S3_ENDPOINT: must be an origin, without a path or the bucket');
  }
  return problems;
}

/** The bucket that files are in, or can be copied to; null when none is told. */
function readS3(env: Environment) {
  const { S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY, S3_SECRET_KEY } = env;
  if (!S3_ENDPOINT || !S3_BUCKET || !S3_ACCESS_KEY || !S3_SECRET_KEY) return null;
  return {
    endpoint: new URL(S3_ENDPOINT).origin,
    region: env.S3_REGION ?? 'us-east-1',
    bucket: S3_BUCKET,
    prefix: `${(env.S3_PREFIX ?? 'files').replace(/\/$/, '')}/`,
    accessKey: S3_ACCESS_KEY,
    secretKey: S3_SECRET_KEY,
    timeoutMs: 30_000,
    retryMs: 200,
  };
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

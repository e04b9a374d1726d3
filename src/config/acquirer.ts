import type { Environment } from '../config.js';
import { isNetwork } from '../lib/networks.js';

/** Where YooKassa's notices come from, https://yookassa.ru/developers/using-api/webhooks. */
const YOOKASSA_NETWORKS =
  '185.71.76.0/27,185.71.77.0/27,77.75.153.0/25,77.75.154.128/25,77.75.156.11,77.75.156.35,2a02:5180::/32';

const listed = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);

/** What is missing for the acquirer, or is for none. */
export function halfConfiguredAcquirer(env: Environment): string[] {
  const problems: string[] = [];
  const needed = ['YOOKASSA_SHOP_ID', 'YOOKASSA_SECRET'] as const;
  if (env.ACQUIRER === 'yookassa') {
    for (const name of needed) if (!env[name]) problems.push(`${name}: must be set for yookassa`);
  } else {
    for (const name of [...needed, 'YOOKASSA_URL', 'YOOKASSA_ADDRESSES'] as const)
      if (env[name]) problems.push(`${name}: is for yookassa, but ACQUIRER does not name it`);
  }
  const url = env.YOOKASSA_URL && new URL(env.YOOKASSA_URL);
  if (url && url.href.replace(/\/$/, '') !== (url.origin + url.pathname).replace(/\/$/, ''))
    problems.push('YOOKASSA_URL: must be an address with a path, without a login, a query or a #');
  const networks = listed(env.YOOKASSA_ADDRESSES ?? '');
  if (networks.some((one) => !isNetwork(one)))
    problems.push('YOOKASSA_ADDRESSES: must be addresses and networks (185.71.76.0/27), by comma');
  return problems;
}

/** Who takes card payments, and from which networks its notices come; null: nobody, and no page offers it. */
export function readAcquirer({ ACQUIRER, NODE_ENV, ...env }: Environment) {
  const kind = ACQUIRER ?? (NODE_ENV === 'production' ? 'off' : 'stand-in');
  if (kind === 'off') return null;
  if (kind === 'stand-in') return { kind, networks: ['127.0.0.0/8', '::1'] };
  return {
    kind,
    networks: listed(env.YOOKASSA_ADDRESSES ?? YOOKASSA_NETWORKS),
    url: (env.YOOKASSA_URL ?? 'https://api.yookassa.ru/v3').replace(/\/+$/, ''),
    shopId: env.YOOKASSA_SHOP_ID ?? '',
    secret: env.YOOKASSA_SECRET ?? '',
    timeoutMs: 12_000,
  };
}

import { isInn } from '../../lib/inn.js';
import type { NoParty, Party, PartyRegister } from './party.js';

export interface DadataOptions {
  /** `https://suggestions.dadata.ru` or a stand-in. */
  url: string;
  key: string;
  timeoutMs: number;
  /** Hears why there was no answer; it is told neither the key nor the ИНН. */
  log: (reason: string) => void;
}

/** So many branches are offered to choose from. */
const MOST = 20;

/** Their «Организация по ИНН», https://dadata.ru/api/find-party/. */
export function dadata({ url, key, timeoutMs, log }: DadataOptions): PartyRegister {
  const none = (problem: NoParty, reason: string) => {
    log(reason);
    return problem;
  };
  return {
    async find(inn) {
      if (!isInn(inn)) throw new Error('Only an ИНН is ever asked for.');
      try {
        const response = await fetch(`${url}/suggestions/api/4_1/rs/findById/party`, {
          method: 'POST',
          body: JSON.stringify({ query: inn, count: MOST }),
          headers: {
            'Content-Type': 'application/json',
            Accept: 'application/json',
            Authorization: `Token ${key}`,
            // A connection kept from before may be closed by the other side at the moment we write.
            Connection: 'close',
          },
          // Wherever an answer points to, the key is not taken there.
          redirect: 'manual',
          signal: AbortSignal.timeout(timeoutMs),
        });
        const text = await response.text();
        if (!response.ok) return none(PROBLEMS[response.status] ?? 'away', `HTTP ${response.status}`);
        const found = read(parse(text), inn);
        return found === 'away' ? none('away', 'not understood') : found;
      } catch (error) {
        const { name, cause } = error as Error & { cause?: { code?: string } };
        const reason =
          name === 'TimeoutError' ? 'no answer in time' : `no connection: ${cause?.code ?? name}`;
        return none('away', reason);
      }
    },
  };
}

const PROBLEMS: Record<number, NoParty> = { 401: 'key', 403: 'quota', 429: 'often' };

type Said = Partial<Record<string, unknown>>;
const within = (value: unknown): Said => (typeof value === 'object' && value !== null ? value : {});
const words = (value: unknown) => (typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : '');

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The suggestions that can be understood (none: they do not speak our language); an empty list knows no such ИНН. */
function read(said: unknown, inn: string): Party[] | NoParty {
  const { suggestions } = within(said);
  if (!Array.isArray(suggestions)) return 'away';
  if (suggestions.length === 0) return 'unknown';
  const parties = suggestions.slice(0, MOST).flatMap((one) => partyOf(within(one), inn));
  return parties.length > 0 ? parties : 'away';
}

const STATES: Record<string, Party['state']> = {
  LIQUIDATING: 'closing',
  BANKRUPT: 'closing',
  LIQUIDATED: 'closed',
};

function partyOf({ value, data }: Said, asked: string): Party[] {
  const { inn, kpp, name, address, state } = within(data);
  const called = words(within(name).short_with_opf) || words(value);
  const code = words(kpp) || null;
  const fits = code === null ? asked.length === 12 : /^\d{4}[\dA-Z]{2}\d{3}$/.test(code);
  if (inn !== asked || called === '' || called.length > 300 || !fits) return [];
  return [
    {
      name: called,
      inn: asked,
      kpp: code,
      address: words(within(address).value).slice(0, 500) || null,
      state: STATES[words(within(state).status)] ?? null,
    },
  ];
}

import { openStandIn, type StandIn } from './stand-in.js';

/** What DaData says of one branch. */
export const suggestion = (inn: string, change: Record<string, unknown> = {}) => ({
  value: 'ООО "НАЙДЕНА"',
  data: {
    inn,
    kpp: inn.length === 12 ? null : '770401001',
    name: { short_with_opf: 'ООО «Найдена»' },
    address: { value: 'г Москва, ул Усачёва, д 33' },
    state: { status: 'ACTIVE' },
    ...change,
  },
});

export interface Parties extends StandIn {
  config: { url: string; key: string; timeoutMs: number };
}

/** A stand-in for DaData that knows every ИНН, until it is told to answer otherwise. */
export async function openParties(): Promise<Parties> {
  const standIn = await openStandIn();
  standIn.answer = (_asked, raw) => {
    const { query } = JSON.parse(raw!.body) as { query: string };
    return { body: JSON.stringify({ suggestions: [suggestion(query)] }) };
  };
  const config = { url: standIn.url, key: 'key-of-the-tests', timeoutMs: 2_000 };
  return Object.assign(standIn, { config });
}

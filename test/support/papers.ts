import { COMPANY, type Company } from '../../src/domain/organisations/company.js';
import type { Invoice } from '../../src/domain/invoices/invoices.data.js';
import { computed, type LineInput } from '../../src/domain/invoices/lines.js';
import { RENT } from './bills.js';

/** A company that has said everything of itself; the numbers are made up, their control digits right. */
export const FULL_COMPANY: Company = {
  ...COMPANY,
  inn: '7704374968',
  kpp: '770401001',
  ogrn: '1027700132195',
  bank: 'ПАО Сбербанк',
  bik: '044525225',
  account: '40702810200000000001',
  correspondent: '30101810400000000225',
  addresses: ['115230, г. Москва, Варшавское шоссе, д. 42'],
};

/** An invoice that no database has. */
export function paperInvoice({
  lines = [RENT],
  ...change
}: Partial<Omit<Invoice, 'lines'>> & { lines?: LineInput[] } = {}): Invoice {
  const id = '5a9a2f3e-3a52-4a7a-9a54-2f6a0c1d7b11';
  const rows = lines.map((line, at) => computed(line, id, at + 1));
  const at = new Date('2026-11-26T09:00:00Z');
  return {
    id,
    external_id: null,
    payer_id: id,
    contract_id: null,
    number: '1117/26',
    dated_on: '2026-11-26',
    period: '2026-11',
    due_on: '2026-12-06',
    state: 'issued',
    purpose: null,
    currency: 'RUB',
    allocated: 0,
    created_by: null,
    created_at: at,
    issued_at: at,
    cancelled_at: null,
    cancel_reason: null,
    revision: 2,
    organisation_id: id,
    organisation: 'ООО «Ромашка и партнёры»',
    payer: 'ООО «Ромашка и партнёры»',
    inn: '7707083893',
    kpp: '770701001',
    contract: 'А-17/2024',
    total: rows.reduce((sum, row) => sum + row.total, 0),
    lines: rows,
    ...change,
  };
}

/** So many different lines, some of which need several lines of the page. */
export const manyLines = (count: number): LineInput[] =>
  Array.from({ length: count }, (_, at) => ({
    name: `Строка ${at + 1}: ${at % 7 === 0 ? 'эксплуатационные и коммунальные услуги, электроэнергия по счётчику № ЦЭ-6803В/1' : 'уборка «под ключ»'}`,
    quantity: `${at + 1}.500`,
    unit: 'м²',
    price: 123_456 + at,
    vat_code: 11,
  }));

import { createHash } from 'node:crypto';
import { day, parseDay, type Day } from '../../lib/dates.js';
import { Invalid } from '../../lib/errors.js';
import { parseMoney } from '../../lib/text.js';

/** Money that came, as the bank says it. */
export interface StatementLine {
  /** The same for this document in whatever file it stands; two that say just the same are two. */
  source: string;
  paid_on: Day;
  number: string;
  /** Whole kopecks. */
  amount: number;
  payer_name: string;
  payer_inn: string | null;
  purpose: string;
}

export interface Statement {
  from_day: Day | null;
  to_day: Day | null;
  /** Whose it is: the accounts that it is of, and the ИНН of whoever was paid. */
  accounts: string[];
  owners: string[];
  lines: StatementLine[];
}

const MARK = '1CClientBankExchange';
const NOT_A_STATEMENT = 'Это не выписка 1С: в первой строке должно стоять 1CClientBankExchange';
const CUT = 'Выписка обрывается: в конце нет строки КонецФайла. Выгрузите её из банка заново';

/** Longer texts are cut: a purpose of payment has 210 characters (regulation 762-П of the Bank of Russia). */
const LONGEST = 500;

/**
 * Reads a bank statement, 1CClientBankExchange 1.0x: only documents that brought money to one of the statement's own
 * accounts.
 *
 * @throws Invalid at `file` when it is none, is damaged, or tells of days to come
 */
export function readStatement(bytes: Buffer, today: Day): Statement {
  const text = textOf(bytes).replaceAll('\0', '');
  const rows = text.split(/\r\n|\r|\n/).map((row) => row.trim());
  if (rows[0]?.replace('\ufeff', '') !== MARK) throw new Invalid({ file: NOT_A_STATEMENT });
  if (!rows.includes('КонецФайла')) throw new Invalid({ file: CUT });
  const accounts = new Set<string>();
  const documents: Record<string, string>[] = [];
  const head: Record<string, string> = {};
  let document: Record<string, string> | null = null;
  for (const row of rows.slice(1)) {
    const at = row.indexOf('=');
    const [key, value] = at < 0 ? [row, ''] : [row.slice(0, at), row.slice(at + 1).trim()];
    if (key === 'СекцияДокумент') document = {};
    else if (key === 'КонецДокумента' && document) {
      documents.push(document);
      document = null;
    } else if (document) document[key] ??= value;
    else if (key === 'РасчСчет') accounts.add(value);
    else head[key] ??= value;
  }
  if (document) throw new Invalid({ file: CUT });
  const incoming = documents.filter((one) => accounts.has(accountOf(one)));
  const lines = numbered(incoming.map((one) => lineOf(one, today)));
  return {
    from_day: parseDay(head.ДатаНачала ?? ''),
    to_day: parseDay(head.ДатаКонца ?? ''),
    accounts: [...accounts],
    owners: [...new Set(incoming.map((one) => (one.ПолучательИНН ?? '').replace(/\D/g, '')).filter(Boolean))],
    lines,
  };
}

/** Documents that say just the same are told apart by how many of them stand before. */
function numbered(lines: StatementLine[]): StatementLine[] {
  const before = new Map<string, number>();
  return lines.map((line) => {
    const count = before.get(line.source) ?? 0;
    before.set(line.source, count + 1);
    return count === 0 ? line : { ...line, source: `${line.source}:${count + 1}` };
  });
}

const accountOf = (document: Record<string, string>) =>
  document.ПолучательСчет ?? document.ПолучательРасчСчет ?? '';

/** UTF-8 where it is; else windows-1251, or what DOS wrote, by which of the two its own words can be read. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const text = decoded(bytes, 'windows-1251');
    return text.includes('ВерсияФормата') ? text : decoded(bytes, 'ibm866');
  }
}

const decoded = (bytes: Buffer, encoding: string) => new TextDecoder(encoding).decode(bytes);

function lineOf(document: Record<string, string>, today: Day): StatementLine {
  const number = (document.Номер ?? '').slice(0, 50);
  const damaged = (what: string) => new Invalid({ file: `В документе № ${number || '—'} ${what}` });
  const amount = parseMoney((document.Сумма ?? '').replace('.', ','));
  // When the money came; until then the day of the order.
  const paid_on = parseDay(document.ДатаПоступило ?? '') ?? parseDay(document.Дата ?? '');
  if (amount === null || amount <= 0) throw damaged(`сумма не читается: «${document.Сумма ?? ''}»`);
  if (!paid_on) throw damaged('нет даты');
  if (paid_on > today) throw damaged(`день, который ещё не наступил: ${day(paid_on)}`);
  const payer = document.ПлательщикСчет ?? document.ПлательщикРасчСчет ?? '';
  const inn = (document.ПлательщикИНН ?? '').replace(/\D/g, '');
  const purpose = purposeOf(document).replace(/\s+/g, ' ').slice(0, LONGEST);
  const said = [payer, number, document.Дата ?? '', document.Сумма ?? '', accountOf(document), inn, purpose];
  return {
    source: `bank:${createHash('sha256').update(said.join('|')).digest('hex')}`,
    paid_on,
    number,
    amount,
    payer_name: (document.Плательщик1 ?? document.Плательщик ?? '')
      .replace(/^ИНН \d+\s*/, '')
      .slice(0, LONGEST),
    payer_inn: /^(\d{10}|\d{12})$/.test(inn) ? inn : null,
    purpose,
  };
}

/** One field, or several numbered ones of its lines. */
function purposeOf(document: Record<string, string>): string {
  if (document.НазначениеПлатежа) return document.НазначениеПлатежа;
  const parts = [1, 2, 3, 4, 5, 6].map((n) => document[`НазначениеПлатежа${n}`] ?? '');
  return parts.join(' ').trim();
}

import type { Kopecks } from '../../db/rows.js';
import { parseMonth } from '../../lib/dates.js';
import { parseMoney, whole } from '../../lib/text.js';
import { LAYOUTS } from './layouts.js';
import type { Table } from './reading.js';
import { all, first, readXml, textAt, within, type Element } from './xml.js';

type Cells = Record<string, string>;

const folded = (text: string) =>
  text
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[\s.,]/g, '');

/**
 * Invoices of a CommerceML 2 file as the rows of a table of invoices, a place for each document. Read leniently: samples
 * differ in namespaces, wrappers and in where they say the same. Other documents are counted.
 */
export function readCommerceMl(bytes: Buffer): Table | { problem: string } {
  const read = readXml(bytes);
  if ('problem' in read) return read;
  const books = within(read.root, 'КоммерческаяИнформация');
  if (books.length === 0)
    return { problem: 'Это не CommerceML: в файле нет элемента «КоммерческаяИнформация»' };
  const documents = books.flatMap((one) => within(one, 'Документ'));
  const invoices = documents.filter(isInvoice);
  const skipped = documents.length - invoices.length;
  if (invoices.length === 0) {
    const others = skipped > 0 ? `, есть другие документы: ${whole(skipped)}` : '';
    return { problem: `В файле нет документов «Счет на оплату»${others}` };
  }
  const columns = LAYOUTS.invoices;
  const rows = invoices.map((document) => {
    const head = headOf(document);
    return itemsOf(document, head.total ?? '').map((item): Cells => ({ ...head, ...item }));
  });
  return {
    cells: [
      columns.map(({ head }) => head),
      ...rows.flat().map((row) => columns.map(({ name }) => row[name] ?? '')),
    ],
    places: rows.flatMap((own, at) => own.map(() => at + 1)),
    skipped,
  };
}

/** Ours to be paid: not a supplier's invoice to us, nor one that is marked to be deleted. */
function isInvoice(document: Element): boolean {
  const operation = textAt(document, 'ХозОперация') || textAt(document, 'ХозяйственнаяОперация');
  return (
    /^счетнаоплату(покупателю|клиенту)?$/.test(folded(operation)) &&
    !/покупатель|плательщик/.test(folded(textAt(document, 'Роль'))) &&
    !isYes(said(heading(document), 'ПометкаУдаления')) &&
    !isYes(said(heading(document), 'Отменен'))
  );
}

const isYes = (text: string) => /^(true|1|да|истина)$/i.test(text);

/** What a document says under one of these names, as its own element or among its «ЗначенияРеквизитов». */
function said(document: Element, ...names: string[]): string {
  const wanted = new Set(names.map(folded));
  for (const name of names) if (textAt(document, name)) return textAt(document, name);
  const found = within(document, 'ЗначениеРеквизита').find(
    (one) => wanted.has(folded(textAt(one, 'Наименование'))) && textAt(one, 'Значение'),
  );
  return found ? textAt(found, 'Значение') : '';
}

function headOf(document: Element): Cells {
  const payer = payerOf(all(first(document, 'Контрагенты'), 'Контрагент'));
  const [legal, person] = ['РеквизитыЮрЛица', 'РеквизитыФизЛица'].map((name) => first(payer, name));
  const period = said(heading(document), 'Период', 'Период оплаты', 'Расчетный период');
  return {
    external_id: textAt(document, 'Ид'),
    number: textAt(document, 'Номер'),
    dated_on: dayOf(textAt(document, 'Дата')),
    inn: textAt(payer, 'ИНН') || textAt(legal, 'ИНН') || textAt(person, 'ИНН'),
    kpp: textAt(payer, 'КПП') || textAt(legal, 'КПП'),
    contract: contractOf(document),
    period: parseMonth(period) ? period : '',
    due_on: dayOf(said(heading(document), 'СрокПлатежа', 'Срок оплаты', 'Оплатить до', 'Дата платежа')),
    currency: textAt(document, 'Валюта'),
    total: amount(textAt(document, 'Сумма')),
  };
}

/** The document without its goods, whose own «ЗначенияРеквизитов» are about something else. */
function heading(document: Element): Element {
  if (typeof document === 'string') return document;
  return Object.fromEntries(
    Object.entries(document).filter(([name]) => !GOODS.some(([own]) => own === name)),
  );
}

/** The one who pays, else the one who buys, else the only one there is. */
function payerOf(parties: Element[]): Element | undefined {
  const by = (role: RegExp) => parties.find((party) => role.test(folded(textAt(party, 'Роль'))));
  const only = parties.length === 1 && !textAt(parties[0], 'Роль') ? parties[0] : undefined;
  return by(/плательщик/) ?? by(/покупатель|заказчик/) ?? only;
}

/** «№ 77/А от 01.12.2025» is the contract 77/А. */
function contractOf(document: Element): string {
  const text =
    textAt(document, 'Договор', 'Номер') ||
    said(heading(document), 'НомерДоговора', 'Номер договора', 'Договор номер', 'Договор');
  return text
    .replace(/^договор\s+/i, '')
    .replace(/^№\s*/, '')
    .replace(/\s+от\s+\d.*$/i, '')
    .trim();
}

/** `2026-11-26T00:00:00` is a day. */
const dayOf = (text: string) => /^\d{4}-\d{2}-\d{2}(?=T|\s|$)/.exec(text)?.[0] ?? text;

/** `1500.000` is 1500.00, and `184.600000` 184.6: what programs write behind a number says nothing. */
const amount = (text: string) => {
  const number = text.replace(/[\s\u00a0]/g, '').replace(',', '.');
  return /^-?\d+\.\d+$/.test(number) ? number.replace(/0+$/, '').replace(/\.$/, '') : number;
};

const GOODS = [
  ['Товары', 'Товар'],
  ['Услуги', 'Услуга'],
  ['Работы', 'Работа'],
] as const;

/** The lines: with their sums, to which the tax is added where the document says that it stands apart. */
function itemsOf(document: Element, total: string): Cells[] {
  const goods = GOODS.flatMap(([list, one]) => all(first(document, list), one));
  if (goods.length === 0) return [{}];
  const items = goods.map((item) => ({
    item: textAt(item, 'Наименование'),
    quantity: amount(textAt(item, 'Количество')),
    unit: unitOf(item),
    price: priceOf(amount(textAt(item, 'ЦенаЗаЕдиницу') || textAt(item, 'Цена'))),
    vat: rateOf(item) || rateOf(document) || 'Без НДС',
    sum: amount(textAt(item, 'Сумма')),
  }));
  const taxes = goods.map((item) => apartOf(item, document));
  const sums = items.map(({ sum }) => parseMoney(sum));
  const together = sums.reduce<Kopecks>((so, sum) => so + (sum ?? 0), 0);
  const fits = total !== '' && Math.abs(together - (parseMoney(total) ?? 0)) <= items.length;
  if (fits) return items;
  return items.map((item, at) => {
    const [sum, tax] = [sums[at] ?? null, taxes[at] ?? null];
    return tax === null || sum === null ? item : { ...item, price: '', sum: rubles(sum + tax) };
  });
}

/** A price finer than kopecks is told by the sum. */
const priceOf = (price: string) => (parseMoney(price) === null ? '' : price);

const rubles = (kopecks: Kopecks) => `${Math.trunc(kopecks / 100)}.${String(kopecks % 100).padStart(2, '0')}`;

const unitOf = (item: Element): string =>
  ['БазоваяЕдиница', 'Единица', 'ЕдиницаИзмерения']
    .map(
      (name) =>
        textAt(item, name, 'НаименованиеКраткое') || textAt(item, name, 'Наименование') || textAt(item, name),
    )
    .find(Boolean) ?? '';

const taxOf = (element: Element): Element | undefined => {
  const taxes = all(first(element, 'Налоги'), 'Налог');
  return taxes.find((tax) => /ндс/.test(folded(textAt(tax, 'Наименование'))));
};

function rateOf(element: Element): string {
  const rates = all(first(element, 'СтавкиНалогов'), 'СтавкаНалога');
  const vat = rates.find((rate) => /ндс/.test(folded(textAt(rate, 'Наименование'))));
  return textAt(vat, 'Ставка') || textAt(element, 'СтавкаНДС') || textAt(taxOf(element), 'Ставка');
}

/** The tax of a line that its sum does not include; null: it does. */
function apartOf(item: Element, document: Element): Kopecks | null {
  const own = taxOf(item);
  const included = textAt(own, 'УчтеноВСумме') || textAt(taxOf(document), 'УчтеноВСумме');
  if (!/^(false|0|нет|ложь)$/i.test(included)) return null;
  return parseMoney(amount(textAt(own, 'Сумма') || textAt(item, 'СуммаНДС')));
}

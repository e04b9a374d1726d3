import { day } from '../../lib/dates.js';
import { moneyWords } from '../../lib/money-words.js';
import { qrPixels } from '../../lib/qr.js';
import { counted, money, quantity } from '../../lib/text.js';
import type { Company } from '../organisations/company.js';
import { leftOf } from './invoice.js';
import type { Invoice } from './invoices.data.js';
import { VAT, vatOf } from './lines.js';
import { payableOf, paymentCode } from './payment-qr.js';
import { LEFT, leading, RIGHT, Sheets } from './pdf-sheet.js';
import { drawTable, type Column } from './pdf-table.js';

/** What an invoice's document is made of. */
export interface InvoicePaper {
  company: Company;
  invoice: Invoice;
  /** The payer's name. */
  buyer: string;
  now: Date;
}

const FULL = RIGHT - LEFT;
const QR_SIDE = 128;

const MARKS = { draft: 'ЧЕРНОВИК', issued: null, cancelled: 'ОТМЕНЁН' };

/** «Счёт на оплату» as a PDF: Golos Text, of A4 pages as many as the lines need, with the payment code while something is left. */
export async function invoicePdf({ company, invoice, buyer, now }: InvoicePaper): Promise<Uint8Array> {
  const sheets = await Sheets.open(MARKS[invoice.state]);
  const title = `Счёт на оплату № ${invoice.number} от ${day(invoice.dated_on)}`;
  const { pdf } = sheets;
  pdf.setTitle(title, { showInWindowTitleBar: true });
  pdf.setAuthor(company.legalName);
  pdf.setSubject(`Покупатель: ${buyer}`);
  pdf.setLanguage('ru-RU');
  pdf.setCreator('Личный кабинет клиента');
  pdf.setCreationDate(now);
  pdf.setModificationDate(now);

  bankBox(sheets, company);
  sheets.y = sheets.text(title, LEFT, FULL, { size: 16, bold: true }) - 6;
  parties(sheets, company, invoice, buyer);
  await drawTable(sheets, COLUMNS, invoice.lines.map(cellsOf));
  await sums(sheets, invoice);
  await payment(sheets, company, invoice);
  return sheets.finish(title);
}

const COLUMNS: Column[] = [
  { head: '№', width: 28, align: 'right' },
  { head: 'Наименование' },
  { head: 'Кол-во', width: 52, align: 'right' },
  { head: 'Ед.', width: 38 },
  { head: 'Цена', width: 76, align: 'right' },
  { head: 'НДС', width: 50 },
  { head: 'Сумма', width: 84, align: 'right' },
];

const cellsOf = (line: Invoice['lines'][number], at: number): string[] => [
  String(at + 1),
  line.name,
  quantity(line.quantity),
  line.unit ?? '',
  money(line.price),
  VAT[line.vat_code]?.label ?? '',
  money(line.total),
];

/** Whom to pay, as payment orders have it. */
function bankBox(sheets: Sheets, { legalName, inn, kpp, bank, bik, account, correspondent }: Company): void {
  const [middle, values, pad] = [LEFT + 285, LEFT + 328, 5];
  const top = sheets.y;
  const [small, wide] = [{ size: 8, muted: true }, middle - LEFT - 2 * pad];
  const bankEnd = sheets.text(bank ?? '—', LEFT + pad, wide, {}, top - pad);
  const first = Math.min(sheets.text('Банк получателя', LEFT + pad, wide, small, bankEnd - 4) - 3, top - 40);
  const second = first - 20;
  sheets.line(`ИНН ${inn ?? '—'}`, LEFT + pad, first - pad, wide / 2);
  sheets.line(`КПП ${kpp ?? '—'}`, LEFT + wide / 2 + pad, first - pad, wide / 2);
  const nameEnd = sheets.text(legalName, LEFT + pad, wide, {}, second - pad);
  const end = sheets.text('Получатель', LEFT + pad, wide, small, nameEnd - 4) - 3;
  const facts: [string, string | null, number][] = [
    ['БИК', bik, top],
    ['Корр. счёт', correspondent, top - 20],
    ['Счёт №', account, first],
  ];
  for (const [label, value, at] of facts) {
    sheets.line(label, middle + pad, at - pad - 1, values - middle, small);
    sheets.line(value ?? '—', values + pad + 8, at - pad, RIGHT - values);
  }
  for (const y of [top, first, end]) sheets.rule(LEFT, y, RIGHT, y);
  sheets.rule(LEFT, second, middle, second);
  sheets.rule(middle, top - 20, RIGHT, top - 20);
  sheets.rule(LEFT + wide / 2, first, LEFT + wide / 2, second);
  for (const x of [LEFT, middle, values + 8, RIGHT]) sheets.rule(x, top, x, end);
  sheets.y = end - 22;
}

/** Who sells, who buys, by which contract. */
function parties(sheets: Sheets, company: Company, invoice: Invoice, buyer: string): void {
  const numbers = (inn: string | null, kpp: string | null) =>
    [inn && `ИНН ${inn}`, kpp && `КПП ${kpp}`].filter((part) => part !== null);
  const rows: [string, string | null][] = [
    [
      'Поставщик',
      [company.legalName, ...numbers(company.inn, company.kpp), ...company.addresses.slice(0, 1)].join(', '),
    ],
    ['Покупатель', [buyer, ...numbers(invoice.inn, invoice.kpp)].join(', ')],
    ['Договор', invoice.contract && `№ ${invoice.contract}`],
    ['Пояснение', invoice.purpose],
    ['Оплатить до', leftOf(invoice) > 0 ? `${day(invoice.due_on)} включительно` : null],
    ['Причина отмены', invoice.cancel_reason],
  ];
  for (const [label, value] of rows) {
    if (!value) continue;
    sheets.line(label, LEFT, sheets.y, 90, { muted: true });
    sheets.y = sheets.text(value, LEFT + 90, FULL - 90, { bold: label !== 'Пояснение' }) - 4;
  }
  sheets.y -= 10;
}

/** What it comes to, in figures and in words. */
async function sums(sheets: Sheets, invoice: Invoice): Promise<void> {
  const tax = vatOf(invoice.lines);
  const left = leftOf(invoice);
  const paid = invoice.state === 'issued' && invoice.allocated > 0;
  const rows: [string, string][] = [
    ['Итого', money(invoice.total)],
    tax === null ? ['НДС', 'Без НДС'] : ['В том числе НДС', money(tax)],
    ...(paid ? ([['Оплачено', money(invoice.allocated)]] satisfies [string, string][]) : []),
    ...(paid && left > 0 ? ([['Осталось оплатить', money(left)]] satisfies [string, string][]) : []),
  ];
  if (!sheets.has(rows.length * 16 + 60)) await sheets.turn();
  sheets.y -= 8;
  for (const [label, value] of rows) {
    sheets.line(label, RIGHT - 300, sheets.y, 200, { size: 10, bold: true, align: 'right' });
    sheets.line(value, RIGHT - 100, sheets.y, 96, { size: 10, bold: true, align: 'right' });
    sheets.y -= 16;
  }
  sheets.y -= 4;
  const names = counted(invoice.lines.length, 'наименование', 'наименования', 'наименований');
  sheets.y = sheets.text(`Всего ${names}, на сумму ${money(invoice.total)}`, LEFT, FULL, { size: 10 });
  sheets.y = sheets.text(moneyWords(invoice.total), LEFT, FULL, { size: 10, bold: true }) - 14;
}

/** The payment code with what it pays; in words where there is none. */
async function payment(sheets: Sheets, company: Company, invoice: Invoice): Promise<void> {
  const left = leftOf(invoice);
  if (left <= 0) {
    if (invoice.state === 'issued')
      sheets.text('Счёт оплачен полностью.', LEFT, FULL, { size: 10, bold: true });
    return;
  }
  const code = paymentCode(company, payableOf(invoice));
  if (!sheets.has(QR_SIDE)) await sheets.turn();
  if (!code.ok) {
    const words = `QR-кода для оплаты нет: у получателя не указаны реквизиты (${code.missing.join(', ')}).`;
    sheets.text(words, LEFT, FULL, { muted: true });
    return;
  }
  // The light margin is a part of the picture: the code itself stands at the text's edge.
  sheets.picture(await qrPixels(code.bytes), LEFT - 8, QR_SIDE);
  const [x, width] = [LEFT + QR_SIDE + 8, FULL - QR_SIDE - 8];
  const top = sheets.y - 10;
  const asked = sheets.text('Оплата по QR-коду', x, width, { size: 11, bold: true }, top) - 2;
  const how = 'Наведите камеру в приложении вашего банка: реквизиты, сумма и назначение подставятся сами.';
  const sum = sheets.text(how, x, width, {}, asked) - leading(4);
  const purpose = sheets.text(`К оплате: ${money(left)}`, x, width, { bold: true }, sum);
  sheets.text(`Назначение платежа: ${code.purpose}`, x, width, {}, purpose);
}

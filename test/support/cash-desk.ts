import { randomUUID } from 'node:crypto';
import type { InvoiceRow, PaymentRow } from '../../src/db/rows.js';
import type { Config } from '../../src/config.js';
import { receive } from '../../src/domain/payments/ledger.actions.js';
import { dayOf } from '../../src/lib/dates.js';
import { openAcquirer } from './acquirer.js';
import { addInvoice } from './bills.js';
import type { Visitor } from './browser-less.js';
import { Client } from './client.js';
import { openDoors } from './doors.js';
import { Clock, type TestHouse } from './house.js';
import { openMailbox } from './mailbox.js';
import { addColleague, openOffice } from './office.js';
import { noticeOf } from './payments.js';

/** Noon in Moscow, on a Friday. */
export const NOON = new Date('2026-11-27T09:00:00Z');
export const MINUTE = 60_000;

export type CashDesk = Awaited<ReturnType<typeof openCashDesk>>;

/** What the tests on payments begin with: a house, an acquirer with faults, an office whose bookkeeper pays. */
export async function openCashDesk(change: Partial<Config> = {}) {
  const mailbox = await openMailbox();
  const clock = new Clock(NOON);
  const acquirer = await openAcquirer(() => clock.now());
  const house = await openDoors({ smtpUrl: mailbox.url, acquirer: acquirer.config, ...change }, clock);
  const { db } = house.parts;
  const office = await openOffice(house, { roles: ['administrator'] });
  const bookkeeper = await addColleague(house, office.organisation, ['accounting']);
  const payer = { organisation: office.organisation.id };
  const path = `/profiles/${office.organisation.id}/invoices`;

  return {
    house,
    db,
    clock,
    acquirer,
    mailbox,
    office,
    bookkeeper,
    payer,
    path,
    async close() {
      await house.close();
      await acquirer.close();
      await mailbox.close();
    },
    /** Before each test: nothing is wrong, and nothing was asked. */
    async calm() {
      acquirer.fault = acquirer.alter = null;
      acquirer.asked.length = acquirer.raw.length = 0;
      mailbox.letters.length = mailbox.tried.length = 0;
      await db('payments').whereIn('state', ['new', 'pending']).update({ state: 'failed', problem: '—' });
      await db('limits').delete();
      await db('outbox').delete();
    },
    invoice: (more: Parameters<typeof addInvoice>[2] = {}) => addInvoice(house, payer, more),
    invoiceNow: async ({ id }: Pick<InvoiceRow, 'id'>) => (await db('invoices').where({ id }).first())!,
    attempts: ({ id }: Pick<InvoiceRow, 'id'>) =>
      db('payments').where({ invoice_id: id }).orderBy('created_at').orderBy('id'),
    attempt: async ({ id }: Pick<PaymentRow, 'id'>) => (await db('payments').where({ id }).first())!,
    ledger: ({ id }: Pick<PaymentRow, 'id'>) => db('ledger').where({ payment_id: id }).orderBy('id'),
    advance: async () => (await db('payers').where({ organisation_id: payer.organisation }).first())!.advance,
    audits: (subject: string) => db('audit').where({ subject_id: subject }).orderBy('id').pluck('action'),

    /** So many kopecks came for this invoice through the bank. */
    byBank: ({ id, payer_id }: Pick<InvoiceRow, 'id' | 'payer_id'>, amount: number) =>
      db.transaction((trx) => {
        const now = clock.now();
        const came = { payer_id, kind: 'bank', amount, source: `bank:${randomUUID()}` } as const;
        const rest = { payment_id: null, paid_on: dayOf(now), note: null };
        return receive({ trx, now, by: null }, { ...came, ...rest }, id);
      }),

    /** «Оплатить картой» on the page of the invoice. */
    pay: (invoice: Pick<InvoiceRow, 'id'>, visitor: Visitor = bookkeeper.visitor, at = path) =>
      visitor.submit('/desktop', {}, `${at}/${invoice.id}/payment`),
    /** The same, and it has to begin; answers the attempt. */
    async begun(invoice: Pick<InvoiceRow, 'id'>): Promise<PaymentRow> {
      const answer = await this.pay(invoice);
      if (answer.status !== 303) throw new Error(`not begun: ${answer.status}`);
      return this.attempt({ id: answer.headers.location!.split('/').at(-1)! });
    },
    /** The same, and the card was charged; nobody knows it here yet. */
    async charged(invoice: Pick<InvoiceRow, 'id'>): Promise<PaymentRow & { external_id: string }> {
      const attempt = await this.begun(invoice);
      await acquirer.decide(attempt.external_id!, 'succeeded');
      return { ...attempt, external_id: attempt.external_id! };
    },
    /** A notice, from the acquirer's own address unless another is given. */
    notify: (body: unknown, from = '127.0.0.1') =>
      new Client(house.address, { 'x-forwarded-for': from }).send('POST', '/payments/yookassa', {
        body: {
          type: 'application/json',
          bytes: typeof body === 'string' ? body : JSON.stringify(body),
        },
      }),
    notice: (charge: string, event?: string) => noticeOf(charge, event),
    /** The clock's round. */
    round: () => house.deliveries.payments(),
    async lettersTo(email: string) {
      await house.deliver();
      return mailbox.to(email).map(({ mail }) => mail.text!);
    },
  };
}

/** Everything about money, as it is. */
export async function moneyOf({ parts: { db } }: TestHouse): Promise<string> {
  const tables = ['invoices', 'payments', 'refunds', 'ledger', 'allocations', 'payers', 'outbox', 'audit'];
  const rows = await Promise.all(tables.map((table) => db.raw(`select * from ${table} t order by t::text`)));
  return JSON.stringify(rows.map((one) => (one as { rows: unknown }).rows));
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { organisationId } from '../../seeds/demo/organisation-rows.js';
import { INN } from '../../seeds/demo/people.js';
import { seedDemo } from '../../seeds/demo.js';
import { connect, type Database } from '../../src/db/knex.js';
import { isOverdue, shownState } from '../../src/domain/invoices/invoice.js';
import { localStore } from '../../src/domain/files/local-store.js';
import { readCompany } from '../../src/domain/organisations/company.data.js';
import { createPasswords } from '../../src/domain/people/password.js';
import { isAccount, isCorrespondent, isOgrn } from '../../src/lib/bank.js';
import { addDays, dayOf } from '../../src/lib/dates.js';
import { isInn } from '../../src/lib/inn.js';
import { typedOf, companyForm } from '../../src/sections/staff/company.forms.js';
import { cloneDatabase } from '../support/database.js';

// On an ordinary day, at the first minute of a year, and on the last day of a long month after a short one.
describe.each(['2026-11-24T07:05:00Z', '2026-12-31T21:00:40Z', '2027-03-31T18:30:00Z'])(
  'made at %s',
  (moment) => {
    const now = new Date(moment);
    const today = dayOf(now);
    const dataDir = mkdtempSync(join(tmpdir(), 'cabinet-money-'));
    let clone: Awaited<ReturnType<typeof cloneDatabase>>;
    let db: Database;

    beforeAll(async () => {
      clone = await cloneDatabase();
      db = connect(clone.url);
      const passwords = createPasswords({ key: 'a key of the tests, long enough', cost: 4 });
      await seedDemo({ db, store: localStore(dataDir), passwords }, now);
    });
    afterAll(async () => {
      await db.destroy();
      await clone.drop();
      rmSync(dataDir, { recursive: true });
    });

    /** Rows that break a rule; none should. */
    const broken = async (sql: string) => (await db.raw<{ rows: unknown[] }>(sql)).rows;

    it('has sums that agree, whichever of them one begins with', async () => {
      expect(
        await broken(`
      select i.number from invoices i where
        i.total <> (select sum(l.total) from invoice_lines l where l.invoice_id = i.id)
        or i.allocated <> (select coalesce(sum(a.amount), 0) from allocations a where a.invoice_id = i.id)`),
      ).toEqual([]);
      expect(
        await broken(`
      select p.id from payers p where p.advance <> (select coalesce(sum(amount), 0) from ledger where payer_id = p.id)
        - (select coalesce(sum(amount), 0) from allocations where payer_id = p.id)`),
      ).toEqual([]);
      expect(
        await broken(`
      select l.number from statement_lines l where (l.state = 'done') <> exists (select from ledger g
        where g.source = l.source and g.amount = l.amount and g.payer_id = l.payer_id and g.paid_on = l.paid_on)`),
      ).toEqual([]);
    });

    it('has nothing of tomorrow, nothing before its time, and the numbers in the order of the days', async () => {
      expect(
        await broken(`
      select i.number from invoices i where i.dated_on > '${today}' or i.due_on < i.dated_on
        or greatest(i.created_at, i.issued_at, i.cancelled_at) > '${now.toISOString()}'
        or i.issued_at < i.created_at or i.cancelled_at < i.issued_at`),
      ).toEqual([]);
      expect(
        await broken(`
      select a.id from allocations a join ledger l on l.id = a.ledger_id join invoices i on i.id = a.invoice_id
      where a.at < l.at or a.at < i.issued_at or a.at > '${now.toISOString()}' or l.paid_on > l.at::date`),
      ).toEqual([]);
      expect(
        await broken(
          `select a.number from invoices a join invoices b on b.number > a.number and b.dated_on < a.dated_on`,
        ),
      ).toEqual([]);
    });

    it('has invoices in every state: the organisation’s, another’s, and a person’s whose ИНН is confirmed', async () => {
      const of = (whose: object) =>
        db('invoices as i').join('payers as p', 'p.id', 'i.payer_id').where(whose).select('i.*', 'p.advance');
      const own = await of({ 'p.organisation_id': organisationId('spektr') });
      expect(new Set(own.map(shownState))).toEqual(
        new Set(['draft', 'issued', 'partly', 'paid', 'cancelled']),
      );
      expect(own.filter((one) => isOverdue(one, today))).not.toEqual([]);
      expect(own.some((one) => one.due_on === addDays(today, 2) && shownState(one) === 'issued')).toBe(true);
      // Who owes has no advance beside it; who has nothing to pay yet has one.
      expect(own[0]!.advance).toBe(0);
      const ahead = db('payers').where({ organisation_id: organisationId('kofe') });
      expect((await ahead.first())!.advance).toBeGreaterThan(0);
      expect(
        new Set((await of({ 'p.organisation_id': organisationId('sever') })).map(shownState)).size,
      ).toBeGreaterThan(1);
      const outsiders = await of({ 'p.inn': INN.outsider! });
      expect(outsiders.map(({ advance }) => advance)).toEqual([500_000, 500_000]);
      const confirmed = await db('accounts').whereNotNull('inn_confirmed_at').pluck('inn');
      expect(confirmed).toEqual([INN.outsider]);
    });

    it('has statements that are decided, and one that still is to be', async () => {
      const states = async (only: object) =>
        new Set(
          await db('statement_lines as l')
            .join('statements as s', 's.id', 'l.statement_id')
            .where(only)
            .pluck('l.state'),
        );
      const newest = await db('statements').orderBy('loaded_at', 'desc').first('id');
      expect(await states({ 's.id': newest!.id })).toEqual(new Set(['matched', 'waiting']));
      expect(await states({})).toEqual(new Set(['matched', 'waiting', 'done', 'ignored']));
    });

    it('says where to pay: requisites that the company’s own form would take', async () => {
      const { company, revision } = await readCompany(db);
      expect(companyForm.safeParse(typedOf(company, revision)).success).toBe(true);
      expect([isInn(company.inn!), isOgrn(company.ogrn!)]).toEqual([true, true]);
      expect(isAccount(company.account!, company.bik!)).toBe(true);
      expect(isCorrespondent(company.correspondent!, company.bik!)).toBe(true);
    });
  },
);

import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionsFor, shownStatus, type ShownStatus } from '../../src/domain/documents/document-status.js';
import {
  addDocument,
  editDocument,
  removeDocument,
  renewDocument,
} from '../../src/domain/documents/documents.actions.js';
import { getAnyDocument, getDocument } from '../../src/domain/documents/documents.data.js';
import { accept, reject, withdraw } from '../../src/domain/documents/review.actions.js';
import { sweep } from '../../src/domain/files/files.actions.js';
import { addDays, dayOf } from '../../src/lib/dates.js';
import { Conflict, NotFound } from '../../src/lib/errors.js';
import { type Archive, openArchive, seen, send, sendAccepted, someFile } from '../support/archive.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { dump } from '../support/dump.js';
import { failingWrites } from '../support/faults.js';
import { Clock, DAY, HOUR } from '../support/house.js';
import { openDesk, openOffice, plainPdf } from '../support/office.js';

const NOON = new Date('2027-03-10T09:00:00Z');
let house: OpenHouse;
let archive: Archive;

beforeAll(async () => void (house = await openDoors({}, new Clock(NOON))));
afterAll(() => house?.close());
beforeEach(async () => {
  house.clock.at = NOON;
  archive = await openArchive(house);
});

const db = () => house.parts.db;

describe('a document', () => {
  type Step = 'edit' | 'renew' | 'remove' | 'accept' | 'reject' | 'withdraw' | 'tomorrow';

  /** What a document is made of, as simply as it can be said: its versions, and which of them are gone. */
  interface Model {
    versions: { status: 'sent' | 'replaced' | 'accepted' | 'rejected' | 'removed'; until: string | null }[];
    removed: boolean;
  }

  const present = ({ versions }: Model) => versions.filter(({ status }) => status !== 'removed');
  const last = (model: Model) => present(model).at(-1)!;
  const inForce = (model: Model) => present(model).findLast(({ status }) => status === 'accepted');
  const shown = (model: Model, today: string): ShownStatus =>
    last(model).status === 'accepted' && last(model).until! < today
      ? 'invalid'
      : (last(model).status as ShownStatus);

  /** Whether the step may be done; if so it is done to the model. */
  function step(model: Model, name: Step, today: string, until: string): boolean {
    if (name === 'tomorrow') return true;
    if (model.removed) return false;
    const status = shown(model, today);
    const latest = last(model);
    switch (name) {
      case 'edit':
        if (status !== 'sent') return false;
        latest.status = 'replaced';
        model.versions.push({ status: 'sent', until: null });
        return true;
      case 'renew':
        if (status === 'sent') return false;
        model.versions.push({ status: 'sent', until: null });
        return true;
      case 'remove': {
        if (status !== 'rejected' && status !== 'invalid') return false;
        const kept = inForce(model);
        if (status === 'rejected' && kept && kept.until! >= today) latest.status = 'removed';
        else model.removed = true;
        return true;
      }
      case 'accept':
        if (status !== 'sent') return false;
        Object.assign(latest, { status: 'accepted', until });
        return true;
      case 'reject':
        if (status !== 'sent') return false;
        latest.status = 'rejected';
        return true;
      case 'withdraw':
        if (latest.status !== 'accepted') return false;
        Object.assign(latest, { status: 'sent', until: null });
        return true;
    }
  }

  async function perform(id: string, name: Step, until: string): Promise<void> {
    const input = { type_id: archive.type.id, comment: name };
    const saw = await seen(house, id);
    if (name === 'edit') await editDocument(archive.sending(), id, saw.version, input, null);
    if (name === 'renew') await renewDocument(archive.sending(), id, name, someFile());
    if (name === 'remove') await removeDocument(archive.sending(), id);
    if (name === 'accept') await accept(archive.reviewing(), id, saw, until);
    if (name === 'reject') await reject(archive.reviewing(), id, saw, 'Нет печати');
    if (name === 'withdraw') await withdraw(archive.reviewing(), id, saw.version, 'Ошибка');
    if (name === 'tomorrow') house.clock.move(DAY);
  }

  async function compare(id: string, model: Model): Promise<void> {
    const today = dayOf(house.clock.now());
    const row = (await db()('documents').where({ id }).first())!;
    const versions = await db()('document_versions').where({ document_id: id }).orderBy('number');
    expect(row.removed_at !== null).toBe(model.removed);
    expect(versions.map(({ status, removed_at }) => (removed_at ? 'removed' : status))).toEqual(
      model.versions.map(({ status }) => status),
    );
    expect(versions.map(({ valid_until }) => valid_until)).toEqual(model.versions.map(({ until }) => until));
    // What the list reads is what the versions say.
    expect(shownStatus(row.status, row.status === 'accepted' ? row.valid_until : null, today)).toBe(
      shown(model, today),
    );
    expect(row.valid_until).toBe(inForce(model)?.until ?? null);
    const latest = versions.findLast(({ removed_at }) => removed_at === null)!;
    expect(row.latest_id).toBe(latest.id);
    const found = await getAnyDocument(db(), id);
    expect(found.latest.id).toBe(latest.id);
    if (model.removed)
      await expect(getDocument(db(), archive.sending().member, id)).rejects.toThrow(NotFound);
    else {
      const allowed = actionsFor(shown(model, today));
      expect(allowed.includes('edit')).toBe(latest.status === 'sent');
      expect(allowed.includes('remove')).toBe(['rejected', 'invalid'].includes(shown(model, today)));
    }
  }

  it('goes only the ways there are, whatever is tried in whatever order', { timeout: 120_000 }, async () => {
    const steps = fc.constantFrom<Step>(
      'edit',
      'renew',
      'renew',
      'remove',
      'accept',
      'accept',
      'accept',
      'reject',
      'reject',
      'withdraw',
      'tomorrow',
    );
    const moves = fc.array(fc.tuple(steps, fc.integer({ min: 0, max: 3 })), { minLength: 4, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(moves, async (list) => {
        const id = await send(archive);
        const model: Model = { versions: [{ status: 'sent', until: null }], removed: false };
        for (const [name, days] of list) {
          const today = dayOf(house.clock.now());
          const until = addDays(today, days);
          const audits = await db()('audit').where({ subject_id: id }).count('* as n').first();
          if (step(model, name, today, until)) await perform(id, name, until);
          else {
            const refused = await perform(id, name, until).then(
              () => null,
              (error: unknown) => error,
            );
            expect(
              refused instanceof Conflict || refused instanceof NotFound,
              `${name}: ${String(refused)}`,
            ).toBe(true);
            expect(await db()('audit').where({ subject_id: id }).count('* as n').first()).toEqual(audits);
          }
          await compare(id, model);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('is changed by one of ten who replace it at once', async () => {
    const id = await send(archive);
    const input = { type_id: archive.type.id, comment: '' };
    const { version } = await seen(house, id);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => editDocument(archive.sending(), id, version, input, someFile())),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(9);
    for (const { reason } of refused) expect((reason as Conflict).message).toMatch(/уже изменён: /);
    const numbers = await db()('document_versions')
      .where({ document_id: id })
      .orderBy('number')
      .select('number', 'status');
    expect(numbers).toEqual([
      { number: 1, status: 'replaced' },
      { number: 2, status: 'sent' },
    ]);
  });

  it('is either decided or replaced, not both, when that happens at once', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await send(archive);
      const saw = await seen(house, id);
      const input = { type_id: archive.type.id, comment: '' };
      const outcomes = await Promise.allSettled([
        accept(archive.reviewing(), id, saw, '2028-01-01'),
        editDocument(archive.sending(), id, saw.version, input, someFile()),
        reject(archive.reviewing(), id, saw, 'Нет печати'),
      ]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(Conflict);
    }
  });
});

describe('a fault at any statement', () => {
  let writes: Awaited<ReturnType<typeof failingWrites>>;
  beforeAll(async () => void (writes = await failingWrites(db())));

  const kept = () => dump(db(), 'limits', 'sessions', 'fault_at');

  /** Fails the first write, then the second, and so on until the work succeeds; answers how many writes there were. */
  async function failEach(work: () => Promise<unknown>): Promise<number> {
    const before = await kept();
    for (let n = 1; n < 30; n += 1) {
      await writes.at(n);
      const failed = await work().then(
        () => null,
        (error: unknown) => error as Error,
      );
      await writes.never();
      if (!failed) return n - 1;
      expect(failed.message).toContain('a fault was provoked');
      expect(await kept()).toEqual(before);
    }
    throw new Error('It never succeeds');
  }

  it('leaves nothing half-done of what a tenant does', { timeout: 60_000 }, async () => {
    const input = { type_id: archive.type.id, comment: '' };
    expect(await failEach(() => addDocument(archive.sending(), input, someFile()))).toBe(4);
    const id = await send(archive);
    const { version } = await seen(house, id);
    expect(await failEach(() => editDocument(archive.sending(), id, version, input, someFile()))).toBe(5);
    await accept(archive.reviewing(), id, await seen(house, id), '2028-01-01');
    expect(await failEach(() => renewDocument(archive.sending(), id, '', someFile()))).toBe(4);
    await reject(archive.reviewing(), id, await seen(house, id), 'Нет печати');
    expect(await failEach(() => removeDocument(archive.sending(), id))).toBe(3);
  });

  it(
    'leaves nothing half-done of a decision: no status without its letter, no letter without its status',
    { timeout: 60_000 },
    async () => {
      const id = await send(archive);
      const saw = await seen(house, id);
      expect(await failEach(() => accept(archive.reviewing(), id, saw, '2028-01-01'))).toBe(4);
      expect(
        await failEach(() => withdraw(archive.reviewing(), id, saw.version, 'Ошибка')),
      ).toBeGreaterThanOrEqual(4);
      expect(await failEach(() => reject(archive.reviewing(), id, saw, 'Нет печати'))).toBe(4);
      await sendAccepted(house, archive, '2028-01-01');
    },
  );

  it(
    'of an upload is a 500 that says so; the file is swept, and the form can be sent again',
    { timeout: 60_000 },
    async () => {
      const office = await openOffice(house);
      const page = await office.visitor.hidden(`${office.path}/new`);
      const bytes = await plainPdf();
      const upload = () => {
        const sent = office.visitor.agent.post(`${office.path}/new`);
        for (const [name, value] of Object.entries({ ...page, type_id: archive.type.id }))
          void sent.field(name, value);
        return sent.attach('file', bytes, 'x.pdf');
      };
      const stored = async () => {
        let n = 0;
        for await (const _ of house.parts.store.list()) n += 1;
        return n;
      };
      const before = [await kept(), await stored()];
      let n = 1;
      for (; n < 30; n += 1) {
        await writes.at(n);
        const answer = await upload();
        await writes.never();
        if (answer.status === 303) break;
        expect(answer.status).toBe(500);
        expect(answer.text).toContain('Действие не выполнено, данные не изменены.');
        expect(answer.text).not.toContain('provoked');
        await sweep({ db: db(), store: house.parts.store }, new Date(Date.now() + 2 * HOUR));
        expect([await kept(), await stored()]).toEqual(before);
      }
      expect(n).toBeGreaterThan(5);
      expect(await stored()).toBe((before[1] as number) + 1);
      await sweep({ db: db(), store: house.parts.store }, new Date(Date.now() + 2 * HOUR));
      expect(await stored()).toBe((before[1] as number) + 1);
    },
  );

  it('of a decision is a 500 after which the same form decides', { timeout: 60_000 }, async () => {
    const { visitor } = await openDesk(house);
    const id = await send(archive);
    const page = { ...(await visitor.hidden(`/staff/documents/${id}`)), valid_until: '01.01.2028' };
    const before = await kept();
    let n = 1;
    for (; n < 30; n += 1) {
      await writes.at(n);
      const answer = await visitor.post(`/staff/documents/${id}/approval`, page);
      await writes.never();
      if (answer.status === 303) break;
      expect(answer.status).toBe(500);
      expect(await kept()).toEqual(before);
    }
    expect(n).toBe(5);
    expect(await db()('documents').where({ id }).first()).toMatchObject({
      status: 'accepted',
      valid_until: '2028-01-01',
    });
  });
});

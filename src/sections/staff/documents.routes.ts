import { documentHistory, getAnyDocument } from '../../domain/documents/documents.data.js';
import { documentPolicy } from '../../domain/documents/documents.policy.js';
import { getType, listTypes } from '../../domain/documents/document-types.data.js';
import { shownStatus } from '../../domain/documents/document-status.js';
import { listQueue, nextInQueue, placeInQueue } from '../../domain/documents/review.data.js';
import {
  accept,
  presentState,
  reject,
  withdraw,
  type Reviewing,
} from '../../domain/documents/review.actions.js';
import { listOrganisations } from '../../domain/organisations/organisations.data.js';
import { position } from '../../db/paging.js';
import { addMonths, day, dayOf } from '../../lib/dates.js';
import { NotFound } from '../../lib/errors.js';
import { pageLink, redirect, view, type Answer } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { fileWords, statusTag, timeline, versionRows } from '../document-words.js';
import { emptyForm } from '../../web/form.js';
import { unlessLate } from './at-work.js';
import { section, staff, type Ctx, type FormCtx } from '../section.js';
import { approvalForm, rejectionForm, withdrawalForm } from './documents.forms.js';
import { queueFilter, queueRow, STATUS_OPTIONS, waitingTime } from './queue.view.js';

const PATH = '/staff/documents';

/** The reviewer's queue and desk. */
export const reviewSection = section({
  path: PATH,
  area: 'staff',
  load: staff,
  nav: {
    label: 'Документы',
    menu: 'staff',
    order: 10,
    counter: { name: 'queue', words: ['ждёт проверки', 'ждут проверки', 'ждут проверки'] },
  },
});

reviewSection.page('/', documentPolicy.review, async ({ db, query, now }) => {
  const filter = queueFilter(query);
  const today = dayOf(now);
  const [page, organisations, types] = await Promise.all([
    listQueue(db, filter, position(query), today),
    listOrganisations(db),
    listTypes(db),
  ]);
  const link = pageLink(PATH, kept(query));
  return view('staff/documents/index', {
    title: 'Проверка документов',
    wide: true,
    form: {
      values: { ...filter, organisation: filter.organisation ?? '', type: filter.type ?? '' },
      errors: {},
    },
    filtered: kept(query).length > 0,
    waiting: filter.status === 'sent',
    rows: page.rows.map((row) => queueRow(row, now, today)),
    statuses: STATUS_OPTIONS,
    organisations,
    types,
    back: link(page.previous),
    next: link(page.next),
  });
});

const FILTERS = ['status', 'organisation', 'type', 'search'];
const kept = (query: URLSearchParams) =>
  [...query].filter(([name, value]) => value !== '' && FILTERS.includes(name));

reviewSection.page('/:document', documentPolicy.review, (ctx) => desk({ ...ctx, form: emptyForm }));

type Desk = Pick<FormCtx<Account>, 'db' | 'params' | 'scope' | 'now' | 'form'> & { late?: string };

/** The document beside the decision; both forms come back to it. `late` tells who came too late what has happened. */
async function desk({ db, params, scope, now, form, late }: Desk): Promise<Answer> {
  const document = await getAnyDocument(db, params.document!);
  const today = dayOf(now);
  const [type, history, place, skip] = await Promise.all([
    getType(db, document.type_id),
    documentHistory(db, document.id),
    document.status === 'sent' && !document.removed_at ? placeInQueue(db, document) : null,
    nextInQueue(db, document),
  ]);
  const state = shownStatus(document.status, document.valid_until, today);
  const base = `${PATH}/${document.id}`;
  const suggested = type.term_months ? day(addMonths(today, type.term_months)) : '';
  const { latest } = document;
  const locals = {
    title: document.type,
    wide: true,
    late,
    crumbs: [{ label: 'Проверка документов', href: PATH }],
    document,
    latest,
    type,
    place,
    tag: statusTag(state),
    waits: document.status === 'sent' ? waitingTime(document.sent_at, now) : null,
    skip: skip && `${PATH}/${skip}`,
    file: {
      href: `${base}/file?version=${latest.id}&inline`,
      download: `${base}/file?version=${latest.id}`,
      about: fileWords(latest),
      mime: latest.mime,
    },
    form: { ...form, values: { valid_until: suggested, ...form.values } },
    canWithdraw: latest.status === 'accepted' && latest.decided_by === scope.id && !document.removed_at,
    events: timeline(history, { staff: true }),
    versions: versionRows(document, base, today),
  };
  return view('staff/documents/show', locals, late ? 409 : undefined);
}

/** Somebody was faster, or the file is another one by now: the page shows what stands there, to be decided anew. */
const elseDesk = (ctx: Ctx<Account>, work: () => Promise<Answer>): Promise<Answer> =>
  unlessLate(work, (late) => desk({ ...ctx, form: emptyForm, late }));

reviewSection.form('/:document/approval', documentPolicy.review, {
  schema: approvalForm,
  show: desk,
  save: (ctx, { version, sha256, valid_until }) =>
    elseDesk(ctx, async () => {
      const document = await accept(reviewing(ctx), ctx.params.document!, { version, sha256 }, valid_until);
      return onwards(
        ctx,
        document,
        `Документ «${document.type}» принят, действителен до ${day(valid_until)}.`,
      );
    }),
});

reviewSection.form('/:document/rejection', documentPolicy.review, {
  schema: rejectionForm,
  show: desk,
  save: (ctx, { version, sha256, reason }) =>
    elseDesk(ctx, async () => {
      const document = await reject(reviewing(ctx), ctx.params.document!, { version, sha256 }, reason);
      return onwards(ctx, document, `Документ «${document.type}» отклонён.`);
    }),
});

reviewSection.form('/:document/withdrawal', documentPolicy.review, {
  schema: withdrawalForm,
  async show({ db, params, form, scope }) {
    const document = await getAnyDocument(db, params.document!);
    if (document.latest.decided_by !== scope.id) throw new NotFound();
    const crumbs = [
      { label: 'Проверка документов', href: PATH },
      { label: document.type, href: `${PATH}/${document.id}` },
    ];
    return view('staff/documents/withdrawal', {
      title: 'Отозвать решение',
      crumbs,
      document,
      form,
      present: presentState(document),
    });
  },
  async save(ctx, { version, reason }) {
    const document = await withdraw(reviewing(ctx), ctx.params.document!, version, reason);
    return redirect(`${PATH}/${document.id}`, 'Решение отозвано, документ снова на проверке.');
  },
});

reviewSection.file('/:document/file', documentPolicy.review, async ({ db, parts, params, query }) => {
  const document = await getAnyDocument(db, params.document!);
  const version = document.versions.find((one) => one.id === (query.get('version') ?? document.latest_id));
  if (!version) throw new NotFound();
  const file = { ...(await parts.store.open(version.file_id)), mime: version.mime, name: version.file_name };
  return { kind: 'file', file, inline: query.has('inline') };
});

const reviewing = ({ db, scope, actor, now }: Ctx<Account>): Reviewing => ({
  db,
  reviewer: scope,
  actor,
  now,
});

/** The next one opens by itself. */
async function onwards(
  { db }: Ctx<Account>,
  decided: { id: string; sent_at: Date },
  what: string,
): Promise<Answer> {
  const next = await nextInQueue(db, decided);
  return redirect(next ? `${PATH}/${next}` : PATH, next ? what : `${what} Больше документов в очереди нет.`);
}

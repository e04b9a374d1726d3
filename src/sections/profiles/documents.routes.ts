import {
  refuseUnless,
  addDocument,
  editDocument,
  removeDocument,
  renewDocument,
  type Sending,
} from '../../domain/documents/documents.actions.js';
import { listDocuments } from '../../domain/documents/lists.data.js';
import { documentHistory, getDocument, type DocumentDetails } from '../../domain/documents/documents.data.js';
import { documentPolicy } from '../../domain/documents/documents.policy.js';
import { listOpenTypes } from '../../domain/documents/document-types.data.js';
import { shownStatus } from '../../domain/documents/document-status.js';
import type { Accepted } from '../../domain/files/files.actions.js';
import type { Member } from '../../domain/memberships/memberships.data.js';
import type { Database } from '../../db/knex.js';
import { position } from '../../db/paging.js';
import { dayOf } from '../../lib/dates.js';
import { Invalid, NotFound } from '../../lib/errors.js';
import { redirect, view } from '../../web/answer.js';
import { buttonOnly } from '../../web/form.js';
import { profile, section, type Ctx, type FormCtx } from '../section.js';
import { DOCUMENT_FILE, documentForm, editForm, versionForm } from './documents.forms.js';
import { withFiles } from '../with-files.js';
import { fileWords, statusTag, timeline, versionRows } from '../document-words.js';
import { checklistItem, documentLinks, documentRow, documentsPath } from './documents.view.js';

/** «Документы», manual 4.2.5. */
export const documentsSection = section({
  path: '/profiles/:organisation/documents',
  area: 'profile',
  load: profile,
  nav: {
    label: 'Документы',
    menu: 'profile',
    order: 40,
    counter: { name: 'documents', words: ['требует внимания', 'требуют внимания', 'требуют внимания'] },
  },
});

const crumbs = (member: Member, deeper = true) => [
  { label: 'Профили', href: '/profiles' },
  { label: member.organisation.name, href: `/profiles/${member.organisation.id}/information` },
  ...(deeper ? [{ label: 'Документы', href: documentsPath(member) }] : []),
];

const upload = DOCUMENT_FILE;
const limit = { name: 'document', points: 60, seconds: 600, by: 'account' } as const;

documentsSection.page('/', documentPolicy.read, list, { nav: 'Список документов' });

async function list({ db, scope, query, now }: Ctx<Member>) {
  const page = await listDocuments(db, scope, position(query));
  const today = dayOf(now);
  const path = documentsPath(scope);
  const add = documentPolicy.manage(scope) ? `${path}/new` : null;
  return view('profiles/documents/index', {
    title: 'Документы',
    crumbs: crumbs(scope, false),
    rows: page.rows.map((row) => documentRow(scope, row, today)),
    checklist: page.checklist.map((item) => checklistItem(item, now, today, add)),
    add,
    back: page.previous && `${path}?${page.previous}`,
    next: page.next && `${path}?${page.next}`,
  });
}

documentsSection.form('/new', documentPolicy.manage, {
  schema: documentForm,
  upload,
  limit,
  nav: 'Добавить документ',
  async show({ db, scope, query, fill }) {
    const form = fill({ type_id: query.get('type') ?? '', comment: '' });
    return view('profiles/documents/new', {
      title: 'Добавить документ',
      crumbs: crumbs(scope),
      form,
      types: await listOpenTypes(db),
      path: documentsPath(scope),
    });
  },
  async save(ctx, input) {
    const id = await withFile(ctx, (file) => addDocument(sending(ctx), input, file));
    return done(ctx, id, 'отправлен на проверку');
  },
});

documentsSection.page('/:document', documentPolicy.read, async ({ db, scope, params, now }) => {
  const document = await getDocument(db, scope, params.document!);
  const today = dayOf(now);
  const base = `${documentsPath(scope)}/${document.id}`;
  const state = shownStatus(document.status, document.valid_until, today);
  return view('profiles/documents/show', {
    title: document.type,
    crumbs: crumbs(scope),
    document,
    tag: statusTag(state),
    file: {
      href: `${base}/file?version=${document.latest_id}&inline`,
      about: fileWords(document.latest),
      mime: document.latest.mime,
    },
    links: documentLinks(scope, document, today).slice(1),
    events: timeline(await documentHistory(db, document.id), { staff: false }),
    versions: versionRows(document, base, today),
    today,
  });
});

documentsSection.file('/:document/file', documentPolicy.read, async ({ db, parts, scope, params, query }) => {
  const document = await getDocument(db, scope, params.document!);
  const version = document.versions.find((one) => one.id === (query.get('version') ?? document.latest_id));
  if (!version) throw new NotFound();
  const file = { ...(await parts.store.open(version.file_id)), mime: version.mime, name: version.file_name };
  return { kind: 'file', file, inline: query.has('inline') };
});

documentsSection.form('/:document/edit', documentPolicy.manage, {
  schema: editForm,
  upload,
  limit,
  async show({ db, scope, params, now, fill }) {
    const document = refuseUnless(await getDocument(db, scope, params.document!), ['edit'], now);
    const { type_id, comment } = document.latest;
    const path = documentsPath(scope);
    return view('profiles/documents/edit', {
      title: 'Изменить документ',
      crumbs: crumbs(scope),
      form: fill({ type_id, comment, version: document.latest_id }),
      types: await typesFor(db, document),
      document,
      about: fileWords(document.latest),
      path,
    });
  },
  async save(ctx, { version, ...input }) {
    const id = ctx.params.document!;
    if (ctx.files.length > 0)
      await withFile(ctx, (file) => editDocument(sending(ctx), id, version, input, file));
    else await editDocument(sending(ctx), id, version, input, null);
    return done(ctx, id, 'изменён и отправлен на проверку');
  },
});

documentsSection.form('/:document/version', documentPolicy.manage, {
  schema: versionForm,
  upload,
  limit,
  async show({ db, scope, params, now, form }) {
    const document = refuseUnless(await getDocument(db, scope, params.document!), ['renew', 'correct'], now);
    const state = shownStatus(document.status, document.valid_until, dayOf(now));
    const title = state === 'accepted' ? 'Новая версия документа' : 'Загрузить исправленный документ';
    return view('profiles/documents/version', {
      title,
      crumbs: crumbs(scope),
      form,
      document,
      state,
      path: documentsPath(scope),
    });
  },
  async save(ctx, { comment }) {
    const id = ctx.params.document!;
    await withFile(ctx, (file) => renewDocument(sending(ctx), id, comment, file));
    return done(ctx, id, 'отправлен на проверку');
  },
});

documentsSection.form('/:document/removal', documentPolicy.manage, {
  schema: buttonOnly,
  async show({ db, scope, params, now }) {
    const document = refuseUnless(await getDocument(db, scope, params.document!), ['remove'], now);
    return view('profiles/documents/removal', {
      title: 'Удалить документ?',
      crumbs: crumbs(scope),
      document,
      path: documentsPath(scope),
    });
  },
  async save(ctx) {
    const type = await removeDocument(sending(ctx), ctx.params.document!);
    return redirect(documentsPath(ctx.scope), `Документ «${type}» удалён.`);
  },
});

/** What the document may be said to be; its own type stays among them when the staff have hidden it meanwhile. */
async function typesFor(
  db: Database,
  { type_id: id, type: name }: DocumentDetails,
): Promise<{ id: string; name: string }[]> {
  const open = await listOpenTypes(db);
  return open.some((one) => one.id === id) ? open : [{ id, name }, ...open];
}

const sending = (ctx: Ctx<Member>): Sending => ({
  db: ctx.db,
  member: ctx.scope,
  actor: ctx.actor,
  now: ctx.now,
  form: ctx.once,
});

/** A document cannot be without its file. */
function withFile(ctx: FormCtx<Member>, work: (file: Accepted) => Promise<string>): Promise<string> {
  const { field } = DOCUMENT_FILE;
  return withFiles(ctx, field, ([file]) => {
    if (!file) throw new Invalid({ [field]: 'Выберите файл' });
    return work(file);
  });
}

async function done({ db, scope }: Ctx<Member>, id: string, what: string) {
  const document = await getDocument(db, scope, id);
  return redirect(documentsPath(scope), `Документ «${document.type}» ${what}.`);
}

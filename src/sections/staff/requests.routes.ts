import { conversationPolicy, SERVING } from '../../domain/conversations/conversations.policy.js';
import { deskCounts, listDesk } from '../../domain/conversations/desk.data.js';
import { listKinds } from '../../domain/conversations/kinds.data.js';
import { findCallers, openFor } from '../../domain/conversations/placing.actions.js';
import { findOrganisationByInn } from '../../domain/organisations/organisations.data.js';
import { staffWith } from '../../domain/people/accounts.data.js';
import type { Database } from '../../db/knex.js';
import { position } from '../../db/paging.js';
import { dayOf } from '../../lib/dates.js';
import { Invalid } from '../../lib/errors.js';
import { pageLink, redirect, view } from '../../web/answer.js';
import type { FormState } from '../../web/form.js';
import { fullName } from '../access-words.js';
import { CONVERSATION_FILES } from '../conversation-fields.js';
import { saveLinks } from '../saved-table.js';
import { section, staff } from '../section.js';
import { withFiles } from '../with-files.js';
import { atWork } from './at-work.js';
import { exportDesk } from './requests.export.js';
import { callForm } from './requests.forms.js';
import {
  DESK,
  deskFilter,
  deskLine,
  FACE_NAMES,
  FACE_OPTIONS,
  keptFilter,
  SHOW_OPTIONS,
} from './requests.view.js';

/** The operators' desk: requests and messages of all tenants. */
export const deskSection = section({
  path: DESK,
  area: 'staff',
  load: staff,
  nav: { label: 'Заявки', menu: 'staff', order: 5, counter: { name: 'desk', words: 'просрочено' } },
});

deskSection.page('/', conversationPolicy.serve, async ({ db, query, now, scope }) => {
  const filter = deskFilter(query, scope.id);
  const [page, counts, kinds, people] = await Promise.all([
    listDesk(db, filter, position(query)),
    deskCounts(db, now),
    listKinds(db),
    staffWith(db, SERVING),
  ]);
  const kept = keptFilter(query);
  const link = pageLink(DESK, kept);
  return view('staff/requests/index', {
    title: 'Заявки и обращения',
    wide: true,
    form: { values: { show: filter.show, ...Object.fromEntries(kept) }, errors: {} },
    filtered: kept.length > 0,
    // What is typed into the search is often over already.
    everywhere:
      filter.search && filter.show !== 'all'
        ? `${DESK}?${new URLSearchParams({ show: 'all', search: filter.search })}`
        : null,
    turn: filter.show === 'turn',
    counts,
    shows: SHOW_OPTIONS,
    faces: FACE_OPTIONS,
    kinds: kinds.map(({ id, name, face }) => ({ value: id, label: `${FACE_NAMES[face]}: ${name}` })),
    assignees: [
      { value: 'me', label: 'Мои' },
      { value: 'nobody', label: 'Ничьи' },
      ...people
        .filter(({ id }) => id !== scope.id)
        .map(({ id, surname, name }) => ({ value: id, label: `${surname} ${name}` })),
    ],
    rows: page.rows.map((row) => deskLine(row, now)),
    exports: saveLinks(`${DESK}/export`, kept),
    arranges: conversationPolicy.arrange(scope),
    back: link(page.previous),
    next: link(page.next),
  });
});

deskSection.file('/export', conversationPolicy.serve, ({ db, query, now, scope }) =>
  exportDesk(db, deskFilter(query, scope.id), dayOf(now), query.get('format')),
);

deskSection.form('/new', conversationPolicy.serve, {
  schema: callForm,
  upload: CONVERSATION_FILES,
  async show({ db, form }) {
    const [kinds, callers] = await Promise.all([
      listKinds(db),
      form.errors.caller ? namesakes(db, form) : [],
    ]);
    return view('staff/requests/new', {
      title: 'Записать со слов',
      crumbs: [{ label: 'Заявки и обращения', href: DESK }],
      form,
      callers,
      kinds: kinds
        .filter(({ hidden_at }) => !hidden_at)
        .map(({ id, name, face }) => ({ value: id, label: `${FACE_NAMES[face]}: ${name}` })),
      path: DESK,
    });
  },
  save: (ctx, { contact, caller, organisation: inn, kind_id, ...said }) =>
    withFiles(ctx, 'files', async (files) => {
      const kind = (await listKinds(ctx.db)).find(({ id }) => id === kind_id);
      if (!kind) throw new Invalid({ kind_id: 'Выберите вид из списка' });
      const found = inn ? await findOrganisationByInn(ctx.db, inn) : null;
      if (inn && !found) throw new Invalid({ organisation: 'Организации с таким ИНН среди арендаторов нет' });
      const opening = { face: kind.face, organisation: found?.id ?? null, kind_id, ...said, files };
      const { id, number } = await openFor(atWork(ctx), { contact, chosen: caller }, opening);
      return redirect(`${DESK}/${id}`, `Записано под № ${number}.`);
    }),
});

/** Among whom the caller is to be chosen. */
async function namesakes(db: Database, { values }: FormState) {
  const inn = String(values.organisation ?? '').replace(/\s/g, '');
  const organisation = inn ? await findOrganisationByInn(db, inn) : null;
  const found = await findCallers(db, String(values.contact), organisation?.id ?? null);
  return found.map(({ id, email, organisations, ...person }) => ({
    value: id,
    label: `${fullName(person)} (${email})`,
    hint: organisations.join(', ') || 'Частное лицо',
  }));
}

import { position } from '../../db/paging.js';
import { decideAccessForStaff, isManaged, MANAGED } from '../../domain/memberships/access.actions.js';
import { getAnyRequest, listOrphanedRequests } from '../../domain/memberships/access-requests.data.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { Conflict, NotFound } from '../../lib/errors.js';
import { pageLink, redirect, view, type Answer } from '../../web/answer.js';
import { emptyForm } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import { accessDesk } from '../access-desk.js';
import { grantForm, refusalForm } from '../access-fields.js';
import { fullName } from '../access-words.js';
import { atWork } from './at-work.js';
import { section, staff, type FormCtx } from '../section.js';

const PATH = '/staff/access-requests';

/** Requests that nobody in their organisation can decide, since it has no administrator (manual 4.2.1). */
export const orphanedRequestsSection = section({
  path: PATH,
  area: 'staff',
  load: staff,
  nav: {
    label: 'Запросы доступа',
    menu: 'staff',
    order: 40,
    counter: { name: 'orphaned', words: ['ждёт решения', 'ждут решения', 'ждут решения'] },
  },
});

orphanedRequestsSection.page('/', peoplePolicy.administer, async ({ db, query }) => {
  const page = await listOrphanedRequests(db, position(query));
  const link = pageLink(PATH, []);
  return view('staff/access-requests/index', {
    title: 'Запросы доступа',
    rows: page.rows.map((row) => ({
      href: `${PATH}/${row.id}`,
      name: fullName(row),
      email: row.email,
      organisation: row.organisation,
      at: row.created_at,
    })),
    back: link(page.previous),
    next: link(page.next),
  });
});

async function desk({ db, params, form }: Desk): Promise<Answer> {
  const request = await getAnyRequest(db, params.request!);
  // Whoever had the form open is told that it is not his any more; nobody else finds it here.
  if (await isManaged(db, request))
    throw Object.keys(form.errors).length > 0 ? new Conflict(MANAGED) : new NotFound();
  return accessDesk(request, form, { label: 'Запросы доступа', href: PATH }, PATH);
}
type Desk = Pick<FormCtx<Account>, 'db' | 'params' | 'form'>;

orphanedRequestsSection.page('/:request', peoplePolicy.administer, (ctx) =>
  desk({ ...ctx, form: emptyForm }),
);

orphanedRequestsSection.form('/:request/approval', peoplePolicy.administer, {
  schema: grantForm,
  show: desk,
  async save(ctx, rights) {
    await decideAccessForStaff(atWork(ctx), ctx.params.request!, { rights });
    return redirect(PATH, 'Доступ предоставлен.');
  },
});

orphanedRequestsSection.form('/:request/refusal', peoplePolicy.administer, {
  schema: refusalForm,
  show: desk,
  async save(ctx, { reason }) {
    await decideAccessForStaff(atWork(ctx), ctx.params.request!, { refusal: reason });
    return redirect(PATH, 'В доступе отказано.');
  },
});

import { decideAccess } from '../../domain/memberships/access.actions.js';
import { getRequest } from '../../domain/memberships/access-requests.data.js';
import type { Member } from '../../domain/memberships/memberships.data.js';
import { membershipPolicy } from '../../domain/memberships/memberships.policy.js';
import { redirect, type Answer } from '../../web/answer.js';
import { emptyForm } from '../../web/form.js';
import { profile, section, type FormCtx } from '../section.js';
import { accessDesk } from '../access-desk.js';
import { grantForm, refusalForm } from '../access-fields.js';
import { managing } from './managing.js';

/** The page that decides about a request; the link to it grants nothing by itself (manual 4.2.1). */
export const accountRequestsSection = section({
  path: '/profiles/:organisation/accounts/requests',
  area: 'profile',
  load: profile,
});

const accounts = (member: Member) => `/profiles/${member.organisation.id}/accounts`;

async function desk({ db, scope, params, form }: Desk): Promise<Answer> {
  const request = await getRequest(db, scope, params.request!);
  const list = { label: 'Связанные аккаунты', href: accounts(scope) };
  return accessDesk(request, form, list, `${list.href}/requests`);
}
type Desk = Pick<FormCtx<Member>, 'db' | 'scope' | 'params' | 'form'>;

accountRequestsSection.page('/:request', membershipPolicy.manage, (ctx) => desk({ ...ctx, form: emptyForm }));

accountRequestsSection.form('/:request/approval', membershipPolicy.manage, {
  schema: grantForm,
  show: desk,
  async save(ctx, rights) {
    await decideAccess(managing(ctx), ctx.params.request!, { rights });
    return redirect(accounts(ctx.scope), 'Доступ предоставлен.');
  },
});

accountRequestsSection.form('/:request/refusal', membershipPolicy.manage, {
  schema: refusalForm,
  show: desk,
  async save(ctx, { reason }) {
    await decideAccess(managing(ctx), ctx.params.request!, { refusal: reason });
    return redirect(accounts(ctx.scope), 'В доступе отказано.');
  },
});

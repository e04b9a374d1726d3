import { presentRequest } from '../domain/memberships/access.actions.js';
import type { AccessRequest } from '../domain/memberships/access-requests.data.js';
import { Conflict } from '../lib/errors.js';
import { view, type Answer } from '../web/answer.js';
import type { FormState } from '../web/form.js';
import { fullName, ROLE_OPTIONS } from './access-words.js';

/**
 * The request with both decisions; a form that fails comes back to it. The organisation's administrator and the
 * company's see the same, each below the list that he came from.
 *
 * @throws Conflict when a form that fails comes after the decision
 */
export function accessDesk(
  request: AccessRequest,
  form: FormState,
  list: { label: string; href: string },
  path: string,
): Answer {
  // What stands there by now comes before what was wrong with the form.
  if (request.state !== 'open' && Object.keys(form.errors).length > 0)
    throw new Conflict(presentRequest(request));
  return view('shared/access-request', {
    title: 'Запрос доступа',
    crumbs: [list],
    form,
    path: `${path}/${request.id}`,
    who: fullName(request),
    email: request.email,
    at: request.created_at,
    organisation: request.organisation,
    present: request.state === 'open' ? null : presentRequest(request),
    roles: ROLE_OPTIONS,
    back: list.href,
  });
}

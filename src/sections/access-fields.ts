import { z } from 'zod';
import { ROLE_NAMES } from '../domain/memberships/memberships.policy.js';
import { required, several, ticked } from '../web/form.js';

// What is said about access to an organisation, by its administrator and by the company's.

/** What a member may do. */
export const rights = {
  roles: several.transform((typed, ctx) => {
    const roles = ROLE_NAMES.filter((role) => typed.includes(role));
    if (roles.length === 0) ctx.addIssue({ code: 'custom', message: 'Выберите хотя бы одну роль' });
    return roles;
  }),
  sees_all: ticked,
};

/** An open request is granted with rights. */
export const grantForm = z.object(rights);

/** … or refused, with words that its sender reads. */
export const refusalForm = z.object({
  reason: required('Укажите причину: её увидит тот, кто просит доступ', 500),
});

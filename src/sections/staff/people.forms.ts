import { z } from 'zod';
import { STAFF_ROLES, type StaffRole } from '../../domain/people/people.policy.js';
import { optional, required, several } from '../../web/form.js';
import { email, name, patronymic, surname } from '../person-fields.js';

const ROLE_NAMES = Object.keys(STAFF_ROLES) as StaffRole[];

/** Roles of the company's own people: those that there are, in their order. */
const roles = several.transform((typed) => ROLE_NAMES.filter((role) => typed.includes(role)));

/** Why somebody is blocked, or let in again. */
export const reasonForm = z.object({ reason: required('Укажите причину', 500) });

const REOPEN = 'Откройте страницу заново';

/** The ИНН that the administrator saw, and what he says of it. */
export const innForm = z.object({
  inn: z.string(REOPEN).max(20, REOPEN),
  confirmed: z.enum(['yes', 'no'], REOPEN),
});

/** Whether somebody, or an organisation, is registered in the outside system of requests. */
export const outsideForm = z.object({ registered: z.enum(['yes', 'no'], REOPEN) });

/** What somebody does for the company, and what he did when the page was opened. */
export const rolesForm = z
  .object({
    roles,
    reason: optional(500),
    seen: z
      .string(REOPEN)
      .optional()
      .transform((text) => (text ?? '').split(' ').filter(Boolean)),
  })
  .refine(
    ({ roles, reason, seen }) => reason || !roles.includes('administrator') || seen.includes('administrator'),
    {
      path: ['reason'],
      error: 'Укажите причину: администратор видит и меняет всё',
    },
  );

/** Somebody new who will work for the company. */
export const colleagueForm = z.object({
  email,
  surname,
  name,
  patronymic,
  roles: roles.refine((chosen) => chosen.length > 0, 'Выберите хотя бы одну роль'),
});

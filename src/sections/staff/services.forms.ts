import { z } from 'zod';
import type { ServiceFields } from '../../domain/services/services.actions.js';
import { FIELD_KINDS, PLACES, type Place } from '../../domain/services/service.js';
import { parseMoney } from '../../lib/text.js';
import { optional, required, ticked } from '../../web/form.js';

const AGAIN = 'Откройте форму заново';
const NO_KIND = 'Выберите вид заявки из списка';
/** The revision that the editor saw. */
const revision = z.coerce.number(AGAIN).int(AGAIN).optional();

const name = (max: number) =>
  required('Укажите название', max)
    .transform((text) => text.replace(/\s+/g, ' '))
    .refine((text) => /[\p{L}\p{N}]/u.test(text), 'Укажите название');

/** A group of services. */
export const groupForm = z.object({ name: name(100), hidden: ticked, revision });

const label = optional(80).transform((text) => text?.replace(/\s+/g, ' ') ?? null);
const kind = z
  .enum(Object.keys(FIELD_KINDS) as ServiceFields['fields'][number]['kind'][], 'Выберите вид поля')
  .optional();

// Without a script there are always as many places.
const rows = Object.fromEntries(
  PLACES.flatMap((row) => [
    [`field_${row}_label`, label],
    [`field_${row}_kind`, kind],
    [`field_${row}_required`, ticked],
  ]),
) as Record<`field_${Place}_label`, typeof label> &
  Record<`field_${Place}_kind`, typeof kind> &
  Record<`field_${Place}_required`, typeof ticked>;

/** A service as the editor writes it. */
export const serviceForm = z
  .object({
    group_id: required('Выберите группу').pipe(z.uuid('Выберите группу из списка')),
    name: name(150),
    description: optional(500),
    price: optional(20).transform((typed, ctx) => {
      const kopecks = typed === null ? null : parseMoney(typed);
      if (typed !== null && kopecks === null)
        ctx.addIssue({ code: 'custom', message: 'Укажите сумму в рублях, например 1 500 или 1 500,50' });
      return kopecks;
    }),
    unit: optional(40).transform((text) => text?.replace(/\s+/g, ' ') ?? null),
    hint: optional(2000),
    ...rows,
    kind_id: z
      .union([z.literal(''), z.uuid(NO_KIND)], NO_KIND)
      .optional()
      .transform((id) => id || null),
    hidden: ticked,
    remove_picture: ticked,
    revision,
  })
  .superRefine((form, ctx) => {
    const taken = new Set<string>();
    for (const row of PLACES) {
      const typed = form[`field_${row}_label`]?.toLowerCase();
      if (!typed) continue;
      if (taken.has(typed))
        ctx.addIssue({ code: 'custom', path: [`field_${row}_label`], message: 'Такое поле уже есть выше' });
      taken.add(typed);
    }
  });

/** What the form says of a service; places without a name are none. */
export function fieldsOf(form: z.infer<typeof serviceForm>): ServiceFields {
  const { group_id, name, description, price, unit, hint, kind_id, hidden } = form;
  const fields = PLACES.flatMap((row) => {
    const said = form[`field_${row}_label`];
    if (!said) return [];
    const required = form[`field_${row}_required`];
    return [{ label: said, required, kind: form[`field_${row}_kind`] ?? 'line' }];
  });
  return { group_id, name, description, price, unit, hint, fields, kind_id, hidden };
}

import { z } from 'zod';
import { CONTRACT_YEARS, isContractDay } from '../../domain/organisations/contract-days.js';
import { parseDay } from '../../lib/dates.js';
import { optional, required, ticked } from '../../web/form.js';
import { inn, kpp } from '../organisation-fields.js';
import { email } from '../person-fields.js';

/** What the form showed when it was opened. */
const seen = z.string('Откройте страницу заново').max(100, 'Откройте страницу заново');

const line = (text: string) => text.replace(/\s+/g, ' ');

const requisites = {
  inn,
  kpp,
  name: required('Укажите название', 300).transform(line),
  address: optional(500).transform((text) => text && line(text)),
  external_id: optional(100).transform((text) => text && line(text)),
};

/** An organisation has a КПП, an entrepreneur has none. */
const kppFits = (fields: { inn: string; kpp: string | null }, ctx: z.RefinementCtx) => {
  if (fields.inn.length === 10 && !fields.kpp)
    ctx.addIssue({ code: 'custom', path: ['kpp'], message: 'Укажите КПП: он есть у каждой организации' });
  if (fields.inn.length === 12 && fields.kpp)
    ctx.addIssue({
      code: 'custom',
      path: ['kpp'],
      message: 'У предпринимателя нет КПП: оставьте поле пустым',
    });
};

/** A new organisation. */
export const organisationForm = z.object(requisites).superRefine(kppFits);

/** Its requisites, changed. */
export const requisitesForm = z.object({ ...requisites, seen }).superRefine(kppFits);

/** «Заполнить по ИНН»; what is typed beside it comes along. */
export const lookupForm = z.object({ inn, external_id: requisites.external_id });

const CHOOSE = 'Выберите сотрудника из списка';

/** Who at the company looks after the organisation. */
export const caretakerForm = z.object({
  caretaker: z
    .union([z.literal(''), z.uuid(CHOOSE)], CHOOSE)
    .optional()
    .transform((id) => id || null),
  seen,
});

/** To whom the organisation is written to while it has no administrator. */
export const responsibleForm = z.object({
  email: z
    .string('Укажите один адрес')
    .trim()
    .optional()
    .transform((typed, ctx) => {
      if (!typed) return null;
      const read = email.safeParse(typed);
      if (!read.success) ctx.addIssue({ code: 'custom', message: read.error.issues[0]!.message });
      return read.success ? read.data.toLowerCase() : null;
    }),
  seen,
});

const reason = required('Укажите причину', 500);

/** Who becomes an administrator of the organisation, and why. */
export const appointmentForm = z.object({ account: email, reason });

/** Why a membership ends; `last`: the page has said that it is the last administrator's. */
export const dismissalForm = z.object({ reason, last: ticked });

/** A calendar day of a contract as typed; null when it is left empty. */
const day = (typed: string, ctx: z.RefinementCtx) => {
  const found = typed === '' ? null : parseDay(typed);
  if (typed !== '' && !found) ctx.addIssue({ code: 'custom', message: 'Укажите день, например 30.11.2027' });
  if (found && !isContractDay(found))
    ctx.addIssue({
      code: 'custom',
      message: `Укажите день с ${CONTRACT_YEARS.first} по ${CONTRACT_YEARS.last} год`,
    });
  return found;
};

/** A contract. */
export const contractForm = z
  .object({
    number: required('Укажите номер договора', 100).transform(line),
    kind: z.enum(['main', 'supplement'], 'Выберите тип договора'),
    starts_on: required('Укажите, когда договор начинается').transform((typed, ctx) => day(typed, ctx) ?? ''),
    ends_on: z
      .string('Укажите один день')
      .trim()
      .max(200, 'Укажите день, например 30.11.2027')
      .optional()
      .transform((typed, ctx) => day(typed ?? '', ctx)),
    seen: seen.optional(),
  })
  .refine(({ starts_on, ends_on }) => !ends_on || ends_on >= starts_on, {
    path: ['ends_on'],
    error: 'Укажите день не раньше начала договора',
  });

const AREA = 'Укажите площадь в м², например 184,6';

/** A room. */
export const premisesForm = z.object({
  building: required('Выберите здание', 300),
  room: required('Укажите помещение', 200).transform(line),
  area: required(AREA)
    .transform((typed) => typed.replace(/\s/g, '').replace(',', '.'))
    .pipe(
      z
        .string()
        .regex(/^\d{1,7}(\.\d{1,2})?$/, AREA)
        .refine((area) => Number(area) > 0, 'Площадь больше нуля'),
    ),
  seen: seen.optional(),
});

/** What stood there when the question was asked. */
export const seenForm = z.object({ seen });

/** A building. */
export const buildingForm = z.object({
  name: required('Укажите название', 200).transform(line),
  address: optional(500).transform((text) => text && line(text)),
  seen: seen.optional(),
});

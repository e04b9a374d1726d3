import { z } from 'zod';
import { Invalid } from '../lib/errors.js';
import { VISIBLE, withoutUnseen } from '../lib/unseen.js';

/** What was sent, by field: a text, or several where a field was repeated. */
export type Typed = Record<string, string | string[]>;

/** What a view shows of a form: typed values (never a password) and Russian messages, each by field. */
export interface FormState {
  values: Typed;
  errors: Record<string, string>;
  /** These values were typed before a sign-in ran out. */
  restored: boolean;
}

export const emptyForm: FormState = { values: {}, errors: {}, restored: false };

const SECRET = /^_|password|^robot_|^(altcha|smart-token|g-recaptcha-response)$/;

/** What may be shown or kept of a form: everything but passwords and what only proves something. */
export function showable(typed: Typed): Typed {
  return Object.fromEntries(Object.entries(typed).filter(([name]) => !SECRET.test(name)));
}

/** Plain texts of a parsed body, without what Postgres cannot store; anything else that a parser made is dropped. */
export function typedFields(body: unknown): Typed {
  const fields = Object.create(null) as Typed;
  for (const [name, value] of Object.entries((body ?? {}) as Record<string, unknown>)) {
    if (typeof value === 'string') fields[name] = clean(value);
    else if (Array.isArray(value)) fields[name] = value.filter((one) => typeof one === 'string').map(clean);
  }
  return fields;
}

const clean = (text: string) => text.replaceAll('\0', '').replaceAll('\r\n', '\n').toWellFormed();

/**
 * Reads a form by its schema.
 *
 * @throws Invalid with one message a field, the first that fails, in the fields' order
 */
export function parseForm<Schema extends z.ZodType>(schema: Schema, typed: Typed): z.infer<Schema> {
  const result = schema.safeParse({ ...typed });
  if (result.success) return result.data;
  const found: Record<string, string> = {};
  for (const issue of result.error.issues) found[String(issue.path[0])] ??= issue.message;
  const order = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const names = Object.keys(found).sort((a, b) => order.indexOf(a) - order.indexOf(b));
  throw new Invalid(Object.fromEntries(names.map((name) => [name, found[name]!])));
}

/** A required line or text; `missing` says how to mend its absence, in Russian. */
export const required = (missing: string, max = 200) =>
  z
    .string(missing)
    .overwrite(withoutUnseen)
    .trim()
    .min(1, missing)
    .regex(VISIBLE, missing)
    .max(max, `Сократите до ${max} символов`);

/** A line or text that may stay empty; it is then null. */
export const optional = (max = 200) =>
  z
    .string('Укажите одно значение')
    .overwrite(withoutUnseen)
    .trim()
    .max(max, `Сократите до ${max} символов`)
    .optional()
    .transform((text) => text || null);

/** A form with nothing in it but its button. */
export const buttonOnly = z.object({});

/** A box that is ticked or not. */
export const ticked = z
  .string('Укажите одно значение')
  .optional()
  .transform((value) => value === 'on');

/** A group of boxes under one name: none, one or several. */
export const several = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) => (value === undefined ? [] : [value].flat()));

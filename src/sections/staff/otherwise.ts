import type { Typed } from '../../web/form.js';

/** What was typed into a field, as one line. */
export const said = (typed: Typed, name: string) => flat([typed[name] ?? ''].flat().join(' '));

/**
 * What is saved otherwise than it was typed: who came too late sees what his form would replace.
 *
 * @param labels the fields that are compared, with their names on screen, in their order
 * @param now what is saved, as the form would show it
 * @param words what is saved in words, where the form's value is not for reading
 */
export function otherwise(
  labels: Record<string, string>,
  now: Record<string, string>,
  typed: Typed,
  words: Record<string, string>,
): { label: string; value: string }[] {
  return Object.keys(labels)
    .filter((name) => flat(now[name] ?? '') !== said(typed, name))
    .map((name) => ({ label: labels[name]!, value: (words[name] ?? now[name]) || 'не указано' }));
}

const flat = (text: string) => text.replace(/\s+/g, ' ').trim();

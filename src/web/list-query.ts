import { isUuid } from '../lib/uuid.js';

/** The fields that are searched by take no more: what is pasted there stands in an address, and those have an end. */
export const MAX_SEARCH = 200;

/** What is searched for, of a list's address: without what Postgres has no place for, and no longer than anybody types. */
export const searchOf = (query: URLSearchParams): string =>
  (query.get('search') ?? '').replaceAll('\0', '').trim().slice(0, MAX_SEARCH);

/** The id under this name in a list's address; what is none is not asked for. */
export function idOf(query: URLSearchParams, name: string): string | null {
  const id = query.get(name);
  return id !== null && isUuid(id) ? id : null;
}

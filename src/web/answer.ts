import type { Readable } from 'node:stream';
import type { Flash } from './flash.js';

/** A link of the breadcrumbs. */
export interface Crumb {
  label: string;
  href: string;
}

/** A page: a template with its explicit locals, and what its frame shows. */
export interface View {
  kind: 'view';
  template: string;
  locals: { title: string; crumbs?: Crumb[]; layout?: 'page' | 'auth'; wide?: boolean } & Record<
    string,
    unknown
  >;
  status?: number;
  /** With 429: in how many seconds again. */
  retryAfter?: number;
}
/** On to another page of ours (303). */
export interface Redirect {
  kind: 'redirect';
  to: string;
  flash?: Flash;
}
/** A stored file, shown in a frame of ours or saved under its name. */
export interface FileAnswer {
  kind: 'file';
  file: { stream: Readable; size: number; mime: string; name: string };
  inline: boolean;
}
/** For scripts and machines. */
export interface Json {
  kind: 'json';
  body: unknown;
  status?: number;
}
export type Answer = View | Redirect | FileAnswer | Json;

export const view = (template: string, locals: View['locals'], status?: number): View => ({
  kind: 'view',
  template,
  locals,
  ...(status && { status }),
});

/** On to another page, with a message that says what was done. */
export const redirect = (to: string, done?: string): Redirect => ({
  kind: 'redirect',
  to,
  ...(done && { flash: { kind: 'done' as const, text: done } }),
});

export const json = (body: unknown, status?: number): Json => ({
  kind: 'json',
  body,
  ...(status && { status }),
});

/** Makes the addresses of a list's other pages: the part that `db/paging.ts` gives, with the list's filter kept. */
export const pageLink = (path: string, filter: [string, string][]) => (part: string | null) =>
  part && `${path}?${new URLSearchParams([...filter, ...new URLSearchParams(part)])}`;

/** Whether this is an address inside the site, and so may be gone to after signing in. */
export function isOwnPath(to: string): boolean {
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(to) || to.includes('\\')) return false;
  return new URL(to, 'http://own.test').origin === 'http://own.test';
}

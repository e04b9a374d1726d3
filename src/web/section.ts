import type { z } from 'zod';
import type { Config } from '../config.js';
import type { Answer } from './answer.js';
import type { CallContext, Context, FormContext } from './context.js';
import type { Limit } from './rate-limit.js';
import type { UploadOptions } from './upload.js';
import type { Visit } from './visit.js';

/** Which frame and menu a page has. */
export type Area = 'auth' | 'own' | 'profile' | 'staff' | 'public';

/** Who may: a pure function of the scope. Asked before anything of the request is read, and again in the action. */
export type Policy<Scope> = (scope: Scope) => boolean;

/** Everybody, signed in or not. */
export const anyone: Policy<unknown> = () => true;

/** What a number counts, to agree with it: one, two to four, five and more; a text where it is always the same. */
export type CountWords = string | readonly [one: string, few: string, many: string];

/** A number beside a menu's entry: which of the visit's counters, and what it counts, said to who cannot see it. */
export interface Counter {
  name: string;
  words: CountWords;
}

/** A section's entry in a menu. */
interface Nav {
  label: string;
  menu: 'top' | 'profile' | 'staff';
  order: number;
  counter?: Counter;
  /** Needed now and then: where the menu is long, it stands in the second row. */
  minor?: true;
}

export interface SectionOptions<Scope> {
  /** Address, with `:organisation` where it is about one; every parameter but `:token` is a uuid. */
  path: string;
  area: Area;
  /** The scope that the policies judge and the handlers work in; null: there is no such thing for this person (404). */
  load: (visit: Visit) => Scope | null;
  /** Visitors are sent to the sign-in unless this says that they are welcome. */
  visitors?: boolean;
  nav?: Nav;
}

/** A route as data: a test walks the table of all of them. */
export interface Route<Scope = unknown, Parts = unknown> {
  kind: 'page' | 'form' | 'action' | 'file' | 'callback';
  path: string;
  policy: Policy<Scope>;
  /** Label in the side menu, below its section. */
  nav?: string;
  limit?: Limit & { by: 'address' | 'account' };
  schema?: z.ZodType;
  /** The form brings a file in this field, or several. */
  upload?: UploadOptions;
  captcha?: boolean;
  /** Answers GET; an action has none. */
  show?: (ctx: Context<Scope, Parts> & FormContext) => Answer | Promise<Answer>;
  /** Answers POST, with what the schema made of the fields. */
  save?: (ctx: Context<Scope, Parts> & FormContext, input: never) => Answer | Promise<Answer>;
  /** Networks that a callback may come from; null: nobody calls. */
  from?: (config: Config) => string[] | null;
  /** Hears a callback, what the schema made of it. */
  hear?: (ctx: CallContext<Parts>, said: never) => Promise<void>;
}

export interface Section<Scope = unknown, Parts = unknown> extends SectionOptions<Scope> {
  routes: Route<Scope, Parts>[];
}

type RouteOptions = Pick<Route, 'nav' | 'limit'>;

interface FormOptions<Scope, Parts, Schema extends z.ZodType> extends Pick<
  Route,
  'limit' | 'upload' | 'captcha' | 'nav'
> {
  schema: Schema;
  show: (ctx: Context<Scope, Parts> & FormContext) => Answer | Promise<Answer>;
  save: (ctx: Context<Scope, Parts> & FormContext, input: z.infer<Schema>) => Answer | Promise<Answer>;
}

interface CallbackOptions<Parts, Schema extends z.ZodType> {
  from: (config: Config) => string[] | null;
  limit: Limit & { by: 'address' };
  schema: Schema;
  hear: (ctx: CallContext<Parts>, said: z.infer<Schema>) => Promise<void>;
}

/** Declares routes below one address. There is no other way to make a route, and none without a policy. */
export class SectionBuilder<Scope, Parts> implements Section<Scope, Parts> {
  readonly path: string;
  readonly area: Area;
  readonly load: (visit: Visit) => Scope | null;
  readonly visitors: boolean;
  readonly nav: SectionOptions<Scope>['nav'];
  readonly routes: Route<Scope, Parts>[] = [];

  constructor(options: SectionOptions<Scope>) {
    this.path = options.path;
    this.area = options.area;
    this.load = options.load;
    this.visitors = options.visitors ?? false;
    this.nav = options.nav;
  }

  /** GET: a page. */
  page(
    path: string,
    policy: Policy<Scope>,
    show: (ctx: Context<Scope, Parts>) => Answer | Promise<Answer>,
    options: RouteOptions = {},
  ): void {
    this.routes.push({ kind: 'page', path, policy, show, ...options });
  }

  /** GET shows the form, POST saves it (303); what fails comes back as the same page with 422 and all that was typed. */
  form<Schema extends z.ZodType>(
    path: string,
    policy: Policy<Scope>,
    options: FormOptions<Scope, Parts, Schema>,
  ): void {
    this.routes.push({ kind: 'form', path, policy, ...options });
  }

  /** POST alone: a button. */
  action(
    path: string,
    policy: Policy<Scope>,
    save: (ctx: Context<Scope, Parts>) => Answer | Promise<Answer>,
    options: RouteOptions = {},
  ): void {
    this.routes.push({ kind: 'action', path, policy, save, ...options });
  }

  /** GET: a stored file. */
  file(
    path: string,
    policy: Policy<Scope>,
    show: (ctx: Context<Scope, Parts>) => Answer | Promise<Answer>,
  ): void {
    this.routes.push({ kind: 'file', path, policy, show });
  }

  /**
   * POST of JSON by another system, which has neither a session nor a form: `callback.ts`. Where it comes from is asked
   * before anything of it is read. It proves nothing: what it says has to be found out from whom it speaks of.
   */
  callback<Schema extends z.ZodType>(
    path: string,
    policy: Policy<Scope>,
    options: CallbackOptions<Parts, Schema>,
  ): void {
    this.routes.push({ kind: 'callback', path, policy, ...options });
  }
}

/** The methods that a route answers. */
export function methods(route: Route<never, never>): ('GET' | 'POST')[] {
  if (route.kind === 'form') return ['GET', 'POST'];
  return route.kind === 'action' || route.kind === 'callback' ? ['POST'] : ['GET'];
}

/** A route's whole address below its section's. */
export function address(section: { path: string }, route: { path: string }): string {
  return (section.path + (route.path === '/' ? '' : route.path)).replace(/^\/\//, '/') || '/';
}

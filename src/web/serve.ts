import { createHash, randomUUID } from 'node:crypto';
import express, { type Request, type Response } from 'express';
import type { Config } from '../config.js';
import type { Database } from '../db/knex.js';
import { isUuid } from '../lib/uuid.js';
import { Forbidden, Invalid, NotFound, TooMany } from '../lib/errors.js';
import { REFUSED, type Captcha, type Robot, type Verdict } from './antibot/captcha.js';
import { redirect, type Answer } from './answer.js';
import { serveCallback } from './callback.js';
import type { Context, FormContext } from './context.js';
import { cookies, type Cookies } from './cookies.js';
import { csrf, refuseCrossSite, visitorOf } from './csrf.js';
import { emptyForm, parseForm, showable, typedFields, type FormState, type Typed } from './form.js';
import { requestId } from './log.js';
import { authenticate } from './passport.js';
import type { Limiter } from './rate-limit.js';
import { methods, type Route, type Section } from './section.js';
import { renew, signIn, signOut } from './session.js';
import { receiveUpload, textFieldsOnly, type Upload } from './upload.js';
import type { Need, Visit } from './visit.js';

/** What the routes are served with; `app.ts` brings it together. */
export interface Kitchen<Parts> {
  parts: Parts;
  db: Database;
  config: Config;
  now: () => Date;
  limit: Limiter;
  captcha: Captcha;
  visit: (req: Request, res: Response, need: Need) => Promise<Visit>;
  incomingDir: string;
  drafts: {
    keep(account: string, path: string, fields: Typed, now: Date): Promise<void>;
    find(account: string, path: string): Promise<Typed | null>;
    forget(account: string, path: string): Promise<void>;
  };
  send: (req: Request, res: Response, answer: Answer, page: PageState) => Promise<void>;
}

/** What the frame of a page needs besides its own locals. */
export interface PageState {
  section: Section | null;
  visit: Visit;
  cookies: Cookies;
  /** The anti-bot that this page shows; null: none. */
  robot: Robot | null;
  failed: boolean;
}

const parseBody = express.urlencoded({ extended: false, limit: '128kb', parameterLimit: 1000 });

/**
 * One route at work. The order is fixed here and nowhere else: limits, who is it, scope, policy, multipart, CSRF,
 * schema, handler. A stranger is refused before a byte of his upload is stored.
 */
export function serve<Parts>(
  kitchen: Kitchen<Parts>,
  section: Section<unknown, Parts>,
  route: Route<unknown, Parts>,
) {
  if (route.kind === 'callback') return serveCallback(kitchen, section, route);
  const { config, db, limit } = kitchen;
  const protect = csrf(config.production);
  const need = (req: Request): Need => ({
    organisation: section.path.includes(':organisation') ? String(req.params.organisation) : null,
    staff: section.area === 'staff',
  });

  return async (req: Request, res: Response): Promise<void> => {
    const posted = req.method === 'POST';
    // A form is counted when it is sent; a page with a limit, whenever it is read.
    const counts = posted || route.kind !== 'form';
    const now = kitchen.now();
    const jar = cookies(req, res, config.production);
    if (posted) refuseCrossSite(req);
    refuseBadAddress(req);
    if (counts && route.limit?.by === 'address') await limit(route.limit, req.ip ?? '');

    const visit = await kitchen.visit(req, res, need(req));
    res.locals.visit = visit;
    res.locals.section = section;
    if (!section.visitors && !visit.account) return askToSignIn(req, res, visit, jar);
    if (counts && route.limit?.by === 'account') await limit(route.limit, visit.account?.id ?? req.ip ?? '');

    const scope = section.load(visit);
    if (scope === null) throw new NotFound();
    if (!route.policy(scope)) throw new Forbidden();

    const sent = posted ? await receive(req, res) : NOTHING;
    let answer: Answer;
    try {
      await protect(req, res, visit);
      const ctx = context(req, scope, visit, now, jar, sent);
      answer = posted ? await submit(ctx, sent) : await show(ctx, req);
    } finally {
      await Promise.all(sent.files.map((file) => file.discard()));
    }
    const failed = answer.kind === 'view' && answer.status !== undefined;
    let robot: Robot | null = null;
    if (answer.kind === 'view' && route.captcha) {
      const texts = Object.entries(sent.typed).filter(
        (pair): pair is [string, string] => typeof pair[1] === 'string',
      );
      robot = await kitchen.captcha.present(now, Object.fromEntries(texts), sent.verdict);
      answer.locals.robot = robot;
    }
    await kitchen.send(req, res, answer, {
      section: section as Section,
      visit,
      cookies: jar,
      robot,
      failed,
    });
  };

  async function receive(req: Request, res: Response): Promise<Sent> {
    let sent: Sent;
    if (route.upload && req.is('multipart/form-data')) {
      const upload = await receiveUpload(kitchen.incomingDir, route.upload)(req, res);
      sent = { ...upload, typed: typedFields(upload.fields) };
    } else {
      await parsed(req, res);
      sent = { ...NOTHING, typed: typedFields(req.body) };
    }
    req.body = sent.typed;
    return sent;
  }

  async function show(ctx: Full<Parts>, req: Request): Promise<Answer> {
    if (route.kind === 'form' && ctx.visit.drafts && ctx.visit.account) {
      const kept = await kitchen.drafts.find(ctx.visit.account.id, req.path);
      if (kept) ctx.form = { values: kept, errors: {}, restored: true };
    }
    return route.show!(ctx);
  }

  async function submit(ctx: Full<Parts>, sent: Sent): Promise<Answer> {
    try {
      if (sent.problem) throw new Invalid({ [route.upload!.field]: sent.problem }, sent.status ?? undefined);
      const input = route.schema ? parseForm(route.schema, sent.typed) : undefined;
      if (route.captcha) {
        const submission = { fields: onlyTexts(sent.typed), ip: ctx.actor.ip };
        sent.verdict = await kitchen.captcha.verify(submission, ctx.now);
        if (sent.verdict !== 'person') throw new Invalid({ robot: REFUSED[sent.verdict] });
      }
      const answer = await route.save!(ctx, input as never);
      // A page instead of a redirect says that nothing was saved.
      const saved = answer.kind === 'redirect';
      if (saved && ctx.visit.drafts && ctx.visit.account)
        await kitchen.drafts.forget(ctx.visit.account.id, ctx.path);
      return answer;
    } catch (refusal) {
      const said = route.show && onForm(refusal);
      if (!said) throw refusal;
      const { errors, ...how } = said;
      ctx.form = { values: showable(sent.typed), errors, restored: false };
      const again = await route.show!(ctx);
      return again.kind === 'view' ? { ...again, ...how } : again;
    }
  }

  async function askToSignIn(req: Request, res: Response, visit: Visit, jar: Cookies): Promise<void> {
    const back = req.method === 'GET' || methods(route).includes('GET') ? req.path : '/';
    const query = req.method === 'GET' && req.url.includes('?') ? req.url.slice(req.url.indexOf('?')) : '';
    const kept = req.method === 'POST' && visit.expired !== null && (await keepDraft(req, res, visit));
    // What was typed without a session is nobody's, so it cannot wait for him: he is told.
    const typed = kept ? '&kept' : req.method === 'POST' && route.kind === 'form' ? '&lost' : '';
    const to = `/auth/login?next=${encodeURIComponent(back + query)}${typed}`;
    await kitchen.send(req, res, redirect(to), {
      section: null,
      visit,
      cookies: jar,
      robot: null,
      failed: false,
    });
  }

  /** Keeps what was typed for its owner; answers whether there was anything to keep. */
  async function keepDraft(req: Request, res: Response, visit: Visit): Promise<boolean> {
    if (req.is('multipart/form-data')) req.body = (await textFieldsOnly(req, res, route.upload)).fields;
    else await parsed(req, res);
    await protect(req, res, visit, 'expired');
    const fields = showable(typedFields(req.body));
    if (route.kind !== 'form') return false;
    await kitchen.drafts.keep(visit.expired!.account_id, req.path, fields, kitchen.now());
    return true;
  }

  function context(
    req: Request,
    scope: unknown,
    visit: Visit,
    now: Date,
    jar: Cookies,
    sent: Sent,
  ): Full<Parts> {
    const actor = { account_id: visit.account?.id ?? null, ip: req.ip ?? '', request_id: requestId(req) };
    const browser = () =>
      createHash('sha256')
        .update(visitorOf(req, config.production) ?? randomUUID())
        .digest('base64url');
    const sentOnce = String(sent.typed._once);
    const ctx: Full<Parts> = {
      scope,
      visit,
      now,
      actor,
      db,
      config,
      parts: kitchen.parts,
      cookies: jar,
      path: req.path,
      once: isUuid(sentOnce) ? sentOnce : null,
      params: req.params as Record<string, string>,
      query: new URLSearchParams(req.url.includes('?') ? req.url.slice(req.url.indexOf('?')) : ''),
      userAgent: (req.headers['user-agent'] ?? '').slice(0, 300),
      browser,
      form: emptyForm,
      typed: showable(sent.typed),
      files: sent.files,
      keepDraft: (path, fields) => kitchen.drafts.keep(visit.account!.id, path, fields, now),
      fill: (initial): FormState => ({ ...ctx.form, values: { ...initial, ...ctx.form.values } }),
      session: {
        signIn: (person) => signIn(req, { ...person, csrfSecret: randomUUID() }),
        renew: () => renew(req, randomUUID()),
        signOut: () => signOut(req),
        authenticate: (verify) => authenticate(req, verify),
      },
    };
    return ctx;
  }
}

type Full<Parts> = Context<unknown, Parts> & FormContext;
interface Sent extends Pick<Upload, 'files' | 'problem' | 'status'> {
  typed: Typed;
  verdict?: Verdict;
}

const NOTHING: Sent = { typed: {}, files: [], problem: null, status: null };

/** What a form is told at its fields when it comes back; null for what is answered with a page of its own. */
function onForm(refusal: unknown) {
  if (refusal instanceof Invalid) return { errors: refusal.errors, status: refusal.status };
  if (!(refusal instanceof TooMany) || !refusal.field) return null;
  const { field, words, retryAfter } = refusal;
  return { errors: { [field]: words }, status: 429, retryAfter };
}

function refuseBadAddress(req: Request): void {
  for (const [name, value] of Object.entries(req.params)) {
    if (name !== 'token' && !isUuid(String(value))) throw new NotFound();
  }
}

const onlyTexts = (typed: Typed) =>
  Object.fromEntries(Object.entries(typed).map(([name, value]) => [name, String(value)]));

const parsed = (req: Request, res: Response) =>
  new Promise<void>((resolve, reject) =>
    parseBody(req, res, (error?: unknown) => (error ? reject(error) : resolve())),
  );

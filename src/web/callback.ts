import express, { type Request, type Response } from 'express';
import { isWithin } from '../lib/networks.js';
import { BadRequest, Forbidden, NotFound } from '../lib/errors.js';
import { json } from './answer.js';
import { cookies } from './cookies.js';
import { refuseCrossSite } from './csrf.js';
import { requestId } from './log.js';
import type { Route, Section } from './section.js';
import type { Kitchen } from './serve.js';
import { nobody } from './visit.js';

// Packed bodies are refused: what is small needs none, and what is not small is not for us.
const parseJson = express.json({ limit: '64kb', inflate: false, type: 'application/json' });

/**
 * A callback at work, in an order of its own: where it comes from, limits, policy, JSON, schema, handler. There is no session,
 * no cookie and no token of a form; whoever is signed in is nobody here. The answer is 200, or a status and no page.
 */
export function serveCallback<Parts>(
  kitchen: Kitchen<Parts>,
  section: Section<unknown, Parts>,
  route: Route<unknown, Parts>,
) {
  const { config, db, parts } = kitchen;
  return async (req: Request, res: Response): Promise<void> => {
    res.locals.called = true;
    const now = kitchen.now();
    const networks = route.from!(config);
    if (!networks) throw new NotFound();
    if (!isWithin(networks, req.ip ?? '')) throw new Forbidden();
    refuseCrossSite(req);
    await kitchen.limit(route.limit!, req.ip ?? '');
    const scope = section.load(nobody);
    if (scope === null || !route.policy(scope)) throw new NotFound();
    await parsed(req, res);
    const said = route.schema!.safeParse(req.body);
    if (!said.success) throw new BadRequest();
    const actor = { account_id: null, ip: req.ip ?? '', request_id: requestId(req) };
    await route.hear!({ parts, db, config, now, actor }, said.data as never);
    const page = { section: null, visit: nobody, robot: null, failed: false };
    await kitchen.send(req, res, json({ status: 'ok' }), {
      ...page,
      cookies: cookies(req, res, config.production),
    });
  };
}

const parsed = (req: Request, res: Response) =>
  new Promise<void>((resolve, reject) =>
    parseJson(req, res, (error?: unknown) => (error ? reject(error) : resolve())),
  );

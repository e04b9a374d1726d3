import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import pino, { type Logger } from 'pino';

declare module 'express-serve-static-core' {
  interface Request {
    id: string;
  }
}

/** Logs as JSON lines. What could be a secret or somebody's data is cut out wherever it appears. */
export function createLog(level: string): Logger {
  const secret = ['password', 'password_again', 'token', 'email', 'phone', 'cookie', 'authorization'];
  const paths = secret.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino({
    level,
    base: null,
    redact: { paths, censor: '—' },
    serializers: { err: errorWithoutData },
  });
}

/** One line a request, with an id that the error page shows too. Neither the query nor who it was. */
export function requestLog(log: Logger): RequestHandler {
  // Nothing of what these lines are made of can be secret, and to look for it would cost more than to write them.
  const lines = log.child({}, { redact: [] });
  return (req, res, next) => {
    const begin = Date.now();
    req.id = randomUUID();
    res.once('close', () => {
      const { id: reqId, method } = req;
      const { statusCode: status, writableFinished } = res;
      const line = { reqId, method, route: routeOf(req), status, responseTime: Date.now() - begin };
      lines[status >= 500 ? 'error' : 'info'](
        line,
        writableFinished ? 'request completed' : 'request aborted',
      );
    });
    next();
  };
}

/** The request's id: in every line of the log about it, on its error page and in the audit. */
export const requestId = (req: Request): string => req.id;

// The route's pattern, not the address: that may end in a token.
const routeOf = (req: Request) => (req.route as { path?: string } | undefined)?.path ?? '(none)';

/** Postgres puts the row's values into `detail` and the statement's into the message's tail. */
function errorWithoutData(
  error: Error & { code?: string; detail?: string; constraint?: string; table?: string },
) {
  const { name, code, constraint, table, stack } = error;
  const place = (stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 12);
  const message = code ? (error.message.split(' - ').at(-1) ?? '') : error.message;
  return { name, code, constraint, table, message, stack: place.join('\n') };
}

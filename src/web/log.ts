import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import pino, { type Logger } from 'pino';
import { pinoHttp } from 'pino-http';

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
export function requestLog(logger: Logger) {
  return pinoHttp<Request>({
    logger,
    genReqId: () => randomUUID(),
    quietReqLogger: true,
    quietResLogger: true,
    customLogLevel: (_req, res, error) => (error || res.statusCode >= 500 ? 'error' : 'info'),
    // Not as a serializer of `req`: that is asked when the request comes in, before it has a route.
    customSuccessObject: (req, _res, line: object) => ({ ...line, method: req.method, route: routeOf(req) }),
    customErrorObject: (req, _res, _error, line: object) => ({
      ...line,
      method: req.method,
      route: routeOf(req),
    }),
    serializers: {
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    },
    wrapSerializers: true,
  });
}

/** The request's id: in every line of the log about it, on its error page and in the audit. */
export const requestId = (req: Request) => req.id as string;

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

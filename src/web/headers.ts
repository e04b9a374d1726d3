import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';
import type { Sources } from './antibot/captcha.js';

/**
 * Headers of every answer, errors included. Nothing is allowed but what our pages use, all of it from our own origin;
 * stored files bring a stricter set of their own (`download.ts`).
 */
export function securityHeaders(options: { secure: boolean }): RequestHandler {
  const chosen = collect(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'"],
          fontSrc: ["'self'"],
          connectSrc: ["'self'"],
          workerSrc: ["'self'"],
          frameSrc: ["'self'"],
          formAction: ["'self'"],
          baseUri: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
      crossOriginEmbedderPolicy: { policy: 'require-corp' },
      crossOriginOpenerPolicy: { policy: 'same-origin' },
      crossOriginResourcePolicy: { policy: 'same-origin' },
      referrerPolicy: { policy: 'same-origin' },
      strictTransportSecurity: options.secure && { maxAge: 63_072_000, includeSubDomains: true },
      xFrameOptions: { action: 'deny' },
    }),
  );
  chosen.set('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
  return (_req, res, next) => {
    res.setHeaders(chosen);
    next();
  };
}

const POLICY = 'Content-Security-Policy';

/**
 * Lets a page get something from elsewhere as well. Its policy is the one of every answer with these sources added, and
 * it goes without COEP, which would refuse frames that do not ask for the same. Without sources nothing changes.
 */
export function letIn(res: Response, sources: Sources): void {
  if (Object.keys(sources).length === 0) return;
  const directives = String(res.getHeader(POLICY)).split(';');
  const wider = directives.map((directive) => {
    const name = directive.split(' ', 1)[0] as keyof Sources;
    return [directive, ...(sources[name] ?? [])].join(' ');
  });
  res.setHeader(POLICY, wider.join(';'));
  res.removeHeader('Cross-Origin-Embedder-Policy');
}

// The set never changes, so helmet writes it once, into a map, and not into every answer.
function collect(middleware: RequestHandler): Map<string, string> {
  const headers = new Map<string, string>();
  const sheet = {
    setHeader: (name: string, value: string) => headers.set(name, value),
    removeHeader: () => undefined,
  };
  void middleware({} as never, sheet as never, () => undefined);
  return headers;
}

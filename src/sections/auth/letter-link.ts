import type { Cookies } from '../../web/cookies.js';
import { redirect } from '../../web/answer.js';
import { anyone } from '../../web/section.js';
import type { section, Ctx } from '../section.js';
import type { Visit } from '../../web/visit.js';

const HOUR = 3_600_000;

/**
 * The way in from a letter: `/:token` below the section's address puts the token into a cookie and leads on without it,
 * for addresses are kept in histories and sent to other sites. Answers where the section finds its token afterwards.
 */
export function letterLink(
  to: ReturnType<typeof section<Visit>>,
  cookie: string,
): { of(cookies: Cookies): string; forget(cookies: Cookies): void } {
  to.page('/:token', anyone, ({ params, cookies }: Ctx<Visit>) => {
    cookies.set(cookie, params.token!, { maxAge: HOUR });
    return redirect(to.path);
  });
  return { of: (cookies) => cookies.get(cookie) ?? '', forget: (cookies) => cookies.clear(cookie) };
}

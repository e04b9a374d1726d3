import type { Request } from 'express';
import { Passport } from 'passport';
import { Strategy } from 'passport-local';

/**
 * Signs in by address and password with passport's local strategy; `verify` decides, and says more than yes or no.
 *
 * Answers null when one of the two fields is empty. The session is not touched: who gets in, gets a new one.
 */
export function authenticate<Outcome>(
  req: Request,
  verify: (email: string, password: string) => Promise<Outcome>,
): Promise<Outcome | null> {
  return new Promise((resolve, reject) => {
    const passport = new Passport();
    const strategy = new Strategy({ usernameField: 'email' }, (email, password, done) => {
      verify(email, password).then((outcome) => done(null, outcome as Express.User), done);
    });
    const answered = (error: unknown, outcome: unknown) =>
      error ? reject(error) : resolve((outcome as Outcome) || null);
    passport.use(strategy);
    (passport.authenticate('local', { session: false }, answered) as (req: Request) => void)(req);
  });
}

import { createRequire } from 'node:module';
import type * as Library from 'libphonenumber-js/min';

// Its tables are large, and most processes never see a number typed: loaded by the first one.
let library: typeof Library | undefined;

/** A Russian mobile number in any spacing as `+79030000000`; null when it is none: a code by SMS reaches no other. */
export function parsePhone(typed: string): string | null {
  library ??= createRequire(import.meta.url)('libphonenumber-js/min') as typeof Library;
  const parsed = library.parsePhoneNumberFromString(typed, 'RU');
  if (!parsed?.isValid() || parsed.ext) return null;
  return /^\+79\d{9}$/.test(parsed.number) ? parsed.number : null;
}

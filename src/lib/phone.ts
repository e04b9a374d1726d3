import { createRequire } from 'node:module';
import type * as Library from 'libphonenumber-js/min';

// Its tables are large, and most processes never see a number typed: loaded by the first one.
let library: typeof Library | undefined;

/** A Russian number in any spacing as `+79030000000`; null when it is none. Only +7 is served by SMS. */
export function parsePhone(typed: string): string | null {
  library ??= createRequire(import.meta.url)('libphonenumber-js/min') as typeof Library;
  const parsed = library.parsePhoneNumberFromString(typed, 'RU');
  return parsed?.isValid() && parsed.countryCallingCode === '7' ? parsed.number : null;
}

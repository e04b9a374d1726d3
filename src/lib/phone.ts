import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** A Russian number in any spacing as `+79030000000`; null when it is none. Only +7 is served by SMS. */
export function parsePhone(typed: string): string | null {
  const parsed = parsePhoneNumberFromString(typed, 'RU');
  return parsed?.isValid() && parsed.countryCallingCode === '7' ? parsed.number : null;
}

const WEIGHTS = [7, 1, 3];

/** The check of an account's number by the bank's code: letter 515 of the Bank of Russia of 08.09.1997. */
const fits = (digits: string) =>
  [...digits].reduce((sum, digit, at) => sum + ((Number(digit) * WEIGHTS[at % 3]!) % 10), 0) % 10 === 0;

/** Whether this can be a БИК: 9 digits, of which the first is 0 (regulation 732-П of the Bank of Russia). */
export const isBik = (bik: string) => /^0\d{8}$/.test(bik);

/** Whether 20 digits can be an account at the bank of this БИК. */
export function isAccount(account: string, bik: string): boolean {
  if (!/^\d{20}$/.test(account)) return false;
  // Accounts that the Bank of Russia keeps itself are checked by its branch, all others by the bank's own number.
  const own = /00[0-2]$/.test(bik);
  return fits((own ? `0${bik.slice(4, 6)}` : bik.slice(6)) + account);
}

/** Whether 20 digits can be the correspondent account of the bank of this БИК. */
export function isCorrespondent(account: string, bik: string): boolean {
  return /^\d{20}$/.test(account) && fits(`0${bik.slice(4, 6)}${account}`);
}

/** Whether this is an ОГРН (13 digits) or an ОГРНИП (15) with its control digit. */
export function isOgrn(ogrn: string): boolean {
  if (!/^(\d{13}|\d{15})$/.test(ogrn)) return false;
  const rest = Number(BigInt(ogrn.slice(0, -1)) % BigInt(ogrn.length - 2));
  return rest % 10 === Number(ogrn.at(-1));
}

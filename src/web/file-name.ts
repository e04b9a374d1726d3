/** Longer ones do not fit into every file system with what browsers add to them. */
const MAX_LENGTH = 200;

/**
 * The name that a browser gave a file, fit to be shown and to be saved under: without a path, control and direction
 * characters (`гpj.exe` written from right to left), in one Unicode form, at most 200 characters with its ending kept.
 */
export function cleanName(given: string): string {
  const name = (given.split(/[/\\]/).at(-1) ?? '')
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (name === '' || /^\.+$/.test(name)) return 'файл';
  const letters = [...name];
  if (letters.length <= MAX_LENGTH) return name;
  const ending = [...(/\.[^.]{1,10}$/.exec(name)?.[0] ?? '')];
  return [...letters.slice(0, MAX_LENGTH - ending.length), ...ending].join('');
}

/** Russian letters in Latin ones, as passports have them (ICAO Doc 9303, part 3, section 6B). */
const LATIN: Record<string, string> = Object.fromEntries(
  'а:a б:b в:v г:g д:d е:e ё:e ж:zh з:z и:i й:i к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh щ:shch ъ:ie ы:y ь: э:e ю:iu я:ia'
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);
const CYRILLIC = /[а-яё]/gi;

function inLatin(letter: string): string {
  const latin = LATIN[letter.toLowerCase()] ?? '';
  return letter === letter.toLowerCase() ? latin : latin.charAt(0).toUpperCase() + latin.slice(1);
}

/**
 * The Content-Disposition of a file (RFC 6266): the name in UTF-8 for everybody, and in Latin letters for who reads nothing else.
 * Both are written so that nothing in a name can end the value or the header.
 */
export function contentDisposition(name: string, inline: boolean): string {
  const plain = name
    .normalize('NFC')
    .replace(CYRILLIC, inLatin)
    .replace(/[^\x20-\x7e]/g, '_')
    .replace(/["\\%;]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${inline ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

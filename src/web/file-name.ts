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

/**
 * The Content-Disposition of a file (RFC 6266): the name in UTF-8 for everybody, and in ASCII for who reads nothing else.
 * Both are written so that nothing in a name can end the value or the header.
 */
export function contentDisposition(name: string, inline: boolean): string {
  const plain = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\%;]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${inline ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

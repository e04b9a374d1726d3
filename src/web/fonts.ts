import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Cache } from './asset-cache.js';

const require = createRequire(import.meta.url);

const WEIGHTS = {
  'golos-400': '@expo-google-fonts/golos-text/400Regular/GolosText_400Regular.ttf',
  'golos-600': '@expo-google-fonts/golos-text/600SemiBold/GolosText_600SemiBold.ttf',
} as const;

/** What the screens are written with. A character outside of it is shown in the next font of the list. */
export const CHARACTERS = [
  range(' ', '~'),
  range('А', 'я'),
  'Ёё',
  '\u00a0\u2009\u202f', // spaces that do not break
  '«»„“”‘’–—…·•‹›',
  '№₽€§©°²³±×÷−½µ←→',
].join('');

/** Letters pair as designed, figures can line up; the rest of the font's features is not used on any screen. */
const FEATURES = ['kern', 'tnum', 'ccmp', 'locl', 'mark'];

/** Golos Text in two weights, cut down to `CHARACTERS`: woff2, and woff for Internet Explorer 11. By file name. */
export async function loadFonts(cache: Cache): Promise<Map<string, Buffer>> {
  const jobs = Object.entries(WEIGHTS).flatMap(([name, path]) =>
    (['woff2', 'woff'] as const).map(async (format): Promise<[string, Buffer]> => {
      const font = await readFile(require.resolve(path));
      const key = [font, CHARACTERS, FEATURES.join(), format];
      return [`${name}.${format}`, await cache(key, format, () => cut(font, format))];
    }),
  );
  return new Map(await Promise.all(jobs));
}

/** The cutter takes a moment to start, so it is only loaded when there is something to cut. */
async function cut(font: Buffer, format: 'woff2' | 'woff'): Promise<Buffer> {
  const { default: subset } = await import('subset-font');
  return subset(font, CHARACTERS, { targetFormat: format, keepFeatures: FEATURES, noHinting: true });
}

function range(from: string, to: string): string {
  const first = from.codePointAt(0)!;
  return Array.from({ length: to.codePointAt(0)! - first + 1 }, (_, index) =>
    String.fromCodePoint(first + index),
  ).join('');
}

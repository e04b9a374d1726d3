/**
 * How many slips of the hand lead from one word to the other: a letter too many, missing, another, or two neighbours in
 * the wrong order (optimal string alignment distance).
 */
function slips(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const other = a[i - 1] === b[j - 1] ? 0 : 1;
      let fewest = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + other);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) fewest = Math.min(fewest, before[j - 2]! + 1);
      row.push(fewest);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** So many slips are forgiven: none in a short word, where one makes another word of it. */
const forgiven = (word: string) => (word.length < 4 ? 0 : word.length < 8 ? 1 : 2);

/** The known word nearest to what was typed, of equally near ones the first; null when none is near. */
export function nearest(typed: string, known: Iterable<string>): string | null {
  const most = forgiven(typed);
  let best: string | null = null;
  let fewest = most + 1;
  for (const word of known) {
    if (Math.abs(word.length - typed.length) >= fewest) continue;
    const count = slips(typed, word);
    if (count < fewest) [best, fewest] = [word, count];
  }
  return best;
}

const ENGLISH = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
const RUSSIAN = 'йцукенгшщзхъфывапролджэячсмитьбюё';

/** What the same keys give in the Russian layout: «ljrevtyn» is «документ». */
export function inRussianLayout(typed: string): string {
  return Array.from(typed.toLowerCase(), (sign) => RUSSIAN[ENGLISH.indexOf(sign)] ?? sign).join('');
}

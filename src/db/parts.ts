/** So many rows a statement. */
const MANY = 500;

/** Hands over a long list a part at a time, in its order: a statement takes only so many values. */
export async function inParts<T>(all: T[], work: (part: T[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < all.length; from += MANY) await work(all.slice(from, from + MANY));
}

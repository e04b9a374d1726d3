/** Where a page of a list begins: the sort key of the row next to it and that row's id. */
export interface Cursor<Key = Date> {
  at: Key;
  id: string;
}

/** Rows of one page, with the query of its neighbours, e.g. `after=…`; null where there is none. */
export interface Page<Row> {
  rows: Row[];
  next: string | null;
  previous: string | null;
}

export const PAGE_SIZE = 20;

/**
 * For the `limit` of a prepared statement: so many rows, in a form that the planner cannot read. How many there are to
 * choose from it guesses from the average of all organisations; wherever that is fewer than the limit, it would read all
 * of a large one's rows and sort them. Without a number it takes the quickest way to the first rows, along the index.
 */
export const firstRows = (count: number) => `(select ${count})`;

/** Where a list that begins with the newest row starts: above every sort key and id. */
export const TOP = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] as const;

/** Which page a list's address asks for. What is not a cursor is the first page. */
export interface Position<Key = Date> {
  backwards: boolean;
  cursor: Cursor<Key> | null;
}

/** The page of a list that is sorted by a moment. */
export const position = (query: URLSearchParams, ids: keyof typeof IDS = 'uuid'): Position =>
  positionBy(query, (text) => parseMoment(text, ids));

/** The page of a list that is sorted by a text, whatever stands in that. */
export const textPosition = (query: URLSearchParams): Position<string> => positionBy(query, parseText);

function positionBy<Key>(query: URLSearchParams, parse: (text: string) => Cursor<Key> | null): Position<Key> {
  const before = parse(query.get('before') ?? '');
  if (before) return { backwards: true, cursor: before };
  return { backwards: false, cursor: parse(query.get('after') ?? '') };
}

/** Makes a page of `PAGE_SIZE + 1` rows read from the position on; rows read backwards come in reverse. */
export function pageOf<Row extends { id: string | number }, Key extends Date | string = Date>(
  read: Row[],
  at: (row: Row) => Key,
  { backwards, cursor }: Position<Key>,
): Page<Row> {
  const more = read.length > PAGE_SIZE;
  const rows = read.slice(0, PAGE_SIZE);
  if (backwards) rows.reverse();
  const first = rows[0];
  const last = rows.at(-1);
  const hasPrevious = backwards ? more : cursor !== null;
  const hasNext = backwards ? true : more;
  return {
    rows,
    previous: hasPrevious && first ? `before=${format(at(first), first.id)}` : null,
    next: hasNext && last ? `after=${format(at(last), last.id)}` : null,
  };
}

const inAddress = (text: string) => Buffer.from(text).toString('base64url');
const format = (at: Date | string, id: string | number) =>
  `${typeof at === 'string' ? inAddress(at) : at.getTime()}_${id}`;

const UUID = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}';

/** What a table's ids look like. */
const IDS = {
  uuid: new RegExp(`^(\\d{1,15})_(${UUID})$`),
  serial: /^(\d{1,15})_(\d{1,15})$/,
};
const TEXT = new RegExp(`^([\\w-]+)_(${UUID})$`);

function parseMoment(text: string, ids: keyof typeof IDS): Cursor | null {
  const found = IDS[ids].exec(text);
  return found && { at: new Date(Number(found[1])), id: found[2]! };
}

/** Only what `format` writes: nothing that is no text, and nothing that Postgres has no place for. */
function parseText(text: string): Cursor<string> | null {
  const found = TEXT.exec(text);
  if (!found) return null;
  const at = Buffer.from(found[1]!, 'base64url').toString();
  return inAddress(at) === found[1] && !at.includes('\0') ? { at, id: found[2]! } : null;
}

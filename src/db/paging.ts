/** Where a page of a list begins: the sort key of the row next to it and that row's id. */
export interface Cursor {
  at: Date;
  id: string;
}

/** Rows of one page, with the query of its neighbours, e.g. `after=…`; null where there is none. */
export interface Page<Row> {
  rows: Row[];
  next: string | null;
  previous: string | null;
}

export const PAGE_SIZE = 20;

/** Where a list that begins with the newest row starts: above every sort key and id. */
export const TOP = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] as const;

/** Which page a list's address asks for. What is not a cursor is the first page. */
export interface Position {
  backwards: boolean;
  cursor: Cursor | null;
}

export function position(query: URLSearchParams, ids: keyof typeof IDS = 'uuid'): Position {
  const before = parse(query.get('before'), ids);
  if (before) return { backwards: true, cursor: before };
  return { backwards: false, cursor: parse(query.get('after'), ids) };
}

/** Makes a page of `PAGE_SIZE + 1` rows read from the position on; rows read backwards come in reverse. */
export function pageOf<Row extends { id: string | number }>(
  read: Row[],
  at: (row: Row) => Date,
  { backwards, cursor }: Position,
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

const format = (at: Date, id: string | number) => `${at.getTime()}_${id}`;

/** What a table's ids look like. */
const IDS = {
  uuid: /^(\d{1,15})_([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/,
  serial: /^(\d{1,15})_(\d{1,15})$/,
};

function parse(text: string | null, ids: keyof typeof IDS): Cursor | null {
  const found = IDS[ids].exec(text ?? '');
  return found && { at: new Date(Number(found[1])), id: found[2]! };
}

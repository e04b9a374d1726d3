import { position } from '../db/paging.js';
import { listBoard, markAllRead, markRead, type Board } from '../domain/notifications/board.data.js';
import { KINDS } from '../domain/notifications/notification.js';
import { redirect, view, type Crumb } from '../web/answer.js';
import type { Policy, SectionBuilder } from '../web/section.js';
import type { Ctx, Parts } from './section.js';

/** What differs between one's own notifications and an organisation's. */
interface Face<Scope> {
  policy: Policy<Scope>;
  board: (ctx: Ctx<Scope>) => Board;
  lead: string;
  crumbs?: Crumb[];
  /** How many are unread, as the menu counts them. */
  counter: string;
  /** The way back at the end of the page. */
  back?: { label: string; href: string };
}

/** «Уведомления» (manual 4.1.1.3 and 4.2.3): one board with two faces. */
export function noticeBoard<Scope>(section: SectionBuilder<Scope, Parts>, face: Face<Scope>): void {
  const { policy, board, lead, crumbs, counter, back } = face;

  section.page('/', policy, async (ctx) => {
    const { db, query, now, visit, path } = ctx;
    const page = await listBoard(db, board(ctx), position(query), now);
    const here = query.toString();
    return view('shared/notice-board', {
      title: 'Уведомления',
      lead,
      crumbs,
      path,
      suffix: here && `?${here}`,
      unread: visit.counters[counter] ?? 0,
      rows: page.rows.map((row) => ({ ...row, tag: row.kind === 'info' ? null : KIND_TAGS[row.kind] })),
      previous: page.previous && `${path}?${page.previous}`,
      next: page.next && `${path}?${page.next}`,
      back,
    });
  });

  section.action('/:notification/reading', policy, async (ctx) => {
    const id = ctx.params.notification!;
    await markRead(ctx.db, board(ctx), id, ctx.now);
    return redirect(`${root(ctx)}#n-${id}`);
  });

  section.action('/reading', policy, async (ctx) => {
    await markAllRead(ctx.db, board(ctx), ctx.now);
    return redirect(root(ctx), 'Все уведомления прочитаны.');
  });
}

const KIND_TAGS = {
  offer: { state: 'sent', label: KINDS.offer },
  important: { state: 'no', label: KINDS.important },
} as const;

/** The page of the board from which the button was pressed. */
function root({ path, query }: Ctx<unknown>): string {
  const here = query.toString();
  return path.replace(/(\/[\da-f-]{36})?\/reading$/, '') + (here && `?${here}`);
}

import type { NotificationRow } from '../../db/rows.js';

/** What a notification is about; «важно» always goes out by mail as well. */
export const KINDS = { info: 'Информация', offer: 'Акция', important: 'Важно' } as const;
export type Kind = keyof typeof KINDS;

/** Whom it is for. Everyone and people read it on their desktop, organisations and a building's tenants in the profile. */
export const AUDIENCES = {
  everyone: 'Всем',
  organisations: 'Организациям',
  buildings: 'Арендаторам зданий',
  accounts: 'Отдельным людям',
} as const;
export type Audience = keyof typeof AUDIENCES;

/** Computed from the dates wherever it is shown, and never stored. */
export const STATE_NAMES = {
  draft: 'Черновик',
  planned: 'Запланировано',
  shown: 'Показывается',
  over: 'Завершено',
  withdrawn: 'Снято',
} as const;
export type NotificationState = keyof typeof STATE_NAMES;

type Dates = Pick<NotificationRow, 'published_at' | 'withdrawn_at' | 'appears_at' | 'goes_at'>;

export function stateOf(row: Dates, now: Date): NotificationState {
  if (row.withdrawn_at) return 'withdrawn';
  if (!row.published_at) return 'draft';
  if (row.goes_at <= now) return 'over';
  return row.appears_at! > now ? 'planned' : 'shown';
}

/** What the editor may do in each state: once people read it, it is taken down, not rewritten behind their backs. */
export const ALLOWED: Record<NotificationState, ('edit' | 'publish' | 'remove' | 'withdraw')[]> = {
  draft: ['edit', 'publish', 'remove'],
  planned: ['edit', 'withdraw'],
  shown: ['withdraw'],
  over: [],
  withdrawn: [],
};

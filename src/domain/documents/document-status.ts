import { daysBetween, type Day } from '../../lib/dates.js';

/** What the staff decided; expiry is not part of it. */
export type ReviewStatus = 'sent' | 'accepted' | 'rejected';

/** What is shown (manual 4.2.5.1): the decision, or «Недействителен» once its day is over. */
export type ShownStatus = ReviewStatus | 'invalid';

export const STATUS_NAMES: Record<ShownStatus, string> = {
  sent: 'Отправлен',
  accepted: 'Принят',
  rejected: 'Отклонён',
  invalid: 'Недействителен',
};

/** «Действителен до» is inclusive: the document ends the day after it, in Moscow. */
export function shownStatus(status: ReviewStatus, validUntil: Day | null, today: Day): ShownStatus {
  return status === 'accepted' && validUntil !== null && validUntil < today ? 'invalid' : status;
}

/** What a tenant may do with a document, by its shown status (manual 4.2.5.1 and the decisions on it). */
export type DocumentAction = 'view' | 'download' | 'edit' | 'renew' | 'correct' | 'remove';

const ACTIONS: Record<ShownStatus, DocumentAction[]> = {
  sent: ['view', 'download', 'edit'],
  accepted: ['view', 'download', 'renew'],
  rejected: ['view', 'download', 'correct', 'remove'],
  invalid: ['view', 'download', 'correct', 'remove'],
};

export function allows(status: ShownStatus, action: DocumentAction): boolean {
  return ACTIONS[status].includes(action);
}

export const ACTION_NAMES: Record<DocumentAction, string> = {
  view: 'Просмотреть',
  download: 'Скачать',
  edit: 'Изменить',
  renew: 'Новая версия',
  correct: 'Загрузить исправленный',
  remove: 'Удалить',
};

export const actionsFor = (status: ShownStatus): DocumentAction[] => ACTIONS[status];

/** From how many days before its end a document counts as ending. */
export const ENDING_DAYS = 30;

/** Whether the day is near enough to say so. */
export function isEnding(validUntil: Day | null, today: Day): boolean {
  if (validUntil === null) return false;
  const left = daysBetween(today, validUntil);
  return left >= 0 && left <= ENDING_DAYS;
}

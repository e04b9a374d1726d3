import type { Database } from '../../db/knex.js';
import type { PaymentRow } from '../../db/rows.js';
import type { Actor } from '../audit/audit.data.js';
import type { Acquirer } from './acquirer.js';

/** Where cards are taken: what everything about payments works with. */
export interface Till {
  db: Database;
  acquirer: Acquirer;
  publicUrl: string;
  /** Tells the log what a person has to look into: ids and sums, nobody's name. */
  report: (facts: Record<string, unknown>, message: string) => void;
}

/** Who asks, and when: a person at a page, the acquirer's notice, or the clock. */
export interface Asking {
  actor: Actor;
  now: Date;
}

/** So long an acquirer knows a repetition by its key. In milliseconds. */
export const KEY_HOLDS = 24 * 3_600_000;

const DECLINED = 'Вы отказались от оплаты.';

/** Why nothing was paid, by YooKassa's word for it (their «Неуспешные платежи»); else there is one for all. */
const REASONS: Record<string, string> = {
  '3d_secure_failed': 'Не пройдено подтверждение по 3-D Secure.',
  call_issuer: 'Банк отклонил оплату. Причину знает банк, выпустивший карту.',
  canceled_by_merchant: 'Оплата отменена управляющей компанией.',
  card_expired: 'Истёк срок действия карты.',
  country_forbidden: 'Картой, выпущенной в этой стране, заплатить нельзя.',
  expired_on_confirmation: 'Время на оплату вышло.',
  fraud_suspected: 'Оплата заблокирована как подозрительная. Попробуйте другую карту.',
  insufficient_funds: 'На карте недостаточно денег.',
  invalid_card_number: 'Номер карты указан с ошибкой.',
  invalid_csc: 'Код CVV2 (CVC2) указан с ошибкой.',
  issuer_unavailable: 'Банк, выпустивший карту, не отвечает. Попробуйте позже.',
  payment_method_limit_exceeded: 'Превышен лимит платежей по карте.',
  payment_method_restricted: 'Операции по карте запрещены: она может быть заблокирована.',
  permission_revoked: 'Разрешение на списание отозвано.',
  canceled_by_payer: DECLINED,
  rejected_by_payee: 'Банк получателя не принял деньги.',
};

/** What is told to the payer, as the accountant reads it. */
export const problemToStaff = (problem: string | null): string | null =>
  problem === DECLINED ? 'Плательщик отказался от оплаты.' : problem;

/** In words for the payer. */
export const reasonInWords = (reason: string | null): string =>
  REASONS[reason ?? ''] ?? 'Платёж не прошёл. Попробуйте ещё раз или другой картой.';

/** What an answer about a payment has to agree with; null when it does, else in which. */
export function disagreement(
  ours: Pick<PaymentRow, 'amount' | 'currency'>,
  theirs: { amount: number; currency: string },
  ids: [ours: string | null, theirs: string | null, name: string][],
): string | null {
  if (theirs.amount !== ours.amount) return 'сумма';
  if (theirs.currency !== ours.currency) return 'валюта';
  for (const [mine, its, name] of ids) if (mine !== null && mine !== its) return name;
  return null;
}

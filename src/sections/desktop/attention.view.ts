import type { UnreadAnswers } from '../../domain/conversations/attention.data.js';
import type { OwnOffer } from '../../domain/memberships/handovers.data.js';
import type { ListedInvitation } from '../../domain/memberships/invitations.data.js';
import type { DocumentAttention } from '../../domain/documents/attention.data.js';
import type { InvoiceAttention } from '../../domain/invoices/attention.data.js';
import { badge, counted, money, plural } from '../../lib/text.js';

/** One line of «Требует внимания»: what it is about, what is to be done, and where. */
export interface AttentionLine {
  name: string;
  href: string;
  mark: 'no' | 'soon';
  words: string;
}

const documents = (count: number) => counted(count, 'документ', 'документа', 'документов');

/** Documents of each organisation in words, the gravest first: «1 документ отклонён, 2 документа скоро истекают». */
export function attentionLines(found: DocumentAttention[]): AttentionLine[] {
  return found.map(({ organisation, name, rejected, ended, ending, missing }) => ({
    name,
    href: `/profiles/${organisation}/documents`,
    mark: rejected + ended + missing > 0 ? 'no' : 'soon',
    words: [
      rejected > 0 && `отклонено: ${documents(rejected)}`,
      ended > 0 && `больше не действует: ${documents(ended)}`,
      missing > 0 && `не загружено обязательных: ${missing}`,
      ending > 0 && `скоро истекает срок: ${documents(ending)}`,
    ]
      .filter(Boolean)
      .join(' · '),
  }));
}

const bills = (count: number, sum: number) => `${counted(count, 'счёт', 'счёта', 'счетов')} на ${money(sum)}`;

/** What is to be paid: «просрочено: 2 счёта на 1 234,00 ₽», and what has few days left. */
export function invoiceLines(found: InvoiceAttention[]): AttentionLine[] {
  return found.map(({ organisation, name, overdue, overdue_sum, soon, soon_sum }) => {
    const path = organisation ? `/profiles/${organisation}/invoices` : '/desktop/invoices';
    return {
      name: organisation ? `Счета: ${name}` : 'Мои счета',
      href: `${path}?show=${overdue > 0 && soon === 0 ? 'overdue' : 'unpaid'}`,
      mark: overdue > 0 ? 'no' : 'soon',
      words: [
        overdue > 0 && `просрочено: ${bills(overdue, overdue_sum)}`,
        soon > 0 && `скоро срок оплаты: ${bills(soon, soon_sum)}`,
      ]
        .filter(Boolean)
        .join(' · '),
    };
  });
}

/** Unread notifications: one's own, then those of each organisation. The counts stop at 100, as the menu's do. */
export function noticeLines(
  own: number,
  boards: { organisation: string; name: string; unread: number }[],
): AttentionLine[] {
  const words = (count: number) =>
    `${badge(count)}\u00a0${plural(count, 'непрочитанное уведомление', 'непрочитанных уведомления', 'непрочитанных уведомлений')}`;
  const line = (name: string, href: string, count: number): AttentionLine => ({
    name,
    href,
    mark: 'soon',
    words: words(count),
  });
  return [
    ...(own > 0 ? [line('Уведомления', '/desktop/notifications', own)] : []),
    ...boards.map(({ organisation, name, unread }) =>
      line(`Уведомления: ${name}`, `/profiles/${organisation}/notifications`, unread),
    ),
  ];
}

/** Answers that he has not read: to his own requests, then to what each organisation asked. */
export function answerLines(found: UnreadAnswers[]): AttentionLine[] {
  const line = (name: string, href: string, count: number, few: [string, string, string]): AttentionLine[] =>
    count > 0
      ? [{ name, href, mark: 'soon', words: `${badge(count)}\u00a0${plural(count, ...few)} с новым ответом` }]
      : [];
  return found.flatMap(({ organisation, name, requests, messages }) => {
    // Nobody sends a message of his own: those are an organisation's.
    if (organisation === null) return line('Мои заявки', '/service?show=unread', requests, REQUESTS);
    const path = `/profiles/${organisation}`;
    return [
      ...line(`Заявки: ${name}`, `${path}/service?show=unread`, requests, REQUESTS),
      ...line(`Сообщения: ${name}`, `${path}/messages?show=unread`, messages, MESSAGES),
    ];
  });
}

const REQUESTS: [string, string, string] = ['заявка', 'заявки', 'заявок'];
const MESSAGES: [string, string, string] = ['обращение', 'обращения', 'обращений'];

/** Who waits for one's word: who offers the management of a profile, and who invites into one. */
export function wordLines(offers: OwnOffer[], invitations: ListedInvitation[]): AttentionLine[] {
  return [
    ...offers.map(({ organisation, name, from }) => ({
      name: `Управление профилем: ${name}`,
      href: `/profiles/${organisation}/handover`,
      mark: 'soon' as const,
      words: `предлагает ${from}`,
    })),
    ...invitations.map(({ organisation, inviter }) => ({
      name: `Приглашение: ${organisation}`,
      href: '/profiles',
      mark: 'soon' as const,
      words: `приглашает ${inviter ?? 'управляющая компания'}`,
    })),
  ];
}

/** What is wrong before what only waits; within each, as they came. */
export const gravestFirst = (lines: AttentionLine[]) =>
  [...lines].sort((a, b) => Number(a.mark === 'soon') - Number(b.mark === 'soon'));

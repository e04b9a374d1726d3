import type { DocumentAttention } from '../../domain/documents/attention.data.js';
import { badge, plural, counted } from '../../lib/text.js';

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

/** What is wrong before what only waits; within each, as they came. */
export const gravestFirst = (lines: AttentionLine[]) =>
  [...lines].sort((a, b) => Number(a.mark === 'soon') - Number(b.mark === 'soon'));

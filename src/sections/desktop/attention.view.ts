import type { DocumentAttention } from '../../domain/documents/attention.data.js';
import { counted } from '../../lib/text.js';

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

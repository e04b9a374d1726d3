import type { Conversation, Entry } from '../domain/conversations/conversations.data.js';
import { stateName, WORDS, type Face, type State } from '../domain/conversations/faces.js';
import type { ListedConversation } from '../domain/conversations/lists.data.js';
import { fileWords } from './document-words.js';

/** The colour that goes with a state; colour means state and nothing else. */
const TONES: Record<State, string> = {
  new: 'sent',
  accepted: 'sent',
  working: 'sent',
  waiting: 'soon',
  done: 'ok',
  answered: 'ok',
  closed: 'old',
  rejected: 'no',
  withdrawn: 'old',
};

/** A state as a tag shows it. */
export const stateTag = (face: Face, state: State) => ({
  state: TONES[state],
  label: stateName(face, state),
});

/** A line of a tenant's list. */
export function conversationLine(row: ListedConversation, face: Face, path: string, reader: string) {
  return {
    href: `${path}/${row.id}`,
    tag: stateTag(face, row.state),
    who: row.author_id === reader ? 'Вы' : row.author,
    ...row,
  };
}

export const RATINGS = [
  { value: '5', label: '5 — отлично' },
  { value: '4', label: '4 — хорошо' },
  { value: '3', label: '3 — удовлетворительно' },
  { value: '2', label: '2 — плохо' },
  { value: '1', label: '1 — очень плохо' },
];

interface Details {
  rating?: number;
  colleague?: string;
  left?: true;
  kind?: string;
  organisation?: string;
  assignee?: string | null;
}

/** What an entry did, in words; null where its text says it all. */
function deed(face: Face, { kind, state, details, side }: Entry): string | null {
  const { rating, colleague, left, kind: sort, organisation, assignee } = details as Details;
  if (kind === 'note') return 'Заметка для сотрудников';
  if (kind === 'opening') return `${WORDS[face].one} ${WORDS[face].sent}`;
  if (rating) return `Оценка: ${rating} из 5`;
  if (colleague) return `Добавлен участник: ${colleague}`;
  if (left) return 'Больше не участвует';
  if (assignee) return `Исполнитель: ${assignee}`;
  if (assignee === null) return 'Исполнитель снят';
  if (sort ?? organisation)
    return [sort && `Вид: ${sort}`, organisation && `Заявитель: ${organisation}`].filter(Boolean).join('. ');
  if (state && side === 'clock') return `${stateName(face, state)}: прошло 7 дней без возражений`;
  if (state === 'working' && side === 'tenant' && kind === 'change') return 'Возвращена в работу';
  if (state && kind === 'change') return stateName(face, state);
  return null;
}

/** The timeline, oldest first. Tenants see the company, not the name, behind what the staff do. */
export function conversationEntries(
  { face }: Pick<Conversation, 'face'>,
  entries: Entry[],
  base: string,
  reader: { account: string; staff: boolean },
) {
  return entries
    .filter(({ details }) => reader.staff || !('assignee' in details))
    .map((entry) => {
      const own = entry.account_id === reader.account && (entry.side === 'staff') === reader.staff;
      const company = entry.side === 'staff' && !reader.staff;
      return {
        id: `e-${entry.number}`,
        at: entry.at,
        who: own ? 'Вы' : company ? 'Управляющая компания' : entry.who,
        company: entry.side === 'staff',
        note: entry.kind === 'note',
        // A deed without words is a line, not a card.
        brief: !entry.text && entry.files.length === 0,
        deed: deed(face, entry),
        tag: entry.state && entry.kind === 'reply' ? stateTag(face, entry.state) : null,
        text: entry.text,
        files: entry.files.map((file) => ({
          name: file.name,
          about: fileWords(file),
          href: `${base}/files/${file.id}`,
        })),
      };
    });
}

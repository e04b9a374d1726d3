import type { Face, Step } from '../../src/domain/conversations/faces.js';
import { addWorkingMinutes } from '../../src/lib/working-time.js';

/** What is fixed from the beginning: whose it is, and what it is about. */
export interface Matter {
  face: Face;
  /** A name in the list of kinds; a tenant's request begins with the first of them. */
  kind?: string;
  /** On whose behalf; left out: one's own. */
  organisation?: string;
  author: string;
  subject: string;
  /** The service that is ordered. */
  service?: string;
}

/** A moment, or so many minutes of working time after what happened before. */
export type At = Date | number;

/** A file that comes along: a sample, under a name of its own. */
export type Sent = [sample: string, name: string];

interface Words {
  by?: string;
  files?: Sent[];
}

export interface TalkEvent {
  at: Date;
  by: string | null;
  side: 'tenant' | 'staff' | 'clock';
  kind: 'opening' | 'reply' | 'note' | 'change';
  text: string | null;
  step: Step | null;
  files: Sent[];
  /** What a change says of itself. */
  change?: { assignee?: string | null; kind?: string; colleague?: string; rating?: number };
  /** What the audit calls it. */
  action: `conversation.${'opened' | 'changed' | 'handled' | 'closed'}`;
}

const DAY = 24 * 3_600_000;

/** What happened to a request or a message, in order and as the domain allows it; rows and audit follow from it. */
export class Talk {
  readonly events: TalkEvent[] = [];
  /** Who has not read what the company said last. */
  unread: string[] = [];

  constructor(
    readonly key: string,
    readonly matter: Matter,
  ) {}

  /** @param words `by`: one of the staff, who writes it down for a caller */
  opened(at: Date, text: string, words: Words = {}): this {
    const side = words.by ? 'staff' : 'tenant';
    return this.add(at, { side, kind: 'opening', text, action: 'conversation.opened', ...words });
  }

  /** The tenant writes more. */
  says(at: At, text: string, words: Words = {}): this {
    return this.add(at, { side: 'tenant', kind: 'reply', text, step: 'reply', ...words });
  }

  /** The staff answer, or press a button, or both. */
  step(at: At, step: Step | null, text: string | null = null, words: Words = {}): this {
    return this.staff(at, { kind: text ? 'reply' : 'change', step, text, ...words });
  }

  note(at: At, text: string, words: Words = {}): this {
    return this.staff(at, { kind: 'note', text, ...words });
  }

  assigned(at: At, assignee: string, by = 'staff'): this {
    return this.staff(at, { kind: 'change', by, change: { assignee } });
  }

  sorted(at: At, kind: string): this {
    return this.staff(at, { kind: 'change', change: { kind } });
  }

  colleague(at: At, colleague: string, by = this.matter.author): this {
    return this.add(at, { by, side: 'tenant', kind: 'change', change: { colleague } });
  }

  withdrawn(at: At): this {
    return this.add(at, { side: 'tenant', kind: 'change', step: 'withdraw' });
  }

  returned(at: At, text: string): this {
    return this.add(at, { side: 'tenant', kind: 'change', step: 'return', text });
  }

  rated(at: At, rating: number, text: string | null = null): this {
    return this.add(at, { side: 'tenant', kind: 'change', step: 'rate', text, change: { rating } });
  }

  /** A week after it was done or answered, as the job does it. */
  expired(): this {
    const at = new Date(this.last().at.getTime() + 7 * DAY + 600_000);
    return this.add(at, { side: 'clock', kind: 'change', step: 'expire', action: 'conversation.closed' });
  }

  /** These have not read it yet. */
  unreadBy(...people: string[]): this {
    this.unread = people;
    return this;
  }

  private staff(at: At, event: Omit<Partial<TalkEvent>, 'side' | 'at'> & Pick<TalkEvent, 'kind'>): this {
    const by = event.by ?? 'operator';
    return this.add(at, { action: 'conversation.handled', ...event, by, side: 'staff' });
  }

  private add(at: At, event: Omit<Partial<TalkEvent>, 'at'> & Pick<TalkEvent, 'side' | 'kind'>): this {
    const moment = typeof at === 'number' ? addWorkingMinutes(this.last().at, at) : at;
    const by = event.side === 'clock' ? null : (event.by ?? this.matter.author);
    const rest = { text: null, step: null, files: [], action: 'conversation.changed' as const };
    this.events.push({ ...rest, ...event, at: moment, by });
    return this;
  }

  private last(): TalkEvent {
    return this.events.at(-1)!;
  }
}

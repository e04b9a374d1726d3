import type { Day } from '../../src/lib/dates.js';
import type { SampleType } from './document-types.js';

/** What a sender may say of a file. */
interface Words {
  comment?: string;
  /** Another name than the type's usual one. */
  stem?: string;
  by?: string;
}

export type Sending = {
  did: 'sent' | 'changed' | 'renewed';
  at: Date;
  by: string;
  comment: string;
  stem?: string;
};
export type Decision =
  | { did: 'accepted'; at: Date; by: string; until: Day }
  | { did: 'rejected' | 'withdrawn'; at: Date; by: string; reason: string }
  | { did: 'removed'; at: Date; by: string };

/** What happened to a document, in order and as the domain allows it; rows, audit and notices all follow from it. */
export class Story {
  readonly events: (Sending | Decision)[] = [];

  /** @param tenant who sends it unless another is named */
  constructor(
    readonly organisation: string,
    readonly type: SampleType,
    private readonly tenant: string,
  ) {}

  sent(at: Date, words: Words = {}): this {
    return this.add({ did: 'sent', at, by: this.tenant, comment: '', ...words });
  }

  /** «Изменить» before anybody has decided. */
  changed(at: Date, words: Words = {}): this {
    return this.add({ did: 'changed', at, by: this.tenant, comment: '', ...words });
  }

  /** «Новая версия», or «Загрузить исправленный». */
  renewed(at: Date, words: Words = {}): this {
    return this.add({ did: 'renewed', at, by: this.tenant, comment: '', ...words });
  }

  accepted(at: Date, until: Day, by = 'reviewer'): this {
    return this.add({ did: 'accepted', at, by, until });
  }

  rejected(at: Date, reason: string, by = 'reviewer'): this {
    return this.add({ did: 'rejected', at, by, reason });
  }

  withdrawn(at: Date, reason: string): this {
    return this.add({ did: 'withdrawn', at, by: 'reviewer', reason });
  }

  removed(at: Date): this {
    return this.add({ did: 'removed', at, by: this.tenant });
  }

  private add(event: Sending | Decision): this {
    this.events.push(event);
    return this;
  }
}

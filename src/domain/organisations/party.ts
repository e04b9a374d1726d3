/** What an outside register says of a taxpayer; of an organisation with branches, one for each. */
export interface Party {
  name: string;
  inn: string;
  /** Null: an entrepreneur. */
  kpp: string | null;
  address: string | null;
  /** What its state is if it does not simply work. */
  state: 'closing' | 'closed' | null;
}

/** Why there is no answer: they know no such ИНН, refuse our key, have had enough for today or for now, or are away. */
export type NoParty = 'unknown' | 'key' | 'quota' | 'often' | 'away';

/** An outside register of taxpayers. */
export interface PartyRegister {
  /** @param inn with right control digits: nothing else is ever sent out */
  find: (inn: string) => Promise<Party[] | NoParty>;
}

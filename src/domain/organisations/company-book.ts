import type { Database } from '../../db/knex.js';
import { readCompany } from './company.data.js';
import { COMPANY, type Company } from './company.js';

/** How often every process looks whether another one has changed the company's words, in milliseconds. */
const LOOK = 5_000;

/** What the company says of itself, at hand without a query a page. */
export interface CompanyBook {
  /** As it was read last. */
  current(): Company;
  /** Reads it anew; whoever has changed it asks for this, so that his process shows it at once. */
  refresh(): Promise<void>;
  /** Looks every few seconds from now on: so long may another process show what was before. Answers how to stop. */
  watch(onError: (error: unknown) => void): () => void;
}

/** Begins with what the code says. While the database is away or the row cannot be read, what was known stays. */
export function companyBook(db: Database): CompanyBook {
  let known = COMPANY;
  const refresh = async () => {
    known = (await readCompany(db)).company;
  };
  return {
    current: () => known,
    refresh,
    watch(onError) {
      const timer = setInterval(() => void refresh().catch(onError), LOOK);
      return () => clearInterval(timer);
    },
  };
}

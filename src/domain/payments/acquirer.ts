import type { Kopecks } from '../../db/rows.js';
import type { Receipt } from './receipt.js';

/** What is to be paid. Asked again with the same key, an acquirer answers what it did the first time. */
export interface Order {
  /** Our payment's id. */
  key: string;
  invoice: string;
  amount: Kopecks;
  description: string;
  /** Where the payer comes back to. */
  returnUrl: string;
  receipt: Receipt;
}

/** What is to go back of a payment. */
export interface ReturnOrder {
  /** Our refund's id. */
  key: string;
  /** The payment, as the acquirer calls it. */
  charge: string;
  amount: Kopecks;
  receipt: Receipt;
}

interface Answer {
  id: string;
  state: 'pending' | 'succeeded' | 'canceled';
  amount: Kopecks;
  currency: string;
  /** Why it was canceled, in the acquirer's word for it. */
  reason: string | null;
}

/** A payment as the acquirer knows it. */
export interface Charge extends Answer {
  /** Our payment and its invoice, as we told them; null where they are not ours. */
  payment: string | null;
  invoice: string | null;
  /** Where the payer pays, while he may. */
  payUrl: string | null;
  paidAt: Date | null;
}

/** A refund as the acquirer knows it. */
export interface Return extends Answer {
  charge: string;
  refund: string | null;
}

/** Takes card payments for us, and gives them back. `find…` answers null for what it does not know. */
export interface Acquirer {
  name: 'yookassa' | 'stand-in';
  /** @throws Refused, Unclear */
  create(order: Order): Promise<Charge>;
  /** @throws Refused, Unclear */
  find(id: string): Promise<Charge | null>;
  /** @throws Refused, Unclear */
  refund(order: ReturnOrder): Promise<Return>;
  /** @throws Refused, Unclear */
  findRefund(id: string): Promise<Return | null>;
}

/** Surely not done: for what was asked, or for who we are (`key`, `forbidden`: a matter of our configuration). */
export class Refused extends Error {
  constructor(
    readonly code: 'request' | 'key' | 'forbidden' | 'missing',
    /** For the log: the status and the acquirer's own code. */
    reason: string,
  ) {
    super(reason);
  }
}

/** Nobody knows whether it was done, or it was surely not but may be later: to be asked again with the same key. */
export class Unclear extends Error {}

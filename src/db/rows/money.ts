import type { Day } from '../../lib/dates.js';

/** Whole kopecks. */
export type Kopecks = number;

/** Who owes and pays: an organisation, or a private person by his ИНН. */
export interface PayerRow {
  id: string;
  organisation_id: string | null;
  inn: string | null;
  /** What the ledger has and no invoice has taken yet. */
  advance: Kopecks;
}

export interface InvoiceRow {
  id: string;
  external_id: string | null;
  payer_id: string;
  contract_id: string | null;
  number: string;
  dated_on: Day;
  /** The month that it is for, `2026-11`. */
  period: string | null;
  due_on: Day;
  state: 'draft' | 'issued' | 'cancelled';
  purpose: string | null;
  currency: 'RUB';
  total: Kopecks;
  allocated: Kopecks;
  created_by: string | null;
  created_at: Date;
  issued_at: Date | null;
  cancelled_at: Date | null;
  cancel_reason: string | null;
  revision: number;
}

export interface InvoiceLineRow {
  invoice_id: string;
  position: number;
  name: string;
  /** A decimal number as a text: up to three digits behind the point. */
  quantity: string;
  unit: string | null;
  price: Kopecks;
  total: Kopecks;
  /** As YooKassa numbers them: 1 none, 2 0 %, 3 10 %, 4 20 %, 7 5 %, 8 7 %, 11 22 %. */
  vat_code: number;
  /** What of the total is tax. */
  vat: Kopecks;
}

export type AttemptState = 'new' | 'pending' | 'succeeded' | 'canceled' | 'failed';

/** An attempt to pay by card; its id is the acquirer's Idempotence-Key. */
export interface PaymentRow {
  id: string;
  invoice_id: string;
  payer_id: string;
  account_id: string;
  acquirer: string;
  amount: Kopecks;
  currency: string;
  state: AttemptState;
  external_id: string | null;
  confirmation_url: string | null;
  problem: string | null;
  /** Nobody is led to it any more: it is over another sum than what is left. It is asked about until it ends. */
  set_aside: boolean;
  refunded: Kopecks;
  created_at: Date;
  changed_at: Date;
  asked_at: Date | null;
}

export interface RefundRow {
  id: string;
  payment_id: string;
  amount: Kopecks;
  state: AttemptState;
  external_id: string | null;
  reason: string;
  problem: string | null;
  created_by: string;
  created_at: Date;
  changed_at: Date;
}

/** Money that came (+) or went back (−). */
export interface LedgerRow {
  id: number;
  payer_id: string;
  at: Date;
  kind: 'card' | 'refund' | 'bank' | 'hand';
  amount: Kopecks;
  source: string;
  payment_id: string | null;
  /** The row that came, of which this went back. */
  returns_id: number | null;
  paid_on: Day;
  note: string | null;
  created_by: string | null;
}

/** Which invoice a ledger row pays; what is taken back has a minus. */
export interface AllocationRow {
  id: number;
  ledger_id: number;
  invoice_id: string;
  payer_id: string;
  amount: Kopecks;
  at: Date;
  created_by: string | null;
}

/** A bank statement that was loaded. */
export interface StatementRow {
  id: string;
  file_name: string;
  loaded_by: string;
  loaded_at: Date;
  from_day: Day | null;
  to_day: Day | null;
}

/** Money that came by a statement. */
export interface StatementLineRow {
  id: string;
  statement_id: string;
  position: number;
  source: string;
  paid_on: Day;
  number: string;
  amount: Kopecks;
  payer_name: string;
  payer_inn: string | null;
  purpose: string;
  /** `matched`: it is known which invoice it pays; `waiting`: somebody has to say. */
  state: 'matched' | 'waiting' | 'done' | 'ignored';
  invoice_id: string | null;
  payer_id: string | null;
  /** Why it was not matched, or is none of ours; how much of what was posted is an advance. */
  why: string | null;
  /** How often a posting of it was taken back. */
  postings: number;
  decided_by: string | null;
  decided_at: Date | null;
}

/** A request or a message. */
export interface ConversationRow {
  id: string;
  face: 'request' | 'message';
  number: string;
  kind_id: string;
  state: string;
  organisation_id: string | null;
  author_id: string;
  subject: string;
  assignee_id: string | null;
  created_at: Date;
  /** When it counts as late; null while it is not the company's turn. */
  due_at: Date | null;
  /** Working minutes that were left when the tenant's answer was asked for. */
  due_left: number | null;
  answered_at: Date | null;
  /** Working minutes from its beginning to the first answer. */
  answered_in: number | null;
  done_at: Date | null;
  closed_at: Date | null;
  rating: number | null;
  rating_words: string | null;
  revision: number;
  last_entry: number;
  /** The service that it orders. */
  service_id?: string | null;
}

/** Who of the tenants takes part in it. */
export interface ConversationPersonRow {
  conversation_id: string;
  account_id: string;
  face: 'request' | 'message';
  organisation_id: string | null;
  created_at: Date;
  added_by: string | null;
  added_at: Date;
  unread_at: Date | null;
}

/** What was said or done. */
export interface ConversationEntryRow {
  id: string;
  conversation_id: string;
  number: number;
  at: Date;
  account_id: string | null;
  side: 'tenant' | 'staff' | 'clock';
  kind: 'opening' | 'reply' | 'note' | 'change';
  text: string | null;
  state: string | null;
  details: Record<string, unknown>;
}

export interface ConversationKindRow {
  id: string;
  face: 'request' | 'message';
  name: string;
  department: string | null;
  email: string | null;
  due_hours: number;
  position: number;
  hidden_at: Date | null;
}

export interface ConversationAnswerRow {
  id: string;
  face: 'request' | 'message';
  name: string;
  text: string;
  position: number;
}

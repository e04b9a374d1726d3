export interface OutboxRow {
  id: string;
  letter: string;
  recipient: string;
  data: Record<string, unknown>;
  key: string | null;
  state: 'waiting' | 'sending' | 'sent' | 'dropped' | 'failed' | 'unknown';
  attempts: number;
  created_at: Date;
  next_attempt_at: Date;
  finished_at: Date | null;
  problem: string | null;
}

export interface AuditRow {
  id: number;
  at: Date;
  account_id: string | null;
  organisation_id: string | null;
  action: string;
  subject_id: string | null;
  details: Record<string, unknown>;
  ip: string | null;
  request_id: string | null;
}

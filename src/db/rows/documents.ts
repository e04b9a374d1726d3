export interface DocumentTypeRow {
  id: string;
  name: string;
  required: boolean;
  term_months: number | null;
  reasons: string[];
  position: number;
  hidden_at: Date | null;
}

export interface DocumentRow {
  id: string;
  organisation_id: string;
  type_id: string;
  status: 'sent' | 'accepted' | 'rejected';
  valid_until: string | null;
  sent_at: Date;
  latest_id: string;
  removed_at: Date | null;
}

export interface DocumentVersionRow {
  id: string;
  document_id: string;
  number: number;
  type_id: string;
  file_id: string;
  comment: string;
  uploaded_by: string;
  uploaded_at: Date;
  status: 'sent' | 'replaced' | 'accepted' | 'rejected';
  valid_until: string | null;
  decided_by: string | null;
  decided_at: Date | null;
  reason: string | null;
  removed_at: Date | null;
}

export interface NotificationRow {
  id: string;
  kind: 'info' | 'offer' | 'important';
  audience: 'everyone' | 'organisations' | 'buildings' | 'accounts';
  title: string;
  text: string;
  /** Null in a draft that is to appear as soon as it is published. */
  appears_at: Date | null;
  goes_at: Date;
  revision: number;
  created_by: string;
  created_at: Date;
  published_at: Date | null;
  withdrawn_at: Date | null;
  mailed_at: Date | null;
}

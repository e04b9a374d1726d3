export interface ImportRow {
  id: string;
  kind: 'organisations' | 'contracts' | 'premises' | 'invoices';
  file_name: string;
  created_by: string | null;
  created_at: Date;
  counts: Record<'added' | 'changed' | 'unchanged' | 'refused', number>;
  digest: string;
  applied_at: Date | null;
  /** Names of buildings that nobody has entered yet. */
  new_buildings: string[];
  /** How many other documents stood in the file, none of ours. */
  skipped: number;
}

export interface ImportLineRow {
  import_id: string;
  line: number;
  verdict: 'added' | 'changed' | 'unchanged' | 'refused';
  /** The cells of the file, by the names of their columns. */
  cells: Record<string, string>;
  changes: Record<string, { before: string; after: string }>;
  /** Why it is refused; of others, what should be noticed. */
  reason: string | null;
}

/** A heading of «Услуги». */
export interface ServiceGroupRow {
  id: string;
  name: string;
  position: number;
  hidden_at: Date | null;
  revision: number;
}

/** What an order asks besides its comment. */
export interface ServiceField {
  label: string;
  required: boolean;
  kind: 'line' | 'text' | 'date';
}

/** Something that the company does for money. */
export interface ServiceRow {
  id: string;
  group_id: string;
  name: string;
  description: string | null;
  /** Kopecks; null: told on request. */
  price: number | null;
  /** What the price is for: «за час». */
  unit: string | null;
  hint: string | null;
  fields: ServiceField[];
  /** The kind of request that an order becomes; null: for the staff to sort. */
  kind_id: string | null;
  /** The picture. */
  file_id: string | null;
  position: number;
  hidden_at: Date | null;
  revision: number;
}

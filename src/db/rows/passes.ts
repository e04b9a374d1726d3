export interface ParkingSchemeRow {
  id: string;
  /** Whose picture it is: a business centre, or what its people call one of its car parks. */
  site: string;
  caption: string | null;
  file_id: string;
  width: number;
  height: number;
  position: number;
  changed_at: Date;
}

export interface OrganisationRow {
  id: string;
  name: string;
  inn: string;
  kpp: string | null;
  created_at: Date;
  /** Written to about access while there is no administrator. */
  responsible_email: string | null;
  /** Who at the management company looks after it. */
  caretaker_id: string | null;
  /** What it is called in the company's other systems. */
  external_id: string | null;
  address: string | null;
  /** Registered in the outside system of requests, as the staff say. */
  outside_requests: boolean;
}

export interface ContractRow {
  id: string;
  organisation_id: string;
  number: string;
  kind: 'main' | 'supplement';
  starts_on: string;
  ends_on: string | null;
  external_id: string | null;
}

export interface PremisesRow {
  id: string;
  contract_id: string;
  building: string;
  room: string;
  area: string;
  external_id: string | null;
}

export interface BuildingRow {
  /** For its address; the name is what other tables know it by, and can change. */
  id: string;
  name: string;
  address: string | null;
}

/** What the outside register of taxpayers answered, until a form is filled in with it. */
export interface PartyLookupRow {
  id: string;
  account_id: string;
  inn: string;
  /** Typed beside it. */
  external_id: string | null;
  found: {
    name: string;
    inn: string;
    kpp: string | null;
    address: string | null;
    state: 'closing' | 'closed' | null;
  }[];
  at: Date;
}

/** What the company says of itself; one row, and none until somebody has changed what the code says. */
export interface CompanyRow {
  one: true;
  details: Record<string, unknown>;
  revision: number;
  changed_at: Date;
  changed_by: string | null;
}

export interface MembershipRow {
  id: string;
  organisation_id: string;
  account_id: string;
  roles: string[];
  /** «видит все»: of requests and messages, those of colleagues too. */
  sees_all: boolean;
  given_by: string | null;
  since: Date;
  ended_at: Date | null;
}

export interface OrganisationLookupRow {
  id: string;
  account_id: string;
  inn: string;
  at: Date;
}

export interface AccessRequestRow {
  id: string;
  organisation_id: string;
  account_id: string;
  state: 'open' | 'granted' | 'refused' | 'withdrawn';
  created_at: Date;
  decided_at: Date | null;
  decided_by: string | null;
  reason: string | null;
}

export interface InvitationRow {
  id: string;
  organisation_id: string;
  email: string;
  roles: string[];
  sees_all: boolean;
  /** Null: the company, from its server's command line. */
  invited_by: string | null;
  created_at: Date;
  expires_at: Date;
  state: 'open' | 'accepted' | 'declined' | 'withdrawn';
  ended_at: Date | null;
}

export interface HandoverRow {
  id: string;
  organisation_id: string;
  /** Memberships: who hands the management over, and to whom. */
  from_id: string;
  to_id: string;
  created_at: Date;
  state: 'open' | 'accepted' | 'declined' | 'withdrawn';
  ended_at: Date | null;
}

/** One table's row, as Postgres hands it over: names are the columns', DATE is a `YYYY-MM-DD` text, moments are Dates. */

export interface AccountRow {
  id: string;
  email: string;
  surname: string;
  name: string;
  patronymic: string | null;
  phone: string | null;
  inn: string | null;
  password_hash: string | null;
  staff_roles: string[];
  created_at: Date;
  blocked_at: Date | null;
  /** Why, for the company's own people. */
  blocked_reason: string | null;
  phone_confirmed_at: Date | null;
  inn_confirmed_at: Date | null;
  /** When its person was last here, to some minutes. */
  seen_at: Date | null;
}

export interface RegistrationRow {
  id: string;
  email: string;
  surname: string;
  name: string;
  patronymic: string | null;
  phone: string | null;
  password_hash: string | null;
  browser: string;
  token_hash: string;
  created_at: Date;
  confirmed_at: Date | null;
  account_id: string | null;
}

export interface ConsentRow {
  id: string;
  registration_id: string | null;
  account_id: string | null;
  email: string;
  purpose: string;
  version: string;
  sha256: string;
  given_at: Date;
  ip: string;
  user_agent: string;
  form: string;
  withdrawn_at: Date | null;
  withdrawn_how: string | null;
}

export interface PasswordLinkRow {
  id: string;
  account_id: string;
  token_hash: string;
  created_at: Date;
  expires_at: Date;
  used_at: Date | null;
}

export interface EmailChangeRow {
  id: string;
  account_id: string;
  email: string;
  token_hash: string;
  created_at: Date;
  expires_at: Date;
}

export interface PhoneCodeRow {
  id: string;
  purpose: 'confirmation' | 'recovery';
  account_id: string;
  phone: string;
  created_at: Date;
  expires_at: Date;
  tries: number;
  used_at: Date | null;
}

export interface SignInAttemptRow {
  key: string;
  failures: number;
  wait_until: Date | null;
  changed_at: Date;
}

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
  name: string;
  address: string | null;
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
  invited_by: string;
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

export interface MailChoiceRow {
  account_id: string;
  topic: string;
  by_mail: boolean;
}

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

declare module 'knex/types/tables.js' {
  interface Tables {
    accounts: AccountRow;
    registrations: RegistrationRow;
    consents: ConsentRow;
    password_links: PasswordLinkRow;
    phone_codes: PhoneCodeRow;
    email_changes: EmailChangeRow;
    sign_in_attempts: SignInAttemptRow;
    organisations: OrganisationRow;
    contracts: ContractRow;
    premises: PremisesRow;
    buildings: BuildingRow;
    company: CompanyRow;
    memberships: MembershipRow;
    organisation_lookups: OrganisationLookupRow;
    access_requests: AccessRequestRow;
    invitations: InvitationRow;
    handovers: HandoverRow;
    document_types: DocumentTypeRow;
    documents: DocumentRow;
    document_versions: DocumentVersionRow;
    notifications: NotificationRow;
    notification_organisations: { notification_id: string; organisation_id: string };
    notification_buildings: { notification_id: string; building: string };
    notification_accounts: { notification_id: string; account_id: string };
    notification_reads: { notification_id: string; account_id: string; read_at: Date };
    mail_choices: MailChoiceRow;
    outbox: OutboxRow;
    audit: AuditRow;
  }
}

/** One table's row, as Postgres hands it over: names are the columns', DATE is a `YYYY-MM-DD` text, moments are Dates. */

import type { ImportLineRow, ImportRow } from './rows/imports.js';
import type {
  AccountRow,
  RegistrationRow,
  ConsentRow,
  PasswordLinkRow,
  EmailChangeRow,
  PhoneCodeRow,
  SignInAttemptRow,
  MailChoiceRow,
} from './rows/people.js';
import type {
  OrganisationRow,
  ContractRow,
  PremisesRow,
  BuildingRow,
  PartyLookupRow,
  CompanyRow,
  MembershipRow,
  OrganisationLookupRow,
  AccessRequestRow,
  InvitationRow,
  HandoverRow,
} from './rows/organisations.js';
import type { DocumentTypeRow, DocumentRow, DocumentVersionRow } from './rows/documents.js';
import type { NotificationRow } from './rows/notifications.js';
import type {
  ConversationRow,
  ConversationPersonRow,
  ConversationEntryRow,
  ConversationKindRow,
  ConversationAnswerRow,
} from './rows/conversations.js';
import type { ServiceGroupRow, ServiceRow } from './rows/services.js';
import type {
  PayerRow,
  InvoiceRow,
  InvoiceLineRow,
  PaymentRow,
  RefundRow,
  LedgerRow,
  AllocationRow,
  StatementRow,
  StatementLineRow,
} from './rows/money.js';
import type { ParkingSchemeRow } from './rows/passes.js';
import type { OutboxRow, AuditRow } from './rows/underneath.js';

export type * from './rows/imports.js';
export type * from './rows/people.js';
export type * from './rows/organisations.js';
export type * from './rows/documents.js';
export type * from './rows/notifications.js';
export type * from './rows/conversations.js';
export type * from './rows/services.js';
export type * from './rows/money.js';
export type * from './rows/passes.js';
export type * from './rows/underneath.js';

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
    party_lookups: PartyLookupRow;
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
    conversations: ConversationRow;
    conversation_people: ConversationPersonRow;
    conversation_entries: ConversationEntryRow;
    conversation_files: { file_id: string; conversation_id: string; entry_id: string; position: number };
    conversation_kinds: ConversationKindRow;
    conversation_answers: ConversationAnswerRow;
    conversation_words: { word: string };
    service_groups: ServiceGroupRow;
    services: ServiceRow;
    payers: PayerRow;
    invoices: InvoiceRow;
    invoice_lines: InvoiceLineRow;
    payments: PaymentRow;
    refunds: RefundRow;
    ledger: LedgerRow;
    allocations: AllocationRow;
    statements: StatementRow;
    statement_lines: StatementLineRow;
    invoice_notices: { invoice_id: string; kind: 'soon' | 'overdue'; told_at: Date };
    parking_schemes: ParkingSchemeRow;
    imports: ImportRow;
    import_rows: ImportLineRow;
    outbox: OutboxRow;
    audit: AuditRow;
  }
}

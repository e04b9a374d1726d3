import { challengeSection } from './sections/auth/challenge.routes.js';
import { confirmSection } from './sections/auth/confirm.routes.js';
import { emailConfirmSection } from './sections/auth/email.routes.js';
import { loginSection } from './sections/auth/login.routes.js';
import { logoutSection } from './sections/auth/logout.routes.js';
import { passwordSection } from './sections/auth/password.routes.js';
import { recoverySection } from './sections/auth/recovery.routes.js';
import { registerSection } from './sections/auth/register.routes.js';
import { desktopSection } from './sections/desktop/desktop.routes.js';
import { ownInvoicesSection } from './sections/desktop/invoices.routes.js';
import { lettersSection } from './sections/desktop/letters.routes.js';
import { notificationsSection } from './sections/desktop/notifications.routes.js';
import { emailSection } from './sections/desktop/email.routes.js';
import { passwordChangeSection } from './sections/desktop/password.routes.js';
import { phoneSection } from './sections/desktop/phone.routes.js';
import { personalSection } from './sections/desktop/personal.routes.js';
import { accessSection, requestsSection } from './sections/profiles/access.routes.js';
import { accountRequestsSection } from './sections/profiles/account-requests.routes.js';
import { accountsSection } from './sections/profiles/accounts.routes.js';
import { documentsSection } from './sections/profiles/documents.routes.js';
import { handoverSection } from './sections/profiles/handover.routes.js';
import { profileInvoicesSection } from './sections/profiles/invoices.routes.js';
import { informationSection } from './sections/profiles/information.routes.js';
import { invitationsSection } from './sections/profiles/invitations.routes.js';
import { journalSection } from './sections/profiles/journal.routes.js';
import { messagesSection } from './sections/profiles/messages.routes.js';
import { profileNotificationsSection } from './sections/profiles/notifications.routes.js';
import { passesSection } from './sections/profiles/passes.routes.js';
import { profilesSection } from './sections/profiles/profiles.routes.js';
import { profileServiceSection } from './sections/profiles/service.routes.js';
import { servicesSection } from './sections/profiles/services.routes.js';
import { acquirerSection } from './sections/public/acquirer.routes.js';
import {
  mailJsonSection,
  mailSection,
  smsJsonSection,
  smsSection,
  styleguideSection,
} from './sections/public/dev.routes.js';
import { helpSection } from './sections/public/help.routes.js';
import { paymentsSection } from './sections/public/payments.routes.js';
import { policySection } from './sections/public/policy.routes.js';
import { contactsSection, rootSection } from './sections/public/public.routes.js';
import type { Parts } from './sections/section.js';
import { serviceSection } from './sections/service/service.routes.js';
import { orphanedRequestsSection } from './sections/staff/access-requests.routes.js';
import { buildingsSection } from './sections/staff/buildings.routes.js';
import { contractsSection } from './sections/staff/contracts.routes.js';
import { documentTypesSection } from './sections/staff/document-types.routes.js';
import { staffHelpSection } from './sections/staff/help.routes.js';
import './sections/staff/invoice.routes.js';
import { booksSection } from './sections/staff/invoices.routes.js';
import { importSection } from './sections/staff/import.routes.js';
import './sections/staff/request-figures.routes.js';
import { advancesSection } from './sections/staff/advances.routes.js';
import { requestKindsSection } from './sections/staff/request-kinds.routes.js';
import './sections/staff/request.routes.js';
import { readyAnswersSection } from './sections/staff/ready-answers.routes.js';
import { deskSection } from './sections/staff/requests.routes.js';
import { noticesSection } from './sections/staff/notifications.routes.js';
import { auditSection } from './sections/staff/journal.routes.js';
import { companySection } from './sections/staff/company.routes.js';
import { parkingSection } from './sections/staff/parking.routes.js';
import { peopleSection } from './sections/staff/people.routes.js';
import { organisationPeopleSection } from './sections/staff/organisation-people.routes.js';
import { registerOfOrganisations } from './sections/staff/organisations.routes.js';
import './sections/staff/statement-line.routes.js';
import { statementsSection } from './sections/staff/statements.routes.js';
import { reviewSection } from './sections/staff/documents.routes.js';
import { serviceGroupsSection } from './sections/staff/service-groups.routes.js';
import { servicesEditorSection } from './sections/staff/services.routes.js';
import type { Section } from './web/section.js';

const everywhere = [
  rootSection,
  registerSection,
  confirmSection,
  loginSection,
  logoutSection,
  recoverySection,
  passwordSection,
  emailConfirmSection,
  challengeSection,
  desktopSection,
  personalSection,
  phoneSection,
  emailSection,
  passwordChangeSection,
  notificationsSection,
  lettersSection,
  ownInvoicesSection,
  serviceSection,
  profilesSection,
  accessSection,
  requestsSection,
  invitationsSection,
  informationSection,
  profileNotificationsSection,
  messagesSection,
  documentsSection,
  profileInvoicesSection,
  profileServiceSection,
  servicesSection,
  passesSection,
  accountsSection,
  accountRequestsSection,
  journalSection,
  handoverSection,
  deskSection,
  requestKindsSection,
  readyAnswersSection,
  reviewSection,
  booksSection,
  advancesSection,
  statementsSection,
  registerOfOrganisations,
  organisationPeopleSection,
  contractsSection,
  buildingsSection,
  documentTypesSection,
  parkingSection,
  noticesSection,
  serviceGroupsSection,
  servicesEditorSection,
  orphanedRequestsSection,
  importSection,
  peopleSection,
  companySection,
  auditSection,
  staffHelpSection,
  helpSection,
  contactsSection,
  policySection,
  paymentsSection,
];

const inDevelopment = [
  mailSection,
  mailJsonSection,
  smsSection,
  smsJsonSection,
  acquirerSection,
  styleguideSection,
];

/** The one list of sections: routes and menus come from it. */
export function allSections(production: boolean): Section<unknown, Parts>[] {
  const all = production ? everywhere : [...everywhere, ...inDevelopment];
  // A section knows its own scope; whoever walks the list passes it on without looking inside.
  return all as unknown as Section<unknown, Parts>[];
}

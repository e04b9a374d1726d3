import { invoicePolicy } from '../../domain/invoices/invoices.policy.js';
import type { Member } from '../../domain/memberships/memberships.data.js';
import { paperRoutes } from '../invoice-papers.js';
import { invoiceRoutes, type InvoicePlace } from '../invoices.js';
import { paymentRoutes } from '../payment-routes.js';
import { profile, section } from '../section.js';

/** «Счета» of an organisation, for those who keep its money. */
export const profileInvoicesSection = section({
  path: '/profiles/:organisation/invoices',
  area: 'profile',
  load: profile,
  nav: {
    label: 'Счета',
    menu: 'profile',
    order: 45,
    counter: { name: 'organisationInvoices', words: 'просрочено' },
  },
});

const path = ({ organisation }: Member) => `/profiles/${organisation.id}/invoices`;

const profileInvoices: InvoicePlace<Member> = {
  section: profileInvoicesSection,
  policy: invoicePolicy.pay,
  payer: ({ organisation }) => ({ organisation: organisation.id }),
  path,
  crumbs: ({ organisation }) => [
    { label: 'Профили', href: '/profiles' },
    { label: organisation.name, href: `/profiles/${organisation.id}/information` },
  ],
  buyer: ({ organisation }) => organisation.name,
  title: 'Счета',
  lead: 'Счета, выставленные организации. Оплатить можно картой или переводом по QR-коду.',
  nobody: () => ({ title: 'Счетов пока нет', text: '', action: null }),
  ask: ({ organisation }, { number }) =>
    `/profiles/${organisation.id}/messages/new?${new URLSearchParams({ subject: `Вопрос по счёту № ${number}`, about: 'invoice' })}`,
};

invoiceRoutes(profileInvoices);
paperRoutes(profileInvoices);
paymentRoutes(profileInvoices);

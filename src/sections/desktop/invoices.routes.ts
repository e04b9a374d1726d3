import { invoicePolicy } from '../../domain/invoices/invoices.policy.js';
import type { Account } from '../../web/visit.js';
import { paperRoutes } from '../invoice-papers.js';
import { invoiceRoutes, type InvoicePlace } from '../invoices.js';
import { paymentRoutes } from '../payment-routes.js';
import { own, section } from '../section.js';

/** «Мои счета», manual 4.1.1.5: a private person's, once the company has confirmed his ИНН. */
export const ownInvoicesSection = section({ path: '/desktop/invoices', area: 'own', load: own });

const ownInvoices: InvoicePlace<Account> = {
  section: ownInvoicesSection,
  policy: invoicePolicy.own,
  payer: ({ inn, inn_confirmed }) => (inn && inn_confirmed ? { inn } : null),
  path: () => '/desktop/invoices',
  crumbs: () => [{ label: 'Рабочий стол', href: '/desktop' }],
  buyer: ({ surname, name, patronymic }) => [surname, name, patronymic].filter(Boolean).join(' '),
  title: 'Мои счета',
  lead: 'Счета, выставленные вам как частному лицу. Счета организаций — в их профилях.',
  nobody: ({ inn }) =>
    inn
      ? {
          title: 'ИНН ещё не подтверждён',
          text: `Счета появятся, когда управляющая компания подтвердит, что ИНН ${inn} — ваш. Обычно это делают при заключении договора.`,
          action: null,
        }
      : {
          title: 'Укажите ваш ИНН',
          text: 'Счета выставляют по ИНН. Укажите его в личных данных, и управляющая компания подтвердит, что он ваш.',
          action: { label: 'Личные данные', href: '/desktop/personal' },
        },
  ask: (_, { number }) => `/service/new?${new URLSearchParams({ subject: `Вопрос по счёту № ${number}` })}`,
};

invoiceRoutes(ownInvoices);
paperRoutes(ownInvoices);
paymentRoutes(ownInvoices);

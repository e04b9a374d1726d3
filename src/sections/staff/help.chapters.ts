import { conversationPolicy } from '../../domain/conversations/conversations.policy.js';
import { documentPolicy } from '../../domain/documents/documents.policy.js';
import { importPolicy } from '../../domain/imports/imports.policy.js';
import { invoicePolicy } from '../../domain/invoices/invoices.policy.js';
import { notificationPolicy } from '../../domain/notifications/notifications.policy.js';
import { passPolicy } from '../../domain/passes/passes.policy.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { servicePolicy } from '../../domain/services/services.policy.js';
import type { Account } from '../../web/visit.js';
import type { Help } from '../help-chapters.js';

const { administer } = peoplePolicy;

/** The help of the company's own people, in the order of their menu: a chapter is read by those who have its screen. */
export const STAFF_HELP: Help<Account> = {
  path: '/staff/help',
  views: 'staff/help/chapters',
  lead: 'Как работать на стороне управляющей компании. Здесь только то, что открыто вашим ролям.',
  other: () => ({ label: 'Помощь арендаторам', href: '/help' }),
  groups: [
    {
      title: 'Сотрудникам управляющей компании',
      chapters: [
        {
          address: 'requests',
          title: 'Заявки и обращения',
          lead: 'Как ответить арендатору, вести работу по шагам и успеть в срок.',
          readers: conversationPolicy.serve,
          screen: { label: 'Открыть «Заявки»', href: '/staff/requests' },
        },
        {
          address: 'review',
          title: 'Проверка документов',
          lead: 'Как принять или отклонить документ арендатора и отозвать своё решение.',
          readers: documentPolicy.review,
          screen: { label: 'Открыть «Документы»', href: '/staff/documents' },
        },
        {
          address: 'invoices',
          title: 'Счета и выписки',
          lead: 'Как выставить и отменить счёт, загрузить выписку банка и решить, куда отнести платёж.',
          readers: invoicePolicy.keep,
          screen: { label: 'Открыть «Счета»', href: '/staff/invoices' },
        },
        {
          address: 'organisations',
          title: 'Организации, договоры и здания',
          lead: 'Как найти арендатора, добавить нового, внести договоры и помещения.',
          readers: administer,
          screen: { label: 'Открыть «Организации»', href: '/staff/organisations' },
        },
        {
          address: 'access',
          title: 'Кто отвечает за организацию. Запросы доступа',
          lead: 'Как назначить администратора профиля, ответственного и менеджера и решить запрос доступа.',
          readers: administer,
          screen: { label: 'Открыть «Запросы доступа»', href: '/staff/access-requests' },
        },
        {
          address: 'document-types',
          title: 'Типы документов',
          lead: 'Какие документы загружают арендаторы и с какими причинами их возвращают.',
          readers: documentPolicy.editTypes,
          screen: { label: 'Открыть «Типы документов»', href: '/staff/document-types' },
        },
        {
          address: 'notifications',
          title: 'Уведомления арендаторам',
          lead: 'Как написать уведомление, проверить его, опубликовать и снять с показа.',
          readers: notificationPolicy.write,
          screen: { label: 'Открыть «Уведомления»', href: '/staff/notifications' },
        },
        {
          address: 'services',
          title: 'Услуги: список, цены и форма заказа',
          lead: 'Как добавить услугу, что спросить в заявке, в каком порядке показать и как скрыть.',
          readers: servicePolicy.edit,
          screen: { label: 'Открыть «Услуги»', href: '/staff/services' },
        },
        {
          address: 'parking',
          title: 'Схемы парковок',
          lead: 'Как показать арендаторам, где расположены парковочные места.',
          readers: passPolicy.arrange,
          screen: { label: 'Открыть «Парковки»', href: '/staff/parking' },
        },
        {
          address: 'import',
          title: 'Импорт и выгрузка',
          lead: 'Как внести организации, договоры, помещения и счета из файла и сохранить список.',
          readers: importPolicy.open,
          screen: { label: 'Открыть «Импорт»', href: '/staff/import' },
        },
        {
          address: 'people',
          title: 'Люди и сотрудники',
          lead: 'Как найти человека, помочь ему с доступом, добавить сотрудника и дать ему роли.',
          readers: administer,
          screen: { label: 'Открыть «Люди»', href: '/staff/people' },
        },
        {
          address: 'company',
          title: 'Сведения о компании и журнал',
          lead: 'Как изменить контакты и реквизиты, которые видят все, и узнать, кто, что и когда сделал.',
          readers: administer,
          screen: { label: 'Открыть «Журнал»', href: '/staff/journal' },
        },
      ],
    },
  ],
};

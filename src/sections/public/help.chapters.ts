import { conversationPolicy } from '../../domain/conversations/conversations.policy.js';
import { documentPolicy } from '../../domain/documents/documents.policy.js';
import { invoicePolicy } from '../../domain/invoices/invoices.policy.js';
import { notificationPolicy } from '../../domain/notifications/notifications.policy.js';
import type { HasStaffRoles } from '../../domain/people/people.policy.js';
import type { Visit } from '../../web/visit.js';
import type { Group, Help } from '../help-chapters.js';

const visitors = ({ account }: Visit) => account === null;
const accounts = ({ account }: Visit) => account !== null;
/** Those of the company's own people for whom their help has a chapter. */
const colleague = (person: HasStaffRoles) =>
  conversationPolicy.serve(person) ||
  documentPolicy.review(person) ||
  notificationPolicy.write(person) ||
  invoicePolicy.keep(person);

/** The chapters in the order of the manual, whose parts are the groups. A new one is a line here and a template. */
const GROUPS: Group<Visit>[] = [
  {
    title: 'Доступ к кабинету',
    chapters: [
      {
        address: 'registration',
        title: 'Регистрация и подтверждение адреса',
        lead: 'Регистрируются один раз. Потом достаточно адреса и пароля.',
        screen: { label: 'Перейти к регистрации', href: '/auth/register', to: visitors },
      },
      {
        address: 'sign-in',
        title: 'Вход и выход',
        lead: 'Как войти в кабинет, остаться в нём на своём компьютере и выйти на чужом.',
        screen: { label: 'Перейти ко входу', href: '/auth/login', to: visitors },
      },
      {
        address: 'recovery',
        title: 'Восстановление доступа',
        lead: 'Если вы забыли пароль, задайте новый: по письму или по коду из SMS.',
        screen: { label: 'Перейти к восстановлению доступа', href: '/auth/recovery', to: visitors },
      },
    ],
  },
  {
    title: 'Рабочий стол',
    chapters: [
      {
        address: 'desktop',
        title: 'Рабочий стол',
        lead: 'Первая страница после входа: что требует внимания и куда идти дальше.',
        screen: { label: 'Открыть «Рабочий стол»', href: '/desktop', to: accounts },
      },
      {
        address: 'personal',
        title: 'Личные данные и подтверждение телефона',
        lead: 'Как исправить имя, телефон и ИНН и зачем подтверждать номер.',
        screen: { label: 'Открыть «Личные данные»', href: '/desktop/personal', to: accounts },
      },
      {
        address: 'password',
        title: 'Смена пароля',
        lead: 'Как сменить пароль, если вы помните старый.',
        screen: { label: 'Открыть «Смену пароля»', href: '/desktop/password', to: accounts },
      },
      {
        address: 'email',
        title: 'Смена адреса E-mail',
        lead: 'Как перевести учётную запись на другой адрес.',
        screen: { label: 'Открыть «Смену адреса E-mail»', href: '/desktop/email', to: accounts },
      },
      {
        address: 'notifications',
        title: 'Уведомления и письма',
        lead: 'Где читать сообщения управляющей компании и какие из них получать по почте.',
        screen: { label: 'Открыть «Уведомления»', href: '/desktop/notifications', to: accounts },
      },
      {
        address: 'service',
        title: 'Заявки',
        lead: 'Служба сервиса: как попросить что-то сделать, следить за работой и оценить её.',
        screen: { label: 'Открыть «Мои заявки»', href: '/service', to: accounts },
      },
    ],
  },
  {
    title: 'Профиль организации',
    chapters: [
      {
        address: 'profiles',
        title: 'Профили и «Мои организации»',
        lead: 'От чьего имени вы работаете: от своего или от имени организации.',
        screen: { label: 'Открыть «Профили»', href: '/profiles', to: accounts },
      },
      {
        address: 'access',
        title: 'Доступ к профилю организации',
        lead: 'Как попасть в профиль своей организации и принять приглашение.',
        screen: { label: 'Запросить доступ', href: '/profiles/access', to: accounts },
      },
      {
        address: 'information',
        title: 'Информация об организации',
        lead: 'Реквизиты, договоры, сроки и площади.',
        screen: { label: 'Выбрать организацию', href: '/profiles', to: accounts },
      },
      {
        address: 'messages',
        title: 'Сообщения',
        lead: 'Как спросить отдел управляющей компании от имени организации и получить ответ.',
        screen: { label: 'Выбрать организацию', href: '/profiles', to: accounts },
      },
      {
        address: 'documents',
        title: 'Документы: как загрузить',
        lead: 'Как отправить документ организации на проверку и где увидеть ответ.',
        screen: { label: 'Выбрать организацию', href: '/profiles', to: accounts },
      },
      {
        address: 'statuses',
        title: 'Статусы документов и что делать',
        lead: 'Что значит каждый статус и какое действие он открывает.',
        screen: { label: 'Выбрать организацию', href: '/profiles', to: accounts },
      },
      {
        address: 'files',
        title: 'Файлы: форматы, размеры и частые ошибки',
        lead: 'Какие файлы принимает кабинет и что сделать, если файл не принят.',
      },
      {
        address: 'invoices',
        title: 'Счета и оплата',
        lead: 'Где увидеть счета, как их оплатить и спросить о них.',
        screen: { label: 'Открыть «Мои счета»', href: '/desktop/invoices', to: accounts },
      },
      {
        address: 'services',
        title: 'Услуги: как заказать',
        lead: 'Что можно заказать у управляющей компании, сколько это стоит и где увидеть ответ.',
        screen: { label: 'Выбрать организацию', href: '/profiles', to: accounts },
      },
      {
        address: 'passes',
        title: 'Гостевые пропуска и парковки',
        lead: 'Как перейти к заказу пропусков и где поставить машину.',
        screen: { label: 'Выбрать организацию', href: '/profiles', to: accounts },
      },
      {
        address: 'accounts',
        title: 'Связанные аккаунты',
        lead: 'Кто работает от имени организации: участники, роли, приглашения, передача управления.',
        screen: { label: 'Выбрать организацию', href: '/profiles', to: accounts },
      },
    ],
  },
  {
    title: 'Если что-то не работает',
    chapters: [
      {
        address: 'browsers',
        title: 'Браузеры и частые затруднения',
        lead: 'Что нужно от компьютера и что проверить, прежде чем звонить нам.',
      },
    ],
  },
];

/** The help that is open to everybody. */
export const HELP: Help<Visit> = {
  path: '/help',
  views: 'public/help/chapters',
  lead: 'Как пользоваться Личным кабинетом клиента. Выберите главу или напишите, что вы ищете.',
  groups: GROUPS,
  other: ({ account }) =>
    account && colleague(account)
      ? { label: 'Помощь сотрудникам управляющей компании', href: '/staff/help' }
      : null,
};

export const CHAPTERS = GROUPS.flatMap(({ chapters }) => chapters);

/**
 * What a person may choose to get by mail, and what he gets until he has chosen. Letters about access and passwords,
 * and what the company calls important, come always.
 */
export const MAIL_TOPICS = {
  documents: {
    label: 'Документы',
    hint: 'Решения по документам и напоминания об окончании срока',
    usually: true,
  },
  requests: {
    label: 'Заявки и обращения',
    hint: 'Ответы управляющей компании и изменения статуса',
    usually: true,
  },
  invoices: {
    label: 'Счета',
    hint: 'Новые счета, сроки оплаты и поступившие платежи',
    usually: true,
  },
  info: { label: 'Информация', hint: 'Уведомления управляющей компании', usually: false },
  offer: { label: 'Акции', hint: 'Предложения и акции управляющей компании', usually: false },
} as const;

export type MailTopic = keyof typeof MAIL_TOPICS;
export const TOPIC_NAMES = Object.keys(MAIL_TOPICS) as MailTopic[];

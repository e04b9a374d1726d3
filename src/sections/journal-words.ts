/**
 * What was done, in words: every action that the audit knows, by the groups that the journal is filtered by. A test fails
 * when the code writes an action that has no words here.
 */
export const ACTION_GROUPS: Record<string, { label: string; actions: Record<string, string> }> = {
  'sign-in': {
    label: 'Вход и пароли',
    actions: {
      'sign-in.made': 'Вход в кабинет',
      'sign-in.refused': 'Вход не удался',
      'password.set': 'Пароль изменён',
      'recovery.asked': 'Запрошено восстановление доступа',
      'email.asked': 'Запрошена смена адреса E-mail',
      'email.changed': 'Адрес E-mail изменён',
      'phone.code-sent': 'Отправлен код SMS',
      'phone.confirmed': 'Телефон подтверждён',
    },
  },
  people: {
    label: 'Люди',
    actions: {
      'registration.made': 'Регистрация',
      'registration.refused': 'Регистрация отклонена владельцем адреса',
      'account.confirmed': 'Регистрация подтверждена',
      'account.changed': 'Личные данные изменены',
      'account.blocked': 'Аккаунт заблокирован',
      'account.unblocked': 'Аккаунт разблокирован',
      'account.signed-out': 'Сеансы завершены администратором',
      'inn.confirmed': 'ИНН подтверждён',
      'inn.unconfirmed': 'Подтверждение ИНН снято',
      'account.outside': 'Отметка человека о системе заявок',
      'mail.chosen': 'Выбраны письма',
      'staff.appointed': 'Администратор назначен командой',
      'staff.invited': 'Сотрудник добавлен',
      'staff.link-sent': 'Ссылка для пароля отправлена ещё раз',
      'staff.changed': 'Роли сотрудника изменены',
    },
  },
  access: {
    label: 'Доступ к профилям',
    actions: {
      'access.requested': 'Запрошен доступ',
      'access.withdrawn': 'Запрос доступа отозван',
      'access.granted': 'Запрос доступа одобрен',
      'access.refused': 'В доступе отказано',
      'membership.began': 'Доступ предоставлен',
      'membership.changed': 'Права изменены',
      'membership.ended': 'Доступ прекращён',
      'invitation.sent': 'Отправлено приглашение',
      'invitation.repeated': 'Приглашение отправлено ещё раз',
      'invitation.withdrawn': 'Приглашение отозвано',
      'invitation.accepted': 'Приглашение принято',
      'invitation.declined': 'Приглашение отклонено',
      'handover.offered': 'Предложено управление',
      'handover.withdrawn': 'Предложение управления отменено',
      'handover.accepted': 'Управление передано',
      'handover.declined': 'Управление не принято',
    },
  },
  conversations: {
    label: 'Заявки и обращения',
    actions: {
      'conversation.opened': 'Отправлена заявка или обращение',
      'conversation.changed': 'Заявка или обращение: действие арендатора',
      'conversation.handled': 'Заявка или обращение: действие сотрудника',
      'conversation.closed': 'Закрыто по сроку',
      'conversation-kind.saved': 'Вид заявок или обращений сохранён',
      'ready-answer.saved': 'Готовый ответ сохранён',
      'ready-answer.removed': 'Готовый ответ удалён',
    },
  },
  documents: {
    label: 'Документы',
    actions: {
      'document.sent': 'Документ отправлен',
      'document.changed': 'Документ изменён',
      'document.renewed': 'Загружена новая версия документа',
      'document.removed': 'Документ удалён',
      'document.accepted': 'Документ принят',
      'document.rejected': 'Документ отклонён',
      'document.withdrawn': 'Решение по документу отозвано',
      'document.expired': 'Документ стал недействителен',
      'document-type.saved': 'Тип документа сохранён',
    },
  },
  notifications: {
    label: 'Уведомления',
    actions: {
      'notification.written': 'Уведомление написано',
      'notification.changed': 'Уведомление изменено',
      'notification.published': 'Уведомление опубликовано',
      'notification.withdrawn': 'Уведомление снято с показа',
      'notification.removed': 'Черновик уведомления удалён',
    },
  },
  invoices: {
    label: 'Счета и платежи',
    actions: {
      'invoice.saved': 'Черновик счёта сохранён',
      'invoice.issued': 'Счёт выставлен',
      'invoice.cancelled': 'Счёт отменён',
      'invoice.paid-from-advance': 'Счёт оплачен из аванса',
      'statement.loaded': 'Выписка загружена',
      'statement.applied': 'Платежи выписки проведены',
      'statement.decided': 'Решение по платежу выписки',
    },
  },
  services: {
    label: 'Услуги',
    actions: {
      'service.saved': 'Услуга сохранена',
      'service.moved': 'Услуга перемещена в списке',
      'service-group.saved': 'Группа услуг сохранена',
      'service-group.moved': 'Группа услуг перемещена в списке',
    },
  },
  organisations: {
    label: 'Организации и здания',
    actions: {
      'register.exported': 'Список организаций сохранён',
      'organisation.looked-up': 'ИНН проверен',
      'organisation.added': 'Организация добавлена',
      'organisation.changed': 'Организация изменена',
      'organisation.caretaker': 'Назначен ответственный сотрудник',
      'organisation.responsible': 'Изменён адрес ответственного',
      'organisation.outside': 'Отметка организации о системе заявок',
      'contract.saved': 'Договор сохранён',
      'contract.removed': 'Договор удалён',
      'premises.saved': 'Помещение сохранено',
      'premises.removed': 'Помещение удалено',
      'building.saved': 'Здание сохранено',
      'building.removed': 'Здание удалено',
      'import.compared': 'Файл импорта загружен',
      'import.applied': 'Импорт применён',
    },
  },
  passes: {
    label: 'Пропуска и парковки',
    actions: {
      'parking.saved': 'Схема парковки сохранена',
      'parking.moved': 'Схема парковки перемещена в списке',
      'parking.removed': 'Схема парковки удалена',
    },
  },
  company: { label: 'Компания', actions: { 'company.changed': 'Сведения о компании изменены' } },
};

/** The words of every action. */
export const ACTION_WORDS: Record<string, string> = Object.assign(
  {},
  ...Object.values(ACTION_GROUPS).map(({ actions }) => actions),
) as Record<string, string>;

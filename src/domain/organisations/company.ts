/** The management company as its tenants know it (manual, section 5). */
export const COMPANY = {
  name: 'Спектр',
  legalName: 'ООО УК «МНПО «СПЕКТР»',
  contacts: [
    { label: 'Служба сервиса', phone: '+7 495 626 53 16', email: 'service@spektrpm.ru' },
    { label: 'Секретариат', phone: '+7 495 411 99 00', email: 'infobox@spektrpm.ru' },
    { label: 'Отдел аренды', phone: '+7 495 411 99 00', email: 'rent@spektrpm.ru' },
    { label: 'Вопросы по работе личного кабинета клиента', phone: null, email: 'my@spektrpm.ru' },
  ],
} as const;

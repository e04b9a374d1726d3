/** Whether somebody, or an organisation, is registered in the outside system of requests. */
export const outsideFact = ({ outside_requests }: { outside_requests: boolean }) => ({
  label: 'Внешняя система заявок',
  value: outside_requests ? 'регистрация отмечена' : 'регистрации нет',
});

/** What is said when the staff have changed it. */
export const OUTSIDE_DONE = {
  yes: 'Регистрация в системе заявок отмечена.',
  no: 'Отметка о регистрации в системе заявок снята.',
};

import { peoplePolicy } from '../../domain/people/people.policy.js';
import { noticeBoard } from '../notice-board.js';
import { own, section } from '../section.js';

/** «Уведомления» of a person, manual 4.1.1.3: what is for everyone, or for him. */
export const notificationsSection = section({ path: '/desktop/notifications', area: 'own', load: own });

noticeBoard(notificationsSection, {
  policy: peoplePolicy.own,
  board: ({ scope }) => ({ account: scope.id, organisation: null }),
  lead: 'Сообщения управляющей компании для вас.',
  crumbs: [{ label: 'Рабочий стол', href: '/desktop' }],
  counter: 'notifications',
  back: { label: 'Вернуться на «Рабочий стол»', href: '/desktop' },
});

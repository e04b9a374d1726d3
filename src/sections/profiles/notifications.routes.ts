import { notificationPolicy } from '../../domain/notifications/notifications.policy.js';
import { noticeBoard } from '../notice-board.js';
import { profile, section } from '../section.js';

/** «Уведомления» of an organisation, manual 4.2.3: what is for it, or for a building where it rents. */
export const profileNotificationsSection = section({
  path: '/profiles/:organisation/notifications',
  area: 'profile',
  load: profile,
  nav: {
    label: 'Уведомления',
    menu: 'profile',
    order: 20,
    counter: { name: 'board', words: ['непрочитанное', 'непрочитанных', 'непрочитанных'] },
  },
});

noticeBoard(profileNotificationsSection, {
  policy: notificationPolicy.read,
  board: ({ scope }) => ({ account: scope.account_id, organisation: scope.organisation.id }),
  lead: 'В этом разделе вы можете просмотреть уведомления для вашей организации.',
  counter: 'board',
});

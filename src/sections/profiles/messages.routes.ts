import type { Member } from '../../domain/memberships/memberships.data.js';
import { conversationRoutes } from '../conversation-routes.js';
import { conversationList, type Place } from '../conversations.js';
import { profile, section } from '../section.js';
import { inProfile } from './conversations.js';

/** «Сообщения», manual 4.2.4: what the organisation asks the company's departments. */
export const messagesSection = section({
  path: '/profiles/:organisation/messages',
  area: 'profile',
  load: profile,
  nav: {
    label: 'Сообщения',
    menu: 'profile',
    order: 30,
    counter: { name: 'organisationMessages', words: 'с новым ответом' },
  },
});

const place: Place<Member> = {
  ...inProfile,
  section: messagesSection,
  face: 'message',
  path: ({ organisation }) => `/profiles/${organisation.id}/messages`,
  title: 'Сообщения',
  lead: (writes) =>
    writes
      ? 'В этом разделе вы можете создать обращение от организации.'
      : 'В этом разделе вы можете читать обращения организации, которые вам доступны.',
  create: 'Создать сообщение',
  outside: () => null,
};

messagesSection.page('/', place.read, (ctx) => conversationList(place, ctx), { nav: 'Все сообщения' });

conversationRoutes(place);

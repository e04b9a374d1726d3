import { conversationRoutes } from '../conversation-routes.js';
import { conversationList, type Place } from '../conversations.js';
import { wayOut } from '../outside.js';
import { profile, section } from '../section.js';
import type { Member } from '../../domain/memberships/memberships.data.js';
import { inProfile } from './conversations.js';

/** «Служба сервиса» of an organisation, manual 4.2.6: its requests. */
export const profileServiceSection = section({
  path: '/profiles/:organisation/service',
  area: 'profile',
  load: profile,
  nav: {
    label: 'Служба сервиса',
    menu: 'profile',
    order: 50,
    counter: { name: 'organisationRequests', words: 'с новым ответом' },
  },
});

const path = ({ organisation }: Member) => `/profiles/${organisation.id}/service`;

const place: Place<Member> = {
  ...inProfile,
  section: profileServiceSection,
  face: 'request',
  path,
  title: 'Заявки',
  lead: (writes) =>
    writes
      ? 'В этом разделе вы можете отправить заявку от лица организации и следить за её выполнением.'
      : 'В этом разделе вы можете следить за заявками организации, которые вам доступны.',
  create: 'Новая экспресс-заявка',
  outside: wayOut({
    section: profileServiceSection,
    system: 'requests',
    policy: inProfile.read,
    known: ({ organisation }) => organisation.outside_requests,
    from: (member) => ({ label: 'Заявки', href: path(member) }),
    crumbs: inProfile.crumbs,
  }),
};

profileServiceSection.page('/', place.read, (ctx) => conversationList(place, ctx), { nav: 'Все заявки' });

conversationRoutes(place);

import { conversationPolicy, CONVERSATION_WRITERS } from '../../domain/conversations/conversations.policy.js';
import { hasConversations } from '../../domain/conversations/lists.data.js';
import { organisationsWith } from '../../domain/memberships/profiles.data.js';
import { findMembership } from '../../domain/memberships/memberships.data.js';
import { emptyForm } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import { conversationRoutes } from '../conversation-routes.js';
import { conversationList, openingPage, type Place } from '../conversations.js';
import { wayOut } from '../outside.js';
import { own, section } from '../section.js';

/** «Служба сервиса», manual 4.1.2: one's requests, one's own and those on behalf of one's organisations. */
export const serviceSection = section({
  path: '/service',
  area: 'own',
  load: own,
  nav: {
    label: 'Служба сервиса',
    menu: 'top',
    order: 20,
    counter: {
      name: 'requests',
      words: ['заявка с новым ответом', 'заявки с новым ответом', 'заявок с новым ответом'],
    },
  },
});

const place: Place<Account> = {
  section: serviceSection,
  face: 'request',
  read: conversationPolicy.own,
  write: conversationPolicy.own,
  async writes({ db, scope }, { organisation_id }) {
    if (organisation_id === null) return true;
    const member = await findMembership(db, organisation_id, scope.id);
    return member !== null && conversationPolicy.write(member);
  },
  async applicants({ db, scope }) {
    const oneself = [scope.name, scope.patronymic, scope.surname].filter(Boolean).join(' ');
    const organisations = await organisationsWith(db, scope.id, CONVERSATION_WRITERS);
    return [
      { value: '', label: `${oneself} [${scope.email}]` },
      ...organisations.map(({ id, name }) => ({ value: id, label: name })),
    ];
  },
  reader: ({ id }) => ({ account: id, organisation: null, seesAll: false }),
  path: () => '/service',
  crumbs: () => [],
  title: 'Мои заявки',
  lead: () => 'Ваши заявки в управляющую компанию и ответы на них.',
  create: 'Новая экспресс-заявка',
  outside: wayOut({
    section: serviceSection,
    system: 'requests',
    policy: conversationPolicy.own,
    known: ({ outside_requests }) => outside_requests,
    from: () => ({ label: 'Мои заявки', href: '/service' }),
    crumbs: () => [],
  }),
  mixed: true,
};

const UNKNOWN =
  'Похоже, что пока вы не зарегистрированы в нашей системе заявок, но вы можете отправить заявку, используя форму ниже. Наши операторы свяжутся с вами и проконсультируют по возникшим вопросам.';

/** Who is registered there is not told the opposite. */
const KNOWN = 'Отправьте заявку, используя форму ниже. Наши операторы свяжутся с вами и ответят здесь же.';

serviceSection.page(
  '/',
  place.read,
  async (ctx) => {
    if (await hasConversations(ctx.db, ctx.scope.id, 'request')) return conversationList(place, ctx);
    return openingPage(
      place,
      { ...ctx, form: emptyForm },
      {
        title: place.title,
        lead: ctx.scope.outside_requests ? KNOWN : UNKNOWN,
      },
    );
  },
  { nav: 'Мои заявки' },
);

conversationRoutes(place);

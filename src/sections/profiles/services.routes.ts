import { orderService, readOrder } from '../../domain/services/orders.actions.js';
import { isOffered, priceWords } from '../../domain/services/service.js';
import { getService, listOffered, type Service } from '../../domain/services/services.data.js';
import { servicePolicy } from '../../domain/services/services.policy.js';
import type { Member } from '../../domain/memberships/memberships.data.js';
import type { Writing } from '../../domain/conversations/tenant.change.js';
import { NotFound } from '../../lib/errors.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import { CONVERSATION_FILES } from '../conversation-fields.js';
import { limit, sentWords } from '../conversation-routes.js';
import { profile, section, type Ctx, type FormCtx } from '../section.js';
import { unlessLate } from '../unless-late.js';
import { withFiles } from '../with-files.js';
import { inProfile } from './conversations.js';
import { orderForm } from './services.forms.js';
import { catalogue, orderFields } from './services.view.js';

/** «Услуги», manual 4.2.7: what the company offers beyond the rent, ordered by a request that is filled in already. */
export const servicesSection = section({
  path: '/profiles/:organisation/services',
  area: 'profile',
  load: profile,
  nav: { label: 'Услуги', menu: 'profile', order: 60 },
});

const requestsOf = ({ organisation }: Member) => `/profiles/${organisation.id}/service`;
const pathOf = ({ organisation }: Member) => `/profiles/${organisation.id}/services`;

servicesSection.page('/', servicePolicy.read, async ({ db, scope }) =>
  view('profiles/services/index', {
    title: 'Услуги',
    crumbs: inProfile.crumbs(scope),
    groups: catalogue(await listOffered(db), pathOf(scope)),
    orders: servicePolicy.order(scope),
    requests: requestsOf(scope),
  }),
);

servicesSection.file('/:service/picture', servicePolicy.read, async (ctx) => {
  const { file_id, name } = await offered(ctx);
  if (!file_id) throw new NotFound();
  const stored = await ctx.parts.store.open(file_id);
  return { kind: 'file', file: { ...stored, mime: 'image/jpeg', name: `${name}.jpg` }, inline: true };
});

servicesSection.form('/:service/order', servicePolicy.order, {
  schema: orderForm,
  upload: CONVERSATION_FILES,
  limit,
  show: async (ctx) => orderPage(ctx, await offered(ctx)),
  async save(ctx, { text: comment, revision = null, ...typed }) {
    const id = ctx.params.service!;
    const writing: Writing = { ...ctx, reader: inProfile.reader(ctx.scope), form: ctx.once };
    return unlessLate(
      async () => {
        const read = await readOrder(writing, id, revision, typed);
        return withFiles(ctx, 'files', async (files) => {
          const order = { ...read, organisation: ctx.scope.organisation.id, comment, files };
          const opened = await orderService(writing, order);
          return redirect(`${requestsOf(ctx.scope)}/${opened.id}`, sentWords('request', opened.number));
        });
      },
      async (late) => {
        const form = { values: ctx.typed, errors: {}, restored: false };
        return orderPage({ ...ctx, form }, await getService(ctx.db, id), late);
      },
    );
  },
});

/** The service of the address, as long as it is offered. @throws NotFound */
async function offered({ db, params }: Ctx<Member>): Promise<Service> {
  const service = await getService(db, params.service!);
  if (!isOffered(service)) throw new NotFound();
  return service;
}

/**
 * The form of an order. Whoever came too late (`late` says why) keeps what he typed, beside the service as it is now:
 * sent again, it orders that.
 */
function orderPage(
  { scope, form }: Ctx<Member> & Pick<FormCtx<Member>, 'form'>,
  service: Service,
  late: string | null = null,
): Answer {
  const locals = {
    title: service.name,
    crumbs: [...inProfile.crumbs(scope), { label: 'Услуги', href: pathOf(scope) }],
    form,
    late,
    service: { ...service, price: priceWords(service) },
    open: isOffered(service),
    fields: orderFields(service.fields),
    path: pathOf(scope),
    requests: requestsOf(scope),
  };
  return view('profiles/services/order', locals, late ? 409 : undefined);
}

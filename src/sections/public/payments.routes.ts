import { z } from 'zod';
import { hear } from '../../domain/payments/asking.actions.js';
import { NotFound } from '../../lib/errors.js';
import { anyone } from '../../web/section.js';
import { section, visitor } from '../section.js';

/** Where the acquirer tells us that something has happened to a payment. */
export const paymentsSection = section({ path: '/payments', area: 'public', load: visitor, visitors: true });

const EVENTS = [
  'payment.succeeded',
  'payment.canceled',
  'payment.waiting_for_capture',
  'refund.succeeded',
] as const;

/** YooKassa's notice, https://yookassa.ru/developers/using-api/webhooks: not signed, and not believed. */
const notice = z.object({
  type: z.literal('notification'),
  event: z.enum(EVENTS),
  object: z.object({ id: z.string().regex(/^[\w-]{10,64}$/) }),
});

paymentsSection.callback('/yookassa', anyone, {
  from: ({ acquirer }) => acquirer?.networks ?? null,
  limit: { name: 'payment-notices', points: 600, seconds: 60, by: 'address' },
  schema: notice,
  hear: async ({ parts, actor, now }, { event, object }) => {
    if (!parts.till) throw new NotFound();
    const about = event.startsWith('refund') ? 'refund' : 'payment';
    await hear(parts.till, { actor, now }, { about, id: object.id });
  },
});

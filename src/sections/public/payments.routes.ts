import { z } from 'zod';
import { hear } from '../../domain/payments/asking.actions.js';
import { kopecks } from '../../domain/payments/yookassa.js';
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

/**
 * YooKassa's notice, https://yookassa.ru/developers/using-api/webhooks: not signed, and not believed. What it says of the
 * object agrees with its event, and is compared with what the acquirer says when it is asked.
 */
const notice = z
  .object({
    type: z.literal('notification'),
    event: z.enum(EVENTS),
    object: z.object({
      id: z.string().regex(/^[\w-]{10,64}$/),
      status: z.string().optional(),
      amount: z.object({ value: kopecks, currency: z.string().max(3) }).optional(),
    }),
  })
  .refine(({ event, object: { status } }) => status === undefined || event.endsWith(`.${status}`));

const FINAL = { succeeded: 'succeeded', canceled: 'canceled' } as const;

paymentsSection.callback('/yookassa', anyone, {
  from: ({ acquirer }) => acquirer?.networks ?? null,
  limit: { name: 'payment-notices', points: 600, seconds: 60, by: 'address' },
  schema: notice,
  hear: async ({ parts, actor, now }, { event, object }) => {
    if (!parts.till) throw new NotFound();
    const [about, state] = event.split('.') as ['payment' | 'refund', string];
    const said = { state: FINAL[state as keyof typeof FINAL] ?? null, amount: object.amount ?? null };
    await hear(parts.till, { actor, now }, { about, id: object.id, said });
  },
});

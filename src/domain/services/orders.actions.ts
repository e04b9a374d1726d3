import { dayOf } from '../../lib/dates.js';
import { openConversation } from '../conversations/conversations.actions.js';
import type { Writing } from '../conversations/tenant.change.js';
import type { Accepted } from '../files/files.actions.js';
import { expectOffered, orderText, readAnswers } from './service.js';
import { getService, holdService, type Service } from './services.data.js';

/** A filled-in order. */
export interface Order {
  /** On whose behalf. */
  organisation: string;
  service: Service;
  answers: ReturnType<typeof readAnswers>;
  comment: string | null;
  files: Accepted[];
}

/**
 * What is ordered, as it was shown, and what was filled in: looked at before the files are.
 *
 * @throws NotFound; Conflict when it is offered no longer, or has changed since; Invalid by field
 */
export async function readOrder(
  { db, now }: Pick<Writing, 'db' | 'now'>,
  id: string,
  revision: number | null,
  typed: Parameters<typeof readAnswers>[1],
): Promise<Pick<Order, 'service' | 'answers'>> {
  const service = await getService(db, id);
  expectOffered(service, revision);
  return { service, answers: readAnswers(service.fields, typed, dayOf(now)) };
}

/**
 * «Заказать»: the order becomes a request of the service's kind. Answers its id and the number that the sender is shown.
 *
 * @throws as `openConversation`; Conflict when the service is offered no longer, or has changed since
 */
export function orderService(writing: Writing, order: Order): Promise<{ id: string; number: string }> {
  const { organisation, service, answers, comment, files } = order;
  const opening = {
    face: 'request',
    organisation,
    kind_id: service.kind_id,
    subject: service.name,
    text: orderText(service, answers, comment),
    files,
    service: service.id,
  } as const;
  return openConversation(writing, opening, async (trx) =>
    expectOffered(await holdService(trx, service.id), service.revision),
  );
}

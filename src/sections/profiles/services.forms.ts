import { z } from 'zod';
import { PLACES, type Place } from '../../domain/services/service.js';
import { optional } from '../../web/form.js';

const answer = optional(2000);
const answers = Object.fromEntries(PLACES.map((place) => [`answer_${place}`, answer])) as Record<
  `answer_${Place}`,
  typeof answer
>;

const AGAIN = 'Откройте услугу заново';

/** «Заказать»; what the service's own fields ask for is known by the service alone. */
export const orderForm = z.object({
  ...answers,
  text: optional(10_000),
  /** The revision that the tenant saw: its description and its price. */
  revision: z.coerce.number(AGAIN).int(AGAIN).optional(),
});

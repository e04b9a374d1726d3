import { answerName, priceWords } from '../../domain/services/service.js';
import type { OfferedService, Service } from '../../domain/services/services.data.js';

/** What is offered as the page shows it: groups as headings, a card a service. */
export function catalogue(services: OfferedService[], path: string) {
  const groups = new Map<string, { id: string; name: string; cards: ReturnType<typeof card>[] }>();
  for (const service of services) {
    const group = groups.get(service.group_id) ?? { id: service.group_id, name: service.group, cards: [] };
    group.cards.push(card(service, path));
    groups.set(service.group_id, group);
  }
  return [...groups.values()];
}

const card = (service: OfferedService, path: string) => ({
  name: service.name,
  description: service.description,
  price: priceWords(service),
  picture: service.file_id && `${path}/${service.id}/picture`,
  order: `${path}/${service.id}/order`,
});

/** The service's own fields, by the partial that shows each. */
export const orderFields = (fields: Service['fields']) =>
  fields.map(({ label, required, kind }, at) => ({
    partial: kind === 'text' ? 'shared/textarea' : 'shared/field',
    options: {
      name: answerName(at),
      label,
      required,
      ...(kind === 'text'
        ? { rows: 3, maxlength: 2000 }
        : kind === 'date'
          ? {
              width: 'date',
              inputmode: 'numeric',
              autocomplete: 'off',
              hint: 'Сегодня или позже, например 30.11.2027',
            }
          : { maxlength: 200 }),
    },
  }));

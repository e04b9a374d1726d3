import type { listGroups } from '../../domain/services/groups.data.js';
import type { ListedService, Service } from '../../domain/services/services.data.js';
import { FIELD_KINDS, PLACES, priceWords } from '../../domain/services/service.js';
import { counted, money } from '../../lib/text.js';
import type { Typed } from '../../web/form.js';
import { otherwise, said } from './otherwise.js';

export const SERVICES = '/staff/services';

/** Where a group or a service is moved by a place, and which way. */
export const MOVES = [
  ['rise', 'up'],
  ['fall', 'down'],
] as const;

/** The editor's list: groups with their services, and which of them can move where. */
export function groupRows(groups: Awaited<ReturnType<typeof listGroups>>, services: ListedService[]) {
  return groups.map((group, at) => {
    const own = services.filter((service) => service.group_id === group.id);
    return {
      ...place(`${SERVICES}/groups/${group.id}`, at, groups.length),
      id: group.id,
      name: group.name,
      hidden: group.hidden_at !== null,
      add: `${SERVICES}/new?group=${group.id}`,
      rows: own.map((service, index) => ({
        ...place(`${SERVICES}/${service.id}`, index, own.length),
        name: service.name,
        price: priceWords(service),
        about: about(service),
        hidden: service.hidden_at !== null,
      })),
    };
  });
}

const place = (href: string, at: number, of: number) => ({
  href,
  up: at > 0 ? `${href}/rise` : null,
  down: at < of - 1 ? `${href}/fall` : null,
});

const about = ({ fields, file_id }: ListedService) =>
  [file_id && 'с картинкой', fields.length > 0 && counted(fields.length, 'поле', 'поля', 'полей')]
    .filter(Boolean)
    .join(' · ');

/** The form's values when a service is opened for a change. */
export function typedOf(service: Service): Record<string, string> {
  const rows = service.fields.flatMap(({ label, kind, required }, at) => [
    [`field_${at + 1}_label`, label],
    [`field_${at + 1}_kind`, kind],
    [`field_${at + 1}_required`, required ? 'on' : ''],
  ]);
  return {
    group_id: service.group_id,
    name: service.name,
    description: service.description ?? '',
    price: service.price === null ? '' : money(service.price).replace(/,00|\s₽/g, ''),
    unit: service.unit ?? '',
    hint: service.hint ?? '',
    kind_id: service.kind_id ?? '',
    hidden: service.hidden_at ? 'on' : '',
    revision: String(service.revision),
    ...(Object.fromEntries(rows) as Record<string, string>),
  };
}

const LABELS: Record<string, string> = {
  group_id: 'Группа',
  name: 'Название',
  description: 'Описание',
  price: 'Цена',
  unit: 'За что цена',
  hint: 'Подсказка',
  kind_id: 'Вид заявки',
  hidden: 'Скрыть',
};

/** What now stands otherwise than it was typed: who came too late sees what his form would replace. */
export function differences(service: Service, typed: Typed): { label: string; value: string }[] {
  const now = typedOf(service);
  const shown = {
    group_id: service.group,
    kind_id: service.kind ?? '',
    hidden: service.hidden_at ? 'да' : 'нет',
  };
  const rows = PLACES.filter((row) =>
    ['label', 'kind', 'required'].some((part) => {
      const name = `field_${row}_${part}`;
      // A row without a name is none, whatever its list shows.
      const none = part === 'kind' && !now[`field_${row}_label`] && !said(typed, `field_${row}_label`);
      return !none && (now[name] ?? '') !== said(typed, name);
    }),
  ).map((row) => {
    const field = service.fields[row - 1];
    const words =
      field && `${field.label}${field.required ? ' *' : ''} (${FIELD_KINDS[field.kind].toLowerCase()})`;
    return { label: `Поле ${row}`, value: words ?? 'нет' };
  });
  return [...otherwise(LABELS, now, typed, shown), ...rows];
}

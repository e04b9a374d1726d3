import type { ServiceGroupRow, ServiceRow } from '../../src/db/rows.js';
import type { Clock } from './clock.js';
import { idOf } from './ids.js';
import { accountId, done, type NewAuditRow } from './people-rows.js';
import { SERVICES, type SampleService } from './services.js';

const EDITOR = 'editor';

/** A picture of a card; its bytes are the sample of that name. */
export interface Pictured {
  id: string;
  sample: string;
  name: string;
  created_by: string;
  created_at: Date;
}

/**
 * The groups and services, with their pictures and how they came to be.
 *
 * @param kinds the kinds of requests that there are
 */
export function serviceRows(clock: Clock, kinds: { id: string; name: string }[]) {
  const at = clock.ago(90, '11:20:00');
  const all = SERVICES.flatMap((group) =>
    group.services.map((service, index) => ({ group: group.key, service, position: index + 1 })),
  );
  return {
    groups: SERVICES.map(({ key, name }, index): ServiceGroupRow => ({
      id: idOf('service-group', key),
      name,
      position: index + 1,
      hidden_at: null,
      revision: 1,
    })),
    services: all.map(({ group, service, position }) => {
      const { key, name, description, price, unit = null, hint = null, fields = [], hidden } = service;
      const row: Omit<ServiceRow, 'fields'> = {
        id: idOf('service', key),
        group_id: idOf('service-group', group),
        name,
        description,
        price,
        unit,
        hint,
        position,
        kind_id: kinds.find((kind) => kind.name === service.kind)?.id ?? null,
        file_id: service.picture ? pictureId(service) : null,
        hidden_at: hidden ? clock.ago(20, '16:05:00') : null,
        revision: 1,
      };
      // The driver would take a list for an array of Postgres.
      return { ...row, fields: JSON.stringify(fields) as unknown as ServiceRow['fields'] };
    }),
    pictures: all.flatMap(({ service }): Pictured[] =>
      service.picture
        ? [
            {
              id: pictureId(service),
              sample: service.picture,
              name: `${service.name}.jpg`,
              created_by: accountId(EDITOR),
              created_at: at,
            },
          ]
        : [],
    ),
    audit: [
      ...SERVICES.map(({ key, name }) => entry('service-group.saved', at, idOf('service-group', key), name)),
      ...all.map(({ service }) => entry('service.saved', at, idOf('service', service.key), service.name)),
    ],
  };
}

const pictureId = ({ key }: SampleService) => idOf('service-picture', key);

const entry = (action: string, at: Date, subject_id: string, name: string): NewAuditRow => ({
  ...done,
  at,
  account_id: accountId(EDITOR),
  organisation_id: null,
  action,
  subject_id,
  details: { after: { name } },
});

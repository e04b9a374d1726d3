import type { Database } from '../../db/knex.js';
import { listGroups } from '../../domain/services/groups.data.js';
import { listServices } from '../../domain/services/services.data.js';
import { view, type Answer } from '../../web/answer.js';
import { groupRows, SERVICES } from './services.view.js';

/** The editor's list of groups and services; it stays in sight while they are put in order. */
export async function serviceList(db: Database): Promise<Answer> {
  const [groups, services] = await Promise.all([listGroups(db), listServices(db)]);
  return view('staff/services/index', {
    title: 'Услуги',
    groups: groupRows(groups, services),
    addGroup: `${SERVICES}/groups/new`,
    addService: groups.length > 0 ? `${SERVICES}/new` : null,
  });
}

import { randomUUID } from 'node:crypto';
import type { NotificationRow } from '../../src/db/rows.js';
import { addAccount } from './people.js';
import { HOUR, type TestHouse } from './house.js';

interface Notice extends Partial<NotificationRow> {
  organisations?: readonly { id: string }[];
  buildings?: string[];
  accounts?: readonly { id: string }[];
}

/** A notification that is shown to everyone since a minute ago, and for a week; `change` makes it another one. */
export async function addNotice(house: TestHouse, change: Notice = {}): Promise<NotificationRow> {
  const { db } = house.parts;
  const { organisations = [], buildings = [], accounts = [], ...columns } = change;
  const now = house.clock.now();
  const before = new Date(now.getTime() - HOUR / 60);
  const row: NotificationRow = {
    id: randomUUID(),
    kind: 'info',
    audience: 'everyone',
    title: 'Закрытие прохода через КПП № 2',
    text: 'Проход будет закрыт по техническим причинам.\n\nПользуйтесь другими КПП.',
    appears_at: before,
    goes_at: new Date(now.getTime() + 7 * 24 * HOUR),
    revision: 1,
    created_by: columns.created_by ?? (await addAccount(house, { staff: ['editor'] })).id,
    created_at: before,
    published_at: before,
    withdrawn_at: null,
    mailed_at: null,
    ...columns,
  };
  const notification_id = row.id;
  await db.transaction(async (trx) => {
    await trx('notifications').insert(row);
    for (const { id } of organisations)
      await trx('notification_organisations').insert({ notification_id, organisation_id: id });
    for (const name of buildings)
      await trx('buildings').insert({ name, address: null }).onConflict('name').ignore();
    for (const building of buildings)
      await trx('notification_buildings').insert({ notification_id, building });
    for (const { id } of accounts)
      await trx('notification_accounts').insert({ notification_id, account_id: id });
  });
  return row;
}

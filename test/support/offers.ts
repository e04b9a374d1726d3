import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ServiceGroupRow, ServiceRow } from '../../src/db/rows.js';
import { acceptUploads } from '../../src/domain/files/files.actions.js';
import { insertFile } from '../../src/domain/files/files.data.js';
import type { Fields, SentFile } from './client.js';
import type { TestHouse } from './house.js';

let serial = 0;

/** A group of services at the end of the list. */
export async function addGroup(
  house: TestHouse,
  change: Partial<ServiceGroupRow> = {},
): Promise<ServiceGroupRow> {
  serial += 1;
  const row = {
    id: randomUUID(),
    name: `Клининг № ${serial}`,
    position: serial,
    hidden_at: null,
    revision: 1,
  };
  await house.parts.db('service_groups').insert({ ...row, ...change });
  return { ...row, ...change };
}

/** A service that may be ordered, in a group of its own unless one is given. */
export async function addService(house: TestHouse, change: Partial<ServiceRow> = {}): Promise<ServiceRow> {
  serial += 1;
  const row: ServiceRow = {
    id: randomUUID(),
    group_id: change.group_id ?? (await addGroup(house)).id,
    name: `Генеральная уборка № ${serial}`,
    description: 'Полы, мебель и кухня.',
    price: 150_050,
    unit: 'за час',
    hint: 'Закажите за два рабочих дня.',
    fields: [],
    kind_id: null,
    file_id: null,
    position: serial,
    hidden_at: null,
    revision: 1,
    ...change,
  };
  const fields = JSON.stringify(row.fields) as unknown as ServiceRow['fields'];
  await house.parts.db('services').insert({ ...row, fields });
  return row;
}

/** A small picture, as the form brings it. */
export const PICTURE: SentFile = {
  bytes: await sharp({ create: { width: 40, height: 20, channels: 3, background: '#2f62dc' } })
    .jpeg()
    .toBuffer(),
  name: 'уборка.jpg',
  type: 'image/jpeg',
  field: 'picture',
};

/** A picture in the store, with its row; answers its id. */
export async function addPicture(house: TestHouse, account: { id: string }): Promise<string> {
  const { bytes, name } = PICTURE;
  const path = join(house.parts.store.temporaryDir, randomUUID());
  await writeFile(path, bytes);
  const upload = { path, name, size: bytes.length };
  const [file] = await acceptUploads(house.parts, [upload], 'picture');
  const row = { ...file!, created_by: account.id, created_at: house.clock.now() };
  await house.parts.db.transaction((trx) => insertFile(trx, row));
  return file!.id;
}

export interface OfferSubject {
  service: string;
  group: string;
}

/** What the lines about services are about: random where the line needs none. */
export async function offerSubject(
  house: TestHouse,
  pattern: string,
  account: { id: string },
): Promise<OfferSubject> {
  const made: OfferSubject = { service: randomUUID(), group: randomUUID() };
  if (pattern.includes(':group') || pattern.startsWith('/staff/services'))
    made.group = (await addGroup(house)).id;
  if (pattern.includes(':service')) {
    const file_id = pattern.endsWith('picture') ? await addPicture(house, account) : null;
    made.service = (await addService(house, { file_id })).id;
  }
  return made;
}

const service = (_: unknown, { group }: OfferSubject): Fields => ({
  group_id: group,
  name: `Мойка окон ${randomUUID()}`,
  price: '350',
  unit: 'за створку',
  field_1_label: 'Помещение',
  field_1_kind: 'line',
  revision: '1',
});
const group = () => ({ name: `Ремонт ${randomUUID()}`, revision: '1' });

/** What a permitted person would send, by the line. */
export const OFFER_FIELDS: Record<string, (cast: unknown, subject: OfferSubject) => Fields> = {
  'POST /profiles/:organisation/services/:service/order': () => ({ text: 'Во вторник', revision: '1' }),
  'POST /staff/services/new': service,
  'POST /staff/services/:service': service,
  'POST /staff/services/:service/rise': () => ({}),
  'POST /staff/services/:service/fall': () => ({}),
  'POST /staff/services/groups/new': group,
  'POST /staff/services/groups/:group': group,
  'POST /staff/services/groups/:group/rise': () => ({}),
  'POST /staff/services/groups/:group/fall': () => ({}),
};

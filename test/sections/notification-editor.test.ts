import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dateTime } from '../../src/lib/dates.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { DAY } from '../support/house.js';
import { addNotice } from '../support/notices.js';
import { openDesk, openOffice, type Office } from '../support/office.js';
import { errorsOf, rowsOf, valueOf, words } from '../support/page.js';
import { addAccount } from '../support/people.js';

const LIST = '/staff/notifications';
const NEW = `${LIST}/new`;
/** Ten, in milliseconds: the staff’s sign-in ends after thirty without use. */
const MINUTES = 600_000;

let house: OpenHouse;
let office: Office;
let desk: Awaited<ReturnType<typeof openDesk>>;
beforeAll(async () => {
  house = await openDoors();
  office = await openOffice(house);
  desk = await openDesk(house, ['editor']);
});
afterAll(() => house?.close());

const rows = () => house.parts.db('notifications').orderBy('created_at');
const row = (id: string) => house.parts.db('notifications').where({ id }).first();
const draft = (change: Record<string, string | string[]> = {}) => ({
  audience: 'everyone',
  kind: 'info',
  title: 'Мытьё окон',
  text: 'Держите окна закрытыми.',
  goes_at: dateTime(new Date(house.clock.now().getTime() + 10 * DAY)),
  ...change,
});
const write = async (change: Record<string, string | string[]> = {}) => {
  const answer = await desk.visitor.submit(NEW, draft(change));
  expect(answer.status).toBe(303);
  return answer.headers.location!.split('/').pop()!;
};
const publish = (id: string) => desk.visitor.submit(`${LIST}/${id}`, {}, `${LIST}/${id}/publication`);

describe('the form', () => {
  it.each([
    ['nobody chosen', { audience: '' }, { audience: 'Выберите, кому показать' }],
    ['no kind', { kind: 'other' }, { kind: 'Выберите вид' }],
    ['nothing written', { title: ' ', text: '' }, { title: 'Укажите заголовок', text: 'Напишите текст' }],
    ['no such day', { appears_at: '31.02.2027' }, { appears_at: expect.stringContaining('Укажите день') }],
    [
      'an end before the beginning',
      { appears_at: '01.01.2099', goes_at: '31.12.2098' },
      { goes_at: expect.anything() },
    ],
    ['an end that has passed', { goes_at: '01.01.2020' }, { goes_at: 'Это время уже прошло' }],
    ['an end too far', { goes_at: '01.01.2099' }, { goes_at: 'Показывать можно не дольше года' }],
    ['no organisation', { audience: 'organisations' }, { organisations: 'Выберите организации' }],
    [
      'one that is not',
      { audience: 'organisations', organisations: 'x' },
      { organisations: 'Выберите организации' },
    ],
    ['no building', { audience: 'buildings', buildings: 'Нет такого' }, { buildings: 'Выберите здания' }],
    ['no addresses', { audience: 'accounts', emails: ' ' }, { emails: 'Укажите адреса E-mail' }],
    [
      'no address',
      { audience: 'accounts', emails: 'не адрес' },
      { emails: expect.stringContaining('Проверьте') },
    ],
    [
      'an unknown address',
      { audience: 'accounts', emails: 'nobody@tenant.test' },
      { emails: 'Нет аккаунта с адресом: nobody@tenant.test' },
    ],
  ])('refuses %s, and keeps what was typed', async (_name, change, errors) => {
    const before = await rows();
    const typed = draft({ text: 'Длинный текст', ...change });
    const answer = await desk.visitor.submit(NEW, typed);
    expect(answer.status).toBe(422);
    expect(errorsOf(answer.text)).toEqual(errors);
    expect(valueOf(answer.text, 'goes_at')).toBe(typed.goes_at);
    if (typed.text) expect(valueOf(answer.text, 'text')).toBe(typed.text);
    expect(await rows()).toEqual(before);
  });

  it('saves a draft once however often it is sent, which nobody sees', async () => {
    const before = (await rows()).length;
    const fields = { ...(await desk.visitor.hidden(NEW)), ...draft({ title: 'Один раз' }) };
    const answers = await Promise.all(Array.from({ length: 10 }, () => desk.visitor.post(NEW, fields)));
    expect(new Set(answers.map(({ headers }) => headers.location)).size).toBe(1);
    expect(await rows()).toHaveLength(before + 1);
    expect((await office.visitor.get('/desktop/notifications')).text).not.toContain('Один раз');
  });

  it('takes moments in Moscow, and a day to its end', async () => {
    const year = new Date(house.clock.now().getTime() + 5 * DAY).toISOString().slice(0, 10);
    const id = await write({ appears_at: `${year}T09:30`, goes_at: year });
    expect(await row(id)).toMatchObject({
      appears_at: new Date(`${year}T09:30:00+03:00`),
      goes_at: new Date(`${year}T23:59:00+03:00`),
    });
  });
});

describe('the notification', () => {
  it('is previewed as it will be read, with how many will see it', async () => {
    const id = await write({
      audience: 'organisations',
      organisations: [office.organisation.id],
      kind: 'important',
      text: 'Первый абзац\n\nВторой',
    });
    const page = words((await desk.visitor.get(`${LIST}/${id}`)).text);
    expect(page).toContain(`Организациям: ${office.organisation.name}`);
    expect(page).toContain('Увидят сейчас 1 человек');
    expect(page).toContain('Важно Сразу после публикации');
    expect(page).toContain('Первый абзац Второй');
  });

  it('is published as it was seen: a colleague’s change is shown first', async () => {
    const id = await write();
    const seen = await desk.visitor.hidden(`${LIST}/${id}`);
    const { revision } = await desk.visitor.hidden(`${LIST}/${id}/edit`);
    await desk.visitor.submit(`${LIST}/${id}/edit`, draft({ title: 'Иначе', revision: revision! }));
    const late = await desk.visitor.post(`${LIST}/${id}/publication`, seen);
    expect(late.status).toBe(409);
    expect(words(late.text)).toContain('изменил коллега');
    expect(await row(id)).toMatchObject({ title: 'Иначе', published_at: null });
    const stale = await desk.visitor.post(`${LIST}/${id}/edit`, { ...seen, ...draft({ revision: '1' }) });
    expect([stale.status, valueOf(stale.text, 'title')]).toEqual([409, 'Мытьё окон']);
    expect((await publish(id)).status).toBe(303);
  });

  it('is published once, appears at its time, and is then no longer changed', async () => {
    const soon = new Date(Math.ceil(house.clock.now().getTime() / 60_000) * 60_000 + MINUTES);
    const id = await write({ title: 'Скоро', appears_at: dateTime(soon) });
    expect(words((await publishText(id)) ?? '')).toContain('появится в назначенное время');
    expect((await office.visitor.get('/desktop/notifications')).text).not.toContain('Скоро');
    const again = await desk.visitor.submit(`${LIST}/${id}/edit`, draft({ revision: '1' }));
    expect(again.status).toBe(409);
    const { revision } = await desk.visitor.hidden(`${LIST}/${id}/edit`);
    const edited = await desk.visitor.submit(`${LIST}/${id}/edit`, {
      ...draft({ title: 'Скоро, исправлено', appears_at: dateTime(soon) }),
      revision: revision!,
    });
    expect(edited.status).toBe(303);
    house.clock.at = soon;
    expect((await office.visitor.get('/desktop/notifications')).text).toContain('Скоро, исправлено');
    for (const act of ['publication', 'removal']) {
      const { _csrf } = await desk.visitor.hidden(`${LIST}/${id}`);
      const answer = await desk.visitor.post(`${LIST}/${id}/${act}`, { _csrf: _csrf!, revision: '3' });
      expect([act, answer.status]).toEqual([act, 409]);
    }
    // The form opens no more; who has it open still keeps what he typed.
    expect((await desk.visitor.get(`${LIST}/${id}/edit`)).status).toBe(303);
    const { _csrf } = await desk.visitor.hidden(LIST);
    const typed = { ...draft({ revision: '3', text: 'Набранное' }), _csrf: _csrf! };
    const late = await desk.visitor.post(`${LIST}/${id}/edit`, typed);
    expect([late.status, valueOf(late.text, 'text')]).toEqual([409, 'Набранное']);
    expect((await row(id))!.title).toBe('Скоро, исправлено');
  });

  it('is published once by twenty clicks, and each is answered that it was', async () => {
    const id = await write();
    const form = await desk.visitor.hidden(`${LIST}/${id}`);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => desk.visitor.post(`${LIST}/${id}/publication`, form)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(303));
    expect((await row(id))!.revision).toBe(2);
  });

  it.each(['\u202e\u200b', '\u0001\u2060', ' \ufeff '])(
    'has a title that can be seen: not %j',
    async (title) => {
      const answer = await desk.visitor.submit(NEW, draft({ title }));
      expect(errorsOf(answer.text)).toEqual({ title: 'Укажите заголовок' });
    },
  );

  it('is not published when its time is over', async () => {
    const id = await write({ goes_at: dateTime(new Date(house.clock.now().getTime() + MINUTES)) });
    const seen = await desk.visitor.hidden(`${LIST}/${id}`);
    house.clock.move(2 * MINUTES);
    const fresh = { ...seen, ...(await desk.visitor.hidden(`${LIST}/${id}`)) };
    const answer = await desk.visitor.post(`${LIST}/${id}/publication`, fresh);
    expect(answer.status).toBe(409);
    expect(words(answer.text)).toContain('Время показа уже прошло');
  });

  it('is taken down at once, after a question, and says how many have read it', async () => {
    const id = await write({ title: 'Ненадолго', audience: 'accounts', emails: office.account.email });
    await publish(id);
    const board = '/desktop/notifications';
    await office.visitor.submit(board, {}, `${board}/${id}/reading`);
    expect(words((await desk.visitor.get(`${LIST}/${id}`)).text)).toContain('Прочитали 1 из 1');
    expect(words((await desk.visitor.get(`${LIST}/${id}/withdrawal`)).text)).toContain('Ненадолго');
    const answer = await desk.visitor.submit(`${LIST}/${id}/withdrawal`, {});
    expect(answer.status).toBe(303);
    expect((await office.visitor.get(board)).text).not.toContain('Ненадолго');
    expect((await desk.visitor.get(`${LIST}/${id}/withdrawal`)).status).toBe(303);
    const audit = await house.parts.db('audit').where({ subject_id: id }).orderBy('id').pluck('action');
    expect(audit).toEqual(['written', 'published', 'withdrawn'].map((what) => `notification.${what}`));
  });

  it('is not written by an editor who has just lost the role', async () => {
    const gone = await openDesk(house, ['editor']);
    const fields = { ...(await gone.visitor.hidden(NEW)), ...draft() };
    await house.parts
      .db('accounts')
      .where({ id: gone.account.id })
      .update({ staff_roles: ['reviewer'] });
    const before = await rows();
    expect((await gone.visitor.post(NEW, fields)).status).toBe(403);
    expect(await rows()).toEqual(before);
  });
});

describe('the editor’s list', () => {
  it('is the last written first, in pages, narrowed by the state', async () => {
    await house.parts.db('notifications').delete();
    const now = house.clock.now().getTime();
    const at = (ms: number) => new Date(now + ms);
    const author = await addAccount(house, { staff: ['editor'] });
    const made = (title: string, ms: number, change = {}) =>
      addNotice(house, { title, created_at: at(-ms), created_by: author.id, ...change });
    await made('Показывается', 5);
    await made('Завершено', 4, { appears_at: at(-DAY), goes_at: at(0) });
    await made('Запланировано', 3, { appears_at: at(1) });
    await made('Снято', 2, { withdrawn_at: at(0) });
    await made('Черновик', 1, { published_at: null });
    const list = async (query = '') => rowsOf((await desk.visitor.get(LIST + query)).text);
    for (const [state, name] of Object.entries({
      draft: 'Черновик',
      planned: 'Запланировано',
      shown: 'Показывается',
      over: 'Завершено',
      withdrawn: 'Снято',
    })) {
      const found = await list(`?state=${state}`);
      expect(found.map((cells) => [cells[0]!.split(' ')[0], cells.at(-1)])).toEqual([[name, name]]);
    }
    expect((await list()).map((cells) => cells.at(-1))).toEqual([
      'Черновик',
      'Снято',
      'Запланировано',
      'Завершено',
      'Показывается',
    ]);
    expect(await list('?state=constructor')).toHaveLength(5);
    for (let n = 0; n < 20; n += 1) await made(`Ещё ${n}`, 100 + n, { published_at: null });
    const first = (await desk.visitor.get(`${LIST}?state=draft`)).text;
    expect(rowsOf(first)).toHaveLength(20);
    const next = /href="([^"]*)" rel="next"/.exec(first)![1]!.replaceAll('&amp;', '&');
    expect(rowsOf((await desk.visitor.get(next)).text).map(([name]) => name!.split(' Инф')[0])).toEqual([
      'Ещё 19',
    ]);
  });
});

async function publishText(id: string): Promise<string> {
  await publish(id);
  return (await desk.visitor.get(`${LIST}/${id}`)).text;
}

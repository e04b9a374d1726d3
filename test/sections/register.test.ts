import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerTask, solveAltcha } from '../support/captcha.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count, dump } from '../support/dump.js';
import { type Mailbox, openMailbox } from '../support/mailbox.js';
import { errorsOf, valueOf, words } from '../support/page.js';
import { addAccount, PASSWORD } from '../support/people.js';

let house: OpenHouse;
let mailbox: Mailbox;
let serial = 0;

const someone = () => `novikov-${(serial += 1)}@tenant.test`;
const typed = (change: Record<string, string | string[]> = {}) => ({
  email: someone(),
  surname: 'Новикова',
  name: 'Анна',
  patronymic: 'Юрьевна',
  phone: '8 (903) 000-00-00',
  password: PASSWORD,
  password_again: PASSWORD,
  consent: 'on',
  ...change,
});
const same = (password: string) => ({ password, password_again: password });
const median = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;

beforeAll(async () => {
  mailbox = await openMailbox();
  house = await openDoors({ smtpUrl: mailbox.url });
});
afterAll(async () => {
  await house?.close();
  await mailbox?.close();
});

describe('what is refused', () => {
  const NAMES = ['email', 'surname', 'name', 'patronymic', 'phone'];
  const cases: [string, Record<string, string | string[]>, string, string][] = [
    ['no address', { email: ' ' }, 'email', 'Укажите адрес E-mail'],
    [
      'no such address',
      { email: 'novikov@localhost' },
      'email',
      'Проверьте адрес E-mail: он должен быть вида name@company.ru',
    ],
    [
      'two addresses in one',
      { email: 'a@b.test, c@d.test' },
      'email',
      'Проверьте адрес E-mail: он должен быть вида name@company.ru',
    ],
    [
      'a header in the address',
      { email: 'a@b.test\r\nBcc: c@d.test' },
      'email',
      'Проверьте адрес E-mail: он должен быть вида name@company.ru',
    ],
    ['an endless address', { email: `${'a'.repeat(250)}@b.test` }, 'email', 'Сократите до 254 символов'],
    ['two fields of the address', { email: ['a@b.test', 'c@d.test'] }, 'email', 'Укажите адрес E-mail'],
    ['no surname', { surname: '' }, 'surname', 'Укажите фамилию'],
    ['an endless surname', { surname: 'ы'.repeat(101) }, 'surname', 'Сократите до 100 символов'],
    [
      'a header in the surname',
      { surname: 'Новикова\r\nBcc: c@d.test' },
      'surname',
      'Оставьте буквы, пробелы и дефисы',
    ],
    ['no name', { name: '\t' }, 'name', 'Укажите имя'],
    ['markup in the name', { name: '<b>Анна</b>' }, 'name', 'Оставьте буквы, пробелы и дефисы'],
    [
      'a header in the patronymic',
      { patronymic: 'Юрьевна\r\nBcc: c@d.test' },
      'patronymic',
      'Оставьте буквы, пробелы и дефисы',
    ],
    ['an endless patronymic', { patronymic: 'ы'.repeat(101) }, 'patronymic', 'Сократите до 100 символов'],
    [
      'no telephone at all',
      { phone: 'завтра' },
      'phone',
      'Укажите российский мобильный номер, например +7 903 000-00-00',
    ],
    [
      'a foreign telephone',
      { phone: '+1 202 555 0100' },
      'phone',
      'Укажите российский мобильный номер, например +7 903 000-00-00',
    ],
    ['no password', { password: '' }, 'password', 'Придумайте пароль'],
    ['a password of 7', same('абвгдеж'), 'password', 'Пароль короче 8 символов'],
    ['four pictures, which are 8 units of UTF-16', same('🔑🔑🔑🔑'), 'password', 'Пароль короче 8 символов'],
    ['a password of 129', same('ы'.repeat(129)), 'password', 'Пароль длиннее 128 символов'],
    [
      'a common password',
      same('Password1'),
      'password',
      'Такой пароль слишком распространён. Придумайте другой',
    ],
    [
      'the address as password',
      { email: 'Petrov@Tenant.test', ...same('petrov@tenant.TEST') },
      'password',
      'Пароль совпадает с адресом E-mail. Придумайте другой',
    ],
    ['no repetition', { password_again: '' }, 'password_again', 'Повторите пароль'],
    ['another repetition', { password_again: `${PASSWORD} ` }, 'password_again', 'Пароли не совпадают'],
  ];

  it.each(cases)('%s', async (_name, change, field, message) => {
    const before = await dump(house.parts.db, 'limits');
    const fields = typed(change);
    const answer = await house.visitor().submit('/auth/register', fields);
    expect(answer.status).toBe(422);
    const errors = errorsOf(answer.text);
    if (field === 'password' && fields.password === '')
      expect(errors.password_again).toBe('Пароли не совпадают');
    else expect(Object.keys(errors)).toEqual([field]);
    expect(errors[field]).toBe(message);
    expect(answer.text).toContain(`<a href="#field-${field}">`);
    for (const name of NAMES) {
      const sent = fields[name as 'email'] as string | string[];
      if (typeof sent === 'string' && !/[\r\n]/.test(sent))
        expect(valueOf(answer.text, name), name).toBe(sent);
    }
    // A box comes back ticked only where it was.
    expect(/name="consent"[^>]* checked/.test(answer.text)).toBe(fields.consent === 'on');
    expect(answer.text).not.toContain(PASSWORD);
    expect(await dump(house.parts.db, 'limits')).toEqual(before);
  });

  it('a consent that was not given, and it is not ticked by us', async () => {
    const visitor = house.visitor();
    expect((await visitor.get('/auth/register')).text).not.toMatch(/name="consent"[^>]* checked/);
    const { consent: _, ...rest } = typed();
    const answer = await visitor.submit('/auth/register', rest);
    expect(answer.status).toBe(422);
    expect(errorsOf(answer.text)).toEqual({
      consent: 'Отметьте согласие с политикой обработки персональных данных',
    });
    expect(answer.text).not.toMatch(/name="consent"[^>]* checked/);
    expect(await count(house.parts.db, 'registrations', { email: rest.email })).toBe(0);
  });

  it('an empty form, with every message in the order of the fields', async () => {
    const answer = await house.visitor().submit('/auth/register', {});
    expect(answer.status).toBe(422);
    expect([...answer.text.matchAll(/<li><a href="#field-(\w+)">/g)].map(([, name]) => name)).toEqual([
      'email',
      'surname',
      'name',
      'password',
      'password_again',
      'consent',
    ]);
    expect(words(answer.text)).toContain('Исправьте 6 ошибок');
    expect(answer.text).toContain('<title>Ошибка: Регистрация клиента');
  });

  it('the 31st form of an hour from one address, and nobody elsewhere', async () => {
    const visitor = house.visitor('10.200.0.1');
    const page = await visitor.hidden('/auth/register');
    const answers = [];
    for (let n = 0; n < 31; n += 1) answers.push(await visitor.post('/auth/register', page));
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(30).fill(422), 429]);
    expect(Number(answers.at(-1)!.headers['retry-after'])).toBeGreaterThan(3500);
    expect((await house.visitor().submit('/auth/register', typed())).status).toBe(303);
  });
});

describe('a registration', () => {
  it('shows the fields of the manual in its order, and lets a password be pasted', async () => {
    const { text } = await house.visitor().get('/auth/register');
    expect(
      [...text.matchAll(/<label class="label"[^>]*>([^<]*)/g)].map(([, label]) => label!.trim()),
    ).toEqual([
      'Адрес E-mail',
      'Фамилия',
      'Имя',
      'Отчество',
      'Мобильный телефон',
      'Пароль',
      'Подтверждение пароля',
    ]);
    expect(text.match(/<input[^>]*type="password"[^>]*>/g)).toHaveLength(2);
    for (const [input] of text.matchAll(/<input[^>]*type="password"[^>]*>/g)) {
      expect(input).toContain('autocomplete="new-password"');
      expect(input).not.toMatch(/maxlength|onpaste|value=/);
    }
    expect(text).toMatch(/href="\/policy"/);
    expect(text).toMatch(/href="\/policy\/consent"/);
    expect(text).toMatch(/href="\/auth\/login"/);
  });

  it('keeps what was typed and a whole consent with its text', async () => {
    const fields = typed({ email: '  Novikova@Tenant.TEST ' });
    const visitor = house.visitor('10.200.0.2');
    visitor.agent.set('User-Agent', 'Тестовый браузер/1.0'.replace(/[^\x20-\x7e]/g, 'x'));
    const answer = await visitor.submit('/auth/register', fields);
    expect([answer.status, answer.headers.location]).toEqual([303, '/auth/register/done']);
    expect(words((await visitor.get('/auth/register/done')).text)).toMatch(
      /Вы зарегистрированы .* в течение 7 суток/,
    );

    const { db } = house.parts;
    const row = await db('registrations').where({ email: 'novikova@tenant.test' }).first();
    expect(row).toMatchObject({
      surname: 'Новикова',
      name: 'Анна',
      patronymic: 'Юрьевна',
      phone: '+79030000000',
    });
    expect(row).toMatchObject({ confirmed_at: null, account_id: null, created_at: house.clock.now() });
    expect(row!.password_hash).toMatch(/^\$2b\$04\$/);

    const consents = await db('consents').where({ registration_id: row!.id });
    expect(consents).toEqual([
      {
        id: expect.any(String),
        registration_id: row!.id,
        account_id: null,
        email: 'Novikova@Tenant.TEST',
        purpose: 'account',
        version: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        sha256: expect.stringMatching(/^[\da-f]{64}$/),
        given_at: house.clock.now(),
        ip: '10.200.0.2',
        user_agent: 'xxxxxxxx xxxxxxx/1.0',
        form: '/auth/register',
        withdrawn_at: null,
        withdrawn_how: null,
      },
    ]);
    const text = await db('consent_texts')
      .where({ sha256: consents[0]!.sha256 })
      .first<{ body: string; version: string }>();
    expect(createHash('sha256').update(text.body).digest('hex')).toBe(consents[0]!.sha256);
    expect(text.version).toBe(consents[0]!.version);
    const page = words((await visitor.get('/policy/consent')).text);
    for (const paragraph of text.body.split('\n\n'))
      expect(page).toContain(paragraph.replaceAll('\u00a0', ' '));
  });

  it('is one row, one consent and one letter, however often the form is sent at once', async () => {
    const visitor = house.visitor();
    const fields = { ...(await visitor.hidden('/auth/register')), ...typed() };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => visitor.post('/auth/register', fields)),
    );
    expect(new Set(answers.map(({ status, headers }) => `${status} ${headers.location}`))).toEqual(
      new Set(['303 /auth/register/done']),
    );
    const { db } = house.parts;
    expect(await count(db, 'registrations', { email: fields.email })).toBe(1);
    expect(await count(db, 'consents', { email: fields.email })).toBe(1);
    await house.deliver();
    expect(mailbox.to(fields.email)).toHaveLength(1);
  });

  it('takes an address in another case for the same one', async () => {
    const visitor = house.visitor();
    const email = someone();
    for (const spelling of [email, email.toUpperCase(), ` ${email.replace('n', 'N')}`]) {
      expect((await visitor.submit('/auth/register', typed({ email: spelling }))).status).toBe(303);
    }
    expect(await count(house.parts.db, 'registrations', { email })).toBe(1);
  });

  it('ignores whatever else is sent along', async () => {
    const id = '11111111-1111-4111-8111-111111111111';
    const extra = {
      id,
      staff_roles: 'administrator',
      'staff_roles[]': 'administrator',
      roles: 'administrator',
      inn: '500100732259',
    };
    const more = {
      confirmed_at: '2020-01-01',
      account_id: id,
      password_hash: 'x',
      token_hash: 'x',
      created_at: '2020-01-01',
      browser: 'x',
    };
    const odd = { __proto__: 'x', constructor: 'x', 'a[b]': 'c', blocked_at: '2020-01-01' };
    const fields = typed({ ...extra, ...more, ...odd });
    const visitor = house.visitor();
    expect((await visitor.submit('/auth/register', fields)).status).toBe(303);
    const { db } = house.parts;
    const row = await db('registrations').where({ email: fields.email }).first();
    expect(row).toMatchObject({ confirmed_at: null, account_id: null, created_at: house.clock.now() });
    for (const value of [id, 'x']) expect(Object.values(row!)).not.toContain(value);

    await house.deliver();
    const link = /\/auth\/confirm\/\S+/.exec(mailbox.to(fields.email)[0]!.mail.text!)![0];
    await visitor.get(link);
    await visitor.submit('/auth/confirm', extra);
    const account = await db('accounts').where({ email: fields.email }).first();
    expect(account).toMatchObject({ staff_roles: [], inn: null, blocked_at: null });
    expect(account!.id).not.toBe(id);
  });

  it.each([
    ['128 letters', 'ы'.repeat(128)],
    ['128 pictures', '🔑'.repeat(128)],
    ['spaces, quotes and control characters', ' \'"; -- \u0001 <script> '],
  ])('takes a password of %s', async (_name, password) => {
    expect((await house.visitor().submit('/auth/register', typed(same(password)))).status).toBe(303);
  });
});

describe('an address that has an account', () => {
  const comparable = ({
    status,
    headers,
    text,
  }: {
    status: number;
    headers: Record<string, string>;
    text: string;
  }) => {
    const { date: _, ...rest } = headers;
    return { status, headers: rest, text };
  };

  it('gets the same answer to the letter, and its owner a letter that says so', async () => {
    const owner = await addAccount(house, { name: 'Пётр', patronymic: 'Ильич' });
    const [known, unknown] = [house.visitor(), house.visitor()];
    const fresh = typed();
    const one = await known.submit('/auth/register', typed({ email: owner.email.toUpperCase() }));
    const other = await unknown.submit('/auth/register', fresh);
    expect(comparable(one)).toEqual(comparable(other));
    const pages = await Promise.all([known, unknown].map((visitor) => visitor.get('/auth/register/done')));
    expect(comparable(pages[0]!)).toEqual(comparable(pages[1]!));

    await house.deliver();
    const [letter, ...more] = mailbox.to(owner.email);
    expect(more).toEqual([]);
    expect(letter!.mail.subject).toBe('Вы уже зарегистрированы в Личном кабинете клиента');
    expect(letter!.mail.text).toContain('Здравствуйте, Пётр Ильич!');
    expect(letter!.mail.text).toMatch(/Учётная запись с этим адресом уже есть, новая не создана/);
    expect(letter!.raw).not.toMatch(/auth\/confirm/);
    expect(mailbox.to(fresh.email)[0]!.mail.subject).toBe(
      'Подтвердите регистрацию в Личном кабинете клиента',
    );
    expect(await house.parts.db('accounts').where({ id: owner.id }).first()).toEqual(owner);
  });

  it('is not given away by the time of the answer', { timeout: 60_000, retry: 3 }, async () => {
    const visitor = house.visitor();
    const page = await visitor.hidden('/auth/register');
    const owners = await Promise.all(Array.from({ length: 66 }, () => addAccount(house)));
    const times = { known: [] as number[], unknown: [] as number[] };
    const register = async (email: string, ip: string) => {
      const from = performance.now();
      const answer = await visitor
        .post('/auth/register', { ...page, ...typed({ email }) })
        .set('X-Forwarded-For', ip);
      expect(answer.status).toBe(303);
      return performance.now() - from;
    };
    for (const [n, owner] of owners.entries()) {
      const pair = [
        ['known', owner.email],
        ['unknown', someone()],
      ] as const;
      for (const [who, email] of n % 2 ? [...pair].reverse() : pair) {
        times[who].push(await register(email, `10.201.${n}.${Math.floor(Math.random() * 250)}`));
      }
    }
    await house.parts.db('outbox').delete();
    expect(Math.abs(median(times.known.slice(6)) - median(times.unknown.slice(6)))).toBeLessThan(10);
  });
});

describe('the letter', () => {
  it('has one recipient, whatever the names are made of', async () => {
    const evil = '\r\nBcc: evil@evil.test\r\nSubject: Выигрыш\r\n\r\nТекст';
    const owner = await addAccount(house, { name: `Пётр${evil}`, patronymic: `Ильич${evil}`, surname: evil });
    await house.visitor().submit('/auth/register', typed({ email: owner.email }));
    await house.deliver();
    const [letter] = mailbox.to(owner.email);
    expect(letter!.to).toEqual([owner.email]);
    expect(letter!.mail.headers.has('bcc')).toBe(false);
    expect([letter!.mail.to].flat()[0]!.value.map(({ address }) => address)).toEqual([owner.email]);
    expect(letter!.mail.subject).toBe('Вы уже зарегистрированы в Личном кабинете клиента');
    expect(mailbox.to('evil@evil.test')).toEqual([]);
  });
});

describe('«Я не робот»', () => {
  let guarded: OpenHouse;
  const REFUSED = 'Подтвердите, что вы не робот';

  beforeAll(async () => void (guarded = await openDoors({ captcha: 'altcha' })));
  afterAll(() => guarded?.close());
  beforeEach(() => guarded.parts.db('limits').delete());

  const question = (html: string) => /Сколько будет [^<]*/.exec(html)![0];
  const registered = (email: string) => count(guarded.parts.db, 'registrations', { email });

  it.each([
    ['nothing', {}],
    ['an empty answer', { robot_answer: ' ' }],
    ['a wrong number', { robot_answer: '999' }],
    ['a number without its task', { robot_answer: '5', robot_task: '' }],
    ['a made-up solution', { altcha: Buffer.from('{"challenge":{}}').toString('base64') }],
  ])('is refused with %s, everything typed kept', async (_name, answers) => {
    const visitor = guarded.visitor();
    const fields = typed();
    const answer = await visitor.submit('/auth/register', { ...fields, ...answers });
    expect(answer.status).toBe(422);
    expect(errorsOf(answer.text)).toEqual({ robot: REFUSED, 'robot-widget': REFUSED });
    for (const name of ['email', 'surname', 'name', 'patronymic', 'phone'] as const) {
      expect(valueOf(answer.text, name)).toBe(fields[name]);
    }
    // A box comes back ticked only where it was.
    expect(/name="consent"[^>]* checked/.test(answer.text)).toBe(fields.consent === 'on');
    expect(answer.text).not.toContain(PASSWORD);
    expect(await registered(fields.email)).toBe(0);
  });

  it('uses a task up with a wrong answer and shows another', async () => {
    const visitor = guarded.visitor();
    const { text } = await visitor.get('/auth/register');
    const task = { robot_task: valueOf(text, 'robot_task')! };
    const page = await visitor.hidden('/auth/register');
    const wrong = await visitor.post('/auth/register', { ...page, ...typed(), ...task, robot_answer: '77' });
    expect(valueOf(wrong.text, 'robot_task')).not.toBe(task.robot_task);
    const fields = { ...typed(), ...task, robot_answer: answerTask(question(text)) };
    expect((await visitor.post('/auth/register', { ...page, ...fields })).status).toBe(422);
    expect(await registered(fields.email)).toBe(0);
  });

  it('keeps an answer that was right while something else is mended', async () => {
    const visitor = guarded.visitor();
    const { text } = await visitor.get('/auth/register');
    const robot = { robot_task: valueOf(text, 'robot_task')!, robot_answer: answerTask(question(text)) };
    const fields = typed();
    const page = await visitor.hidden('/auth/register');
    const again = await visitor.post('/auth/register', { ...page, ...fields, surname: '', ...robot });
    expect(Object.keys(errorsOf(again.text))).toEqual(['surname']);
    expect(valueOf(again.text, 'robot_answer')).toBe(robot.robot_answer);
    expect(valueOf(again.text, 'robot_task')).toBe(robot.robot_task);
    expect((await visitor.post('/auth/register', { ...page, ...fields, ...robot })).status).toBe(303);
    expect(await registered(fields.email)).toBe(1);
  });

  it('is passed by the plain task, once', async () => {
    const visitor = guarded.visitor();
    const page = await visitor.get('/auth/register');
    const task = {
      robot_task: valueOf(page.text, 'robot_task')!,
      robot_answer: answerTask(question(page.text)),
    };
    const [first, second] = [typed(), typed()];
    const hidden = await visitor.hidden('/auth/register');
    expect((await visitor.post('/auth/register', { ...hidden, ...first, ...task })).status).toBe(303);
    const replay = await visitor.post('/auth/register', { ...hidden, ...second, ...task });
    expect([replay.status, errorsOf(replay.text).robot]).toEqual([422, REFUSED]);
    expect([await registered(first.email), await registered(second.email)]).toEqual([1, 0]);
  });

  it('is passed by the widget, once', async () => {
    const visitor = guarded.visitor();
    const challenge = await visitor.get('/auth/challenge');
    expect(challenge.headers['cache-control']).toBe('no-store');
    const altcha = await solveAltcha(challenge.text);
    const [first, second] = [typed(), typed()];
    expect((await visitor.submit('/auth/register', { ...first, altcha })).status).toBe(303);
    const replay = await guarded.visitor().submit('/auth/register', { ...second, altcha });
    expect([replay.status, errorsOf(replay.text).robot]).toEqual([422, REFUSED]);
    expect([await registered(first.email), await registered(second.email)]).toEqual([1, 0]);
  });

  it('runs out after 20 minutes', async () => {
    const visitor = guarded.visitor();
    const { text } = await visitor.get('/auth/register');
    const task = { robot_task: valueOf(text, 'robot_task')!, robot_answer: answerTask(question(text)) };
    const altcha = await solveAltcha((await visitor.get('/auth/challenge')).text);
    guarded.clock.move(20 * 60_000);
    for (const answers of [task, { altcha }]) {
      expect((await visitor.submit('/auth/register', { ...typed(), ...answers })).status).toBe(422);
    }
  });

  it('gives one address 300 challenges an hour', async () => {
    const visitor = guarded.visitor('10.202.0.1');
    expect((await visitor.get('/auth/challenge')).status).toBe(200);
    expect(await guarded.parts.db('limits').where('key', 'like', 'challenge:%').update({ points: 300 })).toBe(
      1,
    );
    const refused = await visitor.get('/auth/challenge');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3500);
    expect((await guarded.visitor().get('/auth/challenge')).status).toBe(200);
  });
});

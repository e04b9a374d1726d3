import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, type Database } from '../../src/db/knex.js';
import { pageTask } from '../../src/web/antibot/page-task.js';
import { reCaptcha } from '../../src/web/antibot/recaptcha.js';
import { smartCaptcha } from '../../src/web/antibot/smartcaptcha.js';
import { vendorCaptcha } from '../../src/web/antibot/vendor.js';
import { answerTask } from '../support/captcha.js';
import { cloneDatabase } from '../support/database.js';
import { openStandIn, type StandIn } from '../support/stand-in.js';
import { configured, SECRET, SPEECH, VENDORS } from '../support/widget.js';

const NOW = new Date('2027-03-10T09:00:00Z');
const IP = '203.0.113.9';
const HOST = 'my.company.test:8443';

let db: Database;
let database: Awaited<ReturnType<typeof cloneDatabase>>;
let standIn: StandIn;
let logged: unknown[] = [];
let serial = 0;

beforeAll(async () => {
  database = await cloneDatabase();
  db = connect(database.url);
  standIn = await openStandIn();
});
afterAll(async () => {
  await standIn?.close();
  await db?.destroy();
  await database?.drop();
});
beforeEach(() => {
  standIn.asked.length = 0;
  standIn.answer = () => 'hang';
  logged = [];
});

const says = (body: unknown, status = 200, headers = {}) => {
  standIn.answer = () => ({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
};
const used = async () => Number((await db('captcha_solutions').count('* as n').first())?.n);
const newToken = () => `a-token-that-nobody-sees-${(serial += 1)}`;

describe.each(VENDORS)('%s', (vendor) => {
  const { field, question, person, robot, wrongSecret, checker } = SPEECH[vendor];
  const open = ({ url = standIn.url, timeoutMs = 5_000 } = {}) =>
    vendorCaptcha(
      { smartcaptcha: smartCaptcha, recaptcha: reCaptcha }[vendor]({
        ...configured(vendor, url, timeoutMs),
        publicUrl: `https://${HOST}`,
      }),
      {
        db,
        task: pageTask({ db, secret: 'the secret of these tests' }),
        log: { warn: (...line: unknown[]) => void logged.push(line) },
      },
    );
  const verify = (token = newToken(), captcha = open()) =>
    captcha.verify({ fields: { [field]: token }, ip: IP }, NOW);
  /** Warned of once, and not with what is the visitor's or ours alone. */
  const expectWarned = (reason: string) => {
    expect(logged).toEqual([[{ captcha: vendor, verdict: 'away', reason }, 'anti-bot check failed']]);
    expect(JSON.stringify(logged)).not.toMatch(/nobody-sees|203\.0/);
  };

  it('is not asked without a token, nor with one longer than any', async () => {
    says(person(HOST));
    expect(await open().verify({ fields: {}, ip: IP }, NOW)).toBe('robot');
    for (const token of ['', 'x'.repeat(8193)]) expect(await verify(token)).toBe('robot');
    expect(standIn.asked).toEqual([]);
  });

  it('that refuses a token lets nobody in, and its refusal is not news', async () => {
    const before = await used();
    says(robot);
    expect(await verify()).toBe('robot');
    expect([logged, await used()]).toEqual([[], before]);
  });

  it('that takes a token twice lets one in, of 50 at once as well', async () => {
    says(person(HOST));
    const token = newToken();
    expect(await verify(token)).toBe('person');
    expect(await verify(token)).toBe('robot');
    const another = newToken();
    const answers = await Promise.all(Array.from({ length: 50 }, () => verify(another)));
    expect(answers.filter((verdict) => verdict === 'person')).toHaveLength(1);
    expect(answers.filter((verdict) => verdict === 'robot')).toHaveLength(49);
  });

  it.each(['other.test', `evil-${HOST}`, `${HOST.split(':')[0]}.evil.test`])(
    'whose token was solved at %s lets nobody in, and says so',
    async (host) => {
      says(person(host));
      expect(await verify()).toBe('robot');
      expect(logged).toEqual([
        [{ captcha: vendor, verdict: 'robot', reason: 'solved for another site' }, 'anti-bot check failed'],
      ]);
    },
  );

  it.each([301, 307, 400, 403, 404, 429, 500, 503])(
    'that answers HTTP %i is away, and the secret goes nowhere else',
    async (status) => {
      says(person(HOST), status, { Location: `${standIn.url}/elsewhere` });
      expect(await verify()).toBe('away');
      expect(standIn.asked).toHaveLength(1);
      expectWarned(`HTTP ${status}`);
    },
  );

  it.each(['', 'ok', '<html>ok</html>', 'null', '17', '[]', '{}', '"ok"', '{"status":1,"success":"true"}'])(
    'that answers %j is away',
    async (body) => {
      says(body);
      expect(await verify()).toBe('away');
      expectWarned('not understood');
    },
  );

  it('that knows no such secret is away: the fault is ours', async () => {
    says(wrongSecret);
    expect(await verify()).toBe('away');
    expectWarned(vendor === 'recaptcha' ? 'invalid-input-secret' : 'our secret is refused');
  });

  it('that does not answer in time, breaks off or cannot be reached is away', async () => {
    expect(await verify(newToken(), open({ timeoutMs: 100 }))).toBe('away');
    expectWarned('no answer in time');
    standIn.answer = () => 'break';
    expect(await verify()).toBe('away');
    const gone = await openStandIn();
    await gone.close();
    logged = [];
    expect(await verify(newToken(), open({ url: gone.url }))).toBe('away');
    expectWarned('no connection: ECONNREFUSED');
  });

  it('that is away uses nothing up, and the plain task lets a person in', async () => {
    says('', 503);
    const token = newToken();
    const { question: words, sealed } = await open().present(NOW);
    const before = await used();
    expect(await verify(token)).toBe('away');
    expect(await used()).toBe(before);
    const fields = { [field]: token, robot_task: sealed, robot_answer: answerTask(words) };
    expect(await open().verify({ fields, ip: IP }, NOW)).toBe('person');
    expect(await open().verify({ fields, ip: IP }, NOW)).toBe('away');
    says(person(HOST));
    expect(await verify(token)).toBe('person');
  });

  it('after the plain task was answered wrong still says what it knows', async () => {
    says(robot);
    const { sealed } = await open().present(NOW);
    const fields = { [field]: newToken(), robot_task: sealed, robot_answer: '99' };
    expect(await open().verify({ fields, ip: IP }, NOW)).toBe('robot');
  });

  it('is asked once, by POST, with nothing in the address', async () => {
    says(person(HOST));
    const token = newToken();
    expect(await verify(token)).toBe('person');
    expect(standIn.asked).toEqual([{ method: 'POST', path: checker, fields: question(token, IP) }]);
    expect(logged).toEqual([]);
  });

  it('is shown beside the plain task, and not at all while it is away', async () => {
    const shown = await open().present(NOW);
    expect(shown).toMatchObject({ kind: 'vendor', api: SPEECH[vendor].api, scripts: ['robot.js'] });
    expect(shown.question).toMatch(/^Сколько будет/);
    const typed = { robot_task: shown.sealed, robot_answer: answerTask(shown.question) };
    expect(await open().present(NOW, typed, 'away')).toEqual({
      kind: 'plain',
      question: shown.question,
      sealed: shown.sealed,
      answer: typed.robot_answer,
      scripts: [],
      sources: {},
    });
  });
});

const at = (url: string) => ({ ...configured('recaptcha', url), publicUrl: `https://${HOST}` });
const judged = (vendor: ReturnType<typeof smartCaptcha>) => vendor.judge('a', IP);

describe('SmartCaptcha', () => {
  it('names a host that is ours with its port, in any case; older answers have none', async () => {
    const answers: [unknown, string][] = [
      [{ status: 'ok', message: '', host: HOST.toUpperCase() }, 'person'],
      [{ status: 'ok' }, 'person'],
      [{ status: 'ok', host: 'my.company.test' }, 'robot'],
      // Of a blocked cloud they say «ok» of everybody, and name no host.
      [{ status: 'ok', message: '', host: '' }, 'away'],
    ];
    for (const [answer, verdict] of answers) {
      says(answer);
      expect((await judged(smartCaptcha(at(standIn.url)))).verdict, JSON.stringify(answer)).toBe(verdict);
    }
  });

  it('asks for one origin and for inline styles, and for nothing else', () => {
    const url = 'https://smartcaptcha.yandexcloud.net';
    const { sources, widget } = smartCaptcha(at(url));
    const styles = { 'style-src': ["'unsafe-inline'"] };
    expect(sources).toEqual({ 'script-src': [url], 'frame-src': [url], 'connect-src': [url], ...styles });
    expect(widget).toMatchObject({ script: `${url}/captcha.js?render=onload&onload=robotReady` });
  });
});

describe('reCAPTCHA', () => {
  it('names a host without a port, and is away where an error is not the token’s', async () => {
    const answers: [unknown, string][] = [
      [{ success: true, hostname: 'MY.company.test' }, 'person'],
      [{ success: true }, 'robot'],
      [{ success: false }, 'robot'],
      [{ success: false, 'error-codes': ['missing-input-response'] }, 'robot'],
      [{ success: false, 'error-codes': ['invalid-input-response'] }, 'robot'],
      [{ success: false, 'error-codes': ['invalid-input-response', 'missing-input-secret'] }, 'away'],
      [{ success: false, 'error-codes': ['bad-request'] }, 'away'],
      [{ success: true, hostname: 'my.company.test', 'error-codes': ['invalid-input-secret'] }, 'away'],
      [{ success: false, 'error-codes': ['something-new'] }, 'away'],
    ];
    for (const [answer, verdict] of answers) {
      says(answer);
      expect((await judged(reCaptcha(at(standIn.url)))).verdict, JSON.stringify(answer)).toBe(verdict);
    }
  });

  it('asks for the sources that its documentation names, and for nothing inline', () => {
    const { sources, widget } = reCaptcha(at('https://www.google.com'));
    const google = 'https://www.google.com/recaptcha/';
    expect(sources).toEqual({
      'script-src': [google, 'https://www.gstatic.com/recaptcha/'],
      'frame-src': [google, 'https://recaptcha.google.com/recaptcha/'],
      'connect-src': [google],
    });
    expect(widget).toMatchObject({ script: `${google}api.js?hl=ru&render=explicit&onload=robotReady` });
  });
});

it('no secret of ours is in what a page shows', async () => {
  for (const vendor of [smartCaptcha, reCaptcha]) {
    expect(JSON.stringify(vendor(at(standIn.url)))).not.toContain(SECRET);
  }
});

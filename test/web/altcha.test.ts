import type { Challenge } from 'altcha-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Database } from '../../src/db/knex.js';
import { altchaCaptcha } from '../../src/web/antibot/altcha.js';
import { noCaptcha } from '../../src/web/antibot/captcha.js';
import { inWords } from '../../src/web/antibot/plain-task.js';
import { answerTask, solveAltcha } from '../support/captcha.js';
import { cloneDatabase } from '../support/database.js';

// Long past, so that nothing can lean on the machine's clock.
const now = new Date('2024-03-01T09:00:00Z');
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);

let db: Database;
let database: Awaited<ReturnType<typeof cloneDatabase>>;
const make = (secret = 'the secret of these tests') => {
  const { verify, ...rest } = altchaCaptcha({ db, secret, challengePath: '/robot/challenge' });
  return {
    ...rest,
    verify: (fields: Record<string, string>, at: Date) => verify({ fields, ip: '10.0.0.1' }, at),
  };
};
const used = async () => Number((await db('captcha_solutions').count('* as n').first())?.n);
const times = <T>(count: number, act: () => Promise<T>) => Promise.all(Array.from({ length: count }, act));

beforeAll(async () => {
  database = await cloneDatabase();
  db = connect(database.url);
});
afterAll(async () => {
  await db?.destroy();
  await database?.drop();
});

describe('the widget', () => {
  const solved = async (at = now) => ({ altcha: await solveAltcha(await make().challenge(at)) });

  it('accepts a solution once', async () => {
    const fields = await solved();
    expect(await make().verify(fields, later(19))).toBe('person');
    expect(await make().verify(fields, later(19))).toBe('robot');
  });

  it('accepts one of 50 sent at once', async () => {
    const fields = await solved();
    const answers = await times(50, () => make().verify(fields, now));
    expect(answers.filter((verdict) => verdict === 'person')).toHaveLength(1);
  });

  it('refuses after 20 minutes, whatever is said about the expiry', async () => {
    const fields = await solved();
    expect(await make().verify(fields, later(20))).toBe('robot');
    const moved = changed(fields.altcha, (sent) => {
      sent.challenge.parameters.data = { expires: later(60).getTime() / 1000 };
    });
    expect(await make().verify({ altcha: moved }, later(30))).toBe('robot');
  });

  it('keeps the used one until it would have expired', async () => {
    const before = await used();
    await make().verify(await solved(later(100)), later(100));
    expect(await used()).toBe(before + 1);
    const row = await db('captcha_solutions').orderBy('expires_at', 'desc').first();
    expect(row.expires_at).toEqual(later(120));
  });

  it('refuses what another secret signed, and what nobody signed', async () => {
    const fields = await solved();
    expect(await make('another secret').verify(fields, now)).toBe('robot');
    const forgeries: ((sent: Payload) => void)[] = [
      (sent) => delete sent.challenge.signature,
      (sent) => (sent.challenge.signature = 'f'.repeat(64)),
      (sent) => (sent.challenge.signature = sent.challenge.signature!.toUpperCase()),
      (sent) => (sent.challenge.parameters.cost = 1),
      (sent) => delete sent.challenge.parameters.keySignature,
      (sent) => (sent.challenge.parameters.nonce = '00'.repeat(16)),
      (sent) => (sent.solution.derivedKey = sent.challenge.parameters.keyPrefix.padEnd(64, '0')),
      (sent) => (sent.solution.derivedKey = ''),
      (sent) => (sent.solution.counter = -1),
    ];
    for (const forge of forgeries) {
      expect(await make().verify({ altcha: changed(fields.altcha, forge) }, now), String(forge)).toBe(
        'robot',
      );
    }
    expect(await make().verify(fields, now)).toBe('person');
  });

  it('refuses rubbish without failing', async () => {
    const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
    const before = await used();
    for (const altcha of [
      '',
      'x',
      '{}',
      json(null),
      json([]),
      json({ test: true }),
      json({ challenge: {} }),
      'A'.repeat(99_999),
    ]) {
      expect(await make().verify({ altcha }, now)).toBe('robot');
    }
    expect(await used()).toBe(before);
  });
});

describe('the plain task', () => {
  const asked = async () => {
    const { question, sealed } = await make().present(now);
    return { question, robot_task: sealed, right: answerTask(question) };
  };

  it('accepts the right answer once, in digits or in words', async () => {
    for (const write of [(n: string) => ` ${n}\u00a0`, (n: string) => inWords(Number(n)).toUpperCase()]) {
      const { robot_task, right } = await asked();
      const fields = { altcha: '', robot_task, robot_answer: write(right) };
      expect(await make().verify(fields, later(19))).toBe('person');
      expect(await make().verify(fields, later(19))).toBe('robot');
    }
  });

  it('accepts one of 50 sent at once', async () => {
    const { robot_task, right } = await asked();
    const answers = await times(50, () => make().verify({ robot_task, robot_answer: right }, now));
    expect(answers.filter((verdict) => verdict === 'person')).toHaveLength(1);
  });

  it('is used up by a wrong answer, not by none', async () => {
    const untouched = await asked();
    expect(await make().verify({ robot_task: untouched.robot_task, robot_answer: ' ' }, now)).toBe('robot');
    expect(
      await make().verify({ robot_task: untouched.robot_task, robot_answer: untouched.right }, now),
    ).toBe('person');

    const { robot_task } = await asked();
    for (const robot_answer of ['99', ...Array.from({ length: 40 }, (_, n) => String(n))]) {
      expect(await make().verify({ robot_task, robot_answer }, now)).toBe('robot');
    }
  });

  it('refuses after 20 minutes', async () => {
    const { robot_task, right } = await asked();
    expect(await make().verify({ robot_task, robot_answer: right }, later(20))).toBe('robot');
  });

  it('refuses a seal that is not ours, and keeps nothing of it', async () => {
    const { robot_task, right } = await asked();
    const [id, expires, seal] = robot_task.split('.') as [string, string, string];
    const before = await used();
    for (const forged of [
      `${id}.${Number(expires) + 3600}.${seal}`,
      `${id}.0${expires}.${seal}`,
      `${'A'.repeat(22)}.${expires}.${seal}`,
      `${id}.${expires}.${'A'.repeat(43)}`,
      `${id}.${expires}`,
      '',
    ]) {
      expect(await make().verify({ robot_task: forged, robot_answer: right }, now), forged).toBe('robot');
    }
    expect(await make('another secret').verify({ robot_task, robot_answer: right }, now)).toBe('robot');
    expect(await used()).toBe(before);
    expect(await make().verify({ robot_task, robot_answer: right }, now)).toBe('person');
  });

  it('gives the same task back with its answer until it was tried or has expired', async () => {
    const { question, robot_task, right } = await asked();
    const typed = { robot_task, robot_answer: right };
    expect(await make().present(later(5), typed)).toMatchObject({
      question,
      sealed: robot_task,
      answer: right,
    });
    const others = [
      await make().present(later(20), typed),
      await make().present(now, { ...typed, robot_task: 'x' }),
      await make('another secret').present(now, typed),
    ];
    await make().verify({ robot_task, robot_answer: '99' }, now);
    others.push(await make().present(now, typed));
    for (const other of others) {
      expect(other.answer).toBe('');
      expect(other.sealed).not.toBe(robot_task);
    }
  });
});

it('switched off, shows nothing and accepts everything', async () => {
  expect(await noCaptcha().present(now)).toMatchObject({ kind: 'off', question: '' });
  expect(await noCaptcha().verify({ fields: {}, ip: '' }, now)).toBe('person');
});

interface Payload {
  challenge: Challenge;
  solution: { counter: number; derivedKey: string };
}

function changed(altcha: string, change: (sent: Payload) => void): string {
  const sent = JSON.parse(Buffer.from(altcha, 'base64').toString()) as Payload;
  change(sent);
  return Buffer.from(JSON.stringify(sent)).toString('base64');
}

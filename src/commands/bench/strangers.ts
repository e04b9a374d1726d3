import { answerTask } from './answer-task.js';
import { ask, cookies, fieldOf } from './client.js';
import { median, type Figures } from './figures.js';
import { KNOWN } from './filling.data.js';

/** One try with this address, from a network address of its own; milliseconds until the whole answer is there. */
type Try = (email: string, from: string) => Promise<number>;

/**
 * How long a stranger waits for an answer about an address that has an account, and about one that has none. The two
 * are asked at the same moment, so that whatever else the machine does befalls both.
 *
 * @param times how many of each
 */
export async function measureStrangers(port: number, times: number): Promise<Figures['strangers']> {
  const compare = async (attempt: Try) => {
    const known: number[] = [];
    const unknown: number[] = [];
    for (let n = 0; n < times; n += 1) {
      const pair = [
        async () => known.push(await attempt(KNOWN[n % KNOWN.length]!, addressOf(2 * n))),
        async () => unknown.push(await attempt(`nobody-${n}@tenant.example`, addressOf(2 * n + 1))),
      ];
      // Whoever is first has no advantage either.
      if (n % 2) pair.reverse();
      await Promise.all(pair.map((one) => one()));
    }
    return { known: median(known), unknown: median(unknown) };
  };
  return { times, signIn: await compare(wrongPassword(port)), recovery: await compare(recovery(port)) };
}

const wrongPassword =
  (port: number): Try =>
  (email, from) =>
    send(port, '/auth/login', from, 401, { email, password: 'Не тот пароль' });

const recovery =
  (port: number): Try =>
  (email, from) =>
    send(port, '/auth/recovery', from, 303, { contact: email, surname: 'Константинопольская' });

/** Opens the form as a new visitor does, fills it in, and takes the time of its sending alone. */
async function send(
  port: number,
  path: string,
  from: string,
  status: number,
  fields: Record<string, string>,
): Promise<number> {
  const page = await ask(port, path, { headers: { 'X-Forwarded-For': from } });
  const html = page.body.toString();
  const headers = { 'X-Forwarded-For': from, Cookie: cookies(page) };
  const own = { _csrf: fieldOf(html, '_csrf'), ...robot(html), ...fields };
  const begin = performance.now();
  const answer = await ask(port, path, { headers, form: own });
  const took = performance.now() - begin;
  if (answer.status !== status) throw new Error(`${path} answered ${answer.status}`);
  return took;
}

/** The plain task of the page with its answer, where the page has one. */
function robot(html: string): Record<string, string> {
  const task = fieldOf(html, 'robot_task');
  return task ? { robot_task: task, robot_answer: answerTask(html) } : {};
}

/** Networks for measurements (RFC 2544): limits count each address by itself. */
const addressOf = (n: number) => `198.18.${n >> 8}.${n & 255}`;

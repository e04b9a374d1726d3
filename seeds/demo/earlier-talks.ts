import type { Face } from '../../src/domain/conversations/faces.js';
import type { Clock } from './clock.js';
import { EARLIER_MESSAGES } from './earlier-messages.js';
import { EARLIER_REQUESTS } from './earlier-requests.js';
import { Talk } from './talk.js';

/** «Заявка принята» as the operator sends it. */
const ACCEPTED = 'Здравствуйте! Заявка принята, передали её мастеру. О времени сообщим отдельно.';

/** What was asked and done since twelve weeks: the figures, and lists that do not end on the first page. */
export function earlierTalks(clock: Clock): Talk[] {
  return [...read('request', EARLIER_REQUESTS, clock), ...read('message', EARLIER_MESSAGES, clock)];
}

/**
 * A block is a talk. Its first line: so many days ago, the time, whose, by whom, after how many working minutes the first
 * answer came, how many of five points its author gave in the end (0: time has closed it), the kind. Then a line each:
 * subject, text, answer, what he said of it.
 */
function read(face: Face, blocks: string, { ago }: Clock): Talk[] {
  return blocks
    .trim()
    .split('\n\n')
    .map((block) => {
      const [head = '', subject = '', text = '', answer = '', words] = block.split('\n');
      const [days, time = '', organisation = '', author = '', minutes, rating, ...kinds] = head.split(' ');
      const kind = kinds.join(' ');
      const matter = { face, organisation, author, subject, ...(face === 'message' && { kind }) };
      const talk = new Talk(`${organisation}/${subject}`, matter).opened(ago(Number(days), time), text);
      if (face === 'message') talk.step(Number(minutes), 'answer', answer);
      else {
        talk.step(Number(minutes), 'accept', ACCEPTED);
        if (kind) talk.sorted(1, kind);
        talk.step(15, 'start').step(Number(minutes) * 2, 'finish', answer);
      }
      return Number(rating) > 0 ? talk.rated(340, Number(rating), words) : talk.expired();
    });
}

import { json } from '../../web/answer.js';
import { anyone } from '../../web/section.js';
import { section, visitor } from '../section.js';

/** What the anti-bot's widget fetches. */
export const challengeSection = section({
  path: '/auth/challenge',
  area: 'auth',
  load: visitor,
  visitors: true,
});

challengeSection.page('/', anyone, async ({ parts, now }) => json(await parts.challenge(now)), {
  limit: { name: 'challenge', points: 300, seconds: 3600, by: 'address' },
});

import { createHash } from 'node:crypto';

/** The id of something in the demo: the same at every seeding, so that an address noted down stays good. */
export function idOf(kind: string, name: string): string {
  const digest = createHash('sha256').update(`demo/${kind}/${name}`).digest('hex');
  // The shape of a random uuid (RFC 9562, version 4).
  const parts = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `4${digest.slice(13, 16)}`,
    `a${digest.slice(17, 20)}`,
  ];
  return [...parts, digest.slice(20, 32)].join('-');
}

import { createHash, createHmac, randomBytes } from 'node:crypto';

/** The secret part of one-time links: 192 bits. The database keeps only their hash. */
export interface Tokens {
  /** The token of a row, derived anew whenever its letter is written. */
  derive(purpose: string, id: string): string;
}

export function createTokens(secret: string): Tokens {
  return {
    derive: (purpose, id) =>
      createHmac('sha256', secret)
        .update(`token:${purpose}:${id}`)
        .digest()
        .subarray(0, 24)
        .toString('base64url'),
  };
}

export const randomToken = () => randomBytes(24).toString('base64url');
export const hashToken = (token: string) => createHash('sha256').update(token).digest('base64url');

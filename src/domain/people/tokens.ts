import { createHash, createHmac, randomBytes } from 'node:crypto';

/** The secret part of one-time links: 192 bits. The database keeps only their hash. */
export interface Tokens {
  /** The token of a row, derived anew whenever its letter is written. */
  derive(purpose: string, id: string): string;
  /** Six digits that follow from a row's id: they are kept nowhere. */
  code(id: string): string;
}

export function createTokens(secret: string): Tokens {
  return {
    derive: (purpose, id) =>
      createHmac('sha256', secret)
        .update(`token:${purpose}:${id}`)
        .digest()
        .subarray(0, 24)
        .toString('base64url'),
    code: (id) =>
      String(
        createHmac('sha256', secret).update(`code:${id}`).digest().readUIntBE(0, 6) % 1_000_000,
      ).padStart(6, '0'),
  };
}

export const randomToken = () => randomBytes(24).toString('base64url');
export const hashToken = (token: string) => createHash('sha256').update(token).digest('base64url');

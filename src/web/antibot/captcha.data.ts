import type { Database } from '../../db/knex.js';

/** Marks a solution as used until it expires anyway; false when it was used before. */
export async function firstUse(db: Database, signature: string, expires_at: Date): Promise<boolean> {
  const row = { signature, expires_at };
  const added = await db('captcha_solutions')
    .insert(row)
    .onConflict('signature')
    .ignore()
    .returning('signature');
  return added.length === 1;
}

/** Whether the solution was used. */
export async function isUsed(db: Database, signature: string): Promise<boolean> {
  return !!(await db('captcha_solutions').where({ signature }).first('signature'));
}

import type { Transaction } from './knex.js';

/**
 * Does the work of one filled-in form once, however often it is sent: a double click, or twenty at the same instant.
 *
 * The form's key is claimed inside the work's own transaction; whoever comes later waits for it there and is answered
 * what the first one was. Without a key (a form from before) the work is simply done.
 */
export async function once<T>(
  trx: Transaction,
  form: { account: string; key: string | null; now: Date },
  work: () => Promise<T>,
): Promise<T> {
  if (!form.key) return work();
  const id = { account_id: form.account, key: form.key };
  const claimed = await trx('submissions')
    .insert({ ...id, created_at: form.now })
    .onConflict(['account_id', 'key'])
    .ignore()
    .returning('key');
  if (claimed.length === 0) {
    const first = await trx('submissions').where(id).first<{ result: T }>('result');
    return first.result;
  }
  const result = await work();
  await trx('submissions')
    .where(id)
    .update({ result: JSON.stringify(result ?? null) });
  return result;
}

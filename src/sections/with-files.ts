import { acceptUploads, removeAccepted, type Accepted } from '../domain/files/files.actions.js';
import type { Wanted } from '../domain/files/verdict.js';
import { Refusal } from '../lib/errors.js';
import type { FormCtx } from './section.js';

/**
 * Judges and stores the form's files, however many came, before the action's transaction. A refusal takes the files with
 * it; after any other failure nobody knows whether the rows were committed, and the sweeper finds out.
 *
 * @param field the form's field for files, where a refusal of one is to stand
 * @param wanted what it takes
 * @throws Invalid, StorageFull as `acceptUploads`, and what `work` throws
 */
export async function withFiles<Result>(
  ctx: Pick<FormCtx<unknown>, 'parts' | 'files'>,
  field: string,
  work: (files: Accepted[]) => Promise<Result>,
  wanted: Wanted = 'document',
): Promise<Result> {
  const files = await acceptUploads(ctx.parts, ctx.files, field, wanted);
  try {
    return await work(files);
  } catch (error) {
    if (error instanceof Refusal) await removeAccepted(ctx.parts.store, files);
    throw error;
  }
}

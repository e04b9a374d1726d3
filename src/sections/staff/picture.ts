import type { Picture } from '../../domain/passes/schemes.actions.js';
import type { Answer } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import type { FormCtx } from '../section.js';
import { withFiles } from '../with-files.js';

/** A picture that many people's pages show: JPEG, and small. The words that refuse another stand in `files/verdict.ts`. */
export const PICTURE = {
  field: 'picture',
  maxBytes: 2 * 1024 * 1024,
  smaller: 'Уменьшите картинку, например сохраните её в формате JPG с меньшим разрешением',
};

/** Judges and stores the form's picture, if one was chosen. @throws as `withFiles` */
export function withPicture(
  ctx: FormCtx<Account>,
  work: (picture: Picture | null) => Promise<Answer>,
): Promise<Answer> {
  return withFiles(
    ctx,
    PICTURE.field,
    // What passes as a picture has a size.
    ([file]) => work(file ? { ...file, width: file.width!, height: file.height! } : null),
    'picture',
  );
}

import { getFile } from '../domain/files/files.data.js';
import { getScheme } from '../domain/passes/schemes.data.js';
import type { FileAnswer } from '../web/answer.js';
import type { Ctx } from './section.js';

/** The picture of the scheme of the address, for whoever may see it there: shown (`?inline`), or saved. @throws NotFound */
export async function schemePicture({ db, params, parts, query }: Ctx<unknown>): Promise<FileAnswer> {
  const { file_id } = await getScheme(db, params.scheme!);
  const { name, mime } = await getFile(db, file_id);
  const file = { ...(await parts.store.open(file_id)), mime, name };
  return { kind: 'file', file, inline: query.has('inline') };
}

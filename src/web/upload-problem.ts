import { filesNamed, plural } from '../lib/text.js';
import type { Reception } from './reception.js';

/** Why the files of a form are not taken: Russian words to stand at the field, and the answer's status. */
export interface Problem {
  words: string;
  status: 413 | 422 | 507;
}

interface Limits {
  maxBytes: number;
  maxFiles?: number;
  smaller?: string;
}

const MB = 1024 * 1024;

/** The disk is full, the quota is used up, or the disk went read-only: the form can be sent again later. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/**
 * What keeps these files from being taken, all of them or none.
 *
 * @param tooMany more were sent than are here
 * @throws what the disk said, where that is a fault of ours and not a lack of room
 */
export function problemOf(
  receptions: Reception[],
  tooMany: boolean,
  { maxBytes, maxFiles = 1, smaller }: Limits,
): Problem | null {
  if (tooMany) {
    const most = `${maxFiles}\u00a0${plural(maxFiles, 'файла', 'файлов', 'файлов')}`;
    const words = `Не больше ${most} за раз. Выберите файлы снова, лишние отправьте потом отдельно.`;
    return { words, status: 422 };
  }
  const tooBig = receptions.filter((reception) => reception.tooBig).map(({ name }) => name);
  if (tooBig.length > 0) {
    const which = maxFiles > 1 ? filesNamed(tooBig) : 'Файл';
    const again = maxFiles > 1 ? 'выберите файлы снова' : 'выберите файл снова';
    const scan = `Уменьшите ${tooBig.length > 1 ? 'их' : 'его'}, например сохраните скан с меньшим разрешением`;
    const mend = smaller ?? scan;
    return { words: `${which} больше ${Math.floor(maxBytes / MB)} МБ. ${mend}, и ${again}.`, status: 413 };
  }
  const failure = receptions.find((reception) => reception.failure)?.failure;
  if (!failure) return null;
  if (!NO_ROOM.has(failure.code ?? '')) throw failure;
  const again = maxFiles > 1 ? 'Выберите файлы снова' : 'Выберите файл снова';
  const words = `Сервер сейчас не принимает файлы: закончилось место. ${again} и отправьте форму позже.`;
  return { words, status: 507 };
}

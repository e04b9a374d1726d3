/** What a field wants: a document, PDF or JPG, or a picture that pages show, JPG alone. */
export type Wanted = 'document' | 'picture';

/** What we take: the type that the content has, the endings that its name may have. */
export type Mime = 'application/pdf' | 'image/jpeg';

export type Reason =
  | 'empty'
  | 'type'
  | 'damaged'
  | 'disguised'
  | 'pixels'
  | 'active'
  | 'encrypted'
  | 'too-heavy'
  | 'infected'
  | 'unscanned';

/** A file that may be kept. `path` is what to keep: the upload itself, or a cleaned copy beside it. */
export interface Passed {
  ok: true;
  mime: Mime;
  path: string;
  size: number;
  sha256: string;
  width?: number;
  height?: number;
  pages?: number;
}

/** A file that is not taken, and words for the person at the screen: what is wrong with it and how to mend it. */
export interface Refused {
  ok: false;
  reason: Reason;
  message: string;
}

export type Verdict = Passed | Refused;

function refused(reason: Reason, message: string): Refused {
  return { ok: false, reason, message };
}

const AGAIN = 'и выберите файл снова.';
const REPRINT =
  'Откройте документ, выберите «Печать» → «Сохранить как PDF» и отправьте файл, который получится.';

/** Every refusal of a document there is, so that the wording can be read in one place. */
export const refusals = {
  empty: refused('empty', `Файл пустой. Проверьте, что он открывается на вашем компьютере, ${AGAIN}`),
  noExtension: refused(
    'type',
    `Имя файла должно кончаться на .pdf, .jpg или .jpeg. Сохраните документ в одном из этих форматов ${AGAIN}`,
  ),
  extension: (extension: string) =>
    refused(
      'type',
      `Файлы ${extension} не принимаются. Сохраните документ в формате pdf, jpg, jpeg размером до 10 МБ ${AGAIN}`,
    ),
  rename: (extension: string, actual: string, right: string) =>
    refused(
      'disguised',
      `Имя файла кончается на ${extension}, но внутри ${actual}. Переименуйте файл, чтобы имя кончалось на ${right}, ${AGAIN}`,
    ),
  convert: (extension: string, actual: string) =>
    refused(
      'disguised',
      `Имя файла кончается на ${extension}, но внутри ${actual}. Переименовать мало: сохраните документ в формате pdf, jpg, jpeg ${AGAIN}`,
    ),
  unknownContent: (extension: string) =>
    refused(
      'disguised',
      `Имя файла кончается на ${extension}, но содержимое другое. Сохраните документ в формате pdf, jpg, jpeg ${AGAIN}`,
    ),
  notReallyPdf: refused(
    'disguised',
    'Файл только начинается как PDF, дальше в нём веб-страница или другой текст. Откройте исходный документ, сохраните его в PDF и отправьте новый файл.',
  ),
  pdfAfterJunk: refused('disguised', `Перед документом PDF в файле стоят посторонние данные. ${REPRINT}`),
  pdfBeforeJunk: refused(
    'disguised',
    `После конца документа PDF в файле дописаны посторонние данные. ${REPRINT}`,
  ),
  damagedPdf: refused(
    'damaged',
    `Документ PDF повреждён или сохранился не полностью. Если он у вас открывается, выберите «Печать» → «Сохранить как PDF» и отправьте новый файл; если нет, получите его ещё раз.`,
  ),
  noPages: refused('damaged', `В документе PDF нет ни одной страницы. Сохраните документ заново ${AGAIN}`),
  damagedJpeg: refused(
    'damaged',
    `Изображение повреждено или сохранилось не полностью. Сделайте снимок или скан ещё раз ${AGAIN}`,
  ),
  pixels: refused(
    'pixels',
    `В изображении больше 100 миллионов точек. Уменьшите его (лист А4 хорошо читается при 300 точках на дюйм) ${AGAIN}`,
  ),
  active: refused(
    'active',
    `В документе PDF есть сценарии, вложенные файлы или команды запуска, такие документы не принимаются. ${REPRINT}`,
  ),
  encrypted: refused(
    'encrypted',
    `Документ PDF защищён паролем, и проверяющий не сможет его открыть. Снимите защиту ${AGAIN} Если снять её нельзя, напечатайте документ и отправьте скан.`,
  ),
  heavyPdf: refused(
    'too-heavy',
    `Документ PDF слишком сложно устроен, и проверить его не удалось. ${REPRINT}`,
  ),
  heavyJpeg: refused(
    'too-heavy',
    `Изображение слишком сложно устроено, и проверить его не удалось. Сохраните его заново как обычный файл jpg ${AGAIN}`,
  ),
  infected: refused(
    'infected',
    `В файле найден вирус, он не принят. Проверьте компьютер антивирусом, сохраните документ заново ${AGAIN}`,
  ),
  unscanned: refused(
    'unscanned',
    'Проверка на вирусы недоступна, файл не принят. Попробуйте позже: выберите файл снова и отправьте форму.',
  ),
} as const;

const PICTURE = `Сохраните картинку в формате JPG размером до 2 МБ ${AGAIN}`;

const notJpeg = (extension: string, actual: string) =>
  refused(
    'disguised',
    `Имя файла кончается на ${extension}, но внутри ${actual}. Переименовать мало. ${PICTURE}`,
  );

/** The same where only a picture is wanted; a PDF is refused by its name there, and never read. */
const pictureRefusals: typeof refusals = {
  ...refusals,
  empty: refused('empty', `Файл пустой. ${PICTURE}`),
  noExtension: refused('type', `Имя файла должно кончаться на .jpg или .jpeg. ${PICTURE}`),
  extension: (extension) =>
    refused('type', `Подойдёт только JPG, файлы ${extension} не принимаются. ${PICTURE}`),
  rename: notJpeg,
  convert: notJpeg,
  unknownContent: (extension) =>
    refused('disguised', `Имя файла кончается на ${extension}, но содержимое другое. ${PICTURE}`),
  damagedJpeg: refused('damaged', `Картинка повреждена или сохранилась не полностью. ${PICTURE}`),
  pixels: refused('pixels', `В картинке больше 100 миллионов точек, уменьшите её. ${PICTURE}`),
  heavyJpeg: refused('too-heavy', `Картинка слишком сложно устроена, и проверить её не удалось. ${PICTURE}`),
  infected: refused(
    'infected',
    `В файле найден вирус, он не принят. Проверьте компьютер антивирусом. ${PICTURE}`,
  ),
};

/** The words for a field that wants this. */
export const refusalsOf = (wanted: Wanted): Refusals => (wanted === 'picture' ? pictureRefusals : refusals);
export type Refusals = typeof refusals;

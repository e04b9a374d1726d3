/** What the domain may answer instead of a result; `web/errors.ts` gives each its status and its page. */
export abstract class Refusal extends Error {}

/** The row does not exist, or is not within what this person may see: the two are one answer (404). */
export class NotFound extends Refusal {}

/** The person is known and sees the thing, but may not do this to it (403). */
export class Forbidden extends Refusal {}

/** The thing is in another state than the request supposed (409). The message says which, in Russian, for the screen. */
export class Conflict extends Refusal {}

/** Too many tries (429). `retryAfter` is in seconds; with a `field` the form comes back and says it there. */
export class TooMany extends Refusal {
  constructor(
    readonly retryAfter: number,
    message = 'Подождите немного.',
    readonly field: string | null = null,
  ) {
    super(message);
  }

  /** Why, and when again. */
  get words(): string {
    const { retryAfter } = this;
    const wait = retryAfter < 90 ? `${retryAfter} с` : `${Math.ceil(retryAfter / 60)} мин`;
    return `${this.message} Попробуйте через ${wait}.`.trimStart();
  }
}

/**
 * What was sent does not pass: Russian messages by the name of the field. The status is 422; 401 at the sign-in, 413 for a
 * file that is too big, 507 for one that found no room.
 */
export class Invalid extends Refusal {
  constructor(
    readonly errors: Record<string, string>,
    readonly status: 401 | 413 | 422 | 507 = 422,
  ) {
    super('Invalid input');
  }
}

/** The request cannot be read as what it claims to be (400): no form of ours sends such a thing. */
export class BadRequest extends Refusal {}

/** There is no room for another file, or the store takes none now (507). What is there can still be read. */
export class StorageFull extends Refusal {
  constructor(options?: ErrorOptions) {
    super('Сервер сейчас не принимает файлы: закончилось место. Отправьте файл ещё раз позже.');
    this.cause = options?.cause;
  }
}

/** A service that we lean on does not answer now (503). The message is for the log. */
export class Unavailable extends Refusal {}

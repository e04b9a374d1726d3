import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import {
  BadRequest,
  Conflict,
  Forbidden,
  Invalid,
  NotFound,
  StorageFull,
  TooMany,
  Unavailable,
  type Refusal,
} from '../lib/errors.js';
import { json, view, type Answer } from './answer.js';
import { cookies } from './cookies.js';
import { ForeignForm, offerToken } from './csrf.js';
import { requestId } from './log.js';
import { nobody, type Visit } from './visit.js';
import type { Kitchen, PageState } from './serve.js';
import type { Section } from './section.js';

type Words = { heading: string; what: string; saved: string };

const WORDS: Record<number, Words> = {
  400: {
    heading: 'Запрос не разобран',
    what: 'Браузер прислал данные, которые не удалось прочитать.',
    saved: 'Ничего не сохранено. Вернитесь на страницу и отправьте форму ещё раз.',
  },
  403: {
    heading: 'Недостаточно прав',
    what: 'Ваша роль не позволяет открыть эту страницу или выполнить это действие.',
    saved:
      'Ничего не изменено. Роли назначает администратор: в профиле организации — её, у сотрудников — управляющей компании.',
  },
  404: {
    heading: 'Страница не найдена',
    what: 'Такой страницы нет, или у вас нет к ней доступа.',
    saved: 'Ничего не изменено. Проверьте адрес или начните с меню.',
  },
  409: {
    heading: 'Состояние изменилось',
    what: 'Пока страница была открыта, здесь что-то изменилось.',
    saved: 'Ваше действие не выполнено, ничего не сохранено.',
  },
  413: {
    heading: 'Слишком большой запрос',
    what: 'Отправлено больше данных, чем принимает сервер.',
    saved: 'Ничего не сохранено. Сократите текст; файл может быть не больше 10 МБ.',
  },
  422: {
    heading: 'Данные не приняты',
    what: 'В отправленном не хватает сведений.',
    saved: 'Ничего не сохранено. Вернитесь на страницу и заполните форму.',
  },
  429: {
    heading: 'Слишком много попыток',
    what: 'За короткое время сделано слишком много попыток.',
    saved: 'Последняя попытка не выполнена.',
  },
  500: {
    heading: 'Ошибка на сервере',
    what: 'Мы уже знаем о ней и разбираемся.',
    saved: 'Действие не выполнено, данные не изменены. Попробуйте ещё раз позже.',
  },
  503: {
    heading: 'Сервис временно недоступен',
    what: 'Идут технические работы, или сервер перегружен.',
    saved: 'Действие не выполнено. Попробуйте через минуту.',
  },
  507: {
    heading: 'Файл не сохранён',
    what: 'На сервере закончилось место для файлов.',
    saved: 'Ничего не сохранено. Мы уже освобождаем место, попробуйте позже.',
  },
};

const FOREIGN_FORM: Words = {
  heading: 'Страница устарела',
  what: 'Форма открыта слишком давно или в другом сеансе.',
  saved:
    'Ничего не сохранено. Вернитесь назад, скопируйте введённое, обновите страницу, вставьте скопированное и отправьте форму ещё раз.',
};

/** What is known of the request by now; `called`: by another system. */
type Locals = { visit?: Visit; section?: Section; called?: boolean };
type Send = (req: Request, res: Response, answer: Answer, page: PageState) => Promise<void>;

/** Nothing answered: 404, in the frame of whoever is signed in. */
export const notFound =
  (visit: Kitchen<unknown>['visit']): RequestHandler =>
  async (req, res) => {
    if (req.method === 'GET') res.locals.visit = await visit(req, res, { organisation: null, staff: false });
    throw new NotFound();
  };

/** Turns every error into its status and its page; what is nobody's refusal is logged and says nothing of itself. */
export function errorPages(options: {
  send: Send;
  log: Logger;
  contacts: () => unknown;
  secure: boolean;
}): ErrorRequestHandler {
  return async (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    const status = statusOf(error);
    if (status >= 500) options.log.error({ reqId: requestId(req), err: error }, 'request failed');
    if (error instanceof TooMany) res.setHeader('Retry-After', error.retryAfter);
    if (status === 503) res.setHeader('Retry-After', 10);
    const words = { ...(error instanceof ForeignForm ? FOREIGN_FORM : (WORDS[status] ?? WORDS[500])!) };
    if (error instanceof Conflict && error.message) words.what = error.message;
    if (error instanceof TooMany) words.what = error.words;
    if (error instanceof Invalid) words.what = Object.values(error.errors).join(' ');
    const { visit = nobody, section = null, called } = res.locals as Locals;
    await offerToken(req, res, visit);
    // Another system has no use for a page.
    const answer = called
      ? json({ error: status, requestId: requestId(req) })
      : view('shared/error', {
          title: words.heading,
          status,
          words,
          contacts: options.contacts(),
          requestId: requestId(req),
        });
    await options.send(
      req,
      res,
      { ...answer, status },
      {
        section,
        visit,
        cookies: cookies(req, res, options.secure),
        robot: null,
        failed: true,
      },
    );
  };
}

/** Postgres or the way to it is gone; it will be back. */
function isAway(error: { code?: unknown; name?: unknown; message?: unknown }): boolean {
  const code = typeof error.code === 'string' ? error.code : '';
  return (
    /^(ECONNREFUSED|ECONNRESET|EPIPE|57P0\d|08\w{3}|53\w{3})$/.test(code) ||
    error.name === 'KnexTimeoutError' ||
    /Connection (ended|terminated)|Client has encountered a connection error/.test(String(error.message))
  );
}

function statusOf(error: unknown): number {
  const refusal = error as Refusal & { status?: number; code?: unknown };
  if (refusal instanceof NotFound) return 404;
  if (refusal instanceof Forbidden) return 403;
  if (refusal instanceof Conflict) return 409;
  if (refusal instanceof Invalid) return 422;
  if (refusal instanceof TooMany) return 429;
  if (refusal instanceof StorageFull) return 507;
  if (refusal instanceof Unavailable) return 503;
  if (refusal instanceof BadRequest) return 400;
  if (typeof refusal?.status === 'number' && refusal.status < 500) return refusal.status === 413 ? 413 : 400;
  return isAway(refusal ?? {}) ? 503 : 500;
}

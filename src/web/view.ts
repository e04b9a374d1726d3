import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { join } from 'node:path';
import type { Request, Response } from 'express';
import { ROOT } from '../lib/places.js';
import { dateTime, dateTimeSeconds, day, iso } from '../lib/dates.js';
import { compileTemplates } from '../lib/templates.js';
import { badge, counted, fileSize, money, plural, quantity, squareMetres } from '../lib/text.js';
import type { Answer, Crumb, View } from './answer.js';
import type { Assets } from './assets.js';
import { sendFile } from './download.js';
import { setFlash, takeFlash, type Flash } from './flash.js';
import { letIn } from './headers.js';
import { MAX_SEARCH } from './list-query.js';
import { inOrder, menu, type MenuItem } from './nav.js';
import type { Area, Section } from './section.js';
import type { PageState } from './serve.js';
import type { Visit } from './visit.js';

/** What the frame of every page shows; the layouts and shared partials read it. */
export interface Page {
  title: string;
  failed: boolean;
  csrf: () => string;
  once: () => string;
  menu: MenuItem[];
  side: {
    title: string;
    subtitle: string;
    items: MenuItem[];
    back: { label: string; href: string }[];
  } | null;
  crumbs: Crumb[];
  person: { name: string; otherSide: { label: string; href: string } | null } | null;
  brand: { name: string; tagline: string };
  flash: Flash | null;
  scripts: string[];
  robots: 'noindex' | null;
  wide: boolean;
  area: Area;
}

const compress = promisify(gzip);

/** Sends what the handlers answer: the only place that writes a page. */
export function sender(options: {
  sections: Section[];
  assets: Assets;
  reload: boolean;
  brand: () => string;
}) {
  const shared = {
    dateTime,
    dateTimeSeconds,
    day,
    iso,
    plural,
    counted,
    fileSize,
    badge,
    squareMetres,
    money,
    quantity,
    MAX_SEARCH,
    asset: (name: string) => options.assets.url(name),
  };
  const load = () => compileTemplates(join(ROOT, 'views'), shared);
  let render = load();
  const sections = inOrder(options.sections);

  return async (req: Request, res: Response, answer: Answer, state: PageState): Promise<void> => {
    res.setHeader('Cache-Control', 'no-store');
    if (answer.kind === 'redirect') {
      if (answer.flash) setFlash(state.cookies, answer.flash);
      res.redirect(303, answer.to);
    } else if (answer.kind === 'json') {
      res.status(answer.status ?? 200).json(answer.body);
    } else if (answer.kind === 'file') {
      await sendFile(res, answer.file, { inline: answer.inline });
    } else {
      if (options.reload) render = load();
      const page = frame(req, answer, state);
      const body = render(answer.template, Object.assign(answer.locals, { page }));
      const layout = answer.locals.layout ?? 'page';
      const text = render(`layouts/${layout}`, { page, body });
      if (state.robot) letIn(res, state.robot.sources);
      if (answer.retryAfter) res.setHeader('Retry-After', answer.retryAfter);
      await html(req, res, answer.status ?? 200, text);
    }
  };

  function frame(req: Request, answer: View, { section, visit, cookies, robot, failed }: PageState): Page {
    const area = section?.area ?? 'public';
    const path = req.path;
    return {
      title: answer.locals.title,
      failed,
      // Functions, not getters: an object literal with a getter is to V8 a kind of its own each time it is made, and
      // nothing that reads it gets fast.
      csrf: () => req.csrfToken?.() ?? '',
      once: () => randomUUID(),
      menu: menu(sections, area === 'staff' ? 'staff' : 'top', visit, path),
      side: area === 'profile' ? sideMenu(sections, visit, path) : null,
      crumbs: answer.locals.crumbs ?? [],
      person: visit.account && {
        name: [visit.account.name, visit.account.patronymic].filter(Boolean).join(' '),
        otherSide: otherSide(sections, area, visit),
      },
      brand: {
        name: options.brand(),
        tagline: area === 'staff' ? 'Управляющая компания' : 'Личный кабинет клиента',
      },
      flash: takeFlash(cookies),
      scripts: ['app.js', ...(robot?.scripts ?? [])],
      robots: visit.account ? 'noindex' : null,
      wide: answer.locals.wide ?? false,
      area,
    };
  }
}

/** The company's own people have two sides, their own pages and the company's: the way to the other one. */
function otherSide(sections: Section[], area: Area, visit: Visit): { label: string; href: string } | null {
  const [first] = menu(sections, area === 'staff' ? 'top' : 'staff', visit, '');
  if (!first) return null;
  return { label: area === 'staff' ? first.label : 'Управляющая компания', href: first.href };
}

function sideMenu(sections: Section[], visit: Visit, path: string): Page['side'] {
  const organisation = visit.member?.organisation;
  if (!organisation) return null;
  const numbers = [`ИНН ${organisation.inn}`, organisation.kpp && `КПП ${organisation.kpp}`];
  return {
    title: organisation.name,
    subtitle: numbers.filter(Boolean).join(' · '),
    items: menu(sections, 'profile', visit, path),
    back: [{ label: 'Мои организации', href: '/profiles' }],
  };
}

async function html(req: Request, res: Response, status: number, text: string): Promise<void> {
  res.statusCode = status;
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  if (/\bgzip\b/.test(req.headers['accept-encoding'] ?? '')) {
    // Tokens in a page are salted anew each time, so compressing them beside typed text tells nothing (BREACH).
    const packed = await compress(text, { level: 4 });
    res.setHeader('Content-Encoding', 'gzip');
    res.setHeader('Vary', 'Accept-Encoding');
    res.setHeader('Content-Length', packed.length);
    res.end(packed);
    return;
  }
  // As bytes: handed over as a string, Node would reserve three times its length to turn it into bytes beside the headers.
  const bytes = Buffer.from(text);
  res.setHeader('Content-Length', bytes.length);
  res.end(bytes);
}

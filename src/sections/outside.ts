import { NotFound } from '../lib/errors.js';
import { view, type Crumb } from '../web/answer.js';
import type { Policy, SectionBuilder } from '../web/section.js';
import type { Ctx, Parts } from './section.js';

/** The systems of others that a button leads to, and what the button and the page behind it say. */
const SYSTEMS = {
  requests: { button: 'Перейти к заявкам', what: 'Там система заявок управляющей компании.' },
  passes: { button: 'Перейти к заказу пропусков', what: 'Там система заказа пропусков.' },
};

/** A way out: from which page, to which system, and who is let through. */
interface Way<Scope> {
  section: SectionBuilder<Scope, Parts>;
  system: keyof typeof SYSTEMS;
  policy: Policy<Scope>;
  /** Whether he is known there, as far as we have been told; for everybody else there is no such way. */
  known: (scope: Scope) => boolean;
  /** The page with the button, which is the way back as well. */
  from: (scope: Scope) => Crumb;
  crumbs: (scope: Scope) => Crumb[];
}

/**
 * Declares the page that stands between a section and a system of somebody else's (ASVS 3.7.3): it names the host before
 * anybody goes there. The address is the configured one as it is; nothing of the request or the person goes along.
 *
 * @returns the button for a page of the section; null where no address is configured, or the person is not known there
 */
export function wayOut<Scope>(way: Way<Scope>): (ctx: Ctx<Scope>) => Crumb | null {
  const { button, what } = SYSTEMS[way.system];
  const open = ({ config, scope }: Ctx<Scope>) => (way.known(scope) ? config.outside[way.system] : null);

  way.section.page('/outside', way.policy, (ctx) => {
    const site = open(ctx);
    if (!site) throw new NotFound();
    const back = way.from(ctx.scope);
    return view('outside/show', {
      title: `Вы переходите на сайт ${site.host}`,
      crumbs: [...way.crumbs(ctx.scope), back],
      what,
      site,
      back,
    });
  });

  return (ctx) => (open(ctx) ? { label: button, href: `${way.from(ctx.scope).href}/outside` } : null);
}

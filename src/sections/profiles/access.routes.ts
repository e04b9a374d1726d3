import {
  lookUp,
  openLookup,
  requestAccess,
  withdrawRequest,
  type Asking,
} from '../../domain/memberships/access.actions.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { redirect, view } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { own, section, type Ctx } from '../section.js';
import { lookupForm, requestForm } from './access.forms.js';

const PATH = '/profiles/access';
const TITLE = 'Получить доступ к профилю организации';
const crumbs = [{ label: 'Профили', href: '/profiles' }];

/** Asking for access to an organisation's profile, manual 4.2.1. */
export const accessSection = section({ path: PATH, area: 'own', load: own });

accessSection.form('/', peoplePolicy.own, {
  schema: lookupForm,
  limit: { name: 'organisation-lookup', points: 60, seconds: 3600, by: 'account' },
  show: ({ form }) => view('profiles/access/index', { title: TITLE, crumbs, form }),
  async save(ctx, { inn }) {
    return redirect(`${PATH}/${await lookUp(asking(ctx), inn, ctx.parts.company.current())}`);
  },
});

accessSection.form('/:lookup', peoplePolicy.own, {
  schema: requestForm,
  captcha: true,
  limit: { name: 'access-request', points: 30, seconds: 3600, by: 'account' },
  async show(ctx) {
    const { inn, open, ...all } = await openLookup(asking(ctx), ctx.params.lookup!);
    // Where none is left, since he has asked by now, the form says so of what it showed.
    const organisations = open.length > 0 ? open : all.organisations;
    const [first] = organisations;
    const failed = 'kpp' in ctx.form.errors;
    return view('profiles/access/request', {
      title: TITLE,
      crumbs: [...crumbs, { label: 'Проверка ИНН', href: PATH }],
      form: ctx.fill({ kpp: first?.id ?? '' }),
      action: `${PATH}/${ctx.params.lookup}`,
      inn,
      name: first?.name ?? '',
      only: organisations.length === 1 ? first : null,
      // «Изменить КПП»: the first is taken until somebody says otherwise.
      choosing: organisations.length > 1 && (failed || ctx.query.has('kpp')),
      several: organisations.length > 1,
      options: organisations.map(({ id, kpp, name }) => ({
        value: id,
        label: `${kpp ?? 'без КПП'}${organisations.some((one) => one.name !== name) ? ` — ${name}` : ''}`,
      })),
    });
  },
  async save(ctx, { kpp }) {
    await requestAccess(asking(ctx), ctx.params.lookup!, kpp);
    return redirect('/profiles', 'Запрос доступа отправлен. О решении придёт письмо.');
  },
});

/** One's own requests, as «Профили» shows them. */
export const requestsSection = section({ path: '/profiles/requests', area: 'own', load: own });

requestsSection.action('/:request/withdrawal', peoplePolicy.own, async (ctx) => {
  await withdrawRequest(asking(ctx), ctx.params.request!);
  return redirect('/profiles', 'Запрос отозван.');
});

const asking = ({ db, scope, actor, now }: Ctx<Account>): Asking => ({ db, own: scope, actor, now });

import {
  addScheme,
  changeScheme,
  moveScheme,
  removeScheme,
  seenOf,
} from '../../domain/passes/schemes.actions.js';
import { getScheme, listSchemes } from '../../domain/passes/schemes.data.js';
import { passPolicy } from '../../domain/passes/passes.policy.js';
import { Invalid } from '../../lib/errors.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { schemePicture } from '../scheme-picture.js';
import { section, staff, type FormCtx } from '../section.js';
import { atWork } from './at-work.js';
import { seenForm } from './organisations.forms.js';
import { newSchemeForm, schemeForm } from './parking.forms.js';
import { PICTURE, withPicture } from './picture.js';
import { orLate } from './registering.js';
import { MOVES } from './services.view.js';

const PATH = '/staff/parking';
const TITLE = 'Парковки';

/** The parking schemes that «Гостевые пропуска» shows, manual 4.2.8. */
export const parkingSection = section({
  path: PATH,
  area: 'staff',
  load: staff,
  nav: { label: TITLE, menu: 'staff', order: 37 },
});

const crumbs = [{ label: TITLE, href: PATH }];
const limit = { name: 'parking', points: 60, seconds: 600, by: 'account' } as const;

parkingSection.page('/', passPolicy.arrange, async ({ db }) => {
  const schemes = await listSchemes(db);
  return view('staff/parking/index', {
    title: TITLE,
    add: `${PATH}/new`,
    rows: schemes.map(({ id, site, caption, changed_at }, at) => ({
      href: `${PATH}/${id}`,
      site,
      caption,
      changed_at,
      name: site,
      up: at > 0 && `${PATH}/${id}/rise`,
      down: at < schemes.length - 1 && `${PATH}/${id}/fall`,
    })),
  });
});

parkingSection.form('/new', passPolicy.arrange, {
  schema: newSchemeForm,
  upload: PICTURE,
  limit,
  show: ({ form }) =>
    view('staff/parking/edit', {
      title: 'Новая схема парковки',
      crumbs,
      form,
      late: null,
      picture: null,
      removal: null,
      back: PATH,
    }),
  save: (ctx, fields) =>
    withPicture(ctx, async (picture) => {
      if (!picture) throw new Invalid({ picture: 'Выберите картинку' });
      await addScheme(atWork(ctx), fields, picture);
      return redirect(PATH, `Схема добавлена: ${fields.site}.`);
    }),
});

parkingSection.form('/:scheme', passPolicy.arrange, {
  schema: schemeForm,
  upload: PICTURE,
  limit,
  show: (ctx) => editor(ctx),
  save: (ctx, { seen, ...fields }) =>
    orLate(
      ctx,
      () =>
        withPicture(ctx, async (picture) => {
          await changeScheme(atWork(ctx), { id: ctx.params.scheme!, seen }, fields, picture);
          return redirect(PATH, `Схема сохранена: ${fields.site}.`);
        }),
      editor,
    ),
});

async function editor(ctx: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const scheme = await getScheme(ctx.db, ctx.params.scheme!);
  const { id, site, caption, width, height } = scheme;
  const href = `${PATH}/${id}`;
  return view('staff/parking/edit', {
    title: 'Схема парковки',
    crumbs,
    form: ctx.fill({ site, caption: caption ?? '', seen: seenOf(scheme) }),
    late: late && { text: late, href },
    picture: { src: `${href}/picture?inline`, width, height, site },
    removal: `${href}/removal`,
    back: PATH,
  });
}

for (const [path, direction] of MOVES)
  parkingSection.action(`/:scheme/${path}`, passPolicy.arrange, async (ctx) => {
    await moveScheme(atWork(ctx), ctx.params.scheme!, direction);
    return redirect(PATH);
  });

parkingSection.form('/:scheme/removal', passPolicy.arrange, {
  schema: seenForm,
  show: (ctx) => question(ctx),
  save: (ctx, { seen }) =>
    orLate(
      ctx,
      async () => {
        const site = await removeScheme(atWork(ctx), { id: ctx.params.scheme!, seen });
        return redirect(PATH, `Схема удалена: ${site}.`);
      },
      question,
    ),
});

async function question({ db, params }: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const scheme = await getScheme(db, params.scheme!);
  const href = `${PATH}/${scheme.id}`;
  return view('staff/parking/removal', {
    title: 'Удалить схему парковки?',
    crumbs: [...crumbs, { label: scheme.site, href }],
    late,
    rows: [
      { label: 'Площадка', value: scheme.site },
      ...(scheme.caption ? [{ label: 'Подпись', value: scheme.caption }] : []),
    ],
    action: `${href}/removal`,
    seen: seenOf(scheme),
    back: href,
  });
}

parkingSection.file('/:scheme/picture', passPolicy.arrange, schemePicture);

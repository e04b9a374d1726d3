import { buildingNames } from '../../domain/organisations/buildings.data.js';
import {
  removeContract,
  removePremises,
  roomOf,
  termsOf,
  wholeOf,
  writeContract,
  writePremises,
} from '../../domain/organisations/contracts.actions.js';
import { getContract, getPremises, listPremises } from '../../domain/organisations/contracts.data.js';
import { getOrganisation } from '../../domain/organisations/organisations.data.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { day } from '../../lib/dates.js';
import { fingerprint } from '../../lib/seen.js';
import { counted, plural, squareMetres } from '../../lib/text.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { CONTRACT_KINDS } from '../contract-words.js';
import { section, staff, type Ctx, type FormCtx } from '../section.js';
import { contractForm, premisesForm, seenForm } from './organisations.forms.js';
import { ORGANISATIONS } from './organisations.view.js';
import { orLate } from './registering.js';
import { atWork } from './at-work.js';

/** What an organisation rents, and by which contract. */
export const contractsSection = section({
  path: `${ORGANISATIONS}/:tenant/contracts`,
  area: 'staff',
  load: staff,
});

const KINDS = Object.entries(CONTRACT_KINDS).map(([value, label]) => ({ value, label }));

/** The organisation of the address, and the way back to its page. */
async function whose({ db, params }: Pick<Ctx<Account>, 'db' | 'params'>) {
  const organisation = await getOrganisation(db, params.tenant!);
  const href = `${ORGANISATIONS}/${organisation.id}`;
  const crumbs = [
    { label: 'Организации', href: ORGANISATIONS },
    { label: organisation.name, href },
  ];
  return { scope: { organisation }, href, crumbs };
}
const backOf = ({ params }: Pick<Ctx<Account>, 'params'>, done: string) =>
  redirect(`${ORGANISATIONS}/${params.tenant}`, done);

contractsSection.form('/new', peoplePolicy.administer, {
  schema: contractForm,
  async show(ctx) {
    const { href, crumbs } = await whose(ctx);
    const form = ctx.fill({ kind: 'main' });
    return view('staff/organisations/contract', {
      title: 'Новый договор',
      crumbs,
      form,
      kinds: KINDS,
      late: null,
      back: href,
    });
  },
  async save(ctx, { seen: _none, ...terms }) {
    await writeContract(atWork(ctx), ctx.params.tenant!, null, terms);
    return backOf(ctx, `Договор ${terms.number} добавлен.`);
  },
});

contractsSection.form('/:contract', peoplePolicy.administer, {
  schema: contractForm,
  show: contractEditor,
  save: (ctx, { seen = '', ...terms }) =>
    orLate(
      ctx,
      async () => {
        const existing = { id: ctx.params.contract!, seen };
        await writeContract(atWork(ctx), ctx.params.tenant!, existing, terms);
        return backOf(ctx, `Договор ${terms.number} изменён.`);
      },
      contractEditor,
    ),
});

async function contractEditor(ctx: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const { scope, href, crumbs } = await whose(ctx);
  const terms = termsOf(await getContract(ctx.db, scope, ctx.params.contract!));
  return view('staff/organisations/contract', {
    title: `Договор ${terms.number}`,
    crumbs,
    form: ctx.fill({
      ...terms,
      starts_on: day(terms.starts_on),
      ends_on: terms.ends_on ? day(terms.ends_on) : '',
      seen: fingerprint(terms),
    }),
    kinds: KINDS,
    late: late && { text: late, href },
    back: href,
  });
}

contractsSection.form('/:contract/removal', peoplePolicy.administer, {
  schema: seenForm,
  show: (ctx) => contractQuestion(ctx),
  save: (ctx, { seen }) =>
    orLate(
      ctx,
      async () => {
        await removeContract(atWork(ctx), ctx.params.tenant!, { id: ctx.params.contract!, seen });
        return backOf(ctx, 'Договор удалён.');
      },
      contractQuestion,
    ),
});

async function contractQuestion(ctx: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const { scope, href, crumbs } = await whose(ctx);
  const contract = await getContract(ctx.db, scope, ctx.params.contract!);
  const premises = await listPremises(ctx.db, contract);
  const rooms = premises.map(({ building, room }) => `${building}, ${room}`).join('; ');
  const count = counted(premises.length, 'помещение', 'помещения', 'помещений');
  const goes = plural(premises.length, 'удалится', 'удалятся', 'удалится');
  return view('staff/organisations/question', {
    title: 'Удалить договор?',
    crumbs,
    text:
      premises.length > 0
        ? `Вместе с договором ${goes} ${count}. Арендатор больше не увидит ни договора, ни помещений. Если договор закончился, лучше укажите дату окончания.`
        : 'Арендатор больше не увидит его. Если договор закончился, лучше укажите дату окончания.',
    late,
    rows: [
      { label: 'Договор', value: contract.number },
      { label: 'Тип', value: CONTRACT_KINDS[contract.kind] },
      {
        label: 'Срок',
        value: `с ${day(contract.starts_on)}${contract.ends_on ? ` по ${day(contract.ends_on)}` : ', без срока'}`,
      },
      { label: 'Помещения', value: rooms || 'нет' },
    ],
    action: ctx.path,
    fields: { seen: fingerprint(wholeOf(contract, premises)) },
    label: 'Удалить',
    cancel: { label: 'Оставить', href },
  });
}

const at = ({ params }: Pick<Ctx<Account>, 'params'>) => ({
  organisation: params.tenant!,
  contract: params.contract!,
});

/** The form of a room: of one that is there, or of a new one. */
async function roomEditor(ctx: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const { scope, href, crumbs } = await whose(ctx);
  const contract = await getContract(ctx.db, scope, ctx.params.contract!);
  const { premises } = ctx.params;
  const room = premises ? roomOf(await getPremises(ctx.db, contract, premises)) : null;
  const present = room && { ...room, area: room.area.replace('.', ','), seen: fingerprint(room) };
  const buildings = await buildingNames(ctx.db);
  return view('staff/organisations/premises', {
    title: room ? 'Помещение' : 'Новое помещение',
    lead: `Договор ${contract.number}`,
    crumbs,
    form: ctx.fill(present ?? {}),
    buildings: buildings.map((name) => ({ value: name, label: name })),
    late: late && { text: late, href },
    back: href,
  });
}

contractsSection.form('/:contract/premises/new', peoplePolicy.administer, {
  schema: premisesForm,
  show: (ctx) => roomEditor(ctx),
  async save(ctx, { seen: _none, ...room }) {
    await writePremises(atWork(ctx), at(ctx), null, room);
    return backOf(ctx, 'Помещение добавлено.');
  },
});

contractsSection.form('/:contract/premises/:premises', peoplePolicy.administer, {
  schema: premisesForm,
  show: (ctx) => roomEditor(ctx),
  save: (ctx, { seen = '', ...room }) =>
    orLate(
      ctx,
      async () => {
        await writePremises(atWork(ctx), at(ctx), { id: ctx.params.premises!, seen }, room);
        return backOf(ctx, 'Помещение изменено.');
      },
      roomEditor,
    ),
});

contractsSection.form('/:contract/premises/:premises/removal', peoplePolicy.administer, {
  schema: seenForm,
  show: question,
  save: (ctx, { seen }) =>
    orLate(
      ctx,
      async () => {
        await removePremises(atWork(ctx), at(ctx), { id: ctx.params.premises!, seen });
        return backOf(ctx, 'Помещение удалено.');
      },
      question,
    ),
});

async function question(ctx: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const { scope, href, crumbs } = await whose(ctx);
  const contract = await getContract(ctx.db, scope, ctx.params.contract!);
  const row = await getPremises(ctx.db, contract, ctx.params.premises!);
  return view('staff/organisations/question', {
    title: 'Удалить помещение?',
    crumbs,
    text: 'Арендатор больше не увидит его в договоре.',
    late,
    rows: [
      { label: 'Договор', value: contract.number },
      { label: 'Здание', value: row.building },
      { label: 'Помещение', value: row.room },
      { label: 'Площадь', value: squareMetres(Number(row.area)) },
    ],
    action: ctx.path,
    fields: { seen: fingerprint(roomOf(row)) },
    label: 'Удалить',
    cancel: { label: 'Оставить', href },
  });
}

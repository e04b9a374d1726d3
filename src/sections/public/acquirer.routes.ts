import { join } from 'node:path';
import { standInAcquirer } from '../../domain/payments/stand-in.js';
import { NotFound } from '../../lib/errors.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import { anyone } from '../../web/section.js';
import { section, visitor, type Ctx } from '../section.js';

/** Development only: in place of the bank's page. It moves no money, and says so. */
export const acquirerSection = section({
  path: '/dev/acquirer',
  area: 'public',
  load: visitor,
  visitors: true,
});

function standIn({ config, now }: Pick<Ctx<unknown>, 'config' | 'now'>) {
  if (config.acquirer?.kind !== 'stand-in') throw new NotFound();
  const folder = join(config.dataDir, 'acquirer');
  return standInAcquirer({ folder, publicUrl: config.publicUrl, now: () => now });
}

acquirerSection.page('/:charge', anyone, async (ctx) => {
  const charge = await standIn(ctx).find(ctx.params.charge!);
  if (!charge) throw new NotFound();
  const [title, back] = ['Оплата картой: заглушка', shopOf(charge)];
  return view('public/dev-acquirer', { title, charge, base: ctx.path, back });
});

/** Back to the shop, which is of ours, whatever name this host goes by. */
function shopOf({ returnUrl }: { returnUrl: string }): string {
  const { pathname, search } = new URL(returnUrl);
  return pathname + search;
}

async function decide(ctx: Ctx<unknown>, state: 'succeeded' | 'canceled'): Promise<Answer> {
  const charge = await standIn(ctx).decide(ctx.params.charge!, state, ctx.now);
  if (!charge) throw new NotFound();
  return redirect(shopOf(charge));
}

acquirerSection.action('/:charge/payment', anyone, (ctx) => decide(ctx, 'succeeded'));
acquirerSection.action('/:charge/refusal', anyone, (ctx) => decide(ctx, 'canceled'));

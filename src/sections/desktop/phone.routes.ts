import { findAccount } from '../../domain/people/accounts.data.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { findOpenCode } from '../../domain/people/phone-codes.data.js';
import { confirmPhone, sendPhoneCode } from '../../domain/people/phone.actions.js';
import { redirect, view } from '../../web/answer.js';
import { own, people, section } from '../section.js';
import { phoneForm } from './desktop.forms.js';

/** Confirming the mobile number by a code, manual 4.1.1.1 («Подтвердить»). */
export const phoneSection = section({ path: '/desktop/phone', area: 'own', load: own });

phoneSection.form('/', peoplePolicy.own, {
  schema: phoneForm,
  limit: { name: 'phone-code', points: 30, seconds: 3600, by: 'account' },
  async show({ db, scope, now, form, config }) {
    const account = await findAccount(db, scope.id);
    if (!account?.phone || account.phone_confirmed_at) return redirect('/desktop/personal');
    const open = await findOpenCode(db, scope.id, 'confirmation', now);
    return view('desktop/phone', {
      title: 'Подтверждение телефона',
      crumbs: [
        { label: 'Рабочий стол', href: '/desktop' },
        { label: 'Личные данные', href: '/desktop/personal' },
      ],
      form,
      phone: account.phone,
      until: open?.phone === account.phone ? open.expires_at : null,
      served: config.sms !== null,
    });
  },
  async save(ctx, { code }) {
    await confirmPhone(people(ctx), ctx.scope, code, ctx.actor, ctx.now);
    return redirect('/desktop/personal', 'Номер телефона подтверждён.');
  },
});

phoneSection.action(
  '/code',
  peoplePolicy.own,
  async ({ db, scope, once, actor, now }) => {
    await sendPhoneCode(db, scope, once, actor, now);
    return redirect('/desktop/phone', `Код отправлен на номер ${scope.phone}.`);
  },
  { limit: { name: 'phone-send', points: 30, seconds: 3600, by: 'account' } },
);

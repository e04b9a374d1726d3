import { changePersonalData } from '../../domain/people/own-account.actions.js';
import { findAccount } from '../../domain/people/accounts.data.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { redirect, view } from '../../web/answer.js';
import { own, section } from '../section.js';
import { personalForm } from './desktop.forms.js';

/** «Личные данные», manual 4.1.1.1. */
export const personalSection = section({ path: '/desktop/personal', area: 'own', load: own });

personalSection.form('/', peoplePolicy.own, {
  schema: personalForm,
  async show({ db, scope, fill }) {
    const account = await findAccount(db, scope.id);
    const { surname, name, patronymic, phone, inn } = scope;
    return view('desktop/personal', {
      title: 'Личные данные',
      crumbs: [{ label: 'Рабочий стол', href: '/desktop' }],
      form: fill({ surname, name, patronymic: patronymic ?? '', phone: phone ?? '', inn: inn ?? '' }),
      email: scope.email,
      phone: scope.phone,
      phoneConfirmed: !!account?.phone_confirmed_at,
      innConfirmed: !!account?.inn_confirmed_at,
    });
  },
  async save({ db, scope, actor, now }, typed) {
    await changePersonalData(db, scope, typed, actor, now);
    return redirect('/desktop/personal', 'Личные данные сохранены.');
  },
});

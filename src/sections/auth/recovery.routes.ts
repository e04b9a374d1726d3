import { askForRecovery } from '../../domain/people/password-link.actions.js';
import { redirect, view } from '../../web/answer.js';
import { anyone } from '../../web/section.js';
import { section, visitor } from '../section.js';
import { recoveryForm } from './auth.forms.js';

/** «Восстановление доступа» by e-mail, manual 3.3. Whatever is typed, the next page is the same. */
export const recoverySection = section({
  path: '/auth/recovery',
  area: 'auth',
  load: visitor,
  visitors: true,
});

recoverySection.form('/', anyone, {
  schema: recoveryForm,
  captcha: true,
  limit: { name: 'recovery', points: 20, seconds: 3600, by: 'address' },
  show: ({ form }) => view('auth/recovery', { title: 'Восстановление доступа', layout: 'auth', form }),
  async save({ db, actor, now }, input) {
    await askForRecovery(db, input, actor, now);
    return redirect('/auth/recovery/done');
  },
});

recoverySection.page('/done', anyone, () =>
  view('auth/recovery-asked', { title: 'Проверьте почту', layout: 'auth' }),
);

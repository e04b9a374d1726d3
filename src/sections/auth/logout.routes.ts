import { peoplePolicy } from '../../domain/people/people.policy.js';
import { redirect } from '../../web/answer.js';
import { own, section } from '../section.js';

/** «Выход», manual 3.4. */
export const logoutSection = section({ path: '/auth/logout', area: 'auth', load: own });

logoutSection.action('/', peoplePolicy.own, async ({ session }) => {
  await session.signOut();
  return redirect('/auth/login', 'Вы вышли из кабинета.');
});

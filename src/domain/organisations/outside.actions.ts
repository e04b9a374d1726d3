import { Conflict } from '../../lib/errors.js';
import { lockOrganisation } from '../memberships/memberships.data.js';
import { lockPerson, updatePerson } from '../people/people.data.js';
import { updateOrganisation } from './organisations.data.js';
import { note, register, type Registering } from './registering.js';

/**
 * Says whether a person is registered in the outside system of requests (manual 4.1.2): whoever is finds a button to it.
 *
 * @throws Conflict when it is already as wanted, NotFound
 */
export function registerPerson(registering: Registering, id: string, registered: boolean): Promise<void> {
  return register(registering, async (trx) => {
    const { surname, name, email, outside_requests: before } = await lockPerson(trx, id);
    expectOther(before, registered);
    await updatePerson(trx, id, { outside_requests: registered });
    const details = { who: `${surname} ${name} (${email})`, before, after: registered };
    await note(trx, registering, 'account.outside', { subject: id }, details);
  });
}

/**
 * Says whether an organisation is registered there (manual 4.2.6): its profile then has the button.
 *
 * @throws Conflict when it is already as wanted, NotFound
 */
export function registerOrganisation(
  registering: Registering,
  id: string,
  registered: boolean,
): Promise<void> {
  return register(registering, async (trx) => {
    const { outside_requests: before } = await lockOrganisation(trx, id);
    expectOther(before, registered);
    await updateOrganisation(trx, id, { outside_requests: registered });
    const details = { before, after: registered };
    await note(trx, registering, 'organisation.outside', { subject: id, organisation: id }, details);
  });
}

/** The form says what is wanted, and not «the other way round»: two who want the same do not undo each other's work. */
function expectOther(before: boolean, wanted: boolean): void {
  if (before === wanted) throw new Conflict(wanted ? 'Отметка уже стоит.' : 'Отметки уже нет.');
}

import type { AccountRow, AuditRow, ConsentRow } from '../../src/db/rows.js';
import { CONSENT } from '../../src/domain/people/consent.js';
import type { Clock } from './clock.js';
import { idOf } from './ids.js';
import { CONFIRMED, INN, PEOPLE } from './people.js';

/** Where the demo's people sit: a network that is nobody's (RFC 5737). */
const ADDRESS = '192.0.2.14';
const BROWSER =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36';

export type NewAuditRow = Omit<AuditRow, 'id'>;

export const accountId = (key: string) => idOf('account', key);

/** What everything that was done in the demo has in common. */
export const done = { ip: ADDRESS, request_id: 'demo' };

/** The accounts, the consents of those who registered themselves, and how all came to be. */
export function peopleRows(password_hash: string, clock: Clock) {
  const people = PEOPLE.map(([key, name, made, staff_roles = []], at) => {
    const [surname = '', given = '', patronymic = null] = name.split(' ');
    const account: AccountRow = {
      id: accountId(key),
      email: `${key}@demo.test`,
      surname,
      name: given,
      patronymic,
      // Some leave it empty.
      phone: at % 9 === 8 ? null : `+7903000${String(at + 1).padStart(4, '0')}`,
      inn: INN[key] ?? null,
      password_hash,
      staff_roles,
      created_at: clock.ago(made, '09:12:34'),
      blocked_at: null,
      blocked_reason: null,
      phone_confirmed_at: null,
      inn_confirmed_at: key in CONFIRMED ? clock.ago(CONFIRMED[key]!, '11:20:45') : null,
      outside_requests: false,
      seen_at: at % 7 === 6 ? null : clock.hours(3 + at * 11),
    };
    return { account, staff: staff_roles.length > 0 };
  });
  return {
    accounts: people.map(({ account }) => account),
    consents: people.filter(({ staff }) => !staff).map(({ account }) => consentOf(account)),
    audit: people.flatMap(({ account, staff }): NewAuditRow[] => {
      const about = { ...done, subject_id: account.id, organisation_id: null };
      const began = staff ? 'staff.appointed' : 'account.confirmed';
      const [by, at, { inn, inn_confirmed_at }] = [staff ? null : account.id, account.created_at, account];
      return [
        { ...about, at, action: began, account_id: by, details: {} },
        ...(inn_confirmed_at
          ? [
              {
                ...about,
                at: inn_confirmed_at,
                action: 'inn.confirmed',
                account_id: accountId('staff'),
                details: { inn },
              },
            ]
          : []),
      ];
    }),
  };
}

function consentOf({ id, email, created_at }: AccountRow): ConsentRow {
  const { purpose, version, sha256 } = CONSENT;
  return {
    id: idOf('consent', email),
    account_id: id,
    registration_id: null,
    email,
    purpose,
    version,
    sha256,
    given_at: created_at,
    ip: ADDRESS,
    user_agent: BROWSER,
    form: '/auth/register',
    withdrawn_at: null,
    withdrawn_how: null,
  };
}

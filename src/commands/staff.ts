import { clockwork } from '../domain/audit/audit.data.js';
import { appointStaff, LINK_TIME } from '../domain/people/password-link.actions.js';
import { dateTime } from '../lib/dates.js';
import { withHouse } from './with-house.js';

/** `npm run staff -- add EMAIL`: makes a staff administrator and prints a one-time link to set the password. */
const [verb, email] = process.argv.slice(2);

if (verb !== 'add' || !email) {
  process.stderr.write('Usage: npm run staff -- add EMAIL\n');
  process.exitCode = 2;
} else {
  await withHouse(async ({ parts }) => {
    const now = parts.now();
    const { token, known } = await appointStaff(parts, email, clockwork('command'), now);
    const until = dateTime(new Date(now.getTime() + LINK_TIME));
    process.stdout.write(`${parts.config.publicUrl}/auth/password/${token}\n`);
    if (known)
      process.stdout.write(
        `У ${email} уже есть учётная запись: она получила роль администратора и сохранила доступ к своим организациям.\n`,
      );
    process.stdout.write(`Ссылка для ${email} действует один раз, до ${until} по московскому времени.\n`);
  });
}

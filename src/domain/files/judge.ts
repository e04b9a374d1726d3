import { Invalid } from '../../lib/errors.js';
import { filesNamed } from '../../lib/text.js';
import type { Scan } from './clamd.js';
import type { Inspector } from './inspect.js';
import { type Passed, type Verdict, type Wanted, refusalsOf } from './verdict.js';

/** A file in the temporary folder; `name` is what its sender calls it. */
export interface Upload {
  path: string;
  name: string;
  size: number;
}

/** An upload that may be kept. */
export interface Judged {
  upload: Upload;
  verdict: Passed;
}

interface Judges {
  inspector: Inspector;
  scan?: Scan | null;
}

/** One person's ten files leave room in the inspector's queue for other people's. */
const AT_ONCE = 2;

/**
 * Judges the uploads of one form, two at a time. All of them are looked at, so that a person hears at once of everything
 * there is to mend; but none is begun after one that took all the time there is.
 *
 * @param wanted what the field takes
 * @returns all of them, in their order
 * @throws Invalid with a message for `field` when one may not be kept; of several it names those at fault
 * @throws TooMany when more files wait than can be judged in a minute
 */
export async function judgeAll(
  judges: Judges,
  uploads: Upload[],
  field: string,
  wanted: Wanted,
): Promise<Judged[]> {
  const verdicts = new Map<Upload, Verdict>();
  const waiting = [...uploads];
  const work = async () => {
    for (let upload = waiting.shift(); upload; upload = waiting.shift()) {
      const verdict = await judge(judges, upload, wanted).catch((error: unknown) => {
        waiting.length = 0;
        throw error;
      });
      verdicts.set(upload, verdict);
      if (!verdict.ok && verdict.reason === 'too-heavy') waiting.length = 0;
    }
  };
  // All come to an end before this does: their files are removed next.
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  const words = refusalOf(uploads, verdicts);
  if (words) throw new Invalid({ [field]: words });
  return uploads.map((upload) => ({ upload, verdict: verdicts.get(upload) as Passed }));
}

async function judge({ inspector, scan }: Judges, upload: Upload, wanted: Wanted): Promise<Verdict> {
  const refusals = refusalsOf(wanted);
  const verdict = await inspector.inspect(upload.path, { name: upload.name, wanted });
  const found = verdict.ok && scan ? await scan(upload.path) : 'clean';
  if (found === 'infected') return refusals.infected;
  return found === 'unavailable' ? refusals.unscanned : verdict;
}

/** What is wrong and with which of them; files that have the same fault share its words. */
function refusalOf(uploads: Upload[], verdicts: Map<Upload, Verdict>): string {
  const faults = new Map<string, string[]>();
  for (const upload of uploads) {
    const verdict = verdicts.get(upload);
    if (verdict?.ok === false)
      faults.set(verdict.message, [...(faults.get(verdict.message) ?? []), upload.name]);
  }
  const words = (message: string, names: string[]) =>
    uploads.length > 1 ? `${filesNamed(names)}: ${message}` : message;
  return [...faults].map(([message, names]) => words(message, names)).join(' ');
}

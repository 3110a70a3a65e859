import { parseAddress, publicName } from '../address.ts';
import type { Errand } from '../errand.ts';
import type { Person } from '../secret.ts';
import { usage } from '../usage.ts';
import type { Job, JobOf, RoadJob } from './job.ts';
import { watchLedger } from './ledger-counts.ts';
import type { CoachEvent, ToldOutcome } from './messages.ts';
import type { Telling } from './telling.ts';

type Done = ToldOutcome & { is: 'done' };

/** What is the same for every kind of pass. */
interface Around {
  signal: AbortSignal;
  telling: Telling;
  person: Person;
}

/** Does what a job asks for, in this process. Throws Trouble, `Cancelled`, the signal's reason. */
export async function runPass(job: Job, signal: AbortSignal, telling: Telling): Promise<Done> {
  const texts = [...job.from, ...(job.to === null ? [] : [job.to])];
  for (const text of texts) refuseOtherSecrets(text);
  const around = { signal, telling, person: personWith(job.secrets, telling) };
  const done: Done = { is: 'done', summary: null, certificate: null, surveys: [], checks: [] };
  if (job.kind === 'check') {
    const { checkAccounts } = await import('./check.ts');
    const checks = await checkAccounts(job, around.person, signal);
    // Whose answer was not waited for would look as if it had none.
    signal.throwIfAborted();
    return { ...done, checks };
  }
  if (job.kind === 'survey') return { ...done, surveys: await surveyed(job, around) };
  return { ...done, ...(await carried(job, around)) };
}

/**
 * An address comes from a form or a file of whoever manages the project: it must not make this machine read a variable or a file
 * of its own and send that to a server as a password. What the operator of this machine set up (a consent, an application's
 * key) stays.
 */
function refuseOtherSecrets(text: string): void {
  const address = parseAddress(text);
  if (!('host' in address)) return;
  if (['env', 'file', 'url'].includes(address.secret.by)) throw usage('bad-secret', publicName(address));
}

function personWith(secrets: Readonly<Record<string, string>>, { tell }: Telling): Person {
  return {
    warn: ({ code, on }) => tell({ event: 'warning', code, on }),
    async ask(_what, on) {
      if (!Object.hasOwn(secrets, on)) throw usage('no-secret', on);
      return secrets[on]!;
    },
  };
}

async function carried(job: RoadJob, around: Around): Promise<Pick<Done, 'summary' | 'certificate'>> {
  const errand = errandOf(job, around);
  if (job.kind === 'prove') return proven(job, errand);
  const { runMove } = await import('../move.ts');
  const summary = await runMove(errand);
  if (job.kind === 'move' || summary.missing > 0) return { summary, certificate: null };
  const { certificate } = await proven(job, errand);
  return { summary, certificate };
}

function errandOf({ from, to, data, options }: RoadJob, { signal, telling, person }: Around): Errand {
  const { dryRun, settleMs, lanes } = options;
  return {
    ...{ from, to, data, signal, person },
    options: {
      dryRun,
      ...(settleMs === undefined ? {} : { settleMs }),
      ...(lanes === undefined ? {} : { lanes }),
    },
    tell: telling.tell,
    watchLedger: (ledger) => watchLedger(ledger, telling.tell),
  };
}

async function proven(job: RoadJob, errand: Errand): Promise<Pick<Done, 'summary' | 'certificate'>> {
  const [{ runProve }, { words }] = await Promise.all([
    import('../prove.ts'),
    import('../../words/words.ts'),
  ]);
  const asked = { ...errand, options: { ...errand.options, dryRun: false } };
  const proof = await runProve({ ...asked, out: undefined, words: words(job.options.language) });
  const { summary, file, page, certificate } = proof;
  const { head, verdict } = certificate;
  return { summary, certificate: { file, page, head, verdict, summary } };
}

async function surveyed(job: JobOf<'survey'>, { signal, telling, person }: Around): Promise<Done['surveys']> {
  const { runSurvey } = await import('../survey.ts');
  const { from, to, data, options } = job;
  const entries = new Map<string, number>();
  const surveys = runSurvey({
    ...{ from, data, signal, person, to: to ?? undefined, ...options },
    tell(account, { messages }) {
      entries.set(account, (entries.get(account) ?? 0) + messages);
      telling.tell({ event: 'listing', account, entries: entries.get(account)! } satisfies CoachEvent);
    },
    tellObstacle: () => undefined, // they are counted in the survey
    tellRest: telling.tell,
  });
  return Array.fromAsync(surveys);
}

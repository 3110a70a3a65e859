import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { type Address, parseAddress } from '../address.ts';
import { KEY_VARIABLE } from '../vault/key.ts';
import { type Job, type JobGiven, jobSchema, limitSchema } from './job.ts';
import { type CoachEvent, type Order, reportSchema, type ToldOutcome } from './messages.ts';
import { redacted } from './redact.ts';

/** How a pass ended. */
export type CoachOutcome =
  | ToldOutcome
  /**
   * Its process is gone, or was ended because it hung, and could not say how: to be tried again. Everything that it had noted
   * stays noted. `said`: the end of what it wrote to standard error.
   */
  | { is: 'lost'; exitCode: number | null; signal: NodeJS.Signals | null; said: string };

export interface CoachOptions {
  onEvent?: (event: CoachEvent) => void;
  /** Raised: as `stop`. */
  signal?: AbortSignal;
  /** How long the engine may take to its next safe point before it is killed; 30 s by default. */
  stopMs?: number;
  /** It says every few seconds that it lives. Who says nothing for so long hangs, and is killed; 150 s by default. */
  hungAfterMs?: number;
  /** Memory in use, every few seconds. */
  onMemory?: (residentBytes: number) => void;
}

/** A pass that is under way in a process of its own. */
export interface Coach {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Never rejects. */
  readonly done: Promise<CoachOutcome>;
  /** Bytes a second over all its connections from now on; null: no limit. Throws where a job with that limit would be refused. */
  limit(bytesPerSecond: number | null): void;
  /** It ends at the next safe point, or is killed after `stopMs`. The outcome is `stopped` either way, if it had not ended already. Twice is once. */
  stop(): void;
}

/** As `bin/malleposte.mjs` starts Node, and for its reasons; a test holds them together. */
export const NODE_FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=60'];
const MALLOC_ARENAS = '2';

const STOP_MS = 30_000;
const HUNG_AFTER_MS = 150_000;
/** So many looks in a row without a word, and it hangs. Not by the clock: a machine may have slept. */
const SILENT_LOOKS = 5;
/** It has told its outcome and does not go. */
const GO_MS = 10_000;
const SAID_MAX_CHARS = 4_000;

/**
 * Starts one pass in a process of its own, so that what goes wrong there touches nothing else, and the server stays quick. The
 * secrets go by the channel between the two alone. Throws ZodError for what is no job.
 */
export function startCoach(given: JobGiven, options: CoachOptions = {}): Coach {
  const job = jobSchema.parse({ ...given, ...vaultKeyFor(given) });
  const child = fork(path.join(import.meta.dirname, 'child.ts'), [], {
    execPath: process.execPath,
    execArgv: NODE_FLAGS,
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const ending = watchChild(child, job, options);
  const order = (message: Order): void => {
    // A channel that is closed: its outcome says so.
    if (child.connected) child.send(message, () => undefined);
  };
  const stop = (): void => {
    if (ending.stopAsked) return;
    ending.stopAsked = true;
    order({ is: 'stop' });
    ending.killAfter(options.stopMs ?? STOP_MS);
  };
  order({ is: 'job', job });
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) stop();
  ending.done.then(() => options.signal?.removeEventListener('abort', stop));
  return {
    pid: child.pid,
    done: ending.done,
    stop,
    limit: (bytesPerSecond) => order({ is: 'limit', bytesPerSecond: limitSchema.parse(bytesPerSecond) }),
  };
}

interface Ending {
  readonly done: Promise<CoachOutcome>;
  stopAsked: boolean;
  killAfter(ms: number): void;
}

function watchChild(child: ChildProcess, job: Job, options: CoachOptions): Ending {
  const { onEvent, onMemory, hungAfterMs = HUNG_AFTER_MS } = options;
  const { promise: done, resolve } = Promise.withResolvers<CoachOutcome>();
  let outcome: ToldOutcome | null = null;
  let said = '';
  let silentLooks = 0;
  const timers = new Set<NodeJS.Timeout>();
  let over = false;
  const killAfter = (ms: number): void => {
    if (!over) timers.add(setTimeout(() => child.kill('SIGKILL'), ms));
  };
  const ending: Ending = { done, stopAsked: false, killAfter };
  const silence = setInterval(() => {
    if (++silentLooks >= SILENT_LOOKS) child.kill('SIGKILL');
  }, hungAfterMs / SILENT_LOOKS);

  child.on('message', (message) => {
    silentLooks = 0;
    const report = reportSchema.safeParse(message);
    if (!report.success) {
      outcome ??= { is: 'bug', text: redacted(`a coach said: ${report.error.message}`, secretsOf(job)) };
      killAfter(0);
    } else if (report.data.is === 'event') onEvent?.(report.data.event);
    else if (report.data.is === 'alive') onMemory?.(report.data.residentBytes);
    else if (outcome === null) {
      outcome = report.data.outcome;
      killAfter(GO_MS);
    }
  });
  child.stderr!.setEncoding('utf8').on('data', (piece: string) => {
    said = (said + piece).slice(-SAID_MAX_CHARS);
  });
  const ended = (exitCode: number | null, signal: NodeJS.Signals | null): void => {
    over = true;
    clearInterval(silence);
    for (const timer of timers) clearTimeout(timer);
    const lost = { is: 'lost' as const, exitCode, signal, said: redacted(said, secretsOf(job)) };
    resolve(endOf(outcome, lost, ending.stopAsked));
  };
  child.on('error', (error) => {
    said += error.message;
    // It was never there; otherwise `close` comes, too.
    if (child.pid === undefined) ended(null, null);
  });
  // After the last message.
  child.on('close', ended);
  return ending;
}

function endOf(told: ToldOutcome | null, lost: CoachOutcome, stopAsked: boolean): CoachOutcome {
  // Somebody else told it to end: nobody here wanted it.
  if (told?.is === 'stopped' && !stopAsked) return lost;
  return told ?? (stopAsked ? { is: 'stopped' } : lost);
}

function secretsOf({ secrets, vaultKey }: Job): string[] {
  return [...Object.values(secrets), ...(vaultKey === null ? [] : [vaultKey])];
}

/** The key to the vault where an account needs it, and the environment of the server has it. */
function vaultKeyFor({ from, to }: JobGiven): Pick<JobGiven, 'vaultKey'> {
  const key = process.env[KEY_VARIABLE];
  const consents = [...from, ...(to === null ? [] : [to])].some((text) => isByConsent(text));
  return key !== undefined && key !== '' && consents ? { vaultKey: key } : {};
}

function isByConsent(text: string): boolean {
  let address: Address;
  try {
    address = parseAddress(text);
  } catch {
    // Whatever is wrong with it, the coach will say.
    return false;
  }
  return 'host' in address && address.secret.by === 'consent';
}

/** What a process needs to run, resolve names, reach the network and speak TLS; no secret of the server's. */
const KEPT =
  /^(PATH|HOME|TMPDIR|TMP|TEMP|TZ|LANG|LC_\w+|NODE_COMPILE_CACHE|NODE_EXTRA_CA_CERTS|NODE_USE_ENV_PROXY|SSL_CERT_(FILE|DIR)|HTTPS?_PROXY|NO_PROXY|SYSTEMROOT|USERPROFILE|APPDATA|LOCALAPPDATA)$/i;

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => KEPT.test(name));
  return { ...Object.fromEntries(kept), MALLOC_ARENA_MAX: MALLOC_ARENAS };
}

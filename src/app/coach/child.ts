/** One pass over one person's mail, in a process of its own: a job comes by the channel to the server, and its outcome goes back. */
import { Trouble } from '../../trouble.ts';
import { bandwidth } from '../../wire/bandwidth.ts';
import type { Job } from './job.ts';
import type { Report, ToldOutcome } from './messages.ts';
import { redacted } from './redact.ts';

/** The server looks for it: who is silent for much longer hangs. */
const ALIVE_MS = 5_000;
/** After the server is gone: time for the engine to come to its next safe point. What is then not noted is resumed as after a crash. */
const LEAVE_MS = 5_000;
/** Once the outcome was told there is nothing to wait for. */
const EXIT_MS = 2_000;

const stopping = new AbortController();
let started = false;
let ended = false;
let hidden: string[] = [];

process.on('message', (message) => {
  obey(message).catch((error) => end(bugOf(error)));
});
process.on('disconnect', () => {
  if (ended) return;
  stopping.abort();
  setTimeout(() => process.exit(1), LEAVE_MS).unref();
});
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort());
process.on('uncaughtException', (error) => end(bugOf(error)));

async function obey(message: unknown): Promise<void> {
  const { orderSchema } = await import('./messages.ts');
  const order = orderSchema.parse(message);
  if (order.is === 'stop') stopping.abort();
  if (order.is === 'limit') bandwidth.limit(order.bytesPerSecond);
  if (order.is === 'job') await work(order.job);
}

async function work(job: Job): Promise<void> {
  if (started) throw new Error('a second job for one coach');
  started = true;
  bandwidth.limit(job.bytesPerSecond);
  hidden = [...Object.values(job.secrets), ...(job.vaultKey === null ? [] : [job.vaultKey])];
  const alive = (): void => report({ is: 'alive', residentBytes: process.memoryUsage.rss() });
  setInterval(alive, ALIVE_MS).unref();
  const [{ KEY_VARIABLE }, { openTelling }, { runPass }] = await Promise.all([
    import('../vault/key.ts'),
    import('./telling.ts'),
    import('./pass.ts'),
  ]);
  // Of this process alone: what the system shows of its environment is what it was started with.
  if (job.vaultKey !== null) process.env[KEY_VARIABLE] = job.vaultKey;
  const telling = openTelling((event) => report({ is: 'event', event }));
  const outcome = await runPass(job, stopping.signal, telling).catch(outcomeOf);
  telling.flush();
  alive();
  end(outcome);
}

async function outcomeOf(error: unknown): Promise<ToldOutcome> {
  const { Cancelled } = await import('../../engine/road.ts');
  const stopped = stopping.signal.aborted && (error instanceof Cancelled || error === stopping.signal.reason);
  if (stopped) return { is: 'stopped' };
  if (!(error instanceof Trouble)) return bugOf(error);
  return { is: 'trouble', ...(await import('./check.ts')).factsOf(error) };
}

function bugOf(error: unknown): ToldOutcome {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { is: 'bug', text: redacted(text, hidden) };
}

/** A server that is gone is not told. */
function report(message: Report, told: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, undefined, undefined, told);
  else told();
}

function end(outcome: ToldOutcome): void {
  if (ended) return;
  ended = true;
  report({ is: 'outcome', outcome }, () => {
    if (process.connected) process.disconnect?.();
    setTimeout(() => process.exit(0), EXIT_MS).unref();
  });
}

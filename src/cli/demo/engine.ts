import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Event, Summary } from '../../engine/event.ts';
import type { Actor, Stage } from './stage.ts';

/** How a run of the engine ended. */
export interface Run {
  /** Null when it was killed. */
  summary: Summary | null;
  certificate: string | null;
  exitCode: number | null;
  /** Messages that had their outcome when it ended. */
  done: number;
  seconds: number;
  /** What it said on standard error, for the case that it failed. */
  said: string;
}

type Line = Event | { event: 'certificate'; page: string };

/** Longest a run may take before the demo gives up on it. */
const RUN_MAX_MS = 10 * 60_000;

/** The command as a person would type it, without secrets (they are in the environment). */
export function commandOf(verb: 'move' | 'prove', actor: Actor, data: string): string[] {
  return [verb, ...actor.from.flatMap((url) => ['--from', url]), '--to', actor.to, '--data', data];
}

/**
 * Runs the engine as a process of its own.
 *
 * @param killAt share of the messages after which the process is killed with SIGKILL, as a power cut would
 */
export async function runEngine(
  verb: 'move' | 'prove',
  actor: Actor,
  stage: Stage,
  data: string,
  options: { killAt?: number; signal: AbortSignal; onProgress(share: number): void },
): Promise<Run> {
  const began = performance.now();
  const main = join(import.meta.dirname, '..', 'main.ts');
  const args = [main, ...commandOf(verb, actor, data), '--json', '--settle-seconds', '2'];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...stage.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run: Run = { summary: null, certificate: null, exitCode: null, done: 0, seconds: 0, said: '' };
  const stop = () => child.kill('SIGKILL');
  const limit = setTimeout(stop, RUN_MAX_MS);
  options.signal.addEventListener('abort', stop, { once: true });
  child.stderr.on('data', (piece: Buffer) => {
    run.said = (run.said + piece.toString()).slice(-2000);
  });
  const shares = new Map<string, { done: number; of: number }>();
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    if (line.event === 'summary') run.summary = line;
    else if (line.event === 'certificate') run.certificate = line.page;
    else if (line.event === 'listed') shares.set(line.account, { done: 0, of: line.waiting });
    else if (line.event === 'progress') {
      shares.set(line.account, line);
      const share = sum(shares, 'done') / Math.max(1, sum(shares, 'of'));
      run.done = sum(shares, 'done');
      options.onProgress(share);
      if (options.killAt !== undefined && share >= options.killAt) stop();
    }
  }
  run.exitCode = await ended(child);
  clearTimeout(limit);
  options.signal.removeEventListener('abort', stop);
  run.seconds = (performance.now() - began) / 1000;
  return run;
}

function sum(shares: ReadonlyMap<string, { done: number; of: number }>, of: 'done' | 'of'): number {
  return [...shares.values()].reduce((total, share) => total + share[of], 0);
}

function ended(child: ReturnType<typeof spawn>): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

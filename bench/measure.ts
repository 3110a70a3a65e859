import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A whole process to be measured. */
export interface Command {
  argv: readonly string[];
  env?: Record<string, string>;
  /** Exit codes that mean it did its work. */
  ok?: readonly number[];
}

export interface Sample {
  /** Seconds. */
  wall: number;
  cpu: { client: number; source: number; target: number };
  /** Megabytes: the processes of the command together, and the largest alone. */
  rss: number;
  rssLargest: number;
  code: number | null;
  /** Through a delaying line: the most round trips on one connection. */
  turns?: number;
  /** One-minute load average before it began: what else the machine was doing. */
  load: number;
}

const tick = 100;
const poll = 40;

/** Runs it to the end; output goes to `DIR/out` and `DIR/err`. Killed after `limit` milliseconds. */
export async function measure(
  command: Command,
  servers: { source: number; target: number },
  dir: string,
  limit: number,
): Promise<Sample> {
  const load = loadavg()[0]!;
  const before = { client: ended(), source: treeCpu(servers.source), target: treeCpu(servers.target) };
  const [out, err] = [openSync(join(dir, 'out'), 'w'), openSync(join(dir, 'err'), 'w')];
  const started = performance.now();
  const child = spawn(command.argv[0]!, command.argv.slice(1), {
    cwd: dir,
    env: { ...process.env, ...command.env },
    stdio: ['ignore', out, err],
  });
  const peak = { together: 0, largest: 0 };
  const watch = setInterval(() => look(child.pid!, peak), poll);
  const stop = setTimeout(() => tree(child.pid!).forEach(kill), limit);
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('exit', resolve),
  );
  const wall = (performance.now() - started) / 1000;
  clearInterval(watch);
  clearTimeout(stop);
  closeSync(out);
  closeSync(err);
  await sleep(400); // the servers' processes end a moment later, and only then count in full
  return {
    wall,
    cpu: {
      client: ended() - before.client,
      source: treeCpu(servers.source) - before.source,
      target: treeCpu(servers.target) - before.target,
    },
    rss: peak.together / 1024,
    rssLargest: peak.largest / 1024,
    code,
    load,
  };
}

function look(pid: number, peak: { together: number; largest: number }): void {
  let together = 0;
  for (const one of tree(pid)) {
    const status = read(`/proc/${one}/status`);
    together += Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
    peak.largest = Math.max(peak.largest, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
  }
  peak.together = Math.max(peak.together, together, peak.largest);
}

/** Ours, and hung: there is nothing to be saved. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The process and all that descend from it and live. */
function tree(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(tree)];
}

/** CPU seconds of a process, of those that descend from it, and of those that did and ended. */
function treeCpu(pid: number): number {
  return tree(pid).reduce((sum, one) => sum + cpuOf(one, [13, 14, 15, 16]), 0);
}

/** CPU seconds of our own children that have ended. */
function ended(): number {
  return cpuOf('self', [15, 16]);
}

/** Sums fields of /proc/PID/stat, counted from 0 as proc(5) counts them from 1. */
function cpuOf(pid: number | 'self', fields: readonly number[]): number {
  const stat = read(`/proc/${pid}/stat`);
  const after = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.reduce((sum, field) => sum + Number(after[field - 2] ?? 0), 0) / tick;
}

/** Empty for a process that has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** The middle one; of an even number the lower of the two. */
export function median(samples: readonly Sample[]): Sample {
  return [...samples].sort((a, b) => a.wall - b.wall)[Math.floor((samples.length - 1) / 2)]!;
}

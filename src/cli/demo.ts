import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { dataFolder } from '../app/data.ts';
import type { Summary } from '../engine/event.ts';
import { Cancelled } from '../engine/road.ts';
import type { Key } from '../words/catalogue.ts';
import type { Context } from './command.ts';
import { commandOf, type Run, runEngine } from './demo/engine.ts';
import { type Actor, deliver, type Stage, setStage } from './demo/stage.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { OptionName } from './options.ts';
import { table } from './table.ts';

export const takes: readonly OptionName[] = ['keep'];
export const files = 0;

/** The engine is killed when this share of the first person's mail is carried. */
const KILL_AT = 0.4;
/** New messages that arrive for each person between the first pass and the last. */
const NEW_MESSAGES = 5;

/**
 * A small organisation, played through on this machine: every person's mail into one new mailbox, the engine killed in
 * the middle and started again, new mail, the last pass, the proof. Exits 0 when everything is proven, else 12.
 */
export async function run(context: Context): Promise<ExitCode> {
  const folder = await mkdtemp(join(tmpdir(), 'malleposte-demo-'));
  const { note } = context;
  const say = (key: Key, values?: Record<string, string | number>) => note(context.words().say(key, values));
  say('demo.title');
  const stage = await setStage(folder);
  try {
    tellStage(context, stage);
    const play: Play = { context, stage, data: demoFolder(context.options.data), say };
    for (const [index, actor] of stage.actors.entries()) await firstPass(play, actor, index === 0);
    say('demo.delivered', { n: NEW_MESSAGES });
    for (const actor of stage.actors) deliver(actor, NEW_MESSAGES);
    const results: Result[] = [];
    for (const actor of stage.actors) results.push(await lastPass(play, actor));
    context.print(report(context, results));
    if (context.options.keep) await keep(play);
    return results.every(({ proof }) => proof.exitCode === 0) ? EXIT.complete : EXIT.failed;
  } finally {
    await stage.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A folder of this demo alone, where the data of every command lies. */
export function demoFolder(asked: string | undefined): string {
  return join(dataFolder(asked).root, `demo-${process.pid}`);
}

interface Play {
  context: Context;
  stage: Stage;
  data: string;
  say(key: Key, values?: Record<string, string | number>): void;
}

interface Result {
  actor: Actor;
  moved: Summary;
  delta: Summary;
  proof: Run;
}

const moved = new WeakMap<Actor, Summary>();

function tellStage({ words, note }: Context, { actors, servers }: Stage): void {
  const { say, figures } = words();
  note(
    servers ? say('demo.servers', { old: servers.old.port, new: servers.new.port }) : say('demo.no-servers'),
  );
  for (const { colleague, from, lying } of actors) {
    const { first, last, site } = colleague;
    const places = from.map((url) => say(`demo.place.${url.slice(0, url.indexOf(':'))}` as Key)).join(' + ');
    note(`  ${say('demo.person', { name: `${first} ${last}`, site, places, n: figures.number(lying) })}`);
  }
}

/** One person's mail, all accounts into one; for the first of them with a SIGKILL in the middle. */
async function firstPass(play: Play, actor: Actor, killed: boolean): Promise<void> {
  const { say, context } = play;
  const { figures } = context.words();
  const name = actor.colleague.first;
  say('demo.moving', { name });
  if (killed) {
    const run = await engine(play, 'move', actor, KILL_AT);
    if (run.summary === null) say('demo.killed', { name, n: figures.number(run.done) });
    else say('demo.too-quick', { name });
  }
  const run = await engine(play, 'move', actor);
  const summary = whole(run);
  moved.set(actor, summary);
  const { entries, copied, merged } = summary;
  say('demo.moved', {
    name,
    entries: figures.number(entries),
    copied: figures.number(copied),
    merged: figures.number(merged),
    time: figures.span(run.seconds),
  });
}

async function lastPass(play: Play, actor: Actor): Promise<Result> {
  const delta = whole(await engine(play, 'move', actor));
  const proof = await engine(play, 'prove', actor);
  const name = actor.colleague.first;
  play.say(proof.exitCode === 0 ? 'demo.proven' : 'demo.not-proven', { name, carried: delta.carried });
  return { actor, moved: moved.get(actor)!, delta, proof };
}

function engine(play: Play, verb: 'move' | 'prove', actor: Actor, killAt?: number): Promise<Run> {
  const { signal } = play.context;
  if (signal.aborted) throw new Cancelled('cancelled');
  const options = { signal, onProgress: () => {}, ...(killAt === undefined ? {} : { killAt }) };
  return runEngine(verb, actor, play.stage, play.data, options);
}

/** A run that ended without a summary is no result: what it said is told as it is. */
function whole(run: Run): Summary {
  if (run.summary) return run.summary;
  throw new Error(`the engine ended with ${run.exitCode}: ${run.said}`);
}

function report(context: Context, results: readonly Result[]): string {
  const { say, figures } = context.words();
  const head = (['person', 'entries', 'copied', 'merged', 'new', 'missing'] as const).map((column) =>
    say(`demo.column.${column}`),
  );
  const rows = results.map(({ actor, delta, proof }) => {
    const { entries, copied, merged, missing } = proof.summary ?? delta;
    const numbers = [entries, copied, merged, delta.carried, missing].map((n) => figures.number(n));
    return [`${actor.colleague.first} ${actor.colleague.last} (${actor.colleague.site})`, ...numbers];
  });
  const missing = results.reduce((sum, { proof }) => sum + (proof.summary?.missing ?? 1), 0);
  const certificates = results.map(({ proof }) => `  ${fromHere(proof.certificate ?? '?')}`);
  return [
    '',
    table([head, ...rows], new Set([1, 2, 3, 4, 5])),
    '',
    say(missing === 0 ? 'demo.zero' : 'demo.not-zero', { count: missing, n: figures.number(missing) }),
    say('demo.certificates'),
    ...certificates,
  ].join('\n');
}

/** As it is typed here; whole when it lies elsewhere. */
function fromHere(file: string): string {
  const near = relative('.', file);
  return near.startsWith('..') ? file : near;
}

/** Leaves the servers up until Ctrl-C, and says how to look. */
async function keep({ context, stage, say, data }: Play): Promise<void> {
  const { signal, note } = context;
  if (!stage.servers) {
    say('demo.keep-files');
    for (const actor of stage.actors) note(`  ${actor.to}`);
  } else {
    say('demo.keep-servers');
    for (const { colleague } of stage.actors) {
      for (const server of [stage.servers.old, stage.servers.new]) {
        const secret = server === stage.servers.old ? 'MALLEPOSTE_DEMO_OLD' : 'MALLEPOSTE_DEMO_NEW';
        note(
          `  curl -s imap://127.0.0.1:${server.port}/INBOX -u ${colleague.login}:${stage.env[secret]} -X 'STATUS INBOX (MESSAGES)'`,
        );
      }
    }
    const [first] = stage.actors;
    note(
      `  ${Object.entries(stage.env)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')} malleposte ${quoted(commandOf('prove', first!, data))}`,
    );
  }
  say('demo.keep-until');
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {}, 60_000);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      resolve();
    });
  });
}

function quoted(words: readonly string[]): string {
  return words.map((word) => (/[?&]/.test(word) ? `'${word}'` : word)).join(' ');
}

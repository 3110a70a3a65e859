import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { dataFolder, nullIfMissing } from '../app/data.ts';
import { Cancelled } from '../engine/road.ts';
import type { Key } from '../words/catalogue.ts';
import type { Words } from '../words/words.ts';
import type { Context } from './command.ts';
import { type Cockpit, type DemoOperator, signIn, signUp, startCockpit } from './demo/cockpit.ts';
import {
  type Desk,
  endWave,
  lastPass,
  moved,
  type Organisation,
  type PersonRow,
  setUp,
  startWave,
  until,
} from './demo/organisation.ts';
import { SITES } from './demo/people.ts';
import { type Actor, deliver, PASSWORDS, type Stage, setStage } from './demo/stage.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { OptionName } from './options.ts';
import type { Road } from './project/desk.ts';
import { table } from './table.ts';

export const takes: readonly OptionName[] = ['keep', 'serve'];
export const files = 0;

/** The server is killed when this share of somebody's mail is carried. */
const KILL_AT = 0.4;
/** New messages that arrive for each person of the pilot between the first pass and the last. */
const NEW_MESSAGES = 5;
const MOVES_AT_ONCE = 4;

/**
 * A small organisation, played through on this machine: its cockpit is served, a prepared file imported, the pilot moved, the
 * server killed in the middle and started again; new mail, the last pass, the proof; then the next wave begins. It stays open
 * for who sits at a terminal, and with `--serve` or `--keep`; else it ends by itself. Exits 0 when the pilot is proven, else 12.
 */
export async function run(context: Context): Promise<ExitCode> {
  const folder = await mkdtemp(join(tmpdir(), 'malleposte-demo-'));
  const { note, options } = context;
  const say = (key: Key, values?: Record<string, string | number>) => note(context.words().say(key, values));
  say('demo.title');
  // Whatever fails to end, the others are ended all the same.
  await using ends = new AsyncDisposableStack();
  ends.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const data = demoFolder(options.data);
  if (!options.keep) ends.defer(() => tidy(data));
  const stage = await setStage(folder);
  ends.defer(() => stage.stop());
  const running: Running = { cockpit: null };
  ends.defer(async () => running.cockpit?.stop());
  tellStage(context, stage);
  const play = await open({ context, stage, data, say, running });
  const results = await playPilot(play);
  await startWave(play.desk, play.organisation.id, play.organisation.waves.second);
  context.print(report(play, results));
  await show(play);
  return results.every(isProven) ? EXIT.complete : EXIT.failed;
}

/** A folder of this demo alone, where the data of every command lies. */
export function demoFolder(asked: string | undefined): string {
  return join(dataFolder(asked).root, `demo-${process.pid}`);
}

/** The process that serves now: another one after it was killed. */
interface Running {
  cockpit: Cockpit | null;
}

interface Opening {
  context: Context;
  stage: Stage;
  data: string;
  running: Running;
  say(key: Key, values?: Record<string, string | number>): void;
}

interface Play extends Opening {
  desk: Desk;
  operator: DemoOperator;
  organisation: Organisation;
}

type Stages = Road['stages'];

interface Result {
  actor: Actor;
  person: PersonRow;
}

function tellStage({ words, note }: Context, { actors, servers }: Stage): void {
  const { say, figures } = words();
  note(
    servers ? say('demo.servers', { old: servers.old.port, new: servers.new.port }) : say('demo.no-servers'),
  );
  for (const { colleague, from, lying } of actors) {
    const { first, last, site } = colleague;
    const places = from
      .map(({ address }) => say(`demo.place.${address.split(':')[0]!.replace('imaps', 'imap')}` as Key))
      .join(' + ');
    note(`  ${say('demo.person', { name: `${first} ${last}`, site, places, n: figures.number(lying) })}`);
  }
}

/** The cockpit, its first operator, and the organisation as an IT manager would enter it. */
async function open(opening: Opening): Promise<Play> {
  const { context, stage, data, running, say } = opening;
  const words = context.words();
  const { signal } = context;
  const { language } = words;
  say('demo.serving');
  const facts = { data, files: stage.files, language, movesAtOnce: MOVES_AT_ONCE };
  const cockpit = await startCockpit(facts).catch((error: unknown) => {
    // Ctrl-C reaches the server too, before it serves.
    if (signal.aborted) throw new Cancelled('cancelled');
    throw error;
  });
  running.cockpit = cockpit;
  const email = 'demo@ateliers-mistral.example';
  const operator = await signUp(cockpit, words.say('demo.operator'), email, language, signal);
  const desk = { client: await signIn(cockpit, operator, signal), words, signal };
  const organisation = await setUp(desk, stage.actors);
  say('demo.imported', { n: stage.actors.length });
  return { ...opening, desk, operator, organisation };
}

/** The first wave to its end, with a SIGKILL in its middle. */
async function playPilot(play: Play): Promise<Result[]> {
  const { say, desk, organisation, stage } = play;
  const { id, waves } = organisation;
  const pilot = stage.actors.filter(({ colleague }) => colleague.site === SITES.pilot);
  say('demo.moving', { name: SITES.pilot });
  await startWave(desk, id, waves.pilot);
  await killMidway(play);
  for (const { person } of resultsOf(pilot, await moved(desk, id, waves.pilot))) tellMoved(play, person);
  say('demo.delivered', { n: NEW_MESSAGES });
  for (const actor of pilot) deliver(actor, NEW_MESSAGES);
  const results = resultsOf(pilot, await lastPass(desk, id, waves.pilot));
  for (const result of results) tellProven(play, result);
  if (results.every(isProven)) await endWave(desk, id, waves.pilot);
  return results;
}

function resultsOf(actors: readonly Actor[], people: readonly PersonRow[]): Result[] {
  return actors.map((actor) => ({
    actor,
    person: people.find(({ address }) => address.startsWith(`${actor.colleague.login}@`))!,
  }));
}

/** As a power cut would: the server goes, and the moves with it. The next one takes them up by itself. */
async function killMidway({ desk, organisation, running, say }: Play): Promise<void> {
  const { client, words } = desk;
  const road = await until(
    desk,
    () => client.ask('GET /organisations/{organisation}/road', { params: { organisation: organisation.id } }),
    ({ running: moves, stages }) =>
      moves.some(({ done, waiting }) => waiting > 0 && done / (done + waiting) >= KILL_AT) ||
      stages.some(({ wave, state }) => wave === organisation.waves.pilot && state !== 'running'),
  );
  const done = road.running.reduce((sum, move) => sum + move.done, 0);
  const name = SITES.pilot;
  if (done === 0) return say('demo.too-quick', { name });
  await running.cockpit!.kill();
  say('demo.killed', { name, n: words.figures.number(done) });
  running.cockpit = await running.cockpit!.again();
}

function tellMoved({ say, desk }: Play, { givenName, lastPass: pass }: PersonRow): void {
  const { figures } = desk.words;
  const { entries, copied, merged } = pass!.counts;
  say('demo.moved', {
    name: givenName,
    entries: figures.number(entries),
    copied: figures.number(copied),
    merged: figures.number(merged),
    time: figures.span(((pass!.endedMs ?? 0) - (pass!.beganMs ?? 0)) / 1000),
  });
}

function tellProven({ say }: Play, result: Result): void {
  const { givenName, lastPass: pass } = result.person;
  const values = { name: givenName, carried: pass!.counts.carried };
  say(isProven(result) ? 'demo.proven' : 'demo.not-proven', values);
}

function isProven({ person: { lastPass: pass } }: Result): boolean {
  return pass !== null && pass.state === 'proven' && pass.counts.missing === 0 && pass.counts.doubled === 0;
}

function report({ desk, data }: Play, results: readonly Result[]): string {
  const { say, figures } = desk.words;
  const head = (['person', 'entries', 'copied', 'merged', 'new', 'missing'] as const).map((column) =>
    say(`demo.column.${column}`),
  );
  const rows = results.map(({ actor, person }) => {
    const { entries, copied, merged, carried, missing } = person.lastPass!.counts;
    const numbers = [entries, copied, merged, carried, missing].map((n) => figures.number(n));
    return [`${person.displayName} (${actor.colleague.site})`, ...numbers];
  });
  // Who has no proof has lost at least what nobody has looked at.
  const missing = results.reduce(
    (sum, { person: { lastPass: pass } }) => sum + (pass?.certificate ? pass.counts.missing : 1),
    0,
  );
  const certificates = results.map(
    ({ person }) => `  ${fromHere(join(data, 'certificates', person.lastPass!.certificate ?? '?'))}`,
  );
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

/** Whether somebody is there to look. */
export function staysOpen(options: { keep: boolean; serve?: boolean }, terminal: boolean): boolean {
  return options.keep || options.serve === true || terminal;
}

/** The cockpit, as it is now: open until Ctrl-C, or seen once to answer. */
async function show({ context, desk, organisation, operator, running, stage }: Play): Promise<void> {
  const { print, signal, options } = context;
  const { say } = desk.words;
  const { origin } = running.cockpit!;
  const page = await fetch(origin, { signal });
  await page.body?.cancel();
  const params = { organisation: organisation.id };
  const { stages } = await desk.client.ask('GET /organisations/{organisation}/road', { params });
  if (!page.ok) throw new Error(`the cockpit does not answer: HTTP ${page.status}`);
  const link = `${origin}/o/${organisation.id}`;
  print(`\n${say('demo.cockpit', { link })}`);
  for (const { name, state, people } of stages) print(`  ${stageLine(name, state, people, desk.words)}`);
  if (!staysOpen(options, process.stdin.isTTY === true)) return print(say('demo.cockpit-ends'));
  print(say('demo.sign-in', { email: operator.email, password: operator.password }));
  if (options.keep) tellKept(context, stage);
  print(say('demo.keep-until'));
  await aborted(signal);
}

function stageLine(name: string, state: Stages[number]['state'], people: number, { say }: Words): string {
  const values = { name, state: say(`project.state.${state}`) };
  return say('project.stage', { ...values, people: say('project.people', { count: people, n: people }) });
}

/** How to look at the mail itself. */
function tellKept({ words, note }: Context, { actors, servers }: Stage): void {
  const { say } = words();
  if (!servers) {
    note(say('demo.keep-files'));
    for (const { to } of actors) note(`  ${to.address}`);
    return;
  }
  note(say('demo.keep-servers'));
  for (const { colleague } of actors)
    for (const [server, password] of [
      [servers.old, PASSWORDS.old],
      [servers.new, PASSWORDS.new],
    ] as const)
      note(
        `  curl -s imap://127.0.0.1:${server.port}/INBOX -u ${colleague.login}:${password} -X 'STATUS INBOX (MESSAGES)'`,
      );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setInterval(() => {}, 60_000);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      resolve();
    });
  });
}

/** Papers that were printed above, and what their signatures are compared with. */
const KEPT: ReadonlySet<string> = new Set(['certificates', 'signing-key.pem']);

/** The operator, the passwords and the ledgers of this run open and tell nothing any more. */
async function tidy(data: string): Promise<void> {
  const names = (await readdir(data).catch((cause) => nullIfMissing(data, cause))) ?? [];
  for (const name of names)
    if (!KEPT.has(name)) await rm(join(data, name), { recursive: true, force: true, maxRetries: 5 });
}

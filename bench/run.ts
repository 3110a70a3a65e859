/**
 * Side by side: `npm run bench -- [--sets real,small,wan] [--peers …] [--runs N] [--quick]`; see bench/README.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { total } from './imap.ts';
import { measure } from './measure.ts';
import { type Peer, peers } from './peers.ts';
import { type Cell, keep, machine, table } from './report.ts';
import {
  empty,
  greet,
  index,
  type Line,
  type Side,
  startDelay,
  startSource,
  startTarget,
} from './servers.ts';
import { type Case, cases, home, messagesOf, warm } from './sets.ts';

const { values: asked } = parseArgs({
  options: {
    sets: { type: 'string', default: 'real,small,wan' },
    peers: { type: 'string' },
    runs: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    only: { type: 'string' },
    imapsync: { type: 'string' },
    option: { type: 'string', multiple: true, default: [] },
    limit: { type: 'string', default: '900' },
  },
});

const [onlyCase, onlyPeer, onlyPass] = asked.only?.split(':') ?? [];
const runs = Number(asked.runs);
const limit = Number(asked.limit) * 1000;

function wantedCases(): readonly Case[] {
  const names =
    onlyCase !== undefined ? [onlyCase] : asked.memory ? ['memory-some', 'memory'] : asked.sets.split(',');
  return names.map((name) => {
    const found = cases.find((one) => one.name === name);
    if (found === undefined)
      throw new Error(`no set ${name}; there are ${cases.map((one) => one.name).join(', ')}`);
    return found;
  });
}

/** Those asked for that are here; says once what is absent. */
function wantedPeers(): { named: boolean; present: Peer[] } {
  const all = peers(asked.imapsync ?? process.env.IMAPSYNC ?? null, asked.option);
  const names = (onlyPeer ?? asked.peers)?.split(',') ?? all.map((peer) => peer.name);
  const unknown = names.find((name) => !all.some((peer) => peer.name === name));
  if (unknown !== undefined)
    throw new Error(`no peer ${unknown}; there are ${all.map((peer) => peer.name).join(', ')}`);
  const wanted = all.filter((peer) => names.includes(peer.name));
  for (const peer of wanted)
    if (peer.absent() !== null) console.error(`absent: ${peer.name}: ${peer.absent()}`);
  return {
    named: (onlyPeer ?? asked.peers) !== undefined,
    present: wanted.filter((peer) => peer.absent() === null),
  };
}

interface Stage {
  case: Case;
  source: Side;
  target: Side;
  ports: { from: number; to: number };
  line: Line | null;
  bytes: number;
}

type Pass = 'first' | 'second';

let used = 0;

/** Every tool in turn, and again for each run, so that what else the machine does falls on all alike. */
async function compete(stage: Stage, present: readonly Peer[]): Promise<Cell[]> {
  const cell = (peer: string, pass: Pass): Cell => ({
    case: stage.case.name,
    peer,
    pass,
    messages: messagesOf(stage.case.mail, asked.quick),
    bytes: stage.bytes,
    samples: [],
    faults: [],
  });
  const all = present.map((peer) => ({
    peer,
    first: cell(peer.name, 'first'),
    second: cell(peer.name, 'second'),
  }));
  for (let run = 0; run < runs; run++) {
    for (const cells of all) await both(stage, cells.peer, cells);
  }
  return all
    .flatMap(({ first, second }) => [first, second])
    .filter((one) => one.samples.length + one.faults.length > 0 && (onlyPass ?? one.pass) === one.pass);
}

/** First and second pass of one tool into a mailbox that has never been used. */
async function both(stage: Stage, peer: Peer, cells: Record<Pass, Cell>): Promise<void> {
  const user = `run-${used++}`;
  const dir = mkdtempSync(join(tmpdir(), 'malleposte-bench-run-'));
  for (const pass of onlyPass === 'first' ? (['first'] as const) : (['first', 'second'] as const)) {
    const fault = await one(stage, peer, user, dir, cells[pass]);
    if (fault === null) continue;
    cells[pass].faults.push(fault);
    if (pass === 'first') break;
  }
  empty(stage.target, user);
  rmSync(dir, { recursive: true });
}

/** Runs a tool once over an empty mailbox: its program files and compile caches are then warm for everyone alike. */
async function rouse(source: Side, target: Side, peer: Peer): Promise<void> {
  const user = `run-${used++}`;
  const dir = mkdtempSync(join(tmpdir(), 'malleposte-bench-run-'));
  const command = peer.command({
    from: source.end('nobody'),
    to: target.end(user),
    pass: 'first',
    dir,
    target,
  });
  const sample = await measure(command, { source: source.pid, target: target.pid }, dir, 60_000);
  if (!(command.ok ?? [0]).includes(sample.code ?? -1))
    console.error(`${peer.name} ended with ${sample.code} over an empty mailbox`);
  empty(target, user);
  rmSync(dir, { recursive: true });
}

/** Measures one pass and sees that all messages are there. Returns what was wrong. */
async function one(stage: Stage, peer: Peer, user: string, dir: string, cell: Cell): Promise<string | null> {
  const { source, target, ports } = stage;
  const from = source.end(stage.case.mail, ports.from);
  const to = target.end(user, ports.to);
  const command = peer.command({ from, to, pass: cell.pass, dir, target });
  spawnSync('sync');
  stage.line?.turns();
  const sample = await measure(command, { source: source.pid, target: target.pid }, dir, limit);
  if (stage.line !== null) sample.turns = stage.line.turns();
  console.error(
    `${stage.case.name} ${peer.name} ${cell.pass}: ${sample.wall.toFixed(2)} s, load ${sample.load.toFixed(1)}`,
  );
  if (!(command.ok ?? [0]).includes(sample.code ?? -1)) {
    const said = `${readFileSync(join(dir, 'err'), 'utf8')}${readFileSync(join(dir, 'out'), 'utf8')}`;
    console.error(said.slice(-2_000));
    return `ended with ${sample.code}`;
  }
  const arrived = await total(target.end(user));
  cell.samples.push(sample);
  return arrived === cell.messages ? null : `${arrived} of ${cell.messages} arrived`;
}

async function main(): Promise<void> {
  const wanted = wantedCases();
  const { named, present } = wantedPeers();
  const homes = new Map(wanted.map((one) => [one.mail, home(one.mail, asked.quick)]));
  const source = await startSource(new Map<string, string>([...homes, ['nobody', home('none', false)]]));
  if (source === null) throw new Error('no Dovecot here and none can be had: nothing to measure with');
  const cells: Cell[] = [];
  const open: (() => Promise<void>)[] = [source.live.stop];
  try {
    const bytes = new Map([...homes].map(([mail, dir]) => [mail, warm(dir)]));
    for (const mail of homes.keys()) index(source, mail);
    for (const [shown, here] of Map.groupBy(wanted, ({ without }) => without.join(' '))) {
      const target = (await startTarget(shown === '' ? [] : shown.split(' ')))!;
      open.push(target.live.stop);
      for (const peer of present) await rouse(source, target, peer);
      for (const one of here) {
        const line =
          one.delay === 0 ? null : await startDelay(one.delay, [source.live.port, target.live.port]);
        const ports = { from: line?.ports[0] ?? source.live.port, to: line?.ports[1] ?? target.live.port };
        await greet(target.end('run-399', ports.to));
        const stage = { case: one, source, target, ports, line, bytes: bytes.get(one.mail)! };
        const racing = present.filter((peer) => named || (one.peers?.includes(peer.name) ?? true));
        cells.push(...(await compete(stage, racing)));
        line?.stop();
      }
    }
  } finally {
    for (const stop of open) await stop();
    if (cells.length > 0) {
      console.log(`\n${machine()}\n\n${table(cells)}\n`);
      console.log(wanted.map((one) => `${one.name}: ${one.says}`).join('\n'));
      console.error(`kept in ${keep(cells, process.argv.slice(2))}`);
    }
  }
  if (cells.some((cell) => cell.faults.length > 0)) process.exitCode = 1;
}

// the servers go with the process, and that needs an orderly exit
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
await main();

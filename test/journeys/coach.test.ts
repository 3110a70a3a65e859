/** Passes as the cockpit's server runs them: in processes of their own, stopped, limited, killed, and left alone. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Coach, type CoachOptions, type CoachOutcome, startCoach } from '../../src/app/coach/coach.ts';
import type { JobGiven } from '../../src/app/coach/job.ts';
import type { CoachEvent } from '../../src/app/coach/messages.ts';
import { fold, NO_PROGRESS, snapshotOf } from '../../src/app/coach/progress.ts';
import { check } from '../checker/check.ts';
import { accountMessages } from '../generate/account.ts';
import { Random } from '../generate/random.ts';
import { SECRET } from './engine.ts';
import { letter } from './letters.ts';
import { imapPost } from './post.ts';
import { imapPlace, unionDifferences } from './sources.ts';
import { type Mailbox, openStand, type Stand } from './stands.ts';

const SEED = Number(process.env.MALLEPOSTE_SEED ?? 7);
const NO_SERVER = 'no Dovecot can be had here';

type RoadJobGiven = Extract<JobGiven, { kind: 'move' | 'prove' | 'move-and-prove' }>;

/** What a generated account calls the folders that the target has already. */
const OWN_NAMES: Record<string, string> = {
  ...{ Brouillons: 'Drafts', Corbeille: 'Trash', 'Éléments envoyés': 'Sent', 'Courrier indésirable': 'Junk' },
};

/** As the records hold it: without a word of where its secret lies. */
function addressOf({ user, host, port }: Pick<Mailbox, 'user' | 'host' | 'port'>): string {
  return `imap://${user}@${host}:${port}/`;
}

function jobOf(stand: Stand, change: Partial<RoadJobGiven> = {}): RoadJobGiven {
  const from = stand.sources.map(addressOf);
  const to = addressOf(stand.target);
  const secrets = Object.fromEntries([...from, to].map((address) => [address, SECRET]));
  const data = join(stand.dir, 'data');
  return { kind: 'move-and-prove', from, to, data, secrets, options: { settleMs: 1_000 }, ...change };
}

async function fill(mailbox: Mailbox, random: Random, letters: number, largeOneIn = 0): Promise<void> {
  const post = await imapPost(mailbox);
  for (let n = 0; n < letters; n++) await post.put(letter(random, `${n}`, { largeOneIn }));
  await post.close();
}

/** Everything once, by the independent comparison and by the certificate. */
async function whole(stand: Stand, outcome: CoachOutcome, messages: number): Promise<void> {
  assert.deepEqual(await unionDifferences(stand.sources.map(imapPlace), imapPlace(stand.target)), []);
  accounted(outcome, messages);
}

function accounted(outcome: CoachOutcome, messages: number): void {
  assert.equal(outcome.is, 'done', JSON.stringify(outcome));
  if (outcome.is !== 'done') return;
  assert.partialDeepStrictEqual(outcome.summary, { entries: messages, missing: 0, left: 0, doubled: 0 });
  assert.equal(outcome.certificate?.verdict, 'passed');
  assert.partialDeepStrictEqual(outcome.certificate?.summary, { missing: 0, doubled: 0, extra: 0 });
}

/** One pass that is done to in `meanwhile` at its first event that fits. */
function startAndThen(
  job: JobGiven,
  when: (event: CoachEvent) => boolean,
  then: (coach: Coach) => void,
  options: CoachOptions = {},
): Coach {
  let met = false;
  const coach: Coach = startCoach(job, {
    ...options,
    onEvent(event) {
      options.onEvent?.(event);
      if (met || !when(event)) return;
      met = true;
      then(coach);
    },
  });
  return coach;
}

const carrying = (event: CoachEvent): boolean =>
  event.event === 'progress' && event.done > 0 && event.done < event.of;

suite('coach', { concurrency: 2 }, () => {
  test('a generated account, moved and proven; nothing that others can read holds the secret', async (t: TestContext) => {
    await using stand = await openStand({ server: 'dovecot', sources: 1 });
    if (!stand) return t.skip(NO_SERVER);
    const post = await imapPost(stand.sources[0]!);
    for (const mail of accountMessages({ messages: 400, folders: 12, seed: SEED, sizes: 'small' }))
      await post.put(mail);
    await post.close();
    const told: CoachEvent[] = [];
    const seen: string[] = [];
    let progress = NO_PROGRESS;
    const coach = startCoach(jobOf(stand), {
      onEvent(event) {
        told.push(event);
        progress = fold(progress, event, Date.now());
        if (existsSync('/proc/self')) seen.push(shownOf(coach.pid!));
      },
    });
    const outcome = await coach.done;
    accounted(outcome, 400);
    const sources = stand.sources.map(imapPlace);
    const into = (_: number, folder: readonly string[]) => [
      OWN_NAMES[folder[0]!] ?? folder[0]!,
      ...folder.slice(1),
    ];
    assert.deepEqual(await check({ sources, target: imapPlace(stand.target), into }), []);
    const { done, waiting, landed, proven, stage } = snapshotOf(progress, Date.now());
    assert.deepEqual(
      { done, waiting, landed, proven, stage },
      { ...{ done: 400, waiting: 0, landed: 400, proven: 400 }, stage: 'end' },
    );
    if (existsSync('/proc/self'))
      assert.ok(
        seen.some((text) => text.includes('MALLOC_ARENA_MAX=2')),
        'nothing was seen of the process',
      );
    assert.ok(!seen.join().includes(SECRET), 'the command line and the environment');
    assert.ok(!JSON.stringify([told, outcome]).includes(SECRET), 'events and outcome');
    const files = globSync('**/*', { cwd: join(stand.dir, 'data') }).map((file) =>
      join(stand.dir, 'data', file),
    );
    const regular = files.filter((file) => statSync(file).isFile());
    assert.ok(regular.length >= 4, `${regular}`);
    for (const file of regular) assert.ok(!readFileSync(file).includes(SECRET), file);
    t.diagnostic(`${told.length} events`);
  });

  test('a limit holds over a whole pass, and may be lifted in the middle', async (t: TestContext) => {
    await using stand = await openStand({ server: 'dovecot', sources: 1 });
    if (!stand) return t.skip(NO_SERVER);
    await fill(stand.sources[0]!, new Random(SEED), 120, 8);
    const counted = await countingRelay(stand.server.port);
    try {
      const relayed = (mailbox: Mailbox): Mailbox => ({ ...mailbox, port: counted.port });
      const through = { ...stand, sources: stand.sources.map(relayed), target: relayed(stand.target) };
      const limit = 1_500_000;
      const began = performance.now();
      const coach = startCoach(jobOf(through, { kind: 'move', bytesPerSecond: limit }));
      const outcome = await coach.done;
      const seconds = (performance.now() - began) / 1000;
      assert.equal(outcome.is, 'done', JSON.stringify(outcome));
      const mean = counted.bytes() / seconds;
      t.diagnostic(
        `${counted.bytes()} bytes in ${seconds.toFixed(1)} s: ${Math.round(mean)} of ${limit} bytes/s`,
      );
      assert.ok(mean <= limit, `${mean} bytes/s`);
      assert.ok(mean >= limit / 20, `${mean} bytes/s`);

      const before = counted.bytes();
      const slow = startAndThen(
        jobOf(through, { kind: 'prove', bytesPerSecond: 64 * 1024 }),
        ({ event }) => event === 'stage',
        () => setTimeout(() => slow.limit(null), 1_500),
      );
      assert.partialDeepStrictEqual(await slow.done, { is: 'done', certificate: { verdict: 'passed' } });
      assert.ok(counted.bytes() - before > 8_000_000, `${counted.bytes() - before}`);
    } finally {
      counted.close();
    }
  });

  test('stopped in the middle and gone on with', async (t: TestContext) => {
    await using stand = await openStand({ server: 'dovecot', sources: 1 });
    if (!stand) return t.skip(NO_SERVER);
    await fill(stand.sources[0]!, new Random(SEED), 150);
    const slow = jobOf(stand, { bytesPerSecond: 100_000 });
    const stopped = await startAndThen(slow, carrying, (coach) => coach.stop()).done;
    assert.deepEqual(stopped, { is: 'stopped' });
    const outcome = await startCoach(jobOf(stand)).done;
    await whole(stand, outcome, 150);
    assert.ok(
      outcome.is === 'done' && outcome.summary!.carried < 150,
      'what had landed is not carried again',
    );
  });

  test(`killed at random moments: each time to be tried again, and everything once (seed ${SEED})`, async (t: TestContext) => {
    await using stand = await openStand({ server: 'dovecot', sources: 2 });
    if (!stand) return t.skip(NO_SERVER);
    const random = new Random(SEED);
    for (const source of stand.sources) await fill(source, random, 80, 12);
    const job = jobOf(stand, { bytesPerSecond: 1_500_000 });
    let kills = 0;
    for (let round = 0; kills < 5; round++) {
      assert.ok(round < 30, 'passes end before they can be killed');
      const wanted = random.below(60);
      const byClock = random.chance(0.3);
      const coach = startAndThen(
        job,
        (event) => !byClock && event.event === 'progress' && event.done > wanted,
        ({ pid }) => process.kill(pid!, 'SIGKILL'),
      );
      const timer = byClock
        ? setTimeout(() => process.kill(coach.pid!, 'SIGKILL'), random.below(2_000))
        : undefined;
      const outcome = await coach.done;
      clearTimeout(timer);
      if (outcome.is === 'lost') kills++;
      else assert.equal(outcome.is, 'done', JSON.stringify(outcome));
      if (outcome.is === 'done') for (const source of stand.sources) await fill(source, random, 40, 12);
    }
    const outcome = await startCoach(jobOf(stand)).done;
    const messages = outcome.is === 'done' ? outcome.summary!.entries : 0;
    assert.ok(messages >= 160);
    await whole(stand, outcome, messages);
  });

  test('the server is killed: no coach stays behind, and the next one goes on', async (t: TestContext) => {
    await using stand = await openStand({ server: 'dovecot', sources: 1 });
    if (!stand) return t.skip(NO_SERVER);
    await fill(stand.sources[0]!, new Random(SEED), 150);
    const server = fork(join(import.meta.dirname, 'coach-parent.ts'), [], { stdio: 'inherit' });
    const gone = once(server, 'exit');
    let pid = 0;
    server.on('message', (told: { pid?: number; event?: CoachEvent }) => {
      pid = told.pid ?? pid;
      if (told.event && carrying(told.event)) server.kill('SIGKILL');
    });
    server.send(jobOf(stand, { bytesPerSecond: 100_000 }));
    assert.deepEqual(await gone, [null, 'SIGKILL']);
    assert.ok(pid > 0);
    for (let n = 0; n < 1_200 && isAlive(pid); n++) await sleep(25);
    assert.ok(!isAlive(pid), 'an orphan after half a minute');
    await whole(stand, await startCoach(jobOf(stand)).done, 150);
  });

  test('a wrong password is denied by name; a check tells which; a host that is not there is lost', async (t: TestContext) => {
    await using stand = await openStand({ server: 'dovecot', sources: 1 });
    if (!stand) return t.skip(NO_SERVER);
    await fill(stand.sources[0]!, new Random(SEED), 5);
    const job = jobOf(stand);
    const wrong = 'not-the-password';
    const secrets = { ...job.secrets, [job.from[0]!]: wrong };
    const denied = await startCoach({ ...job, secrets }).done;
    assert.partialDeepStrictEqual(denied, {
      is: 'trouble',
      kind: 'denied',
      tried: 'sign-in',
      on: job.from[0]!,
    });
    assert.ok(!JSON.stringify(denied).includes(wrong));
    const looked = await startCoach({ ...job, kind: 'check', secrets, options: {} }).done;
    assert.partialDeepStrictEqual(looked, {
      is: 'done',
      checks: [
        { is: 'trouble', account: job.from[0]!, as: 'source', kind: 'denied', tried: 'sign-in' },
        { is: 'ok', account: job.to, as: 'target', inbox: true },
      ],
    });
    const fine = await startCoach({ ...job, kind: 'check', options: {} }).done;
    assert.partialDeepStrictEqual(fine, {
      is: 'done',
      checks: [
        { is: 'ok', messages: 5 },
        { is: 'ok', messages: 0 },
      ],
    });
    const nowhere = addressOf({ user: 'paul', host: '127.0.0.1', port: await closedPort() });
    const lost = await startCoach({ ...job, from: [nowhere], secrets: { ...job.secrets, [nowhere]: 'x' } })
      .done;
    assert.partialDeepStrictEqual(lost, { is: 'trouble', kind: 'lost', tried: 'connect', on: nowhere });
  });
});

/** What everybody on the machine, or at least its owner, can see of a process. */
function shownOf(pid: number): string {
  try {
    return ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'latin1')).join('\n');
  } catch (error) {
    // It has just ended.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended and was not yet waited for is none.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return false;
  }
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Passes everything on and counts it, both ways. */
async function countingRelay(to: number): Promise<{ port: number; bytes(): number; close(): void }> {
  let bytes = 0;
  const sockets = new Set<Socket>();
  const join = (from: Socket, into: Socket): void => {
    sockets.add(from);
    from.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (!into.write(piece)) from.pause();
    });
    into.on('drain', () => from.resume());
    from.on('end', () => into.end());
    from.on('error', () => into.destroy());
    from.on('close', () => sockets.delete(from));
  };
  const server = createServer((client) => {
    const upstream = connect(to, '127.0.0.1');
    join(client, upstream);
    join(upstream, client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    bytes: () => bytes,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { LEAST_BYTES_PER_SECOND } from '../../wire/bandwidth.ts';
import { type CoachOutcome, NODE_FLAGS, startCoach } from './coach.ts';
import type { JobGiven } from './job.ts';
import type { CoachEvent, Order, Report } from './messages.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'malleposte-coach-'));
after(() => rmSync(folder, { recursive: true, maxRetries: 5 }));

function maildir(name: string, messages: number): string {
  const root = path.join(folder, name);
  for (const part of ['cur', 'new', 'tmp']) mkdirSync(path.join(root, part), { recursive: true });
  for (let n = 0; n < messages; n++) {
    const text = `From: a@b.example\r\nSubject: Réunion ${n}\r\nMessage-ID: <${n}@b.example>\r\n\r\nbody ${n}\r\n`;
    writeFileSync(path.join(root, 'cur', `${1_600_000_000 + n}.x:2,S`), text);
  }
  return `maildir:${root}`;
}

type RoadJobGiven = Extract<JobGiven, { kind: 'move' | 'prove' | 'move-and-prove' }>;

function job(name: string, from: string[], change: Partial<RoadJobGiven> = {}): RoadJobGiven {
  const to = `maildir:${path.join(folder, `${name}-new`)}`;
  const data = path.join(folder, `${name}-data`);
  return { kind: 'move-and-prove', from, to, data, secrets: {}, options: { settleMs: 50 }, ...change };
}

function isDone(outcome: CoachOutcome): CoachOutcome & { is: 'done' } {
  assert.equal(outcome.is, 'done', JSON.stringify(outcome));
  return outcome as CoachOutcome & { is: 'done' };
}

test('a child is started as the start script starts Node', () => {
  const script = readFileSync(path.join(import.meta.dirname, '../../../bin/malleposte.mjs'), 'utf8');
  const [semi, growing, arenas] = [
    /SEMI_SPACE_MB = (\d+)/,
    /HEAP_GROWING = '([^']+)'/,
    /MALLOC_ARENAS = '(\d)'/,
  ].map((line) => line.exec(script)?.[1]);
  assert.match(script, /const FLAGS = \[`--max-semi-space-size=\$\{SEMI_SPACE_MB\}`, HEAP_GROWING\];/);
  assert.deepEqual(NODE_FLAGS, [`--max-semi-space-size=${semi}`, growing]);
  const coach = readFileSync(path.join(import.meta.dirname, 'coach.ts'), 'utf8');
  assert.ok(coach.includes(`MALLOC_ARENAS = '${arenas}'`));
});

test('moved and proven in another process; again, and nothing is carried', async () => {
  const asked = job('move', [maildir('move-old', 120)]);
  const events: CoachEvent[] = [];
  const memory: number[] = [];
  const coach = startCoach(asked, {
    onEvent: (e) => events.push(e),
    onMemory: (bytes) => memory.push(bytes),
  });
  assert.notEqual(coach.pid, process.pid);
  const first = isDone(await coach.done);
  assert.equal(first.summary?.carried, 120);
  assert.equal(first.certificate?.verdict, 'passed');
  assert.equal(first.certificate?.summary.entries, 120);
  assert.ok(existsSync(first.certificate!.file) && existsSync(first.certificate!.page));
  assert.match(readFileSync(first.certificate!.page, 'utf8'), /<html lang="fr">/);
  assert.ok(memory.length > 0 && memory.every((bytes) => bytes > 1e6));
  const ledger = events.findLast((event) => event.event === 'ledger');
  assert.partialDeepStrictEqual(ledger, { entries: 120, landed: 120, left: 0 });
  assert.equal(events.findLast((event) => event.event === 'met')?.proven, 120);
  assert.equal(events.findLast((event) => event.event === 'summary')?.entries, 120);

  const again = isDone(await startCoach(asked).done);
  assert.deepEqual([again.summary?.carried, again.certificate?.verdict], [0, 'passed']);
});

test('a survey counts, without a secret or a target', async () => {
  const from = [maildir('survey-old', 7)];
  const data = path.join(folder, 'survey-data');
  const outcome = await startCoach({ kind: 'survey', from, to: null, data, secrets: {}, options: {} }).done;
  const [survey] = isDone(outcome).surveys;
  assert.equal(survey?.messages, 7);
  assert.equal(survey?.prospects.length, 3);
});

test('a check answers for each account by itself', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const gone = (closed.address() as { port: number }).port;
  closed.close();
  try {
    const from = [
      maildir('check-old', 3),
      `maildir:${path.join(folder, 'nowhere')}`,
      `imap://paul@127.0.0.1:${port}/`,
      `imap://anna@127.0.0.1:${gone}/`,
      `imap://nobody@127.0.0.1:${gone}/`,
    ];
    const secrets = { [`imap://paul@127.0.0.1:${port}/`]: 'p', [`imap://anna@127.0.0.1:${gone}/`]: 'a' };
    const data = path.join(folder, 'check-data');
    const to = `maildir:${path.join(folder, 'check-new')}`;
    const options = { limitMs: 1_500 };
    const outcome = await startCoach({ kind: 'check', from, to, data, secrets, options }).done;
    const { checks } = isDone(outcome);
    assert.deepEqual(
      checks.map((one) => [one.account, one.as, one.is === 'ok' ? one.folders : `${one.kind} ${one.tried}`]),
      [
        [from[0], 'source', 1],
        [from[1], 'source', 'missing list-folders'],
        [from[2], 'source', 'lost list-folders'],
        [from[3], 'source', 'lost connect'],
        [from[4], 'source', 'malformed read-secret'],
        [to, 'target', 0],
      ],
    );
  } finally {
    silent.close();
  }
});

test('a check that is stopped says so, not that nobody answered', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const address = `imap://paul@127.0.0.1:${port}/`;
  try {
    const met = once(silent, 'connection');
    const data = path.join(folder, 'check-stop');
    const secrets = { [address]: 'p' };
    const coach = startCoach({ kind: 'check', from: [address], to: null, data, secrets, options: {} });
    await met;
    coach.stop();
    assert.deepEqual(await coach.done, { is: 'stopped' });
  } finally {
    silent.close();
  }
});

test('an address cannot make this machine read its own files or variables as a password, nor bring one', async () => {
  for (const [secret, on] of [
    ['imap://a@127.0.0.1:1/?secret=env:HOME', 'imap://a@127.0.0.1:1/'],
    ['imap://a@127.0.0.1:1/?secret=file:/etc/hostname', 'imap://a@127.0.0.1:1/'],
    ['imap://a@127.0.0.1:1/?token=file:/etc/hostname', 'imap://a@127.0.0.1:1/'],
    ['imap://a:hush-hush@127.0.0.1:1/', 'imap://a@127.0.0.1:1/'],
  ] as const) {
    const outcome = await startCoach(job('refused', [secret])).done;
    const facts = { kind: 'malformed', tried: 'read-address', on, answer: 'bad-secret', retryAfterMs: null };
    assert.deepEqual(outcome, { is: 'trouble', ...facts });
  }
});

test('what is no job is refused before anything is started', () => {
  const good = job('bad', ['maildir:/nowhere']);
  const bad: unknown[] = [
    { ...good, from: [] },
    { ...good, kind: 'remove' },
    { ...good, bytesPerSecond: LEAST_BYTES_PER_SECOND - 1 },
    { ...good, password: 'hush-hush' },
    { ...good, secrets: { a: '' } },
    { ...good, data: 'beside' },
  ];
  for (const one of bad)
    assert.throws(
      () => startCoach(one as JobGiven),
      (error: Error) => error.name === 'ZodError' && !error.message.includes('hush'),
    );
});

test('stopped before it began; and by a signal', async () => {
  const asked = job('stopped', [maildir('stopped-old', 5)]);
  const coach = startCoach(asked);
  coach.stop();
  coach.stop();
  assert.deepEqual(await coach.done, { is: 'stopped' });
  assert.deepEqual(await startCoach(asked, { signal: AbortSignal.abort() }).done, { is: 'stopped' });
  assert.equal(isDone(await startCoach(asked).done).summary?.entries, 5);
});

test('one that is killed is lost; one that does not stop in time is killed, and that is a stop', async () => {
  const asked = job('killed', [maildir('killed-old', 5)]);
  const killed = startCoach(asked);
  process.kill(killed.pid!, 'SIGKILL');
  assert.partialDeepStrictEqual(await killed.done, { is: 'lost', signal: 'SIGKILL' });
  const stuck = startCoach(asked, { stopMs: 50 });
  process.kill(stuck.pid!, 'SIGSTOP');
  stuck.stop();
  assert.deepEqual(await stuck.done, { is: 'stopped' });
});

test('one that hangs is killed, and lost', async () => {
  const hung = startCoach(job('hung', [maildir('hung-old', 5)]), { hungAfterMs: 500 });
  process.kill(hung.pid!, 'SIGSTOP');
  assert.partialDeepStrictEqual(await hung.done, { is: 'lost', signal: 'SIGKILL' });
  hung.stop();
  hung.limit(null);
});

test('told to end by somebody else, it is to be tried again', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { port: number };
  const address = `imap://paul@127.0.0.1:${port}/`;
  try {
    const met = once(silent, 'connection') as Promise<[Socket]>;
    const coach = startCoach(job('ended', [address], { secrets: { [address]: 'p' } }));
    const [peer] = await met;
    process.kill(coach.pid!, 'SIGTERM');
    peer.destroy();
    assert.partialDeepStrictEqual(await coach.done, { is: 'lost', exitCode: 0 });
  } finally {
    silent.close();
  }
});

// ── the child by itself ───────────────────────────────────────────────────────────────────────────────────────────

function bare(): ChildProcess {
  return fork(path.join(import.meta.dirname, 'child.ts'), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

function outcomeOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => {
    child.on('message', (report: Report) => report.is === 'outcome' && resolve(report.outcome));
    child.on('close', () => resolve(null));
  });
}

test('a child that is told what is no order, or a second job, says that it is a bug, without the secret', async () => {
  const asked = job('twice', [maildir('twice-old', 1)], { secrets: { a: 'hush-hush' } });
  for (const orders of [
    [{ is: 'dance', with: 'hush-hush' }],
    [
      { is: 'job', job: asked },
      { is: 'job', job: asked },
    ] satisfies Order[],
  ]) {
    const child = bare();
    const outcome = outcomeOf(child);
    for (const order of orders) child.send(order);
    const told = (await outcome) as { is: string; text: string };
    assert.equal(told.is, 'bug');
    assert.ok(!told.text.includes('hush-hush'), told.text);
    if (child.exitCode === null) await once(child, 'exit');
  }
});

test('a child without its server goes', async () => {
  const child = bare();
  await once(child, 'spawn');
  child.disconnect();
  const [code] = await once(child, 'exit');
  assert.notEqual(code, null);
});

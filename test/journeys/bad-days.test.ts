/** Each bad day ends in a clear outcome: an exit code, a sentence, nothing lost, nothing twice, and the same command goes on. */
import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Script } from '../servers/imap.ts';
import { imapAddress, type Ran, run, tellRan } from './engine.ts';
import { lettre, openPair, type Pair, subject, subjects, USER } from './scripted.ts';

const LIMIT = { timeout: 120_000 };

/** The run ended with this code, and what it counted adds up. */
function ended(ran: Ran, code: number, sum: Record<string, number> = {}): void {
  assert.equal(ran.code, code, tellRan(ran));
  const { summary } = ran;
  if (code === 0 || code === 3) {
    assert.ok(summary, tellRan(ran));
    const { entries, copied, merged, left, asked, missing } = summary;
    assert.equal(copied + merged + left + asked + missing, entries, tellRan(ran));
  }
  if (Object.keys(sum).length > 0) assert.partialDeepStrictEqual(summary, sum, tellRan(ran));
}

async function secondRunCopiesNothing({ errand }: Pair, code = 0): Promise<void> {
  ended(await run('move', errand), code, { carried: 0 });
}

function reasons(ran: Ran): string[] {
  return ran.events.flatMap((event) =>
    event.event === 'left' ? [`${event.subject}: ${event.reason.code}`] : [],
  );
}

suite('bad days of a source', { concurrency: 2 }, () => {
  test('BYE in the middle of a literal', LIMIT, async () => {
    await using pair = await openPair();
    let byes = 2;
    pair.source.script(() => ({
      tell: (uid) => (uid === 5 && byes-- > 0 ? 'bye-in-literal' : null),
    }));
    ended(await run('move', pair.errand), 0, { copied: 12 });
    assert.deepEqual(pair.arrived(), subjects(12));
    await secondRunCopiesNothing(pair);
  });

  test('RFC822.SIZE that lies', LIMIT, async () => {
    await using pair = await openPair({ letters: 0 });
    for (const [i, claimedSize] of [0, 1, 100, 50_000, 90_000_000].entries())
      pair.inbox.add({ ...lettre(i + 1), claimedSize });
    ended(await run('move', pair.errand), 0, { copied: 5 });
    assert.deepEqual(pair.arrived(), subjects(5));
    ended(await run('prove', pair.errand), 0, { copied: 5, extra: 0 });
  });

  test('messages that the server leaves out are left, with the reason', LIMIT, async () => {
    await using pair = await openPair();
    pair.source.script(() => ({ tell: (uid) => (uid === 3 || uid === 9 ? 'leave-out' : null) }));
    const ran = await run('move', pair.errand);
    ended(ran, 3, { copied: 10, left: 2 });
    assert.equal(reasons(ran).length, 2, tellRan(ran));
    assert.deepEqual(pair.arrived(), subjects(12, 3, 9));
  });

  test('a message that vanishes between listing and reading', LIMIT, async () => {
    await using pair = await openPair();
    pair.source.script(() => ({
      command({ name, line }) {
        if (name.includes('FETCH') && /BODY/i.test(line)) pair.inbox.remove(4);
        return null;
      },
    }));
    const ran = await run('move', pair.errand);
    assert.ok(ran.code === 3 || ran.code === 0, tellRan(ran));
    assert.equal(pair.inbox.messages.length, 11, 'it did vanish');
    assert.deepEqual(pair.arrived(), subjects(12, 4));
    await secondRunCopiesNothing(pair);
  });

  test('UIDVALIDITY that changes between two passes: nothing is copied again', LIMIT, async () => {
    await using pair = await openPair();
    ended(await run('move', pair.errand), 0, { carried: 12 });
    pair.inbox.renumber();
    pair.inbox.add(lettre(13));
    ended(await run('move', pair.errand), 0, { copied: 13, carried: 1 });
    assert.deepEqual(pair.arrived(), subjects(13));
  });

  test('UIDVALIDITY that changes during a pass: in the end each is there once', LIMIT, async () => {
    await using pair = await openPair();
    let renumbered = false;
    pair.source.script(() => ({
      command({ name, line }) {
        if (renumbered || !name.includes('FETCH') || !/BODY/i.test(line)) return null;
        renumbered = true;
        pair.inbox.renumber();
        return 'drop';
      },
    }));
    await run('move', pair.errand);
    assert.ok(renumbered);
    const ran = await run('move', pair.errand);
    ended(ran, 0, { copied: 12 });
    assert.deepEqual(pair.arrived(), subjects(12));
  });
});

suite('bad days of a target', { concurrency: 2 }, () => {
  for (const answer of ['NO [CANNOT] not this one', 'BAD not this one']) {
    test(
      `one message refused with ${answer.split(' ')[0]}, on every rung: left, in the server's words`,
      LIMIT,
      async () => {
        await using pair = await openPair();
        pair.target.script(() => ({
          append: ({ bytes }) => (bytes.includes(subject(3)) ? answer : null),
        }));
        const ran = await run('move', pair.errand);
        ended(ran, 3, { copied: 11, left: 1 });
        assert.deepEqual(reasons(ran), [`${subject(3)}: refused-by-target`]);
        assert.deepEqual(pair.arrived(), subjects(12, 3));
        await secondRunCopiesNothing(pair, 3);
      },
    );
  }

  test('one message refused as it is, taken in a wrapper: said so', LIMIT, async () => {
    await using pair = await openPair();
    pair.target.script(() => ({
      append: ({ bytes }) => (bytes.includes('Une ligne de la lettre 3.') ? 'NO not this one' : null),
    }));
    const ran = await run('move', pair.errand);
    ended(ran, 0, { copied: 12, altered: 1 });
    const altered = ran.events.filter((event) => event.event === 'altered');
    assert.deepEqual(
      altered.map(({ subject, rung }) => `${subject} ${rung}`),
      [`${subject(3)} wrapped`],
    );
    assert.deepEqual(pair.arrived(), subjects(12));
    ended(await run('prove', pair.errand), 0, { copied: 12, altered: 1 });
  });

  test('too large for what the server announced: left without being sent', LIMIT, async () => {
    await using pair = await openPair({ target: { script: () => ({ with: ['APPENDLIMIT=5000'] }) } });
    pair.inbox.add({ ...lettre(13), bytes: `${lettre(13).bytes}${'x'.repeat(70)}\r\n`.repeat(9) });
    const ran = await run('move', pair.errand);
    ended(ran, 3, { copied: 12, left: 1 });
    assert.deepEqual(
      reasons(ran).map((one) => one.split(': ')[1]),
      ['too-large'],
    );
    assert.deepEqual(pair.arrived(), subjects(12));
  });

  test('quota full: it stops and says so; when there is room it goes on', LIMIT, async () => {
    await using pair = await openPair({ target: { quotaBytes: 8_000 } });
    const full = await run('move', pair.errand);
    ended(full, 10);
    assert.match(full.stderr, /full/i);
    assert.match(full.stderr, /same command again/i);
    pair.target.account(USER).quotaBytes = null;
    ended(await run('move', pair.errand), 0, { copied: 12, left: 0 });
    assert.deepEqual(pair.arrived(), subjects(12));
    await secondRunCopiesNothing(pair);
  });

  test('a sign-in that is refused: exit 11', LIMIT, async () => {
    await using pair = await openPair({ target: { users: { [USER]: 'another secret' } } });
    const ran = await run('move', pair.errand);
    ended(ran, 11);
    assert.match(ran.stderr, new RegExp(`${USER}@127.0.0.1:${pair.target.port}`));
    assert.doesNotMatch(ran.stderr, /secret/);
  });

  test('nothing listening: exit 10', LIMIT, async () => {
    await using pair = await openPair();
    const { port } = pair.target;
    await pair.target.stop();
    const ran = await run('move', { ...pair.errand, to: imapAddress(USER, port) });
    ended(ran, 10);
    assert.match(ran.stderr, new RegExp(`127.0.0.1:${port}`));
  });
});

suite('bad days of the engine', { concurrency: 2 }, () => {
  test('a server that allows one connection, and many messages', LIMIT, async () => {
    await using pair = await openPair({ letters: 1_100 });
    const { from, to } = pair.errand;
    const errand = { ...pair.errand, from: [`${from[0]}&lanes=1`], to: `${to}&lanes=1` };
    const meanwhile = { limitMs: 40_000 };
    ended(await run('move', errand, meanwhile), 0, { copied: 1_100 });
    rmSync(join(errand.data, 'ledgers'), { recursive: true });
    ended(await run('move', errand, meanwhile), 0, { carried: 0 });
    ended(await run('prove', errand, meanwhile), 0, { extra: 0 });
    assert.deepEqual(pair.arrived(), subjects(1_100));
  });

  test('Ctrl-C: exit 130, says how to go on, and the next run completes', LIMIT, async () => {
    await using pair = await openPair({ letters: 300, target: { script: () => ({ delayMs: 150 }) } });
    let sent = false;
    const ran = await run('move', pair.errand, {
      watch(event) {
        if (sent || event.event !== 'stage' || event.stage !== 'carry') return undefined;
        sent = true;
        return 'SIGINT';
      },
    });
    ended(ran, 130);
    assert.match(ran.stderr, /malleposte move --from/);
    ended(await run('move', pair.errand), 0, { copied: 300 });
    assert.deepEqual(pair.arrived(), subjects(300));
  });

  test('two engines on one ledger: the second is refused with a sentence', LIMIT, async () => {
    // The target answers slowly from the first message it is given until the second engine has ended.
    const begun = Promise.withResolvers<void>();
    const slow: Script = {
      append() {
        slow.delayMs = 5_000;
        begun.resolve();
        return undefined;
      },
    };
    await using pair = await openPair({ letters: 40, target: { script: () => slow } });
    const first = run('move', pair.errand);
    await begun.promise;
    const second = await run('move', pair.errand);
    delete slow.append;
    delete slow.delayMs;
    ended(second, 10);
    assert.match(second.stderr, /\w+ \w+/);
    ended(await first, 0, { copied: 40 });
    assert.deepEqual(pair.arrived(), subjects(40));
  });

  test('the ledger deleted: nothing is copied again', LIMIT, async () => {
    await using pair = await openPair();
    ended(await run('move', pair.errand), 0, { carried: 12 });
    rmSync(join(pair.errand.data, 'ledgers'), { recursive: true });
    ended(await run('move', pair.errand), 0, { carried: 0, entries: 12 });
    assert.deepEqual(pair.arrived(), subjects(12));
    await secondRunCopiesNothing(pair);
    ended(await run('prove', pair.errand), 0);
  });

  test('the ledger of a pass ago brought back: nothing is doubled', LIMIT, async () => {
    await using pair = await openPair();
    ended(await run('move', pair.errand), 0, { carried: 12 });
    const [ledgers, kept] = [join(pair.errand.data, 'ledgers'), join(pair.dir, 'kept')];
    cpSync(ledgers, kept, { recursive: true });
    for (let n = 13; n <= 20; n++) pair.inbox.add(lettre(n));
    ended(await run('move', pair.errand), 0, { carried: 8 });
    rmSync(ledgers, { recursive: true });
    cpSync(kept, ledgers, { recursive: true });
    pair.inbox.add(lettre(21));
    ended(await run('move', pair.errand), 0, { carried: 1, entries: 21 });
    assert.deepEqual(pair.arrived(), subjects(21));
    ended(await run('prove', pair.errand), 0);
  });
});

suite('bad days of a proof', { concurrency: 2 }, () => {
  for (const telling of ['nil', 'leave-out'] as const) {
    test(
      `the target lists messages and does not hand them out (${telling}): they are named`,
      LIMIT,
      async () => {
        await using pair = await openPair();
        ended(await run('move', pair.errand), 0, { copied: 12 });
        pair.target.mailbox(USER, 'INBOX').add(lettre(99));
        pair.target.script(() => ({ tell: (uid) => (uid === 3 || uid === 13 ? telling : null) }));
        const proof = await run('prove', pair.errand);
        ended(proof, 12, { entries: 12, copied: 11, missing: 1, extra: 0, unseen: 2 });
        const found = proof.events.flatMap((event) => (event.event === 'finding' ? [event.finding] : []));
        const unseen = found.filter(({ is }) => is === 'unseen');
        assert.deepEqual(
          unseen.map(({ subject: text, reason }) => [text, reason?.code]),
          [
            [null, 'unreadable-at-target'],
            [found.find(({ is }) => is === 'missing')?.subject, 'unreadable-at-target'],
          ],
        );
      },
    );
  }
});

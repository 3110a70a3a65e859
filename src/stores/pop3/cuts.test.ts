/** Cuts at any byte of any session, and calling again: every message is told and given once, to the byte. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Script, startPop3Server } from '../../../test/servers/pop3.ts';
import type { Clock } from '../around/clock.ts';
import { retrySource } from '../around/retry.ts';
import { collect, folderAt, gather, letters, tallyHold } from '../stand.suite.ts';
import { openPop3Source } from './source.ts';

/** Waits are over at once. */
const clock: Clock = { now: () => 0, sleep: async () => undefined };

const scripts: Record<string, readonly string[]> = {
  'all there': [],
  'no UIDL': ['UIDL'],
  'no UIDL, no TOP, nothing pipelined': ['UIDL', 'TOP', 'PIPELINING'],
};

for (const [title, without] of Object.entries(scripts)) {
  test(`cut anywhere, again and again: ${title}`, { timeout: 60_000 }, async () => {
    const cuts = fc.array(fc.nat(6_000), { minLength: 3, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.constantFrom(1, 7, 100_000), async (list, pieceBytes) => {
        const seeded = letters(12);
        await using server = await startPop3Server({
          // One session in four is left in peace: a message that ends each of four in a row is given up.
          script: ({ connection }): Script => {
            const cut = connection % 4 === 0 ? undefined : list[connection];
            return { without, pieceBytes, ...(cut === undefined ? {} : { cutAfterBytes: cut }) };
          },
        });
        for (const { bytes } of seeded) server.maildrop('marie').add({ bytes });
        const source = retrySource(
          openPop3Source({
            ...{ name: 'pop3', host: '127.0.0.1', port: server.port, security: 'none' },
            auth: { by: 'password', user: 'marie', password: 'secret' },
          }),
          { clock, tries: 30 },
        );
        const folder = await folderAt(source, ['INBOX']);
        const changes = await collect(source.changes(folder, null));
        const keys = changes.flatMap((change) => (change.is === 'entry' ? [change.entry.key] : []));
        assert.equal(new Set(keys).size, seeded.length);
        const hold = tallyHold();
        const got: string[] = [];
        for await (const answer of source.read(folder, keys, hold)) {
          assert.ok(answer.is === 'received', answer.key);
          got.push(gather(answer.body).toString('latin1'));
          answer.body.release();
        }
        const wanted = seeded.map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
        assert.deepEqual(got.sort(), wanted.sort());
        await source.close();
        assert.equal(hold.begun, hold.finished + hold.aborted);
        assert.equal(hold.finished, hold.released);
      }),
      { numRuns: 80, endOnFailure: true },
    );
  });
}

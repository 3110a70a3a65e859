/** Folder names that servers stumble over: each message is copied, or left with the server's reason, and never twice. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readImap } from '../checker/imap.ts';
import { modifiedUtf7 } from '../generate/account-files.ts';
import { run, tellRan } from './engine.ts';
import { lettre, openPair, USER } from './scripted.ts';
import { openStand, SERVERS } from './stands.ts';

/** Segments, at a source whose separator is none of the usual ones. */
const NAMES: readonly (readonly string[])[] = [
  ['a/b'],
  ['a', 'b'],
  ['v1.2'],
  ['v1', '2'],
  ['Clients & Co'],
  ['&AOk-'],
  ['🚚 malle-poste 📬'],
  ['日本語', 'العربية'],
  [' spaces '],
  ['"quoted" \\ back*slash%'],
  ['inbox'],
  ['x'.repeat(200)],
  ['y'.repeat(255)],
  ['é'.repeat(127)],
  Array.from({ length: 50 }, (_, depth) => `d${depth}`),
];

suite('folder names', () => {
  for (const name of SERVERS) {
    test(`into ${name}`, { timeout: 120_000 }, async (t) => {
      await using stand = await openStand({ server: name });
      if (!stand) return t.skip(`no ${name} can be had here`);
      await using pair = await openPair({ letters: 1, source: { delimiter: '|' } });
      NAMES.forEach((path, i) => {
        pair.source.mailbox(USER, path.map(modifiedUtf7).join('|')).add(lettre(i + 2));
      });
      // `inbox` is INBOX (RFC 9051 §5.1): its letter lies there already.
      const entries = [...pair.source.account(USER).boxes.values()].reduce(
        (sum, box) => sum + box.messages.length,
        0,
      );
      const errand = { ...pair.errand, to: stand.target.address };
      const moved = await run('move', errand);
      const left = moved.events.flatMap((event) => (event.event === 'left' ? [event] : []));
      assert.equal(moved.code, left.length > 0 ? 3 : 0, tellRan(moved));
      assert.partialDeepStrictEqual(moved.summary, {
        entries,
        copied: entries - left.length,
        left: left.length,
      });
      for (const { reason, folder } of left) {
        assert.equal(reason.code, 'folder-refused', folder);
        assert.ok(reason.answer, folder);
      }
      const there = await readImap(stand.target);
      assert.equal(there.length, entries - left.length);
      assert.equal(new Set(there.map(({ digest }) => digest)).size, there.length, 'none is there twice');
      const folders = new Set(there.map(({ folder }) => JSON.stringify(folder)));
      t.diagnostic(
        `${folders.size} folders; left: ${left.map(({ folder, reason }) => `${folder.slice(0, 20)}: ${reason.answer}`)}`,
      );
      const again = await run('move', errand);
      assert.equal(again.summary?.carried, 0, tellRan(again));
      const proof = await run('prove', errand);
      assert.equal(proof.code, moved.code, tellRan(proof));
    });
  }
});

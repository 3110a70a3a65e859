import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { startRawServer } from '../../../test/servers/imap/raw.ts';
import { Trouble } from '../../trouble.ts';
import { tallyHold } from '../stand.suite.ts';
import { openPop3Source } from './source.ts';

const id = fc.constantFrom('a', 'b', 'same', 'same', '', ' ', '..', 'é', 'x'.repeat(400));
const number = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 6 }) },
  fc.constantFrom(0, -1, 99_999_999_999),
);
const rows = <V>(value: fc.Arbitrary<V>) =>
  fc
    .uniqueArray(fc.tuple(number, value), { maxLength: 6, selector: ([n]) => n })
    .map((list) => `+OK\r\n${list.map(([n, v]) => `${n} ${v}\r\n`).join('')}.\r\n`);
const none = fc.constantFrom('-ERR no\r\n', '-ERR unavailable\r\n', '-ERR [SYS/TEMP] later\r\n');
const message = fc.constantFrom(
  '+OK\r\nMessage-ID: <1@b>\r\n\r\none\r\n.\r\n',
  '+OK\r\nMessage-ID: <1@b>\r\n\r\ntwo\r\n.\r\n',
  '+OK\r\n\r\n.\r\n',
  '+OK\r\n.\r\n',
  '+OK\r\nno header\r\n.\r\n',
  '-ERR no such message\r\n',
  '-ERR damaged\r\n',
);

test('fuzz: listings and messages that do not agree end in entries with a key each, or in a Trouble', async () => {
  const list = fc.oneof({ weight: 4, arbitrary: rows(fc.nat(50)) }, none);
  const uidl = fc.oneof({ weight: 4, arbitrary: rows(id) }, none);
  await fc.assert(
    fc.asyncProperty(
      list,
      uidl,
      fc.array(message, { minLength: 1, maxLength: 9 }),
      async (sizes, ids, messages) => {
        let at = 0;
        await using server = await startRawServer('+OK\r\n', (line, socket) => {
          socket.setNoDelay(true);
          if (line === 'CAPA') return '+OK\r\nUSER\r\nPIPELINING\r\n.\r\n';
          if (line === 'LIST') return sizes;
          if (line === 'UIDL') return ids;
          if (line === 'STAT') return '+OK 3 100\r\n';
          return /^(TOP|RETR)/.test(line) ? messages[at++ % messages.length]! : '+OK\r\n';
        });
        const source = openPop3Source({
          ...{ name: 'pop3', host: '127.0.0.1', port: server.port, security: 'none' },
          auth: { by: 'password', user: 'marie', password: 'secret' },
          timeouts: { silenceMs: 500, listSilenceMs: 500 },
        });
        const hold = tallyHold();
        try {
          const [folder] = await source.folders();
          const keys = (await Array.fromAsync(source.entries(folder!))).map((entry) => entry.key);
          assert.equal(new Set(keys).size, keys.length);
          const answered: string[] = [];
          for await (const answer of source.read(folder!, keys, hold)) {
            answered.push(answer.key);
            if (answer.is === 'received') answer.body.release();
          }
          assert.deepEqual(answered.sort(), keys.sort());
        } catch (error) {
          assert.ok(error instanceof Trouble, String((error as Error).stack));
        }
        await source.close();
        assert.equal(hold.begun, hold.finished + hold.aborted);
        assert.equal(hold.finished, hold.released);
      },
    ),
    { numRuns: 200, endOnFailure: true },
  );
});

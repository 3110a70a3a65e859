import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { startRawServer } from '../../../test/servers/imap/raw.ts';
import { Trouble } from '../../trouble.ts';
import { fixedToken } from '../tokens.ts';
import { connect, list, noop, quit, retr, stat, top, uidl } from './index.ts';

/** What a server may say to anything. */
const SAID = [
  '+OK',
  '+OK 2 320',
  '-ERR no',
  '-ERR [IN-USE] x',
  '-ERR [SYS/TEMP',
  '+ ',
  '+ Zm9v',
  '1 120',
  '2 200',
  '1 ..id',
  '.',
  '..',
  '.x',
  'Subject: x',
  'TOP',
  'SASL PLAIN XOAUTH2',
  'LOGIN-DELAY 99999999999999',
  '',
  '\0',
  '* BYE',
  'x'.repeat(9_000),
];

test('fuzz: whatever a server says to whatever we ask, each promise ends in a value or a Trouble, and no sink stays open', async () => {
  const word = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...SAID) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...SAID),
          fc.nat(20),
          fc.constantFrom('\r', '\n', '\r\n', '.', '\xff', ' ', '[', ']'),
        )
        .map(([line, at, text]) => line.slice(0, at) + text + line.slice(at)),
    },
  );
  const end = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r\n.\r\n');
  const auth = fc.constantFrom(
    { by: 'password', user: 'marie', password: 'secret' } as const,
    { by: 'xoauth2', user: 'marie', tokens: fixedToken('secret') } as const,
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.tuple(word, end), { maxLength: 5 }), { minLength: 1, maxLength: 12 }),
      fc.boolean(),
      auth,
      async (script, polite, by) => {
        let at = 0;
        await using server = await startRawServer('+OK <1@b>\r\n', (line) => {
          // Half of the runs come as far as the maildrop.
          if (polite && /^CAPA/.test(line)) return '+OK\r\nUSER\r\nTOP\r\nPIPELINING\r\n.\r\n';
          if (polite && /^(USER|PASS|APOP|AUTH)/.test(line)) return '+OK\r\n';
          return script[at++ % script.length]!.map(([text, eol]) => text + eol).join('');
        });
        let open = 0;
        const hold = {
          begin: () => {
            open++;
            return { write: () => undefined, end: () => open--, abort: () => void open-- };
          },
        };
        const limits = { silenceMs: 40, listSilenceMs: 40, uselessMs: 40, connectMs: 5_000 };
        const to = { host: '127.0.0.1', port: server.port, security: 'none', limits } as const;
        const conn = await connect({ ...to, auth: by }).catch((error: unknown) => {
          assert.ok(error instanceof Trouble, String((error as Error).stack));
          return null;
        });
        if (conn === null) return;
        const asked: Promise<unknown>[] = [
          stat(conn),
          list(conn),
          uidl(conn),
          retr(conn, 1, hold, 120),
          top(conn, 2, 0, hold),
          retr(conn, 2, hold, 0),
          noop(conn),
        ];
        for (const one of await Promise.allSettled(asked))
          assert.ok(
            one.status === 'fulfilled' || one.reason instanceof Trouble,
            one.status === 'rejected' ? String(one.reason?.stack) : '',
          );
        await quit(conn);
        assert.equal(open, 0);
      },
    ),
    { numRuns: 200, endOnFailure: true },
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { startRawServer } from '../../../test/servers/imap/raw.ts';
import { Trouble } from '../../trouble.ts';
import {
  append,
  connect,
  create,
  examine,
  fetchListing,
  fetchMessages,
  list,
  lsub,
  move,
  namespace,
  quota,
  search,
  status,
  store,
} from './index.ts';

/** Lines a server may say to anything; `@` is the tag of the command it answers. */
const LINES = [
  '@ OK done',
  '@ NO [TRYCREATE] no',
  '@ BAD what',
  '@ OK [APPENDUID 1 1:3] done',
  '@ OK [COPYUID 1 1:3 4:6] done',
  '* OK [UIDVALIDITY 7] ok',
  '* OK [PERMANENTFLAGS (\\* "x)] ok',
  '* 5 EXISTS',
  '* FLAGS (\\Seen x])',
  '* LIST (\\Sent) "/" {3}\r\na&b',
  '* LSUB () NIL "x"',
  '* STATUS INBOX (MESSAGES 1 UIDNEXT x)',
  '* NAMESPACE (("" "/")) NIL NIL',
  '* QUOTA "" (STORAGE 1 2 MESSAGE)',
  '* SEARCH 1 2 3',
  '* ESEARCH (TAG "a") UID ALL 1:5',
  '* 1 FETCH (UID 1 FLAGS (\\Seen) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 5 BODY[] {5}\r\nhello)',
  '* 2 FETCH (BODY[] NIL UID 2)',
  '* 3 FETCH (UID 3 FLAGS (a) BODY[] "text" BODY[] {2}\r\nhi)',
  '* 4 EXPUNGE',
  '* CAPABILITY IMAP4rev1 LITERAL+',
  '+ go',
  '* BYE bye',
  '* VANISHED 1:5',
  '',
];

test('fuzz: whatever a server says to whatever we ask, each promise ends in a value or a Trouble, and no sink stays open', async () => {
  const word = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...LINES) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...LINES),
          fc.nat(60),
          fc.constantFrom('"', '(', ')', '{4}', '{9}\r\n', '\0', '\\', ' ', '['),
        )
        .map(([line, at, text]) => line.slice(0, at) + text + line.slice(at)),
    },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(word, { maxLength: 5 }), { minLength: 1, maxLength: 10 }),
      async (script) => {
        let at = 0;
        await using server = await startRawServer(
          '* PREAUTH [CAPABILITY IMAP4rev1 LITERAL+ UIDPLUS MOVE QUOTA NAMESPACE ESEARCH] hi\r\n',
          (line) => {
            const m = /^(a\d+) /.exec(line);
            if (m === null) return null;
            const said = script[at++ % script.length]!;
            return `${said.map((one) => one.replaceAll('@', m[1]!)).join('\r\n')}\r\n`;
          },
        );
        let open = 0;
        const hold = {
          begin: () => {
            open++;
            return { write: () => undefined, end: () => open--, abort: () => void open-- };
          },
        };
        const limits = { silenceMs: 40, appendSilenceMs: 40, uselessMs: 40, connectMs: 5_000 };
        const conn = await connect({ host: '127.0.0.1', port: server.port, security: 'none', limits });
        const letter = { flags: [], internalDate: null, size: 3, chunks: () => [Buffer.from('a\r\n')] };
        const asked: Promise<unknown>[] = [
          list(conn),
          examine(conn, 'INBOX'),
          Array.fromAsync(fetchMessages(conn, '1:*', hold)),
          Array.fromAsync(fetchListing(conn, '1:*')),
          search(conn, ['ALL']),
          append(conn, 'INBOX', [letter]),
          status(conn, 'INBOX', ['MESSAGES']),
          store(conn, '1:3', 'add', ['\\Seen']),
          move(conn, '1:3', 'x'),
          quota(conn, 'INBOX'),
          namespace(conn),
          lsub(conn),
          create(conn, 'x'),
        ];
        for (const one of await Promise.allSettled(asked)) {
          assert.ok(
            one.status === 'fulfilled' || one.reason instanceof Trouble,
            one.status === 'rejected' ? String(one.reason?.stack) : '',
          );
        }
        conn.destroy();
        assert.equal(open, 0);
      },
    ),
    { numRuns: 150, endOnFailure: true },
  );
});

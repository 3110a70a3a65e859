import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCourier } from '../../../test/servers/courier.ts';
import { startCyrus } from '../../../test/servers/cyrus.ts';
import { startDovecot } from '../../../test/servers/dovecot.ts';
import { isTrouble } from '../../trouble.ts';
import {
  append,
  connect,
  create,
  encodeMailboxName,
  examine,
  expunge,
  fetchListing,
  fetchMessages,
  list,
  logout,
  mailboxPath,
  namespace,
  search,
  select,
  status,
  store,
  uidSet,
} from './index.ts';

const hold = {
  begin: () => {
    const pieces: Buffer[] = [];
    return {
      write: (piece: Uint8Array) => void pieces.push(Buffer.from(piece)),
      end: () => Buffer.concat(pieces),
      abort: () => undefined,
    };
  },
};

const letter = (n: number, bytes: number) => {
  const text = `From: a@b.example\r\nSubject: ${n}\r\nMessage-ID: <${n}@b.example>\r\n\r\n`;
  const whole = Buffer.from(`${text}${'0123456789abcdef\r\n'.repeat(Math.ceil(bytes / 18))}`, 'latin1');
  return {
    flags: ['\\Seen', '$Mot'],
    internalDate: 1_500_000_000_000 + n * 1000,
    size: whole.length,
    chunks: () => [whole],
    whole,
  };
};

for (const [name, start] of [
  ['Dovecot', startDovecot],
  ['Cyrus', startCyrus],
  ['Courier', startCourier],
] as const) {
  test(`live: ${name}: what is appended is listed, found, read back to the byte, marked and removed`, async (t) => {
    const server = await start();
    if (server === null) return t.skip(`no ${name} here`);
    try {
      const { host, port, user, password } = server;
      const conn = await connect({
        host,
        port,
        security: 'none',
        auth: { by: 'password', user, password },
        id: { name: 'test' },
      });
      const prefix = (await namespace(conn))?.personal[0]?.prefix ?? '';
      // Courier refuses whatever lies beyond the 16 bits of one UTF-16 unit.
      const shown = `Éléments envoyés 日本 ${name === 'Courier' ? '' : '😀 '}R&D`;
      const handle = prefix + encodeMailboxName(shown);
      await create(conn, handle);
      await create(conn, handle);
      const mailboxes = await list(conn, { status: ['MESSAGES', 'UIDNEXT', 'UIDVALIDITY'] });
      const found = mailboxes.find((mailbox) => mailbox.handle === handle);
      assert.equal(mailboxPath(found!.handle, found!.delimiter).at(-1), shown);

      const letters = [letter(1, 100), letter(2, 200_000), letter(3, 3_000), letter(4, 10)];
      const multi = conn.has('MULTIAPPEND');
      const groups = multi ? [letters.slice(0, 3), letters.slice(3)] : letters.map((one) => [one]);
      const landed = await Promise.all(groups.map((group) => append(conn, handle, group)));
      const missing = append(conn, `${prefix}nowhere`, [letters[0]!]);
      await assert.rejects(missing, (error) => isTrouble(error, 'missing'));

      const [opened, bodies, rows] = await Promise.all([
        examine(conn, handle),
        Array.fromAsync(fetchMessages(conn, '1:*', hold, { size: true })),
        Array.fromAsync(fetchListing(conn, '1:*')),
      ]);
      assert.equal(opened.exists, 4);
      if (conn.has('UIDPLUS')) {
        assert.deepEqual(
          landed.flatMap((one) => one!.uids),
          bodies.map((one) => one.uid),
        );
        assert.ok(landed.every((one) => one!.uidValidity === opened.uidValidity));
      }
      letters.forEach((one, n) => {
        const back = bodies[n]!;
        assert.ok(one.whole.equals(back.body!));
        assert.equal(back.internalDate, one.internalDate);
        assert.deepEqual(back.flags, ['$Mot', '\\Seen']);
        assert.deepEqual(
          { ...rows.flat()[n], body: back.body, gmail: null },
          { ...back, modseq: rows.flat()[n]!.modseq },
        );
      });
      assert.deepEqual(
        await search(conn, ['ALL']),
        bodies.map((one) => one.uid),
      );
      assert.deepEqual(await search(conn, ['HEADER', 'SUBJECT', { text: '3' }]), [bodies[2]!.uid]);
      assert.equal((await status(conn, handle, ['MESSAGES'])).messages, 4);

      await select(conn, handle);
      const two = uidSet([bodies[0]!.uid, bodies[1]!.uid]);
      const marked = await store(conn, two, 'add', ['\\Deleted']);
      assert.ok([...marked.values()].every((flags) => flags.includes('\\Deleted')) && marked.size === 2);
      if (conn.has('UIDPLUS')) {
        await expunge(conn, two);
        assert.deepEqual(
          await search(conn, ['ALL']),
          bodies.slice(2).map((one) => one.uid),
        );
      }
      await assert.rejects(examine(conn, `${prefix}nowhere`), (error) =>
        isTrouble(error, 'missing', 'refused'),
      );
      await logout(conn);
    } finally {
      await server.stop();
    }
  });
}

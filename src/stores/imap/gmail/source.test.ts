/** What a Gmail account is by IMAP, beyond the laws of a source. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { GMAIL_NAMES, type Gmail, type ImapServer, startGmailServer } from '../../../../test/servers/imap.ts';
import { Trouble } from '../../../trouble.ts';
import type { Change, Folder } from '../../entry.ts';
import { memoryHold } from '../../holds/memory.ts';
import type { Source } from '../../source.ts';
import { type GmailChoice, openImapSource } from '../source.ts';

const AT = Date.UTC(2022, 2, 2, 9);

function letter(n: number | string): string {
  return `Message-ID: <${n}@example.org>\r\nSubject: ${n}\r\n\r\nText ${n}.\r\n`;
}

function connect(server: ImapServer, gmail?: GmailChoice): Source {
  return openImapSource({
    ...{ name: 'gmail://marie@gmail.com/', host: '127.0.0.1', port: server.port, security: 'none' },
    auth: { by: 'password', user: 'marie@gmail.com', password: 'app password' },
    ...(gmail ? { gmail } : {}),
  });
}

async function account(
  t: TestContext,
  options: Parameters<typeof startGmailServer>[0] & { choice?: GmailChoice } = {},
): Promise<{ server: ImapServer; gmail: Gmail; source: Source }> {
  const { choice, ...rest } = options;
  const { server, gmail } = await startGmailServer(rest);
  const source = connect(server, choice);
  t.after(async () => {
    await source.close();
    await server.stop();
  });
  return { server, gmail, source };
}

/** Every message as `folder: subject (beside)`. */
async function seen(source: Source): Promise<string[]> {
  const lines: string[] = [];
  for (const folder of (await source.folders()).filter(({ selectable }) => selectable)) {
    const entries = new Map(
      (await Array.fromAsync(source.entries(folder))).map((entry) => [entry.key, entry]),
    );
    for await (const answer of source.read(folder, [...entries.keys()], memoryHold())) {
      assert.ok(answer.is === 'received');
      const { alsoIn = [] } = entries.get(answer.key)!;
      const subject = /Subject: (.*)\r/.exec(Buffer.from(answer.body.memory!).toString())![1];
      const beside = alsoIn.length === 0 ? '' : ` (${alsoIn.map((path) => path.join('/')).join(', ')})`;
      lines.push(`${folder.path.join('/')}: ${subject}${beside}`);
    }
  }
  return lines.sort();
}

async function folderNamed(source: Source, name: string): Promise<Folder> {
  return (await source.folders()).find(({ path }) => path.join('/') === name)!;
}

async function told(source: Source, name: string, since: string | null): Promise<Change[]> {
  return Array.fromAsync(source.changes(await folderNamed(source, name), since));
}

function checkpointOf(changes: readonly Change[]): string {
  const last = changes.at(-1);
  assert.ok(last?.is === 'checkpoint');
  return last.checkpoint;
}

test('each message once, where its labels say; the others beside', async (t) => {
  const { gmail, source } = await account(t, { gmail: { names: GMAIL_NAMES.fr } });
  const mail: [string, string[]][] = [
    ['in', ['\\Inbox']],
    ['archived', []],
    ['sent', ['\\Sent']],
    ['to myself', ['\\Inbox', '\\Sent', '\\Important']],
    ['draft', ['\\Draft', 'Clients']],
    ['filed', ['\\Inbox', 'Clients', 'Clients/Été 2019', 'a b']],
    ['important', ['\\Important', '\\Muted']],
  ];
  for (const [n, labels] of mail) gmail.deliver({ bytes: letter(n), labels, internalDate: AT });
  gmail.deliver({ bytes: letter('spam'), where: 'junk' });
  gmail.deliver({ bytes: letter('thrown away'), labels: ['Clients'], where: 'trash' });
  gmail.deliver({ bytes: letter('chat'), where: 'chats' });
  assert.deepEqual(await seen(source), [
    'Brouillons: draft (Clients)',
    'Clients/Été 2019: filed (Clients, a b, INBOX)',
    'INBOX: in',
    'INBOX: to myself (Messages envoyés, Important)',
    'Messages archivés: archived',
    'Messages archivés: important (Important)',
    'Messages envoyés: sent',
  ]);
  assert.deepEqual(source.aside!(), [
    { path: '[Gmail]/Spam (1)', because: 'spam' },
    { path: '[Gmail]/Corbeille (1)', because: 'trash' },
    { path: '[Gmail]/Chats (1)', because: 'chats' },
  ]);
  const roles = (await source.folders()).map(({ path, role, roleBy }) => [path.join('/'), role, roleBy]);
  assert.deepEqual(
    roles.filter(([, role]) => role !== null),
    [
      ['INBOX', 'inbox', 'store'],
      ['Messages envoyés', 'sent', 'store'],
      ['Brouillons', 'drafts', 'store'],
      ['Messages archivés', 'archive', 'store'],
    ],
  );
});

test('spam and trash by choice', async (t) => {
  const { gmail, source } = await account(t, {
    choice: { spam: true, trash: true },
    gmail: { names: GMAIL_NAMES.de },
  });
  gmail.deliver({ bytes: letter('spam'), where: 'junk' });
  gmail.deliver({ bytes: letter('thrown away'), labels: ['Kunden'], where: 'trash' });
  assert.deepEqual(await seen(source), ['Papierkorb: thrown away', 'Spam: spam']);
  assert.deepEqual(source.aside!(), []);
});

test('labels of every form: literals, quotes, backslashes, names that only look like Google’s', async (t) => {
  const { gmail, source } = await account(t);
  const names = ['a "b" c', 'back\\slash', '\\Strange', 'é/è', '日本語', 'A & B', 'x'.repeat(200)];
  for (const name of names) gmail.label(name);
  for (const [n, name] of names.entries()) gmail.deliver({ bytes: letter(n), labels: [name] });
  assert.deepEqual(await seen(source), names.map((name, n) => `${name}: ${n}`).sort());
});

test('an account that has not changed is not listed', async (t) => {
  const { gmail, source, server } = await account(t);
  for (let n = 0; n < 30; n += 1) gmail.deliver({ bytes: letter(n), labels: n % 2 ? ['\\Inbox'] : ['Work'] });
  const first = await folderNamed(source, 'Work');
  const since = checkpointOf(await Array.fromAsync(source.changes(first, null)));
  await source.close();
  server.log.length = 0;
  const again = connect(server);
  t.after(() => again.close());
  const folder = await folderNamed(again, 'Work');
  assert.ok(folder.state !== null);
  assert.equal(folder.state, first.state);
  const changes = await Array.fromAsync(again.changes(folder, since));
  assert.deepEqual(
    changes.map(({ is }) => is),
    ['checkpoint'],
  );
  assert.deepEqual(
    server.log.filter((line) => /FETCH|SEARCH|EXAMINE|SELECT/.test(line)),
    [],
  );
});

test('one listing serves all folders', async (t) => {
  const { gmail, source, server } = await account(t);
  for (let n = 0; n < 40; n += 1) gmail.deliver({ bytes: letter(n), labels: [`Label ${n % 8}`] });
  const folders = await source.folders();
  await Promise.all(folders.map((folder) => Array.fromAsync(source.changes(folder, null))));
  assert.equal(server.log.filter((line) => line.includes('FETCH')).length, 1);
});

test('a label given, taken, renamed, a star, a removal: told where it shows', async (t) => {
  const { gmail, source } = await account(t);
  const [one, two, three] = ['one', 'two', 'three'].map((n) =>
    gmail.deliver({ bytes: letter(n), labels: ['\\Inbox'], internalDate: AT }),
  );
  gmail.label('Work');
  const inbox = checkpointOf(await told(source, 'INBOX', null));
  const work = checkpointOf(await told(source, 'Work', null));
  gmail.relabel(one!, ['\\Inbox', 'Work']);
  gmail.flag(two!, ['\\Flagged', '\\Seen']);
  gmail.remove(three!);
  assert.deepEqual((await told(source, 'INBOX', inbox)).slice(0, -1), [
    { is: 'marks', key: two!.id, marks: ['\\Flagged', '\\Seen'] },
    { is: 'gone', key: one!.id },
    { is: 'gone', key: three!.id },
  ]);
  const [came] = await told(source, 'Work', work);
  assert.ok(came?.is === 'entry' && came.entry.key === one!.id);
  assert.deepEqual(came.entry.alsoIn, [['INBOX']]);
});

test('a label that is renamed, though no message got a new mod-sequence by it', async (t) => {
  const { gmail, source } = await account(t);
  const one = gmail.deliver({ bytes: letter(1), labels: ['Work'] });
  const before = await folderNamed(source, 'INBOX');
  await told(source, 'Work', null);
  gmail.rename('Work', 'Travail/Été');
  const after = await source.folders();
  assert.ok(!after.some(({ path }) => path[0] === 'Work'));
  assert.notEqual(after.find(({ path }) => path[0] === 'INBOX')!.state, before.state);
  const [came] = await told(source, 'Travail/Été', null);
  assert.ok(came?.is === 'entry' && came.entry.key === one.id);
});

test('renumbered between the look and the listing: a loss, and the next call is right', async (t) => {
  let armed = true;
  const { gmail, source } = await account(t, {
    script: () => ({
      command({ name }) {
        if (name !== 'EXAMINE' || !armed) return null;
        armed = false;
        gmail.folder('all').renumber();
        return null;
      },
    }),
  });
  gmail.deliver({ bytes: letter(1), labels: ['\\Inbox'] });
  const folder = await folderNamed(source, 'INBOX');
  await assert.rejects(
    Array.fromAsync(source.changes(folder, null)),
    (error) => error instanceof Trouble && error.kind === 'lost',
  );
  assert.equal((await Array.fromAsync(source.changes(folder, null))).length, 2);
  const lines = await seen(source);
  assert.deepEqual(lines, ['INBOX: 1']);
});

test('All Mail hidden: what is visible is read once, and it is said', async (t) => {
  const { gmail, source } = await account(t, { gmail: { hide: ['all'] } });
  gmail.deliver({ bytes: letter('both'), labels: ['\\Inbox', 'Work', '\\Important'] });
  gmail.deliver({ bytes: letter('starred'), flags: ['\\Flagged'] });
  gmail.deliver({ bytes: letter('sent'), labels: ['\\Sent'] });
  gmail.deliver({ bytes: letter('nowhere') });
  assert.deepEqual(await seen(source), ['Archived: starred', 'Sent: sent', 'Work: both (INBOX, Important)']);
  assert.deepEqual(source.aside!(), [{ path: '[Gmail]/All Mail', because: 'all-mail-hidden' }]);
});

test('a label not shown in IMAP is no folder, but noted', async (t) => {
  const { gmail, source } = await account(t, { gmail: { hide: ['Secret'] } });
  gmail.deliver({ bytes: letter(1), labels: ['\\Inbox', 'Secret'] });
  assert.deepEqual(await seen(source), ['INBOX: 1 (Secret)']);
});

test('as many messages as the settings may allow: said', async (t) => {
  const { gmail, source } = await account(t);
  for (let n = 0; n < 1_000; n += 1) gmail.deliver({ bytes: letter(n) });
  await source.folders();
  assert.deepEqual(source.aside!(), [{ path: '[Gmail]/All Mail (> 1000)', because: 'imap-limit' }]);
  gmail.deliver({ bytes: letter('more') });
  await source.folders();
  assert.deepEqual(source.aside!(), []);
});

test('a listing that is cut goes on where it was', async (t) => {
  let cuts = 3;
  const { gmail, source, server } = await account(t, {
    script: () => (cuts-- > 0 ? { cutAfterBytes: 120_000 } : {}),
  });
  for (let n = 0; n < 2_000; n += 1) gmail.deliver({ bytes: letter(n), labels: ['\\Inbox'] });
  let entries: unknown[] = [];
  for (let attempt = 0; entries.length === 0 && attempt < 8; attempt += 1)
    entries = await told(source, 'INBOX', null).catch(() => []);
  assert.equal(entries.length, 2_001);
  const asked = server.log.flatMap((line) => /UID FETCH (\d+):\*/.exec(line)?.[1] ?? []).map(Number);
  assert.ok(asked.length >= 2 && asked.at(-1)! > 1, `asked from ${asked}`);
});

test('renumbered: nothing is told anew, and what was told is still read', async (t) => {
  const { gmail, source } = await account(t);
  for (let n = 0; n < 10; n += 1) gmail.deliver({ bytes: letter(n), labels: ['\\Inbox'] });
  const folder = await folderNamed(source, 'INBOX');
  const changes = await Array.fromAsync(source.changes(folder, null));
  gmail.folder('all').renumber();
  const keys = changes.flatMap((change) => (change.is === 'entry' ? change.entry.key : []));
  const answers = await Array.fromAsync(source.read(folder, keys, memoryHold()));
  assert.deepEqual(
    answers.map(({ is, key }) => [is, key]).sort(),
    keys.map((key) => ['received', key]).sort(),
  );
  assert.deepEqual(
    (await told(source, 'INBOX', checkpointOf(changes))).map(({ is }) => is),
    ['checkpoint'],
  );
});

test('a server that numbers nothing, or tells less than it counts: every message is there all the same', async (t) => {
  const { gmail, source } = await account(t);
  for (let n = 0; n < 5; n += 1) gmail.deliver({ bytes: letter(n), labels: ['\\Inbox'] });
  for (const stored of gmail.folder('all').messages.slice(0, 2)) stored.gmail!.id = '0';
  const lines = await seen(source);
  assert.deepEqual(lines, ['INBOX: 0', 'INBOX: 1', 'INBOX: 2', 'INBOX: 3', 'INBOX: 4']);
});

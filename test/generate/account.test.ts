import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { accountMessages, copiesOf } from './account.ts';
import { mboxText, modifiedUtf7, writeMaildir, writeMbox } from './account-files.ts';

const shape = { messages: 400, folders: 40, seed: 7, sizes: 'real' } as const;

test('the same shape gives the same bytes, another seed others', () => {
  const digest = (seed: number) => {
    const hash = createHash('sha256');
    for (const mail of accountMessages({ ...shape, seed }))
      hash.update(mail.bytes).update(JSON.stringify([mail.folder, mail.flags, mail.date]));
    return hash.digest('hex');
  };
  assert.equal(digest(7), digest(7));
  assert.notEqual(digest(7), digest(8));
});

test('messages have CRLF line ends only, lines below 998 bytes, and a header', () => {
  for (const mail of accountMessages({ ...shape, messages: 40 })) {
    const text = mail.bytes.toString('latin1');
    assert.doesNotMatch(text, /\r(?!\n)|(?<!\r)\n|\0/);
    assert.doesNotMatch(text, /[^\n]{998}/);
    assert.match(text.slice(0, text.indexOf('\r\n\r\n')), /^Subject: /m);
    assert.ok(!/[^\x00-\x7f]/.test(text.slice(0, text.indexOf('\r\n\r\n'))), 'the header is ASCII');
  }
});

test('sizes, folders and dates are as promised', () => {
  const mails = [...accountMessages(shape)];
  const sizes = mails.map((mail) => mail.bytes.length).sort((a, b) => a - b);
  assert.ok(sizes[200]! > 9_000 && sizes[200]! < 15_000, `median ${sizes[200]}`);
  assert.ok(sizes.at(-1)! > 3_000_000);
  assert.equal(new Set(mails.map((mail) => mail.folder.join('/'))).size, 40);
  const inbox = mails.filter((mail) => mail.folder[0] === 'INBOX').length;
  assert.ok(inbox > 100 && inbox < 160, `inbox ${inbox}`);
  assert.ok(mails.every((mail, i) => mail.date % 1000 === 0 && mail.date >= (mails[i - 1]?.date ?? 0)));
});

test('copies are a part of the same bytes', () => {
  const all = new Set([...accountMessages(shape)].map((mail) => mail.bytes.toString('latin1')));
  const copies = [
    ...copiesOf(accountMessages(shape), { share: 0.5, seed: 1, into: () => ['Vieux'], otherMarks: true }),
  ];
  assert.ok(copies.length > 150 && copies.length < 250);
  assert.ok(copies.every((copy) => copy.folder[0] === 'Vieux' && all.has(copy.bytes.toString('latin1'))));
});

test('folder names in modified UTF-7', () => {
  assert.equal(modifiedUtf7('Éléments envoyés'), '&AMk-l&AOk-ments envoy&AOk-s');
  assert.equal(modifiedUtf7('Dupont & Fils'), 'Dupont &- Fils');
  assert.equal(modifiedUtf7('😀'), '&2D3eAA-');
});

test('a Maildir has every message once, its size and date told; an mbox has as many messages', () => {
  const root = mkdtempSync(join(tmpdir(), 'malleposte-generate-'));
  try {
    const mails = [...accountMessages({ messages: 60, folders: 8, seed: 3, sizes: 'small' })];
    assert.equal(writeMaildir(join(root, 'maildir'), mails), 60);
    const files = readdirSync(join(root, 'maildir'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.includes('cur/'),
    );
    assert.equal(files.length, 60);
    for (const name of files) {
      const { size, mtimeMs } = statSync(join(root, 'maildir', name));
      assert.equal(Number(/S=(\d+)/.exec(name)![1]), size);
      assert.ok(mails.some((mail) => mail.date === mtimeMs && name.includes(`W=${mail.bytes.length}:`)));
    }
    assert.equal(writeMbox(join(root, 'mbox'), mails), 60);
    assert.equal(readFileSync(join(root, 'mbox'), 'latin1').match(/^From /gm)!.length, 60);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('an mbox text quotes lines that begin with From, quoted ones too', () => {
  const bytes = Buffer.from('Subject: x\r\n\r\nFrom here\r\n>From there\r\n');
  const text = mboxText({
    folder: ['INBOX'],
    bytes,
    flags: ['\\Flagged', '\\Seen'],
    keywords: [],
    date: 0,
  }).toString();
  assert.equal(
    text,
    'From MAILER-DAEMON Thu Jan  1 00:00:00 1970\nSubject: x\nStatus: RO\nX-Status: F\n\n>From here\n>>From there\n\n',
  );
});

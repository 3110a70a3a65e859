/** Two IMAP accounts, an mbox and a Maildir of one person, which share much of their mail, into one mailbox. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readImap } from '../checker/imap.ts';
import { see } from '../checker/message.ts';
import type { Mail } from '../generate/account.ts';
import { mboxText, writeMbox } from '../generate/account-files.ts';
import { Random } from '../generate/random.ts';
import { type Errand, type Ran, run, tellRan } from './engine.ts';
import { letter, marksOf } from './letters.ts';
import { imapClient, imapPost, maildirPost } from './post.ts';
import { openStand, type ServerName, type Stand } from './stands.ts';

export interface UnionFigures {
  entries: number;
  copied: number;
  merged: number;
  deleted: string;
}

const INBOX = ['INBOX'];
const MBOX = 'Vieux courrier';

/** Null when the servers cannot be had. Throws with the seed when anything is not as it should be. */
export async function unionJourney(
  server: ServerName,
  seed: number,
  letters = 80,
): Promise<UnionFigures | null> {
  await using stand = await openStand({ server, sources: 2 });
  if (!stand) return null;
  try {
    const accounts = share(new Random(seed), letters);
    const errand = await layOut(stand, accounts);
    return await moveAndProve(stand, errand, accounts);
  } catch (error) {
    throw new Error(`union into ${server}, seed ${seed}`, { cause: error });
  }
}

/** Each letter in one to four accounts: in another folder in each, with other marks in each. The mbox has one folder. */
function share(random: Random, letters: number): Mail[][] {
  const accounts: Mail[][] = [[], [], [], []];
  for (let n = 1; n <= letters; n++) {
    const first = letter(random, `union-${n}`);
    const into = accounts.filter(() => random.chance(0.45));
    if (into.length === 0) into.push(random.pick(accounts));
    for (const account of into) {
      const folder = account === accounts[2] ? [MBOX] : letter(random, '').folder;
      const marks = marksOf(random);
      const flags = marks.filter((mark) => mark.startsWith('\\'));
      account.push({ ...first, folder, flags, keywords: marks.filter((mark) => !mark.startsWith('\\')) });
    }
  }
  return accounts;
}

async function layOut(stand: Stand, accounts: readonly Mail[][]): Promise<Errand> {
  const maildir = join(stand.dir, 'maildir');
  const mbox = join(stand.dir, `${MBOX}.mbox`);
  const posts = [
    await imapPost(stand.sources[0]!),
    await imapPost(stand.sources[1]!),
    null,
    maildirPost(maildir),
  ];
  for (const [index, post] of posts.entries()) {
    for (const mail of post ? accounts[index]! : []) await post!.put(mail);
    await post?.close();
  }
  writeMbox(mbox, accounts[2]!);
  return {
    from: [stand.sources[0]!.address, stand.sources[1]!.address, `mbox:${mbox}`, `maildir:${maildir}`],
    to: stand.target.address,
    data: join(stand.dir, 'data'),
  };
}

async function moveAndProve(
  stand: Stand,
  errand: Errand,
  accounts: readonly Mail[][],
): Promise<UnionFigures> {
  const wanted = expectation(accounts);
  const entries = accounts.flat().length;
  const moved = await run('move', errand);
  assert.equal(moved.code, 0, tellRan(moved));
  const sum = {
    entries,
    copied: wanted.length,
    merged: entries - wanted.length,
    left: 0,
    asked: 0,
    missing: 0,
  };
  assert.partialDeepStrictEqual(moved.summary, { ...sum, carried: wanted.length });
  assert.deepEqual((await readImap(stand.target)).map(described).sort(), wanted);
  const again = await run('move', errand);
  assert.equal(again.code, 0, tellRan(again));
  assert.partialDeepStrictEqual(again.summary, { ...sum, carried: 0, bytes: 0 });
  const proof = await run('prove', errand);
  assert.equal(proof.code, 0, tellRan(proof));
  assert.partialDeepStrictEqual(proof.summary, { ...sum, extra: 0, doubled: 0 });
  const deleted = await deleteOne(stand);
  await namesMissing(errand, deleted);
  return { entries, copied: wanted.length, merged: entries - wanted.length, deleted: deleted.subject };
}

/** Where each letter should lie: a folder beats an inbox, then the first account; with the marks of all copies. */
function expectation(accounts: readonly Mail[][]): string[] {
  const all = accounts.flat().map((mail) => ({ mail, digest: seen(mail).digest }));
  return [...Map.groupBy(all, ({ digest }) => digest).values()]
    .map((copies) => {
      const { mail } = copies.find(({ mail }) => mail.folder[0] !== 'INBOX') ?? copies[0]!;
      const flags = copies.flatMap((copy) => [...copy.mail.flags, ...copy.mail.keywords]);
      return described(seen({ ...mail, bytes: asStored(mail), flags, keywords: [] }));
    })
    .sort();
}

/** What comes from the mbox has the header lines in which an mbox keeps its marks: they are bytes of it. */
function asStored(mail: Mail): Buffer {
  if (mail.folder[0] !== MBOX) return mail.bytes;
  const text = mboxText(mail);
  return text.subarray(text.indexOf('\n') + 1, -1);
}

function seen({ folder, bytes, flags, keywords, date }: Mail) {
  return see(folder, bytes, { flags: [...flags, ...keywords], date, where: '' });
}

function described({ folder, subject, digest, flags, date }: ReturnType<typeof seen>): string {
  return [folder.join(' › '), subject, digest.slice(0, 12), flags.join(' '), date].join(' | ');
}

async function deleteOne(stand: Stand): Promise<{ subject: string }> {
  const client = await imapClient(stand.target);
  try {
    await client.mailboxOpen(INBOX);
    const found = await client.fetchOne('1', { uid: true, envelope: true });
    if (!found) throw new Error('the inbox at the target is empty');
    await client.messageDelete(String(found.uid), { uid: true });
    return { subject: found.envelope?.subject ?? '' };
  } finally {
    await client.logout();
  }
}

async function namesMissing(errand: Errand, { subject }: { subject: string }): Promise<void> {
  const proof = await run('prove', errand);
  assert.equal(proof.code, 12, tellRan(proof));
  const missing = findings(proof).filter(({ is }) => is === 'missing');
  assert.ok(
    missing.length > 0 && missing.every((finding) => finding.subject === subject),
    JSON.stringify(missing),
  );
  assert.ok(
    missing.every(({ folder }) => folder === 'INBOX'),
    JSON.stringify(missing),
  );
  const plain = await run('prove', { ...errand, plain: true });
  assert.equal(plain.code, 12);
  assert.match(plain.stderr, new RegExp(`INBOX[^\\n]*${subject}|${subject}[^\\n]*INBOX`));
}

function findings(ran: Ran) {
  return ran.events.flatMap((event) => (event.event === 'finding' ? [event.finding] : []));
}

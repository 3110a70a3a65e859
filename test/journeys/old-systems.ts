/**
 * One person's old box by IMAP, the window that POP3 shows of another, what Google handed out of a private one, and the
 * Outlook archive that has the rest.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from '../../src/engine/certificate.ts';
import type { Finding } from '../../src/engine/event.ts';
import type { BagFacts } from '../../src/formats/mapi/item.fixture.ts';
import { PidTag } from '../../src/formats/mapi/properties.ts';
import { type FolderFacts, type MessageFacts, makePst } from '../../src/formats/pst/write.fixture.ts';
import { type Letter, placeTakeout } from '../../src/stores/takeout/takeout.fixture.ts';
import { readImap } from '../checker/imap.ts';
import { see } from '../checker/message.ts';
import type { Mail } from '../generate/account.ts';
import { Random } from '../generate/random.ts';
import { startDovecot } from '../servers/dovecot.ts';
import type { LiveServer } from '../servers/install-live.ts';
import { type Errand, type Ran, run, SECRET, serverAddress, tellRan } from './engine.ts';
import { FOLDERS, letter } from './letters.ts';
import { imapPost } from './post.ts';
import { type Mailbox, mailboxOf } from './stands.ts';

export interface OldSystemsFigures {
  entries: number;
  copied: number;
  merged: { exact: number; likely: number };
}

/** By which way the copies of a letter came. */
const ORIGINALS = ['imap', 'pop3', 'takeout'] as const;
const WAYS = [...ORIGINALS, 'pst'] as const;
type Way = (typeof WAYS)[number];
type Copies = Partial<Record<Way, Mail>>;

/** The marks that each way can tell. */
const KNOWN: Record<Way, readonly string[]> = {
  imap: ['\\Answered', '\\Flagged', '\\Seen'],
  pop3: [],
  takeout: ['\\Flagged', '\\Seen'],
  pst: ['\\Answered', '\\Flagged', '\\Seen'],
};

/** Null when no Dovecot with POP3 can be had. Throws with the seed when anything is not as it should be. */
export async function oldSystemsJourney(seed: number, letters = 90): Promise<OldSystemsFigures | null> {
  const users = ['imap', 'pop3', 'target'].map((user) => ({ user, password: SECRET }));
  const server = await startDovecot({ users, pop3: true });
  if (!server) return null;
  try {
    const all = share(new Random(seed), letters);
    return await moveAndProve(server, await layOut(server, all), all);
  } catch (error) {
    throw new Error(`old systems, seed ${seed}`, { cause: error });
  } finally {
    await server.stop();
  }
}

/** Each letter in one to three places, filed and marked in each in another way, as far as the way knows. */
function share(random: Random, letters: number): Copies[] {
  return Array.from({ length: letters }, (_, n) => {
    const first = letter(random, `old-${n + 1}`);
    const ways = WAYS.filter(() => random.chance(0.55));
    if (ways.length === 0) ways.push(random.pick(WAYS));
    const copies: Copies = {};
    for (const way of ways) {
      const folder = way === 'pop3' ? ['INBOX'] : random.pick(FOLDERS);
      const flags = KNOWN[way].filter(() => random.chance(0.4));
      copies[way] = { ...first, folder, flags, keywords: [] };
    }
    return copies;
  });
}

async function layOut(server: LiveServer, all: readonly Copies[]): Promise<Errand> {
  for (const way of ['imap', 'pop3'] as const) {
    const post = await imapPost(mailboxOf(server, way));
    for (const { [way]: mail } of all) if (mail) await post.put(mail);
    await post.close();
  }
  const pst = join(server.dir, 'archive.pst');
  writeFileSync(pst, makePst({ folders: foldersOf(all.flatMap(({ pst: mail }) => mail ?? [])) }));
  const letters = all.flatMap(({ takeout: mail }, n) => (mail ? asExported(mail, n + 1) : []));
  const takeout = placeTakeout(join(server.dir, 'takeout'), 'zips', letters);
  const pop3 = serverAddress('pop3', 'pop3', server.popPort!);
  return {
    from: [mailboxOf(server, 'imap').address, pop3, `takeout:${takeout}`, `pst:${pst}`],
    to: mailboxOf(server, 'target').address,
    data: join(server.dir, 'data'),
  };
}

function foldersOf(mails: readonly Mail[]): FolderFacts[] {
  const folders = new Map<string, FolderFacts & { folders: FolderFacts[]; messages: MessageFacts[] }>();
  const top: FolderFacts[] = [];
  const folderAt = (path: readonly string[]): { folders: FolderFacts[]; messages: MessageFacts[] } => {
    const key = path.join('\0');
    const known = folders.get(key);
    if (known) return known;
    const made = { name: path.at(-1)!, folders: [], messages: [] };
    folders.set(key, made);
    (path.length === 1 ? top : folderAt(path.slice(0, -1)).folders).push(made);
    return made;
  };
  for (const mail of mails)
    folderAt(mail.folder[0] === 'INBOX' ? ['Inbox'] : mail.folder).messages.push(asItem(mail));
  return top;
}

/** As Google hands out a letter: its folder and marks are labels. */
function asExported({ folder, flags, bytes, date }: Mail, id: number): Letter {
  const labels = [folder[0] === 'INBOX' ? 'Inbox' : folder.join('/')];
  if (!flags.includes('\\Seen')) labels.push('Unread');
  if (flags.includes('\\Flagged')) labels.push('Starred');
  if (id % 3 === 0) labels.push('Important');
  return { id, labels, bytes, receivedAt: date };
}

/** As Outlook keeps a letter: its parts. Every other one has the header that it came with. */
function asItem({ bytes, flags, date }: Mail): MessageFacts {
  const [header = '', ...rest] = bytes.toString('utf8').split('\r\n\r\n');
  const fields = new Map(
    [...header.matchAll(/^([\w-]+): (.*)$/gm)].map(([, name, value]) => [name!, value!.trim()]),
  );
  const isReceived = bytes.length % 2 === 0;
  const sentAt = new Date(fields.get('Date')!);
  const [, name, email] = /^(.*) <(.*)>$/.exec(fields.get('From')!)!;
  const [, toName, toEmail] = /^(.*) <(.*)>$/.exec(fields.get('To')!)!;
  const id = fields.get('Message-ID');
  const properties: Record<number, NonNullable<BagFacts['properties']>[number]> = {
    [PidTag.MessageClass]: 'IPM.Note',
    [PidTag.Subject]: fields.get('Subject')!,
    [PidTag.Body]: rest.join('\r\n\r\n'),
    [PidTag.ClientSubmitTime]: sentAt,
    [PidTag.MessageDeliveryTime]: new Date(date),
    [PidTag.MessageFlags]: flags.includes('\\Seen') ? 1 : 0,
    [PidTag.SenderName]: name!,
    [PidTag.SenderAddressType]: 'SMTP',
    [PidTag.SenderEmailAddress]: email!,
  };
  if (flags.includes('\\Flagged')) properties[PidTag.FlagStatus] = 2;
  if (flags.includes('\\Answered')) properties[PidTag.LastVerbExecuted] = 102;
  if (id !== undefined) properties[PidTag.InternetMessageId] = id;
  if (isReceived) properties[PidTag.TransportMessageHeaders] = `${header}\r\n\r\n`;
  return {
    properties,
    recipients: [
      {
        properties: {
          [PidTag.RecipientType]: 1,
          [PidTag.DisplayName]: toName!,
          [PidTag.AddressType]: 'SMTP',
          [PidTag.EmailAddress]: toEmail!,
        },
      },
    ],
  };
}

async function moveAndProve(
  server: LiveServer,
  errand: Errand,
  all: readonly Copies[],
): Promise<OldSystemsFigures> {
  const entries = all.reduce((sum, copies) => sum + Object.keys(copies).length, 0);
  const sum = { entries, copied: all.length, merged: entries - all.length, left: 0, asked: 0, missing: 0 };
  const moved = await run('move', errand);
  assert.equal(moved.code, 0, tellRan(moved));
  assert.partialDeepStrictEqual(moved.summary, { ...sum, carried: all.length });
  await arrivedOnce(mailboxOf(server, 'target'), all);
  const again = await run('move', errand);
  assert.equal(again.code, 0, tellRan(again));
  assert.partialDeepStrictEqual(again.summary, { ...sum, carried: 0, bytes: 0 });
  const proof = await run('prove', errand);
  assert.equal(proof.code, 0, tellRan(proof));
  assert.partialDeepStrictEqual(proof.summary, { ...sum, extra: 0, doubled: 0 });
  const labelled = all.filter(({ takeout: mail }, n) => mail && (n + 1) % 3 === 0).length;
  assert.equal(findingsOf(proof).filter(({ alsoIn }) => alsoIn).length, labelled, 'further labels are told');
  assert.deepEqual(unknownIn(proof), [[], ['folders', 'marks'], [], ['rebuilt']]);
  const merged = { exact: mergedBy(proof, 'exact'), likely: mergedBy(proof, 'likely') };
  const counts = all.map((copies) => originalsOf(copies).length);
  const exact = counts.reduce((sum, count) => sum + Math.max(0, count - 1), 0);
  const likely = all.filter((copies) => copies.pst && originalsOf(copies).length > 0).length;
  assert.deepEqual(merged, { exact, likely }, 'by what each duplicate was recognised');
  return { entries, copied: all.length, merged };
}

/** What the certificate says that each account cannot tell. */
function unknownIn(proof: Ran): string[][] {
  const told = proof.events.find((event) => (event as { event: string }).event === 'certificate');
  const { file } = told as unknown as { file: string };
  const { header } = JSON.parse(readFileSync(file, 'utf8')) as Certificate;
  return header.accounts.map((account) => header.unknown?.[account] ?? []);
}

function mergedBy(proof: Ran, by: 'exact' | 'likely'): number {
  return findingsOf(proof).filter((finding) => finding.is === 'merged' && finding.by === by).length;
}

function findingsOf(proof: Ran): Finding[] {
  return proof.events.flatMap((event) => (event.event === 'finding' ? [event.finding] : []));
}

/** Where it was filed, with the marks of all copies; to the byte unless Outlook's parts are all that is left of it. */
async function arrivedOnce(target: Mailbox, all: readonly Copies[]): Promise<void> {
  const wanted = all.map((copies) => {
    const originals = originalsOf(copies);
    const [original] = originals;
    const { folder } = originals.find((mail) => mail.folder[0] !== 'INBOX') ?? original ?? copies.pst!;
    const { bytes, date } = original ?? copies.pst!;
    const flags = WAYS.flatMap((way) => copies[way]?.flags ?? []);
    return described(see(folder, bytes, { flags, date, where: '' }), original !== undefined);
  });
  const outlookOnly = all.filter((copies) => originalsOf(copies).length === 0);
  const rebuilt = new Set(outlookOnly.map(({ pst }) => see([], pst!.bytes, NOWHERE).subject));
  const there = (await readImap(target)).map((seen) => described(seen, !rebuilt.has(seen.subject)));
  assert.deepEqual(there.sort(), wanted.sort());
}

function originalsOf(copies: Copies): Mail[] {
  return ORIGINALS.flatMap((way) => copies[way] ?? []);
}

const NOWHERE = { flags: [], date: null, where: '' };

function described({ folder, subject, digest, flags }: ReturnType<typeof see>, original: boolean): string {
  return [folder.join(' › '), subject, original ? digest.slice(0, 12) : 'rebuilt', flags.join(' ')].join(
    ' | ',
  );
}

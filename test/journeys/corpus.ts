/**
 * Every odd message, real ones and made ones, through a real server: what lies there is what was said of it.
 *
 *   node test/journeys/corpus.ts            a table of all three servers
 */
import assert from 'node:assert/strict';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Event, Finding } from '../../src/engine/event.ts';
import { corpusMessages, type NamedMessage } from '../corpus.ts';
import { oddMessages } from '../generate/odd.ts';
import { type Errand, run, tellRan } from './engine.ts';
import { imapClient, readFolder } from './post.ts';
import { openStand, SERVERS, type ServerName, type Stand } from './stands.ts';

export interface CorpusFigures {
  server: ServerName;
  messages: number;
  identical: number;
  /** Altered by the target on the way in, by classes. */
  altered: Record<string, number>;
  /** Not taken as they are, by the rung that was taken. */
  climbed: Record<string, number>;
}

type Altered = Extract<Event, { event: 'altered' }>;

/** Null when the server cannot be had. Throws when a message is not as it was said to be, or was left. */
export async function corpusJourney(server: ServerName): Promise<CorpusFigures | null> {
  await using stand = await openStand({ server });
  if (!stand) return null;
  const messages = [...oddMessages().map(({ name, bytes }) => ({ name, bytes })), ...corpusMessages()];
  const maildir = join(stand.dir, 'maildir');
  layOut(maildir, messages);
  const errand: Errand = {
    from: [`maildir:${maildir}`],
    to: stand.target.address,
    data: join(stand.dir, 'data'),
  };
  const moved = await run('move', errand);
  assert.equal(moved.code, 0, tellRan(moved));
  assert.equal(moved.summary?.copied, messages.length, tellRan(moved));
  const said = new Map(moved.events.filter(isAltered).map((event) => [numberOf(event.key), event]));
  const again = await run('move', errand);
  assert.equal(again.summary?.carried, 0, tellRan(again));
  const proof = await run('prove', errand);
  assert.equal(proof.code, 0, tellRan(proof));
  return await compare(server, stand, messages, said, proof.events.flatMap(findingOf));
}

/** As Maildir holds them: the bytes as they are. The name of a file begins with the number of its message. */
function layOut(root: string, messages: readonly NamedMessage[]): void {
  for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(root, part), { recursive: true });
  messages.forEach(({ bytes }, number) => {
    const file = join(root, 'cur', `${1_500_000_000 + number}.M${number}P1.malle:2,S`);
    writeFileSync(file, bytes);
    utimesSync(file, 1_500_000_000 + number, 1_500_000_000 + number);
  });
}

function numberOf(key: string): number {
  return Number(/^(\d+)\.M/.exec(key)?.[1]) - 1_500_000_000;
}

function isAltered(event: Event): event is Altered {
  return event.event === 'altered';
}

function findingOf(event: Event): Finding[] {
  return event.event === 'finding' ? [event.finding] : [];
}

async function compare(
  server: ServerName,
  stand: Stand,
  messages: readonly NamedMessage[],
  said: ReadonlyMap<number, Altered>,
  findings: readonly Finding[],
): Promise<CorpusFigures> {
  const client = await imapClient(stand.target);
  const there = new Map((await readFolder(client, ['INBOX'])).map(({ uid, source }) => [uid, source!]));
  await client.logout();
  const figures: CorpusFigures = {
    server,
    messages: messages.length,
    identical: 0,
    altered: {},
    climbed: {},
  };
  assert.equal(there.size, messages.length);
  const wrong: string[] = [];
  for (const finding of findings) {
    const number = numberOf(finding.key);
    const { name, bytes } = messages[number]!;
    const uid = Number(finding.at?.key.split('.')[1]);
    const stored = there.get(uid);
    assert.ok(stored, `${name}: nothing lies where the proof says (${JSON.stringify(finding)})`);
    there.delete(uid);
    const trouble = judge(Buffer.from(bytes), stored, said.get(number), figures);
    if (trouble) wrong.push(`${name}: ${trouble} (${JSON.stringify(said.get(number) ?? finding)})`);
  }
  assert.equal(there.size, 0, 'every message at the target was accounted for');
  assert.deepEqual(wrong, []);
  return figures;
}

/** Counts the message, and answers what is not as it was said. */
function judge(
  original: Buffer,
  stored: Buffer,
  said: Altered | undefined,
  figures: CorpusFigures,
): string | null {
  const wanted = crlf(original);
  const same = stored.equals(wanted) || stored.equals(original);
  if (!said) {
    figures.identical++;
    return same ? null : `differs, and nothing was said: ${firstDifference(wanted, stored)}`;
  }
  const count = (counts: Record<string, number>, name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  if (same) return `identical, and was said to be altered`;
  if (said.rung === 'wrapped') {
    count(figures.climbed, 'wrapped');
    return unwrapped(stored).some((inside) => inside.equals(original) || inside.equals(wanted))
      ? null
      : 'the message inside the wrapper is another one';
  }
  if (said.rung.startsWith('repaired:')) {
    count(figures.climbed, said.rung);
    const kept = said.rung === 'repaired:header' || said.rung === 'repaired:line-ends+header';
    return kept && !bodyOf(stored).equals(bodyOf(wanted))
      ? 'the repair was said to be in the header only'
      : null;
  }
  if (said.rung === 'as-is') count(figures.altered, [...said.classes].sort().join('+'));
  else count(figures.climbed, said.rung);
  const [a, b] = [reduced(wanted, said.classes), reduced(stored, said.classes)];
  return a === b ? null : `differs by more than was said: ${firstDifference(Buffer.from(a), Buffer.from(b))}`;
}

/** What a file with bare LF is on the wire. */
function crlf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/(?<!\r)\n/g, '\r\n'), 'latin1');
}

/** Without everything that the named classes may have changed. */
function reduced(bytes: Buffer, classes: readonly string[]): string {
  const has = (name: string): boolean => classes.includes(name);
  if (has('body') || has('truncated')) return '';
  let text = (
    has('eight-bit-header') || has('header') || has('header-added') ? bodyOf(bytes) : bytes
  ).toString('latin1');
  if (has('nul')) text = text.replace(/[\0\x80]/g, '');
  // It may have gone or have become a line end.
  if (has('lone-cr')) return text.replace(/[\r\n]/g, '');
  if (has('line-ends')) text = text.replace(/\r\n|\r/g, '\n');
  return has('final-line-end') ? text.replace(/[\r\n]+$/, '') : text;
}

function bodyOf(bytes: Buffer): Buffer {
  const at = bytes.indexOf('\r\n\r\n');
  return at < 0 ? Buffer.alloc(0) : bytes.subarray(at + 4);
}

/** What base64 parts hold. */
function unwrapped(bytes: Buffer): Buffer[] {
  const parts = bytes.toString('latin1').split(/\r\n\r\n/);
  return parts.map((part) => Buffer.from(part.split('\r\n--')[0]!, 'base64'));
}

function firstDifference(one: Buffer, other: Buffer): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  const show = (bytes: Buffer): string =>
    JSON.stringify(bytes.toString('latin1', Math.max(0, at - 20), at + 30));
  return `at byte ${at} of ${one.length}/${other.length}: ${show(one)} became ${show(other)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const server of SERVERS)
    console.log(JSON.stringify(await corpusJourney(server)) ?? `${server}: cannot be had`);
}

import { compose, type Letter } from './message.ts';
import { folderTree, keywords, organisation, type Person, person, subjects } from './names.ts';
import { Random } from './random.ts';

/** A message where it lies. */
export interface Mail {
  /** Unicode segments, root first; the inbox is `['INBOX']`. */
  folder: readonly string[];
  /** CRLF line ends throughout. */
  bytes: Buffer;
  /** `\Seen` and the like, as IMAP spells them; sorted. */
  flags: readonly string[];
  keywords: readonly string[];
  /** When it arrived: milliseconds since 1970, in whole seconds. */
  date: number;
}

export interface AccountShape {
  messages: number;
  folders: number;
  seed: number;
  /** `real`: median about 12 KB, 1 % above 1.25 MB, the largest 20 MB, 84 KB in the mean. `small`: 2 to 4 KB. */
  sizes: 'real' | 'small';
  owner?: Person;
  /** The last message's day; the first came ten years before. */
  until?: number;
  years?: number;
}

interface Thread {
  subject: string;
  ids: readonly string[];
}

const largest = 20_000_000;

/**
 * The mail of one invented person, oldest first: the same shape gives the same bytes. Sizes are spread evenly over
 * their distribution, so a short account has the mean of a long one.
 */
export function* accountMessages(shape: AccountShape): Generator<Mail> {
  const random = new Random(shape.seed);
  const owner = shape.owner ?? person(random, true);
  const folders = spread(shape.messages, shape.folders, random);
  const ranks = random.order(shape.messages);
  const until = shape.until ?? Date.UTC(2026, 9, 31, 18);
  const span = (shape.years ?? 10) * 365.25 * 86_400_000;
  const threads: Thread[] = [];
  for (let number = 0; number < shape.messages; number++) {
    const folder = folders[number]!;
    const share = (number + random.next()) / shape.messages;
    const date = Math.floor((until - span + span * share) / 1000) * 1000;
    const size = sizeOf((ranks[number]! + 0.5) / shape.messages, shape.sizes);
    const letter = write(number, folder, owner, date, size, threads, random);
    yield { folder, bytes: compose(letter, random), ...marks(folder, random), date };
  }
}

/** Every folder gets its share, at least one message where there are enough, in random order. */
function spread(messages: number, count: number, random: Random): (readonly string[])[] {
  const tree = folderTree(count);
  const total = tree.reduce((sum, { weight }) => sum + weight, 0);
  const list: (readonly string[])[] = [];
  for (const { path, weight } of tree.slice(1)) {
    const share = Math.max(1, Math.round((messages * weight) / total));
    for (let i = 0; i < share && list.length < messages; i++) list.push(path);
  }
  while (list.length < messages) list.push(tree[0]!.path);
  const order = random.order(messages);
  return Array.from(order, (i) => list[i]!);
}

/** The size below which this share of the messages lies: log-normal for `real`, even for `small`. */
function sizeOf(share: number, sizes: 'real' | 'small'): number {
  if (sizes === 'small') return Math.round(2_100 + share * 2_000);
  return Math.round(Math.min(largest, 11_800 * Math.exp(2 * normal(share))));
}

/** The inverse of the normal distribution (Hastings' approximation; good to 5e-4). */
function normal(share: number): number {
  const tail = Math.min(share, 1 - share);
  const t = Math.sqrt(-2 * Math.log(tail));
  const z =
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  return share < 0.5 ? -z : z;
}

function write(
  number: number,
  folder: readonly string[],
  owner: Person,
  date: number,
  size: number,
  threads: Thread[],
  random: Random,
): Letter {
  const other = person(random, random.chance(0.4));
  const sent = folder[0] === 'Éléments envoyés' || folder[0] === 'Brouillons';
  const messageId = random.chance(0.997)
    ? `${date.toString(36)}.${number.toString(36)}.${random.bits().toString(36)}@${organisation}`
    : null;
  const answered = threads.length > 0 && random.chance(0.45) ? random.pick(threads) : null;
  const subject =
    answered?.subject ?? random.pick(subjects).replace('{n}', String(1000 + random.below(9000)));
  const references = answered?.ids ?? [];
  if (messageId !== null) {
    threads.push({ subject, ids: [...references, messageId].slice(-8) });
    if (threads.length > 64) threads.splice(random.below(32), 1);
  }
  const to = sent ? [other] : [owner];
  if (random.chance(0.3)) to.push(person(random, true));
  return {
    messageId,
    from: sent ? owner : other,
    to,
    date: date - random.below(90) * 1000,
    subject: answered === null ? subject : `Re: ${subject}`,
    references,
    size,
    number,
  };
}

function marks(folder: readonly string[], random: Random): { flags: string[]; keywords: string[] } {
  const flags: string[] = [];
  if (random.chance(0.2)) flags.push('\\Answered');
  if (folder[0] === 'Brouillons') flags.push('\\Draft');
  if (random.chance(0.05)) flags.push('\\Flagged');
  if (random.chance(0.85)) flags.push('\\Seen');
  return { flags, keywords: random.chance(0.12) ? [random.pick(keywords)] : [] };
}

/**
 * Part of an account as another store of the same person holds it: byte-identical copies, elsewhere and with other
 * marks when asked.
 */
export function* copiesOf(
  mails: Iterable<Mail>,
  how: {
    share: number;
    seed: number;
    into?: (folder: readonly string[]) => readonly string[];
    otherMarks?: boolean;
  },
): Generator<Mail> {
  const random = new Random(how.seed);
  for (const mail of mails) {
    if (!random.chance(how.share)) continue;
    const changed = how.otherMarks === true && random.chance(0.5) ? marks(mail.folder, random) : {};
    yield { ...mail, folder: how.into?.(mail.folder) ?? mail.folder, ...changed };
  }
}

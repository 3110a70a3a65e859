import { isLoss, type RebuildNote } from '../mail/rebuild-note.ts';
import { isNotMail, type Role } from '../mail/role.ts';
import type { Entry, Folder } from '../stores/entry.ts';
import type { Aside } from '../stores/source.ts';
import type { Inspected } from './inspect.ts';
import { folderName } from './road.ts';
import {
  ARRIVAL_MAX,
  ARRIVAL_MIN,
  type Effect,
  OBSTACLES,
  type ObstacleName,
  TARGET_LIMITS,
  type TargetKind,
  type TargetLimits,
} from './target-limits.ts';

/** One message, folder or item that one kind of target does not take as it is. */
export interface Obstacle {
  target: TargetKind;
  is: ObstacleName;
  effect: Effect;
  /** The folder; of an item that is no mail, its path below the source. */
  folder: string;
  /** Null where it is the folder itself, or an item that has none. */
  key: string | null;
  subject: string | null;
  receivedAt: number | null;
  /** In bytes; of a folder, all its messages. */
  bytes: number;
  /** What exactly: a file name, the reason why an item is no mail, what is damaged. */
  detail: string | null;
  /** That it stands in the way is known from practice or memory alone. Left out: it is documented, or was measured. */
  unverified?: true;
}

/** All obstacles of one name for one kind of target. */
export interface ObstacleCount {
  is: ObstacleName;
  effect: Effect;
  count: number;
  bytes: number;
  /** See `Obstacle`. */
  unverified?: true;
  /** Of items that are no mail, how many by reason; of blocked attachments, by the ending of the file's name; of damaged parts, by note. */
  by: Record<string, number>;
  /** The first of them. */
  first: Obstacle[];
}

/** How many are kept by name for people; every one is told. */
export const FIRST_MAX = 20;

export interface ObstacleCounter {
  folder(folder: Pick<Folder, 'path' | 'role'>, messages: number, bytes: number): void;
  /** By the listing alone. */
  entry(folder: string, entry: Pick<Entry, 'key' | 'size' | 'receivedAt'>): void;
  message(
    folder: string,
    key: string,
    receivedAt: number | null,
    message: Inspected,
    notes?: readonly RebuildNote[],
  ): void;
  unread(folder: string, key: string, answer: string): void;
  aside(items: readonly Aside[]): void;
  counts(): ObstacleCount[];
}

/** Counts what stands in the way of each target, in memory that does not grow with it. */
export function countObstacles(
  target: TargetKind,
  limits: TargetLimits,
  tell: (obstacle: Obstacle) => void,
): ObstacleCounter {
  const counts = new Map<ObstacleName, ObstacleCount>();

  function add(
    is: ObstacleName,
    facts: Omit<Obstacle, 'target' | 'is' | 'effect'>,
    by?: string,
    n = 1,
  ): void {
    const effect = limits.effects[is];
    if (effect === undefined) return;
    const sure = limits.unverified.has(is) ? ({ unverified: true } as const) : {};
    const obstacle: Obstacle = { target, is, effect, ...facts, ...sure };
    const count = counts.get(is) ?? { is, effect, ...sure, count: 0, bytes: 0, by: {}, first: [] };
    count.count += n;
    if (by !== undefined) count.by[by] = (count.by[by] ?? 0) + n;
    count.bytes += obstacle.bytes;
    if (count.first.length < FIRST_MAX) count.first.push(obstacle);
    counts.set(is, count);
    tell(obstacle);
  }

  return {
    folder({ path, role }, messages, bytes) {
      const facts = { folder: folderName(path), key: null, subject: null, receivedAt: null, bytes };
      for (const { is, detail } of folderObstacles(path, role, messages, limits))
        add(is, { ...facts, detail });
    },
    entry(folder, { key, size, receivedAt }) {
      const facts = { folder, key, subject: null, receivedAt, bytes: size, detail: null };
      const large = largeness(size, limits);
      if (large !== null) add(large, facts);
      if (isImpossible(receivedAt)) add('arrival-date', facts);
    },
    message(folder, key, receivedAt, message, notes = []) {
      const { subject, size: bytes } = message;
      const facts = { folder, key, subject, receivedAt, bytes, detail: null };
      if (receivedAt === null && message.arrivedAt === null) add('arrival-date', facts);
      for (const { is, detail } of messageObstacles(message, limits))
        add(is, { ...facts, detail }, is === 'blocked-attachment' ? endingOf(detail!) : undefined);
      for (const note of notes.filter(isLoss)) add('incomplete', { ...facts, detail: note }, note);
    },
    unread(folder, key, answer) {
      const facts = { folder, key, subject: null, receivedAt: null, bytes: 0 };
      add('unreadable', { ...facts, detail: answer });
    },
    aside(items) {
      for (const { path, because, items: n } of items) {
        const facts = { folder: path, key: null, subject: null, receivedAt: null, bytes: 0 };
        add('no-mail', { ...facts, detail: because }, because, n);
      }
    },
    counts: () => OBSTACLES.flatMap((is) => counts.get(is) ?? []),
  };
}

/** The limits of a kind, with the largest message that this one target announces. */
export function limitsOf(kind: TargetKind, announcedMaxBytes: number | null): TargetLimits {
  const limits = TARGET_LIMITS[kind];
  if (announcedMaxBytes === null) return limits;
  if (limits.messageMaxBytes === null) return { ...limits, messageMaxBytes: announcedMaxBytes };
  return { ...limits, narrowMaxBytes: announcedMaxBytes };
}

function largeness(size: number, { messageMaxBytes, narrowMaxBytes }: TargetLimits): ObstacleName | null {
  if (messageMaxBytes !== null && size > messageMaxBytes) return 'too-large';
  return narrowMaxBytes !== null && size > narrowMaxBytes ? 'large' : null;
}

function isImpossible(receivedAt: number | null): boolean {
  return receivedAt !== null && (receivedAt < ARRIVAL_MIN || receivedAt > ARRIVAL_MAX);
}

interface Found {
  is: ObstacleName;
  detail: string | null;
}

/** A folder with a role goes to the target's folder of that role: its name does not matter. */
function* folderObstacles(
  path: readonly string[],
  role: Role | null,
  messages: number,
  limits: TargetLimits,
): Iterable<Found> {
  if (limits.folderMaxMessages !== null && messages > limits.folderMaxMessages)
    yield { is: 'folder-crowded', detail: null };
  if (role !== null) return;
  if (limits.levelsMax !== null && path.length > limits.levelsMax) yield { is: 'folder-deep', detail: null };
  const long = path.find((name) => Buffer.byteLength(name) > limits.nameMaxBytes);
  const whole = limits.pathMaxChars !== null && path.join('/').length > limits.pathMaxChars;
  if (long !== undefined || whole) yield { is: 'folder-long', detail: long ?? null };
  const odd = path.find((name) => limits.forbidden.test(name));
  if (odd !== undefined) yield { is: 'folder-characters', detail: odd };
  const top = path[0]!;
  const taken = limits.reserved.has(top.toLowerCase()) || (limits.reservesNoMail && isNotMail(top));
  if (taken && top !== 'INBOX') yield { is: 'folder-reserved', detail: top };
}

function* messageObstacles(message: Inspected, limits: TargetLimits): Iterable<Found> {
  if (message.date === null) yield { is: 'date', detail: message.dateText };
  const blocked = message.fileNames.find((name) => limits.blocked.has(endingOf(name)));
  if (blocked !== undefined) yield { is: 'blocked-attachment', detail: blocked };
  if (message.froms > 1) yield { is: 'several-from', detail: String(message.froms) };
  if (message.eightBitHeader) yield { is: 'eight-bit-header', detail: null };
  if (message.nul) yield { is: 'nul', detail: null };
  if (limits.lineMaxBytes !== null && message.longestLine > limits.lineMaxBytes)
    yield { is: 'long-line', detail: String(message.longestLine) };
}

/** Windows takes trailing points and spaces away from a name before it looks at its ending. */
function endingOf(name: string): string {
  const plain = name.replace(/[. ]+$/, '');
  return plain.slice(plain.lastIndexOf('.') + 1).toLowerCase();
}

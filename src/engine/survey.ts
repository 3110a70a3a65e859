import type { Role } from '../mail/role.ts';
import type { Entry, Folder } from '../stores/entry.ts';
import type { Aside, Reader, Source } from '../stores/source.ts';
import { abilitiesOf, type ServerSurvey } from './abilities.ts';
import { type ExpectedTime, expectedTime } from './expected-time.ts';
import { countGrowth, type MonthGrowth } from './growth.ts';
import { countObstacles, limitsOf, type Obstacle, type ObstacleCount } from './obstacles.ts';
import { folderName } from './road.ts';
import { readDeep, Sample, Speed } from './survey-reading.ts';
import type { TargetKind } from './target-limits.ts';

/** One folder, as counted by reading its listing. */
export interface FolderSurvey {
  path: readonly string[];
  role: Role | null;
  roleBy: 'store' | 'name' | null;
  selectable: boolean;
  messages: number;
  bytes: number;
  /** Arrival, milliseconds since 1970; null when no message tells. */
  oldest: number | null;
  newest: number | null;
}

export interface LargeMessage {
  path: readonly string[];
  key: string;
  size: number;
  receivedAt: number | null;
}

/** What would come of it at one kind of target. */
export interface Prospect {
  target: TargetKind;
  /** Largest message it takes, in bytes; null where only a refusal tells. */
  messageMaxBytes: number | null;
  /** What will not survive as it is. */
  obstacles: ObstacleCount[];
  time: ExpectedTime | null;
  /** Of the target itself, when it was given. */
  room: Survey['quota'];
}

/** A target asked about. What only the target itself tells is null where none was given. */
export interface Asked {
  kind: TargetKind;
  announcedMaxBytes: number | null;
  room: Survey['quota'];
}

/** What lies in a store, and how much. Sizes are as the store tells them. */
export interface Survey {
  name: string;
  folders: FolderSurvey[];
  messages: number;
  bytes: number;
  oldest: number | null;
  newest: number | null;
  /** The last twelve months, oldest first. */
  growth: MonthGrowth[];
  /** The largest messages, largest first. */
  largest: LargeMessage[];
  quota: { usedBytes: number; limitBytes: number } | null;
  /** What the server says of itself; null for files. */
  server: ServerSurvey | null;
  /** What lies there and is no message. */
  aside: readonly Aside[];
  /** Whether every message was read; else only the listing tells what stands in the way. */
  deep: boolean;
  /** Measured; null where no message was read. */
  readBytesPerSecond: number | null;
  prospects: Prospect[];
}

export interface SurveyOptions {
  signal: AbortSignal;
  /** Told as each folder is counted. */
  tell(folder: FolderSurvey): void;
  /** Told of everything that stands in the way, one by one. */
  tellObstacle?(obstacle: Obstacle): void;
  /** How many of the largest messages are named. */
  largest: number;
  quota: Survey['quota'];
  targets?: readonly Asked[];
  /** Reads every message. Left out: only a few, for the speed. */
  deep?: boolean;
  /** Milliseconds since 1970: growth is counted back from here. */
  now: number;
  /** What the source lets out in a day, in bytes; null: no known cap. */
  sourceBytesPerDay?: number | null;
}

type Surveyed = Reader & Pick<Source, 'aside' | 'server'>;

/**
 * Counts what lies in a store, and what of it stands in the way of each target. Without `deep` that is known from the
 * listings alone. Throws the reader's Troubles and the signal's reason.
 */
export async function survey(reader: Surveyed, options: SurveyOptions): Promise<Survey> {
  const counting = startCounting(options);
  const folders: FolderSurvey[] = [];
  for (const folder of await reader.folders()) {
    const counted = await countFolder(reader, folder, counting);
    folders.push(counted);
    options.tell(counted);
  }
  const told = (await reader.server?.()) ?? null;
  const server = told && { ...told, abilities: abilitiesOf(told) };
  const aside = reader.aside?.() ?? [];
  for (const { counter } of counting.targets) counter.aside(aside);
  if (!counting.deep && counting.targets.length > 0)
    await counting.sample.read(reader, options.signal, counting.speed);
  const totals = totalsOf(folders);
  return {
    ...{ name: reader.name, folders, ...totals, growth: counting.growth.months() },
    ...{ largest: counting.largest.kept(), quota: options.quota, server, aside, deep: counting.deep },
    readBytesPerSecond: counting.speed.bytesPerSecond(),
    prospects: prospectsOf(counting, totals, options.sourceBytesPerDay ?? null),
  };
}

type Counting = ReturnType<typeof startCounting>;

function startCounting({ signal, now, largest, targets = [], deep = false, tellObstacle }: SurveyOptions) {
  return {
    ...{ signal, deep, growth: countGrowth(now), largest: keepLargest(largest) },
    ...{ sample: new Sample(), speed: new Speed() },
    targets: targets.map(({ kind, announcedMaxBytes, room }) => {
      const limits = limitsOf(kind, announcedMaxBytes);
      return {
        kind,
        room,
        limits,
        counter: countObstacles(kind, limits, (obstacle) => tellObstacle?.(obstacle)),
      };
    }),
  };
}

async function countFolder(reader: Surveyed, folder: Folder, counting: Counting): Promise<FolderSurvey> {
  const { path, role, roleBy, selectable } = folder;
  const counted: FolderSurvey = {
    ...{ path, role, roleBy, selectable },
    ...{ messages: 0, bytes: 0, oldest: null, newest: null },
  };
  if (!selectable) return counted;
  const counters = counting.targets.map(({ counter }) => counter);
  const name = folderName(path);
  const listed: Pick<Entry, 'key' | 'receivedAt'>[] = [];
  const sampled: string[] = [];
  for await (const entry of reader.entries(folder)) {
    counting.signal.throwIfAborted();
    const { key, size, receivedAt } = entry;
    if (counting.deep) listed.push({ key, receivedAt });
    else if (Sample.wants(sampled.length, counted.bytes)) sampled.push(key);
    counted.messages++;
    counted.bytes += size;
    widen(counted, receivedAt, receivedAt);
    counting.growth.add(receivedAt, size);
    counting.largest.add({ path, key, size, receivedAt });
    for (const counter of counters) counter.entry(name, entry);
  }
  for (const counter of counters) counter.folder(folder, counted.messages, counted.bytes);
  const dated = (arrivedAt: number, size: number): void => {
    widen(counted, arrivedAt, arrivedAt);
    counting.growth.add(arrivedAt, size);
  };
  if (counting.deep) await readDeep(reader, folder, listed, counters, counting, dated);
  else counting.sample.offer(folder, counted.messages, sampled);
  return counted;
}

function prospectsOf(
  { targets, speed }: Counting,
  totals: Totals,
  sourceBytesPerDay: number | null,
): Prospect[] {
  const load = { ...totals, readBytesPerSecond: speed.bytesPerSecond(), sourceBytesPerDay };
  return targets.map(({ kind, room, limits, counter }) => ({
    target: kind,
    room,
    messageMaxBytes: limits.messageMaxBytes,
    obstacles: counter.counts(),
    time: expectedTime(kind, load),
  }));
}

type Totals = Pick<Survey, 'messages' | 'bytes' | 'oldest' | 'newest'>;

function totalsOf(folders: readonly FolderSurvey[]): Totals {
  const totals: Totals = { messages: 0, bytes: 0, oldest: null, newest: null };
  for (const { messages, bytes, oldest, newest } of folders) {
    totals.messages += messages;
    totals.bytes += bytes;
    widen(totals, oldest, newest);
  }
  return totals;
}

function widen(
  span: { oldest: number | null; newest: number | null },
  oldest: number | null,
  newest: number | null,
): void {
  if (oldest !== null && (span.oldest === null || oldest < span.oldest)) span.oldest = oldest;
  if (newest !== null && (span.newest === null || newest > span.newest)) span.newest = newest;
}

function keepLargest(limit: number): { add(message: LargeMessage): void; kept(): LargeMessage[] } {
  const kept: LargeMessage[] = [];
  return {
    add(message) {
      if (limit === 0 || (kept.length === limit && message.size <= kept.at(-1)!.size)) return;
      const at = kept.findIndex(({ size }) => size < message.size);
      kept.splice(at < 0 ? kept.length : at, 0, message);
      if (kept.length > limit) kept.pop();
    },
    kept: () => kept,
  };
}

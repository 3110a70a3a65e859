import type { Role } from '../mail/role.ts';
import type { Aside, Reader, Source } from '../stores/source.ts';

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

/** What lies in a store, and how much. Sizes are as the store tells them. */
export interface Survey {
  name: string;
  folders: FolderSurvey[];
  messages: number;
  bytes: number;
  oldest: number | null;
  newest: number | null;
  /** The largest messages, largest first. */
  largest: LargeMessage[];
  quota: { usedBytes: number; limitBytes: number } | null;
  /** What lies there and is no message. */
  aside: readonly Aside[];
}

export interface SurveyOptions {
  signal: AbortSignal;
  /** Told as each folder is counted. */
  tell(folder: FolderSurvey): void;
  /** How many of the largest messages are named. */
  largest: number;
  quota: Survey['quota'];
}

type Surveyed = Reader & Pick<Source, 'aside'>;

/** Counts what lies in a store from its listings; no message is read. Throws the reader's Troubles and the signal's reason. */
export async function survey(reader: Surveyed, options: SurveyOptions): Promise<Survey> {
  const folders: FolderSurvey[] = [];
  const largest = keepLargest(options.largest);
  for (const folder of await reader.folders()) {
    const { path, role, roleBy, selectable } = folder;
    const counted: FolderSurvey = {
      path,
      role,
      roleBy,
      selectable,
      messages: 0,
      bytes: 0,
      oldest: null,
      newest: null,
    };
    if (selectable) {
      for await (const { key, size, receivedAt } of reader.entries(folder)) {
        options.signal.throwIfAborted();
        counted.messages++;
        counted.bytes += size;
        widen(counted, receivedAt, receivedAt);
        largest.add({ path, key, size, receivedAt });
      }
    }
    folders.push(counted);
    options.tell(counted);
  }
  return {
    ...{ name: reader.name, folders, ...totalsOf(folders) },
    ...{ largest: largest.kept(), quota: options.quota, aside: reader.aside?.() ?? [] },
  };
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

import { isTrouble } from '../../trouble.ts';
import { type BodyHold, examine, fetchMessages } from '../../wire/imap/index.ts';
import type { Change, Entry, Folder } from '../entry.ts';
import { INTERNAL_HEAD_MAX_BYTES, INTERNAL_SUBJECT, isInternalHead } from '../internal-data.ts';
import type { Aside } from '../source.ts';
import { parseKey } from './keys.ts';
import type { ImapReader } from './reader.ts';

/** Such a message has some 550 bytes; no other is looked at, so that it costs nothing where there is none. */
const SMALLEST = 400;
const LARGEST = 1_000;

/**
 * Leaves out the account book of a server that keeps its folders as mbox files, where another server shows it as the
 * first message of the folder. Anywhere else in the folder a person put it there.
 */
export class InternalData {
  readonly #reader: ImapReader;
  /** By handle. */
  readonly #aside = new Map<string, Aside>();

  constructor(reader: ImapReader) {
    this.#reader = reader;
  }

  /** Those met so far. */
  aside(): readonly Aside[] {
    return [...this.#aside.values()];
  }

  /** Of a folder that is told from the start; what is told later is not its first message. */
  async *changes(
    folder: Folder,
    since: string | null,
    changes: AsyncIterable<Change>,
  ): AsyncIterable<Change> {
    let atStart = since === null;
    let first: Entry | null = null;
    let last: Change | null = null;
    for await (const change of changes) {
      if (change.is === 'reset') atStart = true;
      else if (change.is === 'checkpoint' && first !== null) {
        // Told at the end, when the connection of the listing is free again.
        last = change;
        continue;
      } else if (change.is === 'entry' && atStart) {
        atStart = false;
        if (mayBe(change.entry)) {
          first = change.entry;
          continue;
        }
      }
      yield change;
    }
    if (first !== null && !(await this.#is(folder, first))) yield { is: 'entry', entry: first };
    if (last !== null) yield last;
  }

  async *entries(folder: Folder, since: string | null, entries: AsyncIterable<Entry>): AsyncIterable<Entry> {
    let atStart = since === null;
    let first: Entry | null = null;
    for await (const entry of entries) {
      if (atStart && mayBe(entry)) first = entry;
      else yield entry;
      atStart = false;
    }
    if (first !== null && !(await this.#is(folder, first))) yield first;
  }

  /** A message whose header cannot be had is told: reading it tells why. */
  async #is(folder: Folder, { key }: Entry): Promise<boolean> {
    const at = parseKey(key);
    if (at === null) return false;
    const lease = await this.#reader.pool.acquire(folder.handle);
    let whole = false;
    let found = false;
    try {
      const opened = await examine(lease.conn, folder.handle);
      if (this.#reader.numbering.of(folder.handle, opened) === at.validity)
        for await (const { body } of fetchMessages(lease.conn, `${at.uid}`, heads(), { part: 'header' }))
          found ||= body === true;
      whole = true;
    } catch (error) {
      if (!isTrouble(error, 'refused', 'missing') || lease.conn.closed) throw error;
      whole = true;
    } finally {
      if (!whole) lease.conn.destroy();
      lease.release();
    }
    const path = `${folder.path.join(' / ')}: ${INTERNAL_SUBJECT}`;
    if (found) this.#aside.set(folder.handle, { path, because: 'index' });
    return found;
  }
}

function mayBe({ size }: Entry): boolean {
  return size >= SMALLEST && size <= LARGEST;
}

function heads(): BodyHold<boolean> {
  return {
    begin(size) {
      let head = '';
      return {
        write(piece) {
          if (head.length <= INTERNAL_HEAD_MAX_BYTES) head += Buffer.from(piece).toString('latin1');
        },
        end: () => size <= INTERNAL_HEAD_MAX_BYTES && isInternalHead(head),
        abort: () => undefined,
      };
    },
  };
}

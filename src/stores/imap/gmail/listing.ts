import { Trouble } from '../../../trouble.ts';
import { type Connection, examine, type Fetched, fetchListing, search } from '../../../wire/imap/index.ts';
import { Damage, unlessRefused } from '../narrow.ts';
import type { Pool } from '../pool.ts';
import { Catalog, type Filed } from './catalog.ts';
import type { View } from './folders.ts';
import { readLabels } from './labels.ts';

/** Sets of labels kept, as text, before all further ones count as none: against servers that would fill the memory. */
const LABELS_MAX_CHARS = 64 * 1024 * 1024;
/** More messages than any account has that a server can still open. */
const MESSAGES_MAX = 20_000_000;
const THROWN_AWAY = /^\\(junk|spam|trash)$/i;

/** The folders were renumbered since they were looked at: look again. */
export class Renumbered extends Error {}

/**
 * One listing of the physical folders into a catalog. A listing that is cut goes on where it was when it is begun again, so that
 * a line which drops every few minutes lists a large account all the same.
 */
export class Listing {
  readonly view: View;
  readonly catalog: Catalog;
  readonly #bySet = new Map<string, number>();
  #setChars = 0;
  #at = 0;
  /** In the folder that is being listed: everything below was told, as long as it came in order. */
  #next = 1;
  #seen = 0;
  #count = 0;
  #damage = new Damage();

  constructor(view: View) {
    this.view = view;
    this.catalog = new Catalog(view.shown.length);
  }

  /** To the end. Throws `Renumbered` and the reader's Troubles; may be called again after those. */
  async finish(pool: Pool): Promise<void> {
    for (; this.#at < this.view.physicals.length; this.#at += 1) {
      await this.#listOne(pool, this.#at);
      this.#next = 1;
      this.#seen = 0;
      this.#damage = new Damage();
    }
    this.catalog.sort();
  }

  async #listOne(pool: Pool, physical: number): Promise<void> {
    const { handle, status } = this.view.physicals[physical]!;
    const lease = await pool.acquire(handle);
    let whole = false;
    try {
      const opened = await examine(lease.conn, handle);
      if ((opened.uidValidity ?? 0) !== (status.uidValidity ?? 0)) throw new Renumbered();
      if (opened.exists > 0) await this.#tell(lease.conn, physical, opened.exists);
      whole = true;
    } finally {
      if (!whole) lease.conn.destroy();
      lease.release();
    }
  }

  async #tell(conn: Connection, physical: number, exists: number): Promise<void> {
    const first = this.#next;
    let inOrder = true;
    let singly = this.#damage.any;
    const refused = (): void => {
      singly = true;
      this.#damage.refusedWhole();
    };
    if (!singly)
      for await (const row of unlessRefused(
        conn,
        fetchListing(conn, `${first}:*`, { gmail: true }),
        refused,
      )) {
        // `n:*` names the last message even when it lies before n (RFC 9051 §9).
        if (row.uid < first) continue;
        this.#add(physical, row);
        this.#seen += 1;
        inOrder &&= row.uid >= this.#next;
        this.#next = inOrder ? row.uid + 1 : first;
      }
    if (singly || this.#seen !== exists) await this.#reconcile(conn, physical);
  }

  /** The number of messages is not what was told: the listing left some out or was refused, or some came and went. */
  async #reconcile(conn: Connection, physical: number): Promise<void> {
    const there = await search(conn, ['ALL']);
    const silent = new Set(there);
    for await (const row of this.#damage.list(conn, there, { gmail: true }))
      if (silent.delete(row.uid)) this.#add(physical, row);
    // The server counts it and will not describe it: told all the same, so that it is accounted for.
    for (const uid of silent)
      this.#add(physical, { ...{ uid, flags: [], internalDate: null, size: 0 }, gmail: null });
  }

  #add(
    physical: number,
    row: Pick<Fetched<null>, 'uid' | 'flags' | 'internalDate' | 'size' | 'gmail'>,
  ): void {
    if (this.#count++ > 2 * MESSAGES_MAX) {
      const on = this.view.physicals[physical]!.name;
      throw new Trouble('malformed', { tried: 'list-messages', on, answer: 'more messages than can be' });
    }
    const { uid, gmail } = row;
    const filing = this.#filingOf(physical, gmail?.labels ?? [], row.flags ?? []);
    const id = idOf(gmail?.messageId ?? null) ?? withoutId(physical, uid);
    this.catalog.add({ id, physical, uid, filing, receivedAt: row.internalDate, size: row.size ?? 0 });
  }

  /** Most messages have the labels and marks of some other message. */
  #filingOf(physical: number, labels: readonly string[], marks: readonly string[]): number {
    const full = this.#setChars > LABELS_MAX_CHARS;
    const key = JSON.stringify([this.view.physicals[physical]!.own, full ? [] : labels, full ? [] : marks]);
    const known = this.#bySet.get(key);
    if (known !== undefined) return known;
    this.#setChars += key.length;
    const filing = this.catalog.addFiling(this.#file(physical, full ? [] : labels, full ? [] : marks));
    this.#bySet.set(key, filing);
    return filing;
  }

  #file(physical: number, labels: readonly string[], marks: readonly string[]): Filed {
    const { physicals, visible, nameOf, files, byPath } = this.view;
    const { own } = physicals[physical]!;
    // Spam and trash are where a message lies, not what it is called: what lies elsewhere is filed as that.
    const said = labels.filter((label) => !THROWN_AWAY.test(label) || visible.has(label));
    const read = readLabels(own === null ? said : [...said, own], visible, nameOf);
    const { path, alsoIn } = files.file(read, nameOf('archived'));
    const folder = byPath.get(JSON.stringify(path))!;
    const isThrownAway = own !== null && THROWN_AWAY.test(own);
    return { folder, marks, alsoIn: isThrownAway ? alsoIn : [...alsoIn, ...read.unseen] };
  }
}

function idOf(text: string | null): bigint | null {
  if (text === null || !/^\d{1,20}$/.test(text)) return null;
  const id = BigInt(text);
  return id > 0n && id < 1n << 63n ? id : null;
}

/** A number of ours, beyond all that Google gives, for a message that is told without one. */
function withoutId(physical: number, uid: number): bigint {
  return (0xffffn << 48n) | (BigInt(physical & 0xffff) << 32n) | BigInt(uid);
}

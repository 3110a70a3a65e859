import type { Entry } from '../../stores/entry.ts';
import type { Item, ItemIdentity, Waiting } from '../ledger.ts';
import { markSet } from '../marks.ts';
import { digestList } from './digests.ts';
import { bytes, bytesOrNull, ITEM_COLUMNS, type ItemRow, itemOf, type Marks, type Paths } from './rows.ts';
import type { Tail } from './tail.ts';

/** What the sources told. */
export class Items {
  readonly #tail: Tail;
  readonly #marks: Marks;
  readonly #paths: Paths;

  constructor(tail: Tail, marks: Marks, paths: Paths) {
    this.#tail = tail;
    this.#marks = marks;
    this.#paths = paths;
  }

  note(folder: number, account: number, entries: readonly Entry[]): number {
    let fresh = 0;
    for (const entry of entries) {
      const added = this.#add(folder, account, entry);
      if (!added) this.#comeBack(folder, entry.key);
      fresh += added;
    }
    return fresh;
  }

  #add(folder: number, account: number, { key, size, receivedAt, marks, alsoIn }: Entry): number {
    const marksId = this.#marks.id(markSet(marks));
    const sql = `INSERT INTO items (folder, account, key, size, received_at, marks, also_in)
      VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (folder, key) DO NOTHING`;
    return this.#tail.run(sql, folder, account, key, size, receivedAt, marksId, this.#paths.id(alsoIn ?? []));
  }

  #comeBack(folder: number, key: string): void {
    const sql = 'UPDATE items SET gone = 0 WHERE folder = ? AND key = ? AND gone = 1 RETURNING landing';
    this.#touch(this.#tail.all<{ landing: number | null }>(sql, folder, key));
  }

  /** Answers how many were not gone before. */
  gone(folder: number, keys: readonly string[]): number {
    const sql = 'UPDATE items SET gone = 1 WHERE folder = ? AND key = ? AND gone = 0 RETURNING landing';
    const rows = keys.flatMap((key) => this.#tail.all<{ landing: number | null }>(sql, folder, key));
    this.#touch(rows);
    return rows.length;
  }

  /** Answers how many were not gone before. */
  allGone(folder: number): number {
    const landings = 'SELECT landing FROM items WHERE folder = ? AND gone = 0 AND landing IS NOT NULL';
    this.#tail.run(`UPDATE landings SET unmarked = 1 WHERE id IN (${landings})`, folder);
    return this.#tail.run('UPDATE items SET gone = 1 WHERE folder = ? AND gone = 0', folder);
  }

  remark(folder: number, changes: readonly { key: string; marks: readonly string[] }[]): void {
    const sql =
      'UPDATE items SET marks = ?1 WHERE folder = ?2 AND key = ?3 AND marks <> ?1 RETURNING landing';
    for (const { key, marks } of changes) {
      const id = this.#marks.id(markSet(marks));
      this.#touch(this.#tail.all<{ landing: number | null }>(sql, id, folder, key));
    }
  }

  identify(found: readonly ItemIdentity[]): void {
    const sql = `UPDATE items SET exact = ?, kin = ?, likely = ?, message_id = ?, subject = ?, size = ?, marks = ?,
      received_at = coalesce(?, received_at) WHERE id = ? RETURNING landing`;
    for (const one of found) {
      const { messageId, subject, size, receivedAt } = one;
      const digests = [bytes(one.exact), bytes(one.kin), bytesOrNull(one.likely)] as const;
      const marks = this.#marks.id(markSet(one.marks));
      const row = this.#tail.get<{ landing: number | null }>(
        sql,
        ...digests,
        messageId,
        subject,
        size,
        marks,
        receivedAt,
        one.item,
      );
      if (!row) throw new Error(`no item ${one.item}`);
      this.#touch([row]);
    }
  }

  waiting(folder: number, after: number, limit: number): Item[] {
    const waiting = 'outcome IS NULL AND gone = 0 AND landing IS NULL';
    return this.#select(`folder = ? AND ${waiting} AND id > ? ORDER BY id LIMIT ?`, folder, after, limit);
  }

  waitingByFolder(): Waiting[] {
    const rows = this.#tail.all<Waiting>(
      `SELECT folder, count(*) AS items, sum(size) AS bytes FROM items
        WHERE outcome IS NULL AND gone = 0 AND landing IS NULL GROUP BY folder ORDER BY folder`,
    );
    return rows.map((row) => ({ ...row }));
  }

  page(folder: number, after: number, limit: number): Item[] {
    return this.#select('folder = ? AND id > ? ORDER BY id LIMIT ?', folder, after, limit);
  }

  exceptions(after: number, limit: number): Item[] {
    return this.#select('outcome >= 2 AND id > ? ORDER BY id LIMIT ?', after, limit);
  }

  of(landings: readonly number[]): Item[] {
    const items = this.#select('landing IN (SELECT value FROM json_each(?))', JSON.stringify(landings));
    return items.sort((one, other) => one.id - other.id);
  }

  goneByExact(account: number, exact: readonly string[]): Item[] {
    const where = `account = ? AND gone = 1 AND landing IS NOT NULL
      AND exact IN (SELECT unhex(value) FROM json_each(?))`;
    const items = this.#select(where, account, digestList(exact));
    return items.sort((one, other) => one.id - other.id);
  }

  #select(where: string, ...values: (number | string)[]): Item[] {
    const rows = this.#tail.rows<ItemRow>(`SELECT ${ITEM_COLUMNS} FROM items WHERE ${where}`, ...values);
    return rows.map((row) => itemOf(row, this.#marks, this.#paths));
  }

  /** The marks of these landings may now differ from what their items want. */
  #touch(rows: readonly { landing: number | null }[]): void {
    for (const { landing } of rows) {
      if (landing !== null) this.#tail.run('UPDATE landings SET unmarked = 1 WHERE id = ?', landing);
    }
  }
}

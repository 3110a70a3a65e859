import type { FoundMessage, ItemIdentity, Landing, Step } from '../ledger.ts';
import { markSet, sameMarks, wantedMarks } from '../marks.ts';
import { type Digests, digestList } from './digests.ts';
import {
  alteredText,
  bytes,
  bytesOrNull,
  LANDING_COLUMNS,
  type LandingRow,
  landingOf,
  type Marks,
} from './rows.ts';
import type { Tail } from './tail.ts';

const WAITING = 'id = ? AND outcome IS NULL AND landing IS NULL AND gone = 0';

/** How many touched landings are looked at in one go. */
const TOUCHED_PAGE = 200;

/** What lies, or may lie, at the target. */
export class Landings {
  readonly #tail: Tail;
  readonly #marks: Marks;
  readonly #digests: Digests;

  constructor(tail: Tail, marks: Marks, digests: Digests) {
    this.#tail = tail;
    this.#marks = marks;
    this.#digests = digests;
  }

  intend(step: Step, intendedAt: number): number {
    const marks = this.#marks.id(markSet(step.marks));
    const landing = this.#add(
      step.place,
      0,
      marks,
      step,
      null,
      step.rung,
      alteredText(step.altered),
      intendedAt,
    );
    const wanted = step.read ? this.#linkRead(step, landing, step.read) : this.#link(step, landing);
    if (wanted !== marks) this.#tail.run('UPDATE landings SET unmarked = 1 WHERE id = ?', landing);
    return landing;
  }

  /** The item gets its landing; answers its marks. */
  #link(step: Step, landing: number): number {
    const sql = `UPDATE items SET landing = ? WHERE ${WAITING} RETURNING marks`;
    const item = this.#tail.get<{ marks: number }>(sql, landing, step.item);
    if (!item) throw new Error(`item ${step.item} is not waiting`);
    return item.marks;
  }

  #linkRead(step: Step, landing: number, read: Omit<ItemIdentity, 'item'>): number {
    const marks = this.#marks.id(markSet(read.marks));
    const sql = `UPDATE items SET landing = ?, exact = ?, kin = ?, likely = ?, message_id = ?, subject = ?, size = ?,
      marks = ?, received_at = coalesce(?, received_at) WHERE ${WAITING}`;
    const linked = this.#tail.run(
      sql,
      landing,
      bytes(read.exact),
      bytes(read.kin),
      bytesOrNull(read.likely),
      read.messageId,
      read.subject,
      read.size,
      marks,
      read.receivedAt,
      step.item,
    );
    if (linked !== 1) throw new Error(`item ${step.item} is not waiting`);
    return marks;
  }

  found(place: number, messages: readonly FoundMessage[], intendedAt: number): void {
    for (const message of messages) {
      const sql = 'SELECT id FROM landings WHERE place = ? AND key = ?';
      if (this.#tail.get(sql, place, message.key)) continue;
      const marks = this.#marks.id(markSet(message.marks));
      this.#add(place, 3, marks, message, message.key, 'as-is', null, intendedAt);
    }
  }

  #add(
    place: number,
    state: number,
    marks: number,
    message: Omit<FoundMessage, 'key'>,
    key: string | null,
    rung: string,
    altered: string | null,
    intendedAt: number,
  ): number {
    const sql = `INSERT INTO landings (place, state, unmarked, size, marks, received_at, intended_at, key, exact, kin,
      sent, likely, rung, altered, message_id) VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
    return this.#tail.insert(
      sql,
      place,
      state,
      message.size,
      marks,
      message.receivedAt,
      intendedAt,
      key,
      bytes(message.exact),
      bytes(message.kin),
      message.sent === message.exact ? null : bytes(message.sent),
      bytesOrNull(message.likely),
      rung,
      altered,
      message.messageId,
    );
  }

  /** Few are in these states: those under way, and what could not be read back. */
  inState(state: 0 | 1, place: number | undefined): Landing[] {
    const where = 'state < 2 AND state = ?';
    const rows =
      place === undefined ? this.#select(where, state) : this.#select(`${where} AND place = ?`, state, place);
    return rows.sort((one, other) => one.id - other.id);
  }

  /** Landings with one of these digests. A write. */
  by(column: 'exact' | 'kin', digests: readonly string[]): Landing[] {
    const rows = this.#select(this.#digests.where(column), digestList(digests));
    return rows.sort((one, other) => one.id - other.id);
  }

  byKey(place: number, keys: readonly string[]): Landing[] {
    const list = JSON.stringify(keys.map((key) => key.toWellFormed()));
    const rows = this.#select('place = ? AND key IN (SELECT value FROM json_each(?))', place, list);
    return rows.sort((one, other) => one.id - other.id);
  }

  one(id: number): Landing | null {
    return this.#select('id = ?', id)[0] ?? null;
  }

  /** Only touched landings are looked at; one that turns out right is no longer touched. A write. */
  unmarked(after: number, limit: number): { landing: Landing; wanted: string[] }[] {
    const answer: { landing: Landing; wanted: string[] }[] = [];
    let last = after;
    while (answer.length < limit) {
      const where = 'unmarked = 1 AND key IS NOT NULL AND id > ? ORDER BY id LIMIT ?';
      const touched = this.#select(where, last, TOUCHED_PAGE);
      for (const landing of touched) {
        const wanted = this.#wanted(landing);
        if (sameMarks(wanted, landing.marks)) this.#right(landing.id);
        else answer.push({ landing, wanted });
        if (answer.length === limit) break;
      }
      if (touched.length < TOUCHED_PAGE) break;
      last = touched.at(-1)!.id;
    }
    return answer;
  }

  #wanted(landing: Landing): string[] {
    const sql = 'SELECT marks, gone FROM items WHERE landing = ?';
    const items = this.#tail
      .all<{ marks: number; gone: number }>(sql, landing.id)
      .map((row) => ({ marks: this.#marks.value(row.marks), gone: row.gone === 1 }));
    return wantedMarks(landing.state, landing.marks, items);
  }

  #right(landing: number): void {
    this.#tail.run('UPDATE landings SET unmarked = 0 WHERE id = ?', landing);
  }

  #select(where: string, ...values: (number | string)[]): Landing[] {
    const rows = this.#tail.rows<LandingRow>(
      `SELECT ${LANDING_COLUMNS} FROM landings WHERE ${where}`,
      ...values,
    );
    return rows.map((row) => landingOf(row, this.#marks));
  }
}

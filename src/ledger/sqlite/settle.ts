import type { Outcome } from '../ledger.ts';
import { markSet } from '../marks.ts';
import { alteredText, bytesOrNull, type Marks, OUTCOMES, SAME_BY, STATES } from './rows.ts';
import type { Tail } from './tail.ts';

interface OpenItem {
  id: number;
  account: number;
  outcome: number | null;
  landing: number | null;
  gone: number;
}

interface Bare {
  id: number;
  place: number;
  state: number;
}

type OfLanding = Outcome & { is: 'landed' | 'verified' | 'absent' | 'marked' };

/** `Ledger.settle`: every refusal is a plain Error and means a bug of the caller. */
export class Settling {
  readonly #tail: Tail;
  readonly #marks: Marks;

  constructor(tail: Tail, marks: Marks) {
    this.#tail = tail;
    this.#marks = marks;
  }

  settle(outcome: Outcome): void {
    if (this.#asExpected(outcome)) return;
    if ('reason' in outcome) this.#without(outcome);
    else if (outcome.is === 'again') this.#again(outcome.item);
    else if (outcome.is === 'merged') this.#merged(outcome);
    else if (outcome.is === 'moved') this.#moved(outcome);
    else this.#landing(this.#bare(outcome.landing), outcome);
  }

  /** The two outcomes of nearly every message, in one statement each; anything unusual takes the long way. */
  #asExpected(outcome: Outcome): boolean {
    if (outcome.is === 'landed' && outcome.key !== null) {
      const sql = 'UPDATE OR IGNORE landings SET state = 1, key = ? WHERE id = ? AND state = 0';
      if (this.#tail.run(sql, outcome.key, outcome.landing) !== 1) return false;
      this.#copied(outcome.landing);
      return true;
    }
    if (outcome.is !== 'verified') return false;
    const { landing, key, altered } = outcome;
    const sql =
      'UPDATE landings SET state = 2, stored = ?, altered = ? WHERE id = ? AND key = ? AND state = 1';
    return this.#tail.run(sql, bytesOrNull(outcome.stored), alteredText(altered), landing, key) === 1;
  }

  #landing(landing: Bare, outcome: OfLanding): void {
    if (outcome.is === 'landed') this.#landed(landing, outcome.key);
    else if (outcome.is === 'verified') this.#verified(landing, outcome);
    else if (outcome.is === 'absent') this.#absent(landing.id);
    else this.#marked(landing.id, outcome.marks);
  }

  #landed({ id, place, state }: Bare, key: string | null): void {
    if (state > 1) throw new Error(`landing ${id} is ${STATES[state]} and cannot land`);
    if (key !== null) this.#claimKey(id, place, key);
    this.#tail.run('UPDATE landings SET state = 1, key = coalesce(?, key) WHERE id = ?', key, id);
    this.#copied(id);
  }

  #verified({ id, place, state }: Bare, outcome: Outcome & { is: 'verified' }): void {
    if (state === 3) throw new Error(`landing ${id} is found and cannot be verified`);
    const { key, altered } = outcome;
    const stored = bytesOrNull(outcome.stored);
    this.#claimKey(id, place, key);
    const sql = 'UPDATE landings SET state = 2, key = ?, stored = ?, altered = ? WHERE id = ?';
    this.#tail.run(sql, key, stored, alteredText(altered), id);
    if (state === 0) this.#copied(id);
  }

  #absent(landing: number): void {
    this.#tail.run(
      'UPDATE items SET landing = NULL, outcome = NULL, same_by = NULL WHERE landing = ?',
      landing,
    );
    this.#tail.run('DELETE FROM landings WHERE id = ?', landing);
  }

  #marked(landing: number, marks: readonly string[]): void {
    const id = this.#marks.id(markSet(marks));
    this.#tail.run('UPDATE landings SET marks = ?, unmarked = 1 WHERE id = ?', id, landing);
  }

  #merged({ item: id, landing, by }: Outcome & { is: 'merged' }): void {
    const item = this.#open(id);
    this.#bare(landing);
    this.#refuseTwin(landing, item.account);
    const sql = 'UPDATE items SET landing = ?, outcome = 1, same_by = ? WHERE id = ?';
    this.#tail.run(sql, landing, SAME_BY.indexOf(by), id);
    this.#joined(id, landing);
  }

  #moved({ item: id, from: fromId }: Outcome & { is: 'moved' }): void {
    const item = this.#open(id);
    const from = this.#item(fromId);
    if (!from.gone || from.landing === null || from.account !== item.account) {
      throw new Error(`item ${id} cannot follow item ${fromId}`);
    }
    this.#tail.run('UPDATE items SET landing = NULL, outcome = NULL, same_by = NULL WHERE id = ?', fromId);
    const sql = 'UPDATE items SET landing = ?, outcome = ?, same_by = 2 WHERE id = ?';
    this.#tail.run(sql, from.landing, from.outcome, id);
    this.#joined(id, from.landing);
  }

  #without({ item: id, is, reason }: Outcome & { is: 'left' | 'asked' }): void {
    const item = this.#item(id);
    if (item.outcome !== null) throw new Error(`item ${id} is already ${OUTCOMES[item.outcome]}`);
    if (item.landing !== null) this.#withdraw(item.landing);
    const sql = 'UPDATE items SET landing = NULL, outcome = ?, reason = ?, same_by = NULL WHERE id = ?';
    this.#tail.run(sql, OUTCOMES.indexOf(is), reason, id);
  }

  #again(id: number): void {
    const sql = 'UPDATE items SET outcome = NULL, reason = NULL WHERE id = ? AND outcome = ?';
    const left = this.#tail.run(sql, id, OUTCOMES.indexOf('left'));
    if (left !== 1) throw new Error(`item ${id} was not left`);
  }

  #withdraw(landing: number): void {
    const { held } = this.#tail.get<{ held: number }>(
      'SELECT count(*) AS held FROM items WHERE landing = ?',
      landing,
    )!;
    if (held > 1) throw new Error(`landing ${landing} holds other items`);
    this.#tail.run('DELETE FROM landings WHERE id = ?', landing);
  }

  /** A message seen as found under this key was ours all the time: what joined it belongs to the landing. */
  #claimKey(landing: number, place: number, key: string): void {
    const sql = 'SELECT id, place, state FROM landings WHERE place = ? AND key = ? AND id <> ?';
    const other = this.#tail.get<Bare>(sql, place, key, landing);
    if (!other) return;
    if (other.state !== 3) throw new Error(`key ${key} belongs to landing ${other.id}`);
    const sqlHeld = 'SELECT id, account FROM items WHERE landing = ? ORDER BY id';
    const held = this.#tail.all<OpenItem>(sqlHeld, other.id);
    for (const item of held) {
      this.#refuseTwin(landing, item.account);
      this.#tail.run('UPDATE items SET landing = ? WHERE id = ?', landing, item.id);
    }
    this.#tail.run('UPDATE landings SET unmarked = 1 WHERE id = ?', landing);
    this.#tail.run('DELETE FROM landings WHERE id = ?', other.id);
  }

  #refuseTwin(landing: number, account: number): void {
    const twin = this.#tail.get('SELECT id FROM items WHERE landing = ? AND account = ?', landing, account);
    if (twin) throw new Error(`landing ${landing} already holds an item of account ${account}`);
  }

  /** A landing whose marks were right stays right when an item with the very same marks joins it. */
  #joined(item: number, landing: number): void {
    const sql =
      'UPDATE landings SET unmarked = 1 WHERE id = ? AND marks <> (SELECT marks FROM items WHERE id = ?)';
    this.#tail.run(sql, landing, item);
  }

  #copied(landing: number): void {
    this.#tail.run('UPDATE items SET outcome = 0 WHERE landing = ? AND outcome IS NULL', landing);
  }

  #open(id: number): OpenItem {
    const item = this.#item(id);
    if (item.outcome !== null || item.landing !== null) {
      throw new Error(`item ${id} already has an end or a landing`);
    }
    return item;
  }

  #item(id: number): OpenItem {
    const item = this.#tail.get<OpenItem>(
      'SELECT id, account, outcome, landing, gone FROM items WHERE id = ?',
      id,
    );
    if (!item) throw new Error(`no item ${id}`);
    return item;
  }

  #bare(id: number): Bare {
    const landing = this.#tail.get<Bare>('SELECT id, place, state FROM landings WHERE id = ?', id);
    if (!landing) throw new Error(`no landing ${id}`);
    return landing;
  }
}

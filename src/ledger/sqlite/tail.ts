import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isRefusal, troubleOf } from './failure.ts';
import type { LedgerFile } from './open.ts';

/** What may be lost by a crash at most: this many rows, or what was told in this time. */
const ROWS_MAX = 5000;
const HELD_MAX_MS = 1000;

type Row = Record<string, unknown>;

/**
 * The one open transaction. What is told is collected in it, in order, and committed as a whole: so a crash loses a
 * tail of what was told, never a middle. Reads go through the same connection and see it.
 */
export class Tail {
  readonly #file: LedgerFile;
  readonly #path: string;
  readonly #statements = new Map<string, StatementSync>();
  readonly #onRollback: (() => void)[] = [];
  #rows = 0;
  #timer: NodeJS.Timeout | null = null;
  /** The next commit, not begun yet. */
  #coming: Promise<void> | null = null;
  /** The synchronisation under way; never rejected. */
  #going: Promise<void> = Promise.resolve();
  /** Something that was told is committed and not synchronised. */
  #unsafe = false;
  #closed = false;
  /** Why the ledger refuses further work. */
  #broken: unknown = null;

  constructor(file: LedgerFile, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** `forget` is called when rows told before may be gone again. */
  onRollback(forget: () => void): void {
    this.#onRollback.push(forget);
  }

  all<R = Row>(sql: string, ...values: SQLInputValue[]): R[] {
    return this.#statement(sql).all(...values) as R[];
  }

  /** As `all`, each row a list of its columns: a third of the time where many are read. */
  rows<R extends unknown[]>(sql: string, ...values: SQLInputValue[]): R[] {
    return this.#statement(sql, true).all(...values) as unknown as R[];
  }

  get<R = Row>(sql: string, ...values: SQLInputValue[]): R | undefined {
    return this.#statement(sql).get(...values) as R | undefined;
  }

  /** Answers the id of the row that was inserted last. */
  insert(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).lastInsertRowid);
  }

  /** Answers how many rows were changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** @throws Trouble `read-file` */
  read<T>(work: () => T): T {
    this.#usable();
    try {
      return work();
    } catch (error) {
      if (isRefusal(error)) throw error;
      throw this.#break(troubleOf(error, 'read-file', this.#path) ?? error);
    }
  }

  /**
   * One verb, done as a whole or not at all.
   *
   * @throws Trouble `write-ledger`; the whole tail is then rolled back and the ledger refuses further work
   */
  write<T>(rows: number, work: () => T): T {
    this.#usable();
    let answer: T;
    try {
      this.#begin();
      answer = work();
      this.#exec('RELEASE verb');
    } catch (error) {
      if (!isRefusal(error)) throw this.#break(this.#unwritten(error));
      this.#takeBack();
      throw error;
    }
    this.#rows += rows;
    if (this.#rows >= ROWS_MAX) {
      this.#commit();
      this.#soon();
    }
    return answer;
  }

  /** Safe from the end of this process when it returns, not yet from a power cut. @throws Trouble `write-ledger` */
  #commit(): void {
    this.#usable();
    if (!this.#file.db.isTransaction) return;
    try {
      this.#exec('COMMIT');
    } catch (error) {
      throw this.#break(this.#unwritten(error));
    }
    this.#unsafe ||= this.#rows > 0;
    this.#settled();
  }

  /**
   * Resolves when everything told so far is durable. While the disk is still busy with what was told before, others may
   * join: one commit and one synchronisation serve all who wait.
   *
   * @throws Trouble `write-ledger`
   */
  async durable(): Promise<void> {
    this.#usable();
    this.#coming ??= this.#comingAfter(this.#going);
    await this.#coming;
  }

  async #comingAfter(before: Promise<void>): Promise<void> {
    await before;
    await nextTurn();
    this.#coming = null;
    this.#commit();
    if (!this.#unsafe) return;
    this.#unsafe = false;
    const going = this.#sync();
    this.#going = going.catch(() => {});
    await going;
  }

  async #sync(): Promise<void> {
    try {
      await this.#file.sync();
    } catch (error) {
      throw this.#break(this.#unwritten(error));
    }
  }

  /** Nobody waits for it. A failure is not lost: the next verb throws it. */
  #soon(): void {
    this.durable().catch((error: unknown) => {
      this.#broken ??= error;
    });
  }

  close(): void {
    if (this.#closed) return;
    try {
      if (this.#broken === null) this.#commit();
    } finally {
      this.#closed = true;
      this.#file.close();
    }
  }

  #usable(): void {
    if (this.#broken !== null) throw this.#broken;
    if (this.#closed) throw new Error('the ledger is closed');
  }

  #begin(): void {
    if (!this.#file.db.isTransaction) {
      this.#exec('BEGIN');
      this.#timer = setTimeout(() => this.#soon(), HELD_MAX_MS).unref();
    }
    this.#exec('SAVEPOINT verb');
  }

  #takeBack(): void {
    try {
      this.#exec('ROLLBACK TO verb');
      this.#exec('RELEASE verb');
    } catch (error) {
      throw this.#break(this.#unwritten(error));
    }
    for (const forget of this.#onRollback) forget();
  }

  #break(why: unknown): unknown {
    this.#settled();
    this.#broken = why;
    this.#file.close();
    return why;
  }

  #settled(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#rows = 0;
  }

  #unwritten(error: unknown): unknown {
    return troubleOf(error, 'write-ledger', this.#path) ?? error;
  }

  #exec(sql: string): void {
    this.#statement(sql).run();
  }

  #statement(sql: string, asLists = false): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#file.db.prepare(sql);
    if (asLists) statement.setReturnArrays(true);
    this.#statements.set(sql, statement);
    return statement;
  }
}

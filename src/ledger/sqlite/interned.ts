import type { Tail } from './tail.ts';

/** Keeps memory bounded when a mailbox has very many distinct sets. */
const CACHE_MAX = 4096;

/** Values that repeat a lot (sets of marks, lists of paths), kept once in a table of their own as JSON. */
export class Interned<T> {
  readonly #tail: Tail;
  readonly #table: 'marks' | 'paths';
  readonly #ids = new Map<string, number>();
  readonly #values = new Map<number, T>();

  constructor(tail: Tail, table: 'marks' | 'paths') {
    this.#tail = tail;
    this.#table = table;
    tail.onRollback(() => this.#ids.clear());
    tail.onRollback(() => this.#values.clear());
  }

  /** Makes or finds; inside a write. */
  id(value: T): number {
    const content = JSON.stringify(value);
    const known = this.#ids.get(content);
    if (known !== undefined) return known;
    const row = this.#tail.get<{ id: number }>(`SELECT id FROM ${this.#table} WHERE content = ?`, content);
    const id = row?.id ?? this.#tail.insert(`INSERT INTO ${this.#table} (content) VALUES (?)`, content);
    if (this.#ids.size >= CACHE_MAX) this.#ids.clear();
    this.#ids.set(content, id);
    return id;
  }

  value(id: number): T {
    const known = this.#values.get(id);
    if (known !== undefined) return known;
    const row = this.#tail.get<{ content: string }>(`SELECT content FROM ${this.#table} WHERE id = ?`, id);
    const value = JSON.parse(row!.content) as T;
    if (this.#values.size >= CACHE_MAX) this.#values.clear();
    this.#values.set(id, value);
    return value;
  }
}

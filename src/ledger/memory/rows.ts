/** How to take back what was told since the last commit, newest last. */
export class Journal {
  readonly #undos: (() => void)[] = [];

  note(undo: () => void): void {
    this.#undos.push(undo);
  }

  /** A point to roll back to. */
  get here(): number {
    return this.#undos.length;
  }

  rollback(to: number): void {
    while (this.#undos.length > to) this.#undos.pop()!();
  }

  commit(): void {
    this.#undos.length = 0;
  }
}

/** A table: rows by ascending id, each change noted in the journal. Rows are replaced, never altered. */
export class Rows<Row extends { id: number }> {
  readonly #journal: Journal;
  readonly #rows: (Row | undefined)[] = [];
  readonly #watch: (before: Row | undefined, after: Row | undefined) => void;
  #last = 0;

  constructor(journal: Journal, watch: (before: Row | undefined, after: Row | undefined) => void = () => {}) {
    this.#journal = journal;
    this.#watch = watch;
  }

  add(make: (id: number) => Row): Row {
    const id = ++this.#last;
    this.#journal.note(() => {
      this.#last = id - 1;
    });
    const row = make(id);
    this.#swap(id, row);
    return row;
  }

  get(id: number): Row | undefined {
    return this.#rows[id];
  }

  change(row: Row, change: Partial<Row>): Row {
    const changed = { ...row, ...change };
    this.#swap(row.id, changed);
    return changed;
  }

  remove(id: number): void {
    this.#swap(id, undefined);
  }

  *all(after = 0): Generator<Row> {
    for (let id = after + 1; id <= this.#last; id += 1) {
      const row = this.#rows[id];
      if (row) yield row;
    }
  }

  #swap(id: number, row: Row | undefined): void {
    const before = this.#set(id, row);
    this.#journal.note(() => this.#set(id, before));
  }

  #set(id: number, row: Row | undefined): Row | undefined {
    const before = this.#rows[id];
    this.#rows[id] = row;
    this.#watch(before, row);
    return before;
  }
}

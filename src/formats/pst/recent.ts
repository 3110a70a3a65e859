/**
 * Keeps the values used last, up to a budget of bytes. In two halves: what is used moves to the young one, and when that
 * is full the other is forgotten whole; so a hit costs a look, not a move.
 */
export class Recent<K, V> {
  private young = new Map<K, V>();
  private old = new Map<K, V>();
  private readonly half: number;
  private readonly sizeOf: (value: V) => number;
  private held = 0;

  /** `sizeOf`: in bytes. */
  constructor(budgetBytes: number, sizeOf: (value: V) => number) {
    this.half = budgetBytes / 2;
    this.sizeOf = sizeOf;
  }

  get(key: K): V | undefined {
    const found = this.young.get(key);
    if (found !== undefined) return found;
    const aged = this.old.get(key);
    if (aged !== undefined) this.set(key, aged);
    return aged;
  }

  set(key: K, value: V): void {
    const bytes = this.sizeOf(value);
    if (this.held > 0 && this.held + bytes > this.half) {
      this.old = this.young;
      this.young = new Map();
      this.held = 0;
    }
    this.young.set(key, value);
    this.held += bytes;
  }
}

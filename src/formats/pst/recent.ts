/** Keeps the values used last, up to a budget of bytes. */
export class Recent<K, V> {
  private readonly kept = new Map<K, { value: V; bytes: number }>();
  private readonly budget: number;
  private held = 0;

  constructor(budgetBytes: number) {
    this.budget = budgetBytes;
  }

  get(key: K): V | undefined {
    const found = this.kept.get(key);
    if (found === undefined) return undefined;
    // A Map keeps the order of setting: what is set again is the last to go.
    this.kept.delete(key);
    this.kept.set(key, found);
    return found.value;
  }

  set(key: K, value: V, bytes: number): void {
    this.kept.set(key, { value, bytes });
    this.held += bytes;
    for (const [oldest, { bytes: freed }] of this.kept) {
      if (this.held <= this.budget || oldest === key) break;
      this.kept.delete(oldest);
      this.held -= freed;
    }
  }
}

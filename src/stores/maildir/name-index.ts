/**
 * Where the file of a message is now: unique part → what follows it. Twenty bytes a message instead of a string, so
 * that a folder of a million costs no more than a large message. It may be wrong (flags change, two unique parts may
 * share a number): who opens a file by it must be ready not to find it.
 */
export class NameIndex {
  private hashes = new Float64Array(1024);
  private places = new Uint16Array(1024);
  private count = 0;
  private readonly known: string[] = [];
  private readonly byName = new Map<string, number>();

  get size(): number {
    return this.count;
  }

  /** `place` is `cur/:2,S` or `new/`. False when the unique part (or one with its number) was there: it is replaced. */
  set(unique: string, place: string): boolean {
    if (this.count * 2 >= this.hashes.length) this.grow();
    const hash = hashOf(unique);
    const slot = this.slot(hash);
    const added = this.hashes[slot] === 0;
    if (added) this.count += 1;
    this.hashes[slot] = hash;
    this.places[slot] = this.number(place);
    return added;
  }

  get(unique: string): string | null {
    const slot = this.slot(hashOf(unique));
    return this.hashes[slot] === 0 ? null : (this.known[this.places[slot]!] ?? null);
  }

  private slot(hash: number): number {
    const mask = this.hashes.length - 1;
    let slot = (hash % 0x3fffffff) & mask;
    while (this.hashes[slot] !== 0 && this.hashes[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    const { hashes, places } = this;
    this.hashes = new Float64Array(hashes.length * 2);
    this.places = new Uint16Array(hashes.length * 2);
    for (let at = 0; at < hashes.length; at += 1) {
      if (hashes[at] === 0) continue;
      const slot = this.slot(hashes[at]!);
      this.hashes[slot] = hashes[at]!;
      this.places[slot] = places[at]!;
    }
  }

  /** Places beyond what 16 bits number are not kept: such a message is looked up in its directory. */
  private number(place: string): number {
    let number = this.byName.get(place);
    if (number === undefined) {
      if (this.known.length >= 0xffff) return 0xffff;
      number = this.known.push(place) - 1;
      this.byName.set(place, number);
    }
    return number;
  }
}

/** 52 bits, never 0. */
function hashOf(text: string): number {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
    b ^= b >>> 13;
  }
  return (a >>> 0) * 0x100000 + ((b >>> 0) & 0xfffff) + 1;
}

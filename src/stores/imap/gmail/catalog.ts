/**
 * All messages of an account, by folder: what one listing leaves in memory. Some 45 bytes a message, in typed arrays, and
 * each different set of labels and marks once.
 */
export class Catalog {
  private readonly rows = new Rows();
  private readonly filings: Filed[] = [];
  private readonly folders: number;
  /** Where each folder begins in `order`; one more at the end. */
  private starts: number[] = [];
  private order = new Uint32Array(0);
  /** Open addressing by the low half of the number; a row plus one. */
  private table = new Uint32Array(1024);

  constructor(folders: number) {
    this.folders = folders;
  }

  addFiling(filed: Filed): number {
    return this.filings.push(filed) - 1;
  }

  /** False when the message was met before: told once, wherever it is seen. */
  add(row: Row): boolean {
    const high = Number(row.id >> 32n);
    const low = Number(row.id & 0xffff_ffffn);
    if (this.rowOf(high, low) !== null) return false;
    if ((this.rows.count + 1) * 2 > this.table.length) this.grow();
    this.table[this.freeSlot(low)] = this.rows.add(high, low, row) + 1;
    return true;
  }

  /** When all are in: which folder holds which. */
  sort(): void {
    const { rows, filings } = this;
    const counts = new Array<number>(this.folders + 1).fill(0);
    for (let n = 0; n < rows.count; n += 1) counts[filings[rows.filing[n]!]!.folder]! += 1;
    let start = 0;
    this.starts = counts.map((count) => {
      start += count;
      return start - count;
    });
    const next = [...this.starts];
    this.order = new Uint32Array(rows.count);
    for (let n = 0; n < rows.count; n += 1) this.order[next[filings[rows.filing[n]!]!.folder]!++] = n;
  }

  countOf(folder: number): number {
    return this.starts[folder + 1]! - this.starts[folder]!;
  }

  *messagesOf(folder: number): Generator<Message> {
    for (let n = this.starts[folder]!; n < this.starts[folder + 1]!; n += 1)
      yield this.message(this.order[n]!);
  }

  /** The message of this key in this folder; null when there is none. */
  find(key: string, folder: number): Message | null {
    if (!/^\d{1,20}$/.test(key)) return null;
    const id = BigInt(key);
    if (id > ID_MAX || `${id}` !== key) return null;
    const row = this.rowOf(Number(id >> 32n), Number(id & 0xffff_ffffn));
    if (row === null) return null;
    const message = this.message(row);
    return message.filed.folder === folder ? message : null;
  }

  private message(row: number): Message {
    const { rows } = this;
    return {
      key: `${(BigInt(rows.high[row]!) << 32n) | BigInt(rows.low[row]!)}`,
      physical: rows.physical[row]!,
      uid: rows.uid[row]!,
      receivedAt: rows.seconds[row]! === UNKNOWN ? null : rows.seconds[row]! * 1000,
      size: rows.size[row]!,
      filed: this.filings[rows.filing[row]!]!,
    };
  }

  private rowOf(high: number, low: number): number | null {
    const { table, rows } = this;
    const mask = table.length - 1;
    for (let slot = spread(low) & mask; table[slot] !== 0; slot = (slot + 1) & mask) {
      const n = table[slot]! - 1;
      if (rows.low[n] === low && rows.high[n] === high) return n;
    }
    return null;
  }

  private freeSlot(low: number): number {
    const mask = this.table.length - 1;
    let slot = spread(low) & mask;
    while (this.table[slot] !== 0) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    this.table = new Uint32Array(this.table.length * 2);
    for (let n = 0; n < this.rows.count; n += 1) this.table[this.freeSlot(this.rows.low[n]!)] = n + 1;
  }
}

/** What one set of labels and marks says. */
export interface Filed {
  folder: number;
  marks: readonly string[];
  alsoIn: readonly (readonly string[])[];
}

export interface Message {
  /** X-GM-MSGID. */
  key: string;
  /** Which folder of the server it is read from. */
  physical: number;
  uid: number;
  receivedAt: number | null;
  size: number;
  filed: Filed;
}

export interface Row {
  /** X-GM-MSGID: 64 bits. */
  id: bigint;
  physical: number;
  uid: number;
  filing: number;
  receivedAt: number | null;
  size: number;
}

const ID_MAX = 0xffff_ffff_ffff_ffffn;
/** No date within the bounds of a store (1970 … 2037) is this one. */
const UNKNOWN = 0xffff_ffff;

/** Numbers that were given one after the other shall not lie in one heap. */
function spread(low: number): number {
  return Math.imul(low, 0x9e37_79b1) >>> 7;
}

const FIRST = 1024;

/** A row for each message, a column for each fact. */
class Rows {
  count = 0;
  high = new Uint32Array(FIRST);
  low = new Uint32Array(FIRST);
  uid = new Uint32Array(FIRST);
  filing = new Uint32Array(FIRST);
  seconds = new Uint32Array(FIRST);
  size = new Uint32Array(FIRST);
  physical = new Uint32Array(FIRST);

  add(high: number, low: number, row: Row): number {
    if (this.count === this.uid.length) this.grow();
    const n = this.count++;
    this.high[n] = high;
    this.low[n] = low;
    this.uid[n] = row.uid;
    this.filing[n] = row.filing;
    const seconds = row.receivedAt === null ? UNKNOWN : Math.floor(row.receivedAt / 1000);
    this.seconds[n] = seconds < 0 || seconds > UNKNOWN ? UNKNOWN : seconds;
    this.size[n] = Math.min(row.size, UNKNOWN);
    this.physical[n] = row.physical;
    return n;
  }

  private grow(): void {
    for (const name of ['high', 'low', 'uid', 'filing', 'seconds', 'size', 'physical'] as const) {
      const larger = new Uint32Array(this.count * 2);
      larger.set(this[name]);
      this[name] = larger;
    }
  }
}

import type { Property, PropertyBag, PropertyStream } from '../mapi/item.ts';
import { recordsOf } from './bth.ts';
import { part, u8, u16, u32 } from './bytes.ts';
import { damage } from './damage.ts';
import { HEAP_OF } from './heap.ts';
import type { NamedIds } from './named.ts';
import type { PstNode } from './node.ts';
import { bytesAt, fixedBytes, propertyValue, streamAt } from './value.ts';

/** MS-PST §2.3.4.2. */
interface Column {
  type: number;
  at: number;
  bytes: number;
  /** Its bit in the bitmap of cells that exist. */
  bit: number;
}

/** A row: its id (of a message, folder or attachment: its node), and its cells as properties. */
export interface Row extends PropertyBag {
  readonly rowId: number;
}

const COLUMN_BYTES = 8;
/** The index of rows counts them in four bytes, in ANSI files in two (MS-PST §2.3.4.3.1). */
const INDEX_BYTES = [2, 4];
/** Where within a table header the columns begin. */
const COLUMNS_AT = 22;

/** A table on a node (MS-PST §2.3.4). Rows are read as they are asked for, from whatever blocks they lie in. */
export class TableContext {
  private readonly node: PstNode;
  private readonly names: NamedIds;
  private readonly columns = new Map<number, Column>();
  private readonly indexId: number;
  private readonly rowsId: number;
  private readonly rowBytes: number;
  private readonly bitmapAt: number;

  /** Throws `malformed`. */
  constructor(node: PstNode, names: NamedIds) {
    this.node = node;
    this.names = names;
    const heap = node.heap();
    if (heap.holds !== HEAP_OF.table) throw damage('node', 'it holds no table');
    const head = heap.get(heap.root);
    if (u8(head, 0) !== 0x7c) throw damage('table', 'it does not begin as one');
    this.bitmapAt = u16(head, 6);
    this.rowBytes = u16(head, 8);
    this.indexId = u32(head, 10);
    this.rowsId = u32(head, 14);
    const count = u8(head, 1);
    const list = part(head, COLUMNS_AT, COLUMNS_AT + count * COLUMN_BYTES);
    for (let n = 0; n < count; n += 1) this.addColumn(list.subarray(n * COLUMN_BYTES));
    if (this.rowBytes < 8 || this.bitmapAt > this.rowBytes)
      throw damage('table', `rows of ${this.rowBytes} bytes`);
  }

  /** In the order of their ids. A row of which only the id can be read is damaged: its cells throw. */
  *rows(): Generator<Row> {
    const heap = this.node.heap();
    let places: ((n: number) => Uint8Array) | null = null;
    const rowAt = (n: number) => {
      places ??= this.places();
      return places(n);
    };
    for (const { key, bytes, at, size } of recordsOf(heap, this.indexId, 4, INDEX_BYTES))
      yield new TableRow(this, key, () => rowAt(size === 2 ? u16(bytes, at) : u32(bytes, at)));
  }

  column(id: number): Column | null {
    return this.columns.get(id) ?? null;
  }

  columnIds(): readonly number[] {
    return [...this.columns.keys()].sort((a, b) => a - b);
  }

  /** Whether the cell holds anything (MS-PST §2.3.4.4.1). */
  exists(row: Uint8Array, { bit }: Column): boolean {
    return (u8(row, this.bitmapAt + (bit >>> 3)) & (0x80 >>> (bit & 7))) !== 0;
  }

  get(row: Uint8Array, id: number): Property | null {
    const cell = this.cellOf(row, id);
    if (cell === null) return null;
    const { type, bytes } = cell;
    const value = propertyValue(type, isInCell(type) ? bytes : bytesAt(this.node, u32(bytes, 0)));
    return value === null ? null : { id, type, value };
  }

  stream(row: Uint8Array, id: number): PropertyStream | null {
    const cell = this.cellOf(row, id);
    return cell === null || isInCell(cell.type) ? null : streamAt(this.node, u32(cell.bytes, 0), cell.type);
  }

  idOf(set: string, name: number | string): number | null {
    return this.names.idOf(set, name);
  }

  private cellOf(row: Uint8Array, id: number): { type: number; bytes: Uint8Array } | null {
    const column = this.columns.get(id);
    if (column === undefined || !this.exists(row, column)) return null;
    const { type, at, bytes } = column;
    return { type, bytes: part(row, at, at + bytes) };
  }

  private addColumn(bytes: Uint8Array): void {
    const type = u16(bytes, 0);
    const column = { type, at: u16(bytes, 4), bytes: u8(bytes, 6), bit: u8(bytes, 7) };
    if (column.bytes < (isInCell(type) ? fixedBytes(type)! : 4)) return;
    this.columns.set(u16(bytes, 2), column);
  }

  /** Row by number: in one piece of the heap, or in a subnode of blocks which no row crosses (MS-PST §2.3.4.4). */
  private places(): (n: number) => Uint8Array {
    const { rowsId, rowBytes, node } = this;
    const within = (bytes: Uint8Array, n: number) => part(bytes, n * rowBytes, (n + 1) * rowBytes);
    if ((rowsId & 0x1f) === 0) {
      const bytes = bytesAt(node, rowsId);
      return (n) => within(bytes, n);
    }
    const data = node.subnode(rowsId).data();
    const perBlock = Math.floor(data.block(0).length / rowBytes);
    return (n) => {
      if (perBlock === 0) throw damage('table', 'no row fits a block');
      return within(data.block(Math.floor(n / perBlock)), n % perBlock);
    };
  }
}

/** A cell holds its value when that has at most eight bytes, else four bytes that tell where it lies. */
function isInCell(type: number): boolean {
  const size = fixedBytes(type);
  return size !== null && size <= 8;
}

class TableRow implements Row {
  readonly rowId: number;
  private readonly table: TableContext;
  private readonly find: () => Uint8Array;
  private cached: Uint8Array | null = null;

  constructor(table: TableContext, rowId: number, find: () => Uint8Array) {
    this.table = table;
    this.rowId = rowId;
    this.find = find;
  }

  ids(): readonly number[] {
    return this.table.columnIds().filter((id) => this.table.exists(this.bytes(), this.table.column(id)!));
  }

  get(id: number): Property | null {
    return this.table.get(this.bytes(), id);
  }

  named(set: string, name: number | string): Property | null {
    const id = this.table.idOf(set, name);
    return id === null ? null : this.get(id);
  }

  stream(id: number): PropertyStream | null {
    return this.table.stream(this.bytes(), id);
  }

  private bytes(): Uint8Array {
    if (this.cached === null) {
      const bytes = this.find();
      if (u32(bytes, 0) !== this.rowId) throw damage('table', 'another row lies where this should');
      this.cached = bytes;
    }
    return this.cached;
  }
}

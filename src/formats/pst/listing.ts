import type { Archive } from './archive.ts';
import { unlessDamaged } from './damage.ts';
import { NID_TYPE, sibling, typeOf } from './node.ts';
import type { Row } from './table-context.ts';

/** A message of a folder. */
export interface Listed {
  nid: number;
  /** What the folder's table says of it; null when it does not list it. */
  row: Row | null;
  /** False when the table lists it, and there is no such node. */
  there: boolean;
}

/**
 * The messages of a folder in ascending order, each once: those whose node names the folder as theirs, and those only
 * its table has. A message belongs to the folder its node names; `adopted` are those whose folder is not there, and which
 * this folder's table lists.
 */
export function* messagesOf(
  archive: Archive,
  folder: number,
  adopted: ReadonlySet<number>,
): Generator<Listed> {
  const nodes = archive.index.messagesOf(folder);
  let at = 0;
  for (const row of rowsOf(archive, folder)) {
    while (at < nodes.length && nodes[at]! < row.rowId) yield { nid: nodes[at++]!, row: null, there: true };
    const here = at < nodes.length && nodes[at] === row.rowId;
    if (here) at += 1;
    const parent = here ? folder : archive.index.parentOf(row.rowId);
    if (parent === null || here || adopted.has(row.rowId))
      yield { nid: row.rowId, row, there: parent !== null };
  }
  while (at < nodes.length) yield { nid: nodes[at++]!, row: null, there: true };
}

/**
 * The rows of its table as far as they can be read; a row out of order is left to its node. Damage here hides no message
 * that is there, since the nodes tell them all: so it is passed over.
 */
function* rowsOf(archive: Archive, folder: number): Generator<Row> {
  const table = unlessDamaged(
    () => archive.table(sibling(folder, NID_TYPE.contents)),
    () => {},
  );
  const rows = table?.rows();
  let last = 0;
  for (;;) {
    const next =
      rows === undefined
        ? null
        : unlessDamaged(
            () => rows.next(),
            () => {},
          );
    if (next === null || next.done) return;
    const row = next.value;
    if (typeOf(row.rowId) !== NID_TYPE.message || row.rowId <= last) continue;
    last = row.rowId;
    yield row;
  }
}

/** Messages in no folder that is there. */
export interface Strays {
  /** Those that a folder's table lists all the same, by that folder. */
  adopted: ReadonlyMap<number, ReadonlySet<number>>;
  /** The others, in ascending order. */
  lost: ReadonlySet<number>;
}

export function straysOf(archive: Archive, folders: readonly number[]): Strays {
  const there = new Set(folders);
  const strays = new Set<number>();
  for (const parent of archive.index.parents())
    if (!there.has(parent)) for (const nid of archive.index.messagesOf(parent)) strays.add(nid);
  const adopted = new Map<number, Set<number>>();
  if (strays.size > 0)
    for (const folder of folders)
      for (const { rowId } of rowsOf(archive, folder)) {
        if (!strays.delete(rowId)) continue;
        const list = adopted.get(folder);
        if (list === undefined) adopted.set(folder, new Set([rowId]));
        else list.add(rowId);
      }
  return { adopted, lost: new Set([...strays].sort((a, b) => a - b)) };
}

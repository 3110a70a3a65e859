import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBytes } from './archive.fixture.ts';
import { blockWriter, finish, joined, type PstFacts } from './write.fixture.ts';
import type { BlockWriter } from './write-blocks.fixture.ts';

const NODE = 0x200024;

/** A file with one node, whose data is what `make` answers. */
function withNode(make: (blocks: BlockWriter) => number, shape: PstFacts = {}) {
  const blocks = blockWriter({ crypt: 'none', ...shape });
  finish(blocks, [{ nid: NODE, data: make(blocks), subnodes: 0, parent: 0 }]);
  return openBytes(joined(blocks.pieces)).node(NODE)!;
}

/** MS-PST §2.2.2.8.3.2, with whatever it lists. */
function list(blocks: BlockWriter, level: number, total: number, ids: readonly number[]): number {
  const head = Buffer.alloc(8);
  head.set([1, level]);
  head.writeUInt16LE(ids.length, 2);
  head.writeUInt32LE(total, 4);
  return blocks.block(Buffer.concat([head, ...ids.map((id) => blocks.id(id))]), true);
}

const malformed = { kind: 'malformed' };
const read = (make: (blocks: BlockWriter) => number) => () => [...withNode(make).data().chunks()];

test('data of many blocks, in lists of lists, comes in order', () => {
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, n) => (n * 7) & 0xff));
  const node = withNode((blocks) => blocks.data(bytes), { blockBytes: 500, listMax: 30 });
  assert.equal(node.data().size, bytes.length);
  assert.ok(Buffer.concat([...node.data().chunks()]).equals(bytes));
  assert.ok(Buffer.from(node.data().block(150)).equals(bytes.subarray(75_000, 75_500)));
});

test('a list that names one block again and again is larger than its file: malformed', () => {
  const bomb = (blocks: BlockWriter) => {
    const block = blocks.block(Buffer.alloc(8000), false);
    const many = Array.from({ length: 1000 }, () => block);
    const inner = list(blocks, 1, 8_000_000, many);
    return list(
      blocks,
      2,
      4_000_000_000,
      Array.from({ length: 500 }, () => inner),
    );
  };
  assert.throws(read(bomb), malformed);
});

test('lists that lead to themselves, too deep, or to a wrong sum are malformed', () => {
  assert.throws(
    read((blocks) => list(blocks, 3, 10, [blocks.block(Buffer.alloc(10), false)])),
    malformed,
  );
  assert.throws(
    read((blocks) => list(blocks, 2, 10, [blocks.block(Buffer.alloc(10), false)])),
    malformed,
  );
  // The next block is this list itself.
  assert.throws(
    read((blocks) => list(blocks, 2, 10, [4 + 2])),
    malformed,
  );
  assert.throws(
    read((blocks) => list(blocks, 1, 11, [blocks.block(Buffer.alloc(10), false)])),
    malformed,
  );
  assert.throws(
    read((blocks) => list(blocks, 1, 9, [blocks.block(Buffer.alloc(10), false)])),
    malformed,
  );
});

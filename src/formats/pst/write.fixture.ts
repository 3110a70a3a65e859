import { type BagFacts, makeItem } from '../mapi/item.fixture.ts';
import type { Item } from '../mapi/item.ts';
import { checksum } from './checksum.ts';
import type { Crypt } from './crypt.ts';
import { ANSI, type Layout, UNICODE, UNICODE_4K } from './layout.ts';
import { BlockWriter, type Piece, type Shape } from './write-blocks.fixture.ts';
import { NameWriter, NodeWriter, u32, type Written, writtenAs, writtenOf } from './write-node.fixture.ts';

/** A PST or OST made for a test (MS-PST §2.7: what a file must have at least). */
export interface PstFacts extends Partial<Omit<Shape, 'layout'>> {
  kind?: Layout['kind'];
  folders?: readonly FolderFacts[];
  /** Of the store itself. */
  properties?: BagFacts['properties'];
  /** Nodes beside those of the folders. */
  strays?: readonly MessageFacts[];
}

export interface FolderFacts {
  name: string;
  /** Default: the next free one. */
  nid?: number;
  properties?: BagFacts['properties'];
  role?: 'outbox' | 'trash' | 'sent';
  folders?: readonly FolderFacts[];
  /** Each is asked for when the one before is written. */
  messages?: Iterable<MessageFacts>;
  /** Not in the table of the folder above. */
  unlisted?: boolean;
  /** In the table of the folder above, without a node of its own. */
  nodeless?: boolean;
  /** Only a line in the table of the folder above: the folder itself is elsewhere. */
  alias?: boolean;
}

export interface MessageFacts extends BagFacts {
  nid?: number;
  recipients?: readonly BagFacts[];
  attachments?: readonly AttachmentFacts[];
  /** Not in the table of its folder. */
  unlisted?: boolean;
  /** In the table of its folder, without a node. */
  nodeless?: boolean;
  /** Another folder than the one whose table lists it. */
  parent?: number;
}

export interface AttachmentFacts extends BagFacts {
  embedded?: MessageFacts;
  /** The bytes of an OLE object. */
  object?: Uint8Array;
}

/** The same item in memory: what a reader should find in the file. */
export function itemOf(facts: MessageFacts): Item {
  const attachments = (facts.attachments ?? []).map(({ embedded, object: _, ...rest }) =>
    embedded === undefined ? rest : { ...rest, embedded: itemOf(embedded) },
  );
  return makeItem({ ...facts, attachments });
}

export const SUBTREE_NID = 0x8022;
const ROOT_NID = 0x122;
const STORE_NID = 0x21;
const NAMES_NID = 0x61;
const LAYOUTS: Record<Layout['kind'], Layout> = { ansi: ANSI, unicode: UNICODE, 'unicode-4k': UNICODE_4K };
const VERSIONS: Record<Layout['kind'], number> = { ansi: 15, unicode: 23, 'unicode-4k': 36 };
const CRYPTS: readonly Crypt[] = ['none', 'permute', 'cyclic'];
const ROLE_IDS = { outbox: 0x35e2, trash: 0x35e3, sent: 0x35e4 } as const;

/** The file as one buffer; for files that begin at a small offset. */
export function makePst(facts: PstFacts): Buffer {
  return joined(writePst(facts));
}

export function joined(pieces: readonly Piece[]): Buffer {
  const bytes = Buffer.alloc(Math.max(...pieces.map((piece) => piece.position + piece.bytes.length)));
  for (const piece of pieces) piece.bytes.copy(bytes, piece.position);
  return bytes;
}

/** The pieces of the file; what lies between them is nothing. */
export function writePst(facts: PstFacts): Piece[] {
  const blocks = blockWriter(facts);
  new FileWriter(blocks).write(facts);
  return blocks.pieces;
}

/** The same, each piece given as it is made, folder by folder. Answers the writer, for what it knows. */
export function streamPst(facts: PstFacts, give: (piece: Piece) => void, met?: Met): BlockWriter {
  const blocks = blockWriter(facts, give);
  new FileWriter(blocks, met).write(facts);
  return blocks;
}

/** Told after each message of a folder: where it lies in the file, and from which block on. */
export type Met = (message: {
  nid: number;
  parent: number;
  from: number;
  to: number;
  blocks: [number, number];
}) => void;

export function blockWriter(facts: Omit<PstFacts, 'folders'>, give?: (piece: Piece) => void): BlockWriter {
  const layout = LAYOUTS[facts.kind ?? 'unicode'];
  const shape: Shape = {
    layout,
    crypt: facts.crypt ?? 'permute',
    compress: facts.compress ?? false,
    start: facts.start ?? 0x4600,
    blockBytes: facts.blockBytes ?? layout.blockMax - layout.blockTrailerBytes,
    listMax: facts.listMax ?? 300,
    pageMax: facts.pageMax ?? 1000,
    spread: facts.spread ?? false,
  };
  return new BlockWriter(shape, give);
}

/** Writes the trees and the header. */
export function finish(blocks: BlockWriter, nodes: readonly Node[]): void {
  const nodeTree = blocks.nodeTree(nodes);
  const blockTree = blocks.blockTree();
  blocks.putHeader(header(blocks, nodeTree, blockTree));
}

export interface Node {
  nid: number;
  data: number;
  subnodes: number;
  parent: number;
}

class FileWriter {
  private readonly blocks: BlockWriter;
  private readonly names = new NameWriter();
  private readonly nodes: Node[] = [];
  private nextFolder = 0x8042;
  private nextMessage = 0x200024;
  private readonly roles = new Map<number, number>();

  private readonly met: Met;

  constructor(blocks: BlockWriter, met: Met = () => {}) {
    this.blocks = blocks;
    this.met = met;
  }

  write(facts: PstFacts): void {
    const top: FolderFacts = {
      name: 'Top of Outlook data file',
      nid: SUBTREE_NID,
      folders: facts.folders ?? [],
    };
    this.folder({ name: '', nid: ROOT_NID, folders: [top] }, ROOT_NID, ROOT_NID);
    for (const stray of facts.strays ?? []) this.message(stray, stray.parent ?? 0);
    this.propertyNode(STORE_NID, 0, [
      writtenAs(0x35e0, entryId(SUBTREE_NID)),
      ...[...this.roles].map(([id, nid]) => writtenAs(id, entryId(nid))),
      ...Object.entries(facts.properties ?? {}).map(([id, value]) => writtenAs(Number(id), value)),
    ]);
    this.propertyNode(NAMES_NID, 0, this.names.properties());
    finish(this.blocks, this.nodes);
  }

  private folder(facts: FolderFacts, nid: number, parent: number): void {
    if (facts.alias === true) return;
    const { properties, folders = [], messages = [] } = facts;
    if (facts.role !== undefined) this.roles.set(ROLE_IDS[facts.role], nid);
    const below = folders.map((each) => ({ facts: each, nid: each.nid ?? this.nextFolderId() }));
    const rows: { rowId: number; cells: readonly Written[] }[] = [];
    let count = 0;
    for (const each of messages) {
      const message = { ...each, nid: each.nid ?? this.nextMessageId() };
      count += 1;
      if (each.unlisted !== true) rows.push({ rowId: message.nid, cells: rowOf(each, this.names) });
      if (each.nodeless !== true) this.message(message, each.parent ?? nid);
    }
    if (facts.nodeless !== true) {
      const plain = Object.entries(properties ?? {}).map(([id, value]) => writtenAs(Number(id), value));
      this.propertyNode(nid, parent, [
        writtenAs(0x3001, this.text(facts.name)),
        writtenAs(0x3602, count),
        writtenAs(0x360a, below.length > 0),
        ...plain,
      ]);
    }
    this.tableNode(
      (nid & ~0x1f) | 0x0d,
      below
        .filter((each) => each.facts.unlisted !== true)
        .map((each) => ({ rowId: each.nid, cells: [writtenAs(0x3001, this.text(each.facts.name))] })),
    );
    this.tableNode((nid & ~0x1f) | 0x0e, rows);
    for (const each of below) this.folder(each.facts, each.nid, nid);
  }

  private nextFolderId(): number {
    this.nextFolder += 0x20;
    return this.nextFolder - 0x20;
  }

  private nextMessageId(): number {
    this.nextMessage += 0x20;
    return this.nextMessage - 0x20;
  }

  private message(facts: MessageFacts, parent: number): void {
    const { blocks } = this;
    const nid = facts.nid ?? this.nextMessageId();
    const [from, first] = [blocks.fileBytes, blocks.nextBlock];
    const node = { nid, parent, ...this.item(facts) };
    if (blocks.shape.spread) blocks.node(node);
    else this.nodes.push(node);
    this.met({ nid, parent, from, to: blocks.fileBytes, blocks: [first, blocks.nextBlock] });
  }

  private item(facts: MessageFacts): { data: number; subnodes: number } {
    const node = new NodeWriter(this.blocks);
    if (facts.recipients !== undefined)
      node.subnode(
        0x692,
        this.table(facts.recipients.map((each, n) => ({ rowId: n, cells: writtenOf(each, this.names) }))),
      );
    const attachments = (facts.attachments ?? []).map((each) => {
      const nid = node.newSubnodeId(0x05);
      node.subnode(nid, this.attachment(each));
      return { rowId: nid, cells: writtenOf({ properties: { 3616: 1 } }, this.names) };
    });
    if (attachments.length > 0) node.subnode(0x671, this.table(attachments));
    return node.end(0xbc, node.properties(writtenOf(facts, this.names)));
  }

  private attachment(facts: AttachmentFacts): { data: number; subnodes: number } {
    const node = new NodeWriter(this.blocks);
    const properties = writtenOf(facts, this.names);
    const inner =
      facts.object === undefined
        ? facts.embedded && this.item(facts.embedded)
        : { data: this.blocks.data(facts.object), subnodes: 0 };
    if (inner !== undefined) {
      const nid = node.subnode(node.newSubnodeId(0x04), inner);
      properties.push({ id: 0x3701, type: 0x0d, bytes: Buffer.concat([u32(nid), u32(0)]) });
    }
    return node.end(0xbc, node.properties(properties));
  }

  private table(rows: readonly { rowId: number; cells: readonly Written[] }[]): {
    data: number;
    subnodes: number;
  } {
    const node = new NodeWriter(this.blocks);
    return node.end(0x7c, node.table(rows));
  }

  private tableNode(nid: number, rows: readonly { rowId: number; cells: readonly Written[] }[]): void {
    this.nodes.push({ nid, parent: 0, ...this.table(rows) });
  }

  private propertyNode(nid: number, parent: number, properties: readonly Written[]): void {
    const node = new NodeWriter(this.blocks);
    this.nodes.push({ nid, parent, ...node.end(0xbc, node.properties(properties)) });
  }

  /** An ANSI file has no other texts than bytes. */
  private text(text: string): string | { type: number; value: Uint8Array } {
    if (this.blocks.shape.layout.kind !== 'ansi') return text;
    return { type: 0x1e, value: Buffer.from(text, 'latin1') };
  }
}

/** What the table of a folder repeats of a message. */
function rowOf(facts: MessageFacts, names: NameWriter): Written[] {
  const repeated = new Set([0x001a, 0x0037, 0x0e06, 0x0e07, 0x0e08]);
  return writtenOf(facts, names).filter(({ id }) => repeated.has(id));
}

function entryId(nid: number): Buffer {
  return Buffer.concat([Buffer.alloc(4), Buffer.alloc(16, 0x5a), u32(nid)]);
}

interface Ref {
  bid: number;
  offset: number;
}

/** MS-PST §2.2.2.6. */
function header(blocks: BlockWriter, nodes: Ref, tree: Ref): Buffer {
  const { layout, crypt } = blocks.shape;
  const wide = layout.idBytes === 8;
  const bytes = Buffer.alloc(wide ? 564 : 512);
  bytes.write('!BDN', 0, 'latin1');
  bytes.write(layout.kind === 'unicode-4k' ? 'SO' : 'SM', 8, 'latin1');
  bytes.writeUInt16LE(VERSIONS[layout.kind], 10);
  bytes.writeUInt16LE(19, 12);
  bytes.set([1, 1], 14);
  const root = [nodes.bid, nodes.offset, tree.bid, tree.offset].map((each) => blocks.id(each));
  blocks.id(blocks.fileBytes).copy(bytes, wide ? 184 : 168);
  Buffer.concat(root).copy(bytes, wide ? 216 : 184);
  bytes.set([0x80, CRYPTS.indexOf(crypt)], wide ? 512 : 460);
  bytes.writeUInt32LE(checksum(bytes.subarray(8, 8 + 471)), 4);
  if (wide) bytes.writeUInt32LE(checksum(bytes.subarray(8, 8 + 516)), 524);
  return bytes;
}

import type { Trouble } from '../../trouble.ts';
import { decodePage, windowsPage } from '../mapi/charset.ts';
import type { Item, PropertyBag } from '../mapi/item.ts';
import { Blocks } from './block.ts';
import { damage, unlessDamaged } from './damage.ts';
import { FileWindows, type PstFile } from './file.ts';
import { type Header, readHeader } from './header.ts';
import { PstItem } from './message.ts';
import { type NamedIds, NO_NAMES, readNames } from './named.ts';
import { PstNode } from './node.ts';
import { NodeIndex, STEP } from './node-index.ts';
import { PropertyContext } from './property-context.ts';
import { recover } from './recover.ts';
import { TableContext } from './table-context.ts';
import { BlockTree, NodeTree } from './trees.ts';
import { TYPE } from './value.ts';

/** Nodes every file has (MS-PST §2.4.1). */
const MESSAGE_STORE = 0x21;
const NAMES = 0x61;
/** Of the store: PidTagPstPassword. */
const PASSWORD = 0x67ff;

/** One file: its header, its nodes, its names. Holds no more of it than a few megabytes and the index of its nodes. */
export class Archive {
  readonly header: Header;
  readonly index: NodeIndex;
  /** What was found damaged so far, other than single items: told beside them. */
  readonly damages: Trouble[] = [];
  private readonly nodes: NodeTree;
  private readonly blocks: Blocks;
  private cachedCodePage: number | null = null;
  private cachedNames: NamedIds | null = null;

  private constructor(parts: Parts) {
    this.header = parts.header;
    this.nodes = parts.nodes;
    this.blocks = parts.blocks;
    this.index = parts.index;
    for (const trouble of parts.damages) this.tell(trouble);
  }

  /**
   * Yields now and then, so that its caller can let others have their turn. Throws `malformed` when it is no PST, or so
   * damaged that nothing can be found in it.
   */
  static *opening(file: PstFile): Generator<void, Archive> {
    const windows = new FileWindows(file);
    const header = readHeader(windows);
    const nodes = new NodeTree(windows, header.nodes, header.layout);
    const tree = new BlockTree(windows, header.blocks, header.layout);
    let index = yield* NodeIndex.making(nodes);
    const [damaged] = index.damages;
    // Which items a damaged page of blocks hits shows when they are read.
    const lost = [...(damaged === undefined ? [] : [nodes]), ...((yield* isDamaged(tree)) ? [tree] : [])];
    const leftOut = lost.length > 0 ? yield* recover(windows, lost) : [];
    if (damaged !== undefined) {
      index = yield* NodeIndex.making(nodes);
      if (index.isEmpty) throw damaged;
    }
    // First what was left out: of many damages only some are told.
    const damages = [...leftOut, ...index.damages];
    if (header.fileBytes > file.size)
      damages.push(damage('file', `it has ${file.size} bytes and should have ${header.fileBytes}`));
    return new Archive({ header, nodes, blocks: new Blocks(windows, header, tree), index, damages });
  }

  static open(file: PstFile): Archive {
    const opening = Archive.opening(file);
    for (;;) {
      const { done, value } = opening.next();
      if (done) return value;
    }
  }

  /** The most that all it holds can come to, in bytes. */
  get mostBytes(): number {
    return this.blocks.mostBytes;
  }

  /** Whether Outlook asks for a password: a checksum of one lies in the file, which hides nothing (MS-PST §4.2). */
  passworded(): boolean {
    const value = this.orTell(() => this.store().get(PASSWORD)?.value);
    // An OST has -1, whoever it belongs to.
    return typeof value === 'number' && value !== 0 && value !== -1;
  }

  /** Null when it is not there. Throws `malformed`. */
  node(nid: number): PstNode | null {
    const entry = this.nodes.find(nid);
    return entry === null ? null : new PstNode(this.blocks, entry);
  }

  /** The properties of a node; damage shows when they are asked for. */
  properties(nid: number): PropertyBag {
    return new PropertyContext(() => this.mustFind(nid), this.names());
  }

  /** The item at a node; damage shows when it is asked for anything. */
  item(nid: number): Item {
    return new PstItem(() => this.mustFind(nid), this.names());
  }

  /** Null when there is none. Throws `malformed`. */
  table(nid: number): TableContext | null {
    const node = this.node(nid);
    return node === null ? null : new TableContext(node, this.names());
  }

  /** The properties of the store itself (MS-PST §2.4.3.1). */
  store(): PropertyBag {
    return this.properties(MESSAGE_STORE);
  }

  /** What `act` gives, or null where the file is damaged: then `damages` tells it. */
  orTell<T>(act: () => T): T | null {
    return unlessDamaged(act, this.tell);
  }

  /** Damage at one place counts once, however often it is met. */
  readonly tell = (trouble: Trouble): void => {
    const known = this.damages.some(({ message }) => message === trouble.message);
    if (!known && this.damages.length < DAMAGES_MAX) this.damages.push(trouble);
  };

  /** A text property of a bag, as the store's code page has it; null when there is none. Throws `malformed`. */
  text(bag: PropertyBag, id: number): string | null {
    const property = bag.get(id);
    if (property === null) return null;
    if (typeof property.value === 'string') return property.value.toWellFormed();
    if (property.type !== TYPE.string8 || !(property.value instanceof Uint8Array)) return null;
    return decodePage(property.value, this.codePage()).toWellFormed();
  }

  /** Of the texts of an ANSI file, as far as the file tells it. */
  codePage(): number {
    this.cachedCodePage ??= this.likelyCodePage();
    return this.cachedCodePage;
  }

  /** The file does not tell its own: the first messages tell theirs. */
  private likelyCodePage(): number {
    let looked = 0;
    for (const parent of this.index.parents())
      for (const nid of this.index.messagesOf(parent)) {
        if (looked++ >= MESSAGES_LOOKED_AT) return DEFAULT_CODE_PAGE;
        // A message that is damaged is told as one when its turn comes.
        const page = unlessDamaged(
          () => pageOf(this.item(nid)),
          () => {},
        );
        if (page !== null) return page;
      }
    return DEFAULT_CODE_PAGE;
  }

  /** Names that cannot be read leave their properties nameless; the items are read all the same. */
  private names(): NamedIds {
    if (this.cachedNames === null) {
      this.cachedNames =
        this.orTell(() => readNames(new PropertyContext(() => this.mustFind(NAMES), NO_NAMES))) ?? NO_NAMES;
    }
    return this.cachedNames;
  }

  private mustFind(nid: number): PstNode {
    const node = this.node(nid);
    if (node === null) throw damage(`node ${nid.toString(16)}`, 'it is not there');
    return node;
  }
}

interface Parts {
  header: Header;
  nodes: NodeTree;
  blocks: Blocks;
  index: NodeIndex;
  damages: readonly Trouble[];
}

function* isDamaged(tree: BlockTree): Generator<void, boolean> {
  let [damaged, count] = [false, 0];
  const tell = (): void => {
    damaged = true;
  };
  for (const _block of tree.walk(tell)) if (count++ % STEP === 0) yield;
  return damaged;
}

const DAMAGES_MAX = 1000;
const DEFAULT_CODE_PAGE = 1252;
const MESSAGES_LOOKED_AT = 100;
const MESSAGE_CODE_PAGE = 0x3ffd;
const INTERNET_CODE_PAGE = 0x3fde;

/** The Windows page of an item's texts; null when it tells none, or UTF-16. */
function pageOf(item: Item): number | null {
  for (const id of [MESSAGE_CODE_PAGE, INTERNET_CODE_PAGE]) {
    const value = item.get(id)?.value;
    const page = typeof value === 'number' ? windowsPage(value) : null;
    if (page !== null) return page;
  }
  return null;
}

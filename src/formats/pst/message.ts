import type { Attachment, Item, PropertyBag, PropertyStream } from '../mapi/item.ts';
import { u32 } from './bytes.ts';
import { damage } from './damage.ts';
import type { NamedIds } from './named.ts';
import { NID_TYPE, type PstNode, typeOf } from './node.ts';
import { PropertyContext } from './property-context.ts';
import { TableContext } from './table-context.ts';
import { bytesAt, TYPE } from './value.ts';

/** MS-PST §2.4.8.2. */
const RECIPIENT_TABLE = 0x692;
const ATTACHMENT_TABLE = 0x671;
const ATTACH_DATA = 0x3701;
const ATTACH_METHOD = 0x3705;
const METHOD_EMBEDDED = 5;
/** A message in a message in a message: nobody forwards so often what is forwarded so often. */
const DEPTH_MAX = 32;

/** A message, appointment, contact … of a PST (MS-PST §2.4.5). */
export class PstItem extends PropertyContext implements Item {
  private readonly depth: number;

  constructor(find: () => PstNode, names: NamedIds, depth = 0) {
    super(find, names);
    this.depth = depth;
  }

  *recipients(): Generator<PropertyBag> {
    const table = this.node.findSubnode(RECIPIENT_TABLE);
    if (table !== null) yield* new TableContext(table, this.names).rows();
  }

  /** An attachment that is damaged comes, too: then what is asked of it throws. */
  *attachments(): Generator<Attachment> {
    const { node } = this;
    const told = new Set<number>();
    const table = node.findSubnode(ATTACHMENT_TABLE);
    if (table !== null)
      for (const { rowId } of new TableContext(table, this.names).rows()) {
        told.add(rowId);
        yield this.attachment(rowId);
      }
    for (const nid of node.subnodes())
      if (typeOf(nid) === NID_TYPE.attachment && !told.has(nid)) yield this.attachment(nid);
  }

  private attachment(nid: number): Attachment {
    return new PstAttachment(() => this.node.subnode(nid), this.names, this.depth);
  }
}

/** MS-PST §2.4.6.2. */
class PstAttachment extends PropertyContext implements Attachment {
  private readonly depth: number;

  constructor(find: () => PstNode, names: NamedIds, depth: number) {
    super(find, names);
    this.depth = depth;
  }

  embedded(): Item | null {
    if (this.get(ATTACH_METHOD)?.value !== METHOD_EMBEDDED) return null;
    if (this.depth >= DEPTH_MAX) throw damage('attachment', `messages within messages, ${DEPTH_MAX} deep`);
    const nid = this.objectNode();
    if (nid === null) throw damage('attachment', 'the message it should hold is not there');
    return new PstItem(() => this.node.subnode(nid), this.names, this.depth + 1);
  }

  /** An OLE object lies in a subnode as its bytes: they are told as of type PtypObject. */
  override stream(id: number): PropertyStream | null {
    const nid = id === ATTACH_DATA ? this.objectNode() : null;
    if (nid === null || this.get(ATTACH_METHOD)?.value === METHOD_EMBEDDED) return super.stream(id);
    const data = this.node.subnode(nid).data();
    return { type: TYPE.object, size: data.size, chunks: () => data.chunks() };
  }

  /** MS-PST §2.3.3.5: a PtypObject is the id of a subnode, and a size. */
  private objectNode(): number | null {
    const held = this.heldAt(ATTACH_DATA);
    return held?.type === TYPE.object ? u32(bytesAt(this.node, held.at), 0) : null;
  }
}

import type { Item, PropertyValue } from '../mapi/item.ts';
import { Archive } from './archive.ts';
import { foldersOf, type PstFolder } from './folder-tree.ts';
import { messagesOf, straysOf } from './listing.ts';
import type { MessageFacts } from './write.fixture.ts';

/** A file that lies in memory. */
export function openBytes(bytes: Uint8Array): Archive {
  return Archive.open({
    size: bytes.length,
    readAt(into, position) {
      const there = bytes.subarray(position, position + into.length);
      into.set(there);
      return there.length;
    },
  });
}

export interface Told {
  folder: PstFolder;
  messages: { nid: number; there: boolean; item: Item }[];
}

/** Everything a file tells. */
export function tellAll(archive: Archive): { folders: Told[]; lost: readonly number[] } {
  const folders = foldersOf(archive);
  const strays = straysOf(
    archive,
    folders.map(({ nid }) => nid),
  );
  return {
    lost: [...strays.lost],
    folders: folders.map((folder) => ({
      folder,
      messages: [...messagesOf(archive, folder.nid, strays.adopted.get(folder.nid) ?? new Set())].map(
        ({ nid, there }) => ({ nid, there, item: archive.item(nid) }),
      ),
    })),
  };
}

/** Everything there is in an item, in an order of its own; named properties by the names asked for. */
export function everythingOf(item: Item, named: MessageFacts['named'] = []): unknown {
  return {
    ...bagOf(item, named),
    recipients: [...item.recipients()].map((each) => bagOf(each)),
    attachments: [...item.attachments()].map((each) => {
      const embedded = each.embedded();
      return { ...bagOf(each), embedded: embedded && everythingOf(embedded) };
    }),
  };
}

/** Row ids and places within the file are no property of an item. */
const OF_THE_FILE: ReadonlySet<number> = new Set([0x67f2, 0x67f3, 0x3701]);

function bagOf(bag: Parameters<typeof everythingOf>[0] | Bag, named: MessageFacts['named'] = []): object {
  const ids = bag.ids().filter((id) => id < 0x8000 && !OF_THE_FILE.has(id));
  return {
    properties: ids.map((id) => {
      const property = bag.get(id);
      return property && { id: id.toString(16), type: property.type, value: shown(property.value) };
    }),
    streams: ids
      .filter((id) => STREAMED.has(bag.get(id)?.type ?? 0))
      .map((id) => {
        const { size, chunks } = bag.stream(id)!;
        return { id: id.toString(16), size, bytes: Buffer.concat([...chunks()].map(copied)).toString('hex') };
      }),
    named: named.map(({ set, name }) => shown(bag.named(set, name)?.value ?? '')),
  };
}

type Bag = Pick<Item, 'ids' | 'get' | 'stream' | 'named'>;

const STREAMED: ReadonlySet<number> = new Set([0x1e, 0x1f, 0x102]);

function shown(value: PropertyValue): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return Array.isArray(value) ? value.map(shown) : value;
}

function copied(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes);
}

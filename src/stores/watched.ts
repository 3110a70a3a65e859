import type { Attachment, Item, Property, PropertyBag, PropertyStream } from '../formats/mapi/item.ts';
import { isTrouble, type Trouble } from '../trouble.ts';

/**
 * An item as it is, and beside it what was damaged when it was read. Rendering goes round damage, and rightly so: but
 * a message that lacks a part of itself must not arrive as if it were whole.
 */
export function watched(item: Item, tell: (trouble: Trouble) => void): Item {
  return new WatchedItem(item, tell);
}

class WatchedBag<B extends PropertyBag> implements PropertyBag {
  protected readonly bag: B;
  protected readonly tell: (trouble: Trouble) => void;

  constructor(bag: B, tell: (trouble: Trouble) => void) {
    this.bag = bag;
    this.tell = tell;
  }

  ids(): readonly number[] {
    return this.watch(() => this.bag.ids());
  }

  get(id: number): Property | null {
    return this.watch(
      () => this.bag.get(id),
      () => this.isLarge(id),
    );
  }

  named(set: string, name: number | string): Property | null {
    return this.watch(() => this.bag.named(set, name));
  }

  stream(id: number): PropertyStream | null {
    const stream = this.watch(() => this.bag.stream(id));
    return stream && { ...stream, chunks: () => this.each(stream.chunks()) };
  }

  protected watch<T>(act: () => T, isNone: () => boolean = () => false): T {
    try {
      return act();
    } catch (cause) {
      if (isTrouble(cause, 'malformed') && !isNone()) this.tell(cause);
      throw cause;
    }
  }

  protected *each<T>(list: Iterable<T>): Generator<T> {
    const iterator = this.watch(() => list[Symbol.iterator]());
    for (;;) {
      const { done, value } = this.watch(() => iterator.next());
      if (done) return;
      yield value;
    }
  }

  /** A value too large to be had at once is there all the same, as a stream. */
  private isLarge(id: number): boolean {
    try {
      return (this.bag.stream(id)?.size ?? 0) > VALUE_MAX_BYTES;
    } catch (cause) {
      if (!isTrouble(cause, 'malformed')) throw cause;
      return false;
    }
  }
}

/** See `PropertyBag.get`. */
const VALUE_MAX_BYTES = 16 * 1024 * 1024;

class WatchedItem extends WatchedBag<Item> implements Item {
  *recipients(): Generator<PropertyBag> {
    for (const each of this.each(this.bag.recipients())) yield new WatchedBag(each, this.tell);
  }

  *attachments(): Generator<Attachment> {
    for (const each of this.each(this.bag.attachments())) yield new WatchedAttachment(each, this.tell);
  }
}

class WatchedAttachment extends WatchedBag<Attachment> implements Attachment {
  embedded(): Item | null {
    const item = this.watch(() => this.bag.embedded());
    return item && watched(item, this.tell);
  }
}

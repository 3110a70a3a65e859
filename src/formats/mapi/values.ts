/**
 * Reading properties that may be damaged, missing or of another type than they should be: what cannot be read counts as
 * not there, and is noted.
 */
import { REBUILD_NOTES, type RebuildNote } from '../../mail/rebuild-note.ts';
import { isTrouble } from '../../trouble.ts';
import { charsetOf, decodePage, windowsPage } from './charset.ts';
import type { Property, PropertyBag, PropertyStream } from './item.ts';
import { PidTag, Ptyp } from './properties.ts';

/** What could not be kept as it was. */
export class Notes {
  /** In words, in order, none twice. */
  readonly list: string[] = [];
  static readonly MAX = 1000;
  readonly #told = new Map<RebuildNote, number>();
  #damages = 0;

  add(note: RebuildNote, what: string): void {
    this.#told.set(note, this.times(note) + 1);
    if (this.list.length < Notes.MAX && !this.list.includes(what)) this.list.push(what);
  }

  times(note: RebuildNote): number {
    return this.#told.get(note) ?? 0;
  }

  /** How often something was found to be damaged, noted or not. */
  get damages(): number {
    return this.#damages;
  }

  /** In the order of the list of all notes. */
  told(): RebuildNote[] {
    return REBUILD_NOTES.filter((note) => this.#told.has(note));
  }

  /** What `read` gives; null where the file is damaged, with a note unless that is null. Other troubles go on up. */
  unlessDamaged<T>(note: RebuildNote | null, what: string, read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (!isTrouble(error, 'malformed')) throw error;
      this.#damages++;
      if (note !== null) this.add(note, `${what} is damaged and could not be read`);
      return null;
    }
  }
}

/** A bag, the code page of its strings, and where to say what is wrong with it. */
export class Values {
  readonly bag: PropertyBag;
  readonly codePage: number;
  readonly notes: Notes;
  /** What is noted of a value that is damaged; null: it is only counted. */
  readonly lost: RebuildNote | null;

  constructor(bag: PropertyBag, codePage: number, notes: Notes, lost: RebuildNote | null = 'detail-lost') {
    this.bag = bag;
    this.codePage = codePage;
    this.notes = notes;
    this.lost = lost;
  }

  property(id: number): Property | null {
    return this.notes.unlessDamaged(this.lost, propertyName(id), () => this.bag.get(id));
  }

  named(set: string, name: number | string): Property | null {
    return this.notes.unlessDamaged(this.lost, `property ${name}`, () => this.bag.named(set, name));
  }

  stream(id: number): PropertyStream | null {
    return this.notes.unlessDamaged(this.lost, propertyName(id), () => this.bag.stream(id));
  }

  /** Without NULs; null when empty or not there. */
  text(id: number): string | null {
    return this.#text(this.property(id));
  }

  namedText(set: string, name: number | string): string | null {
    return this.#text(this.named(set, name));
  }

  #text(property: Property | null): string | null {
    const text = property === null ? null : textOf(property, this.codePage);
    return text === '' ? null : text;
  }

  namedTexts(set: string, name: number | string): string[] {
    const property = this.named(set, name);
    if (property === null) return [];
    const values = Array.isArray(property.value) ? property.value : [property.value];
    return values.flatMap((value) => {
      const text = textOf({ ...property, type: property.type & ~Ptyp.Multiple, value }, this.codePage);
      return text === null || text === '' ? [] : [text];
    });
  }

  number(id: number): number | null {
    return numberOf(this.property(id));
  }

  namedNumber(set: string, name: number | string): number | null {
    return numberOf(this.named(set, name));
  }

  flag(id: number): boolean {
    return flagOf(this.property(id));
  }

  namedFlag(set: string, name: number | string): boolean {
    return flagOf(this.named(set, name));
  }

  bytes(id: number): Uint8Array | null {
    return bytesOf(this.property(id));
  }

  namedBytes(set: string, name: number | string): Uint8Array | null {
    return bytesOf(this.named(set, name));
  }

  /** Milliseconds since 1970 in whole seconds; null for what no message or appointment has (Outlook: 4501 is never). */
  time(id: number): number | null {
    return timeOf(this.property(id));
  }

  namedTime(set: string, name: number | string): number | null {
    return timeOf(this.named(set, name));
  }
}

/** The code page of an item's PtypString8 values: its own, else that of its languages, else the store's. */
export function codePageOf(item: PropertyBag, fallback: number, notes: Notes): number {
  const values = new Values(item, fallback, notes);
  const own = values.number(PidTag.MessageCodepage);
  if (own !== null && own !== 1200 && charsetOf(own) !== null) return own;
  const internet = values.number(PidTag.InternetCodepage);
  return (internet === null ? null : windowsPage(internet)) ?? fallback;
}

/** Null for what is no text. */
export function textOf({ type, value }: Property, codePage: number): string | null {
  let text: string | null = null;
  if (typeof value === 'string') text = value;
  else if (type === Ptyp.String8 && value instanceof Uint8Array) text = decodePage(value, codePage);
  if (text === null) return null;
  return (text.includes('\0') ? text.replaceAll('\0', '') : text).toWellFormed();
}

function numberOf(property: Property | null): number | null {
  if (typeof property?.value === 'bigint') return Number(property.value);
  if (typeof property?.value !== 'number' || !Number.isFinite(property.value)) return null;
  return property.value;
}

function flagOf(property: Property | null): boolean {
  return property?.value === true || (typeof property?.value === 'number' && property.value !== 0);
}

function bytesOf(property: Property | null): Uint8Array | null {
  return property?.value instanceof Uint8Array ? property.value : null;
}

const NEVER_MS = Date.UTC(4500, 0, 1);
const OLDEST_MS = Date.UTC(1602, 0, 1);

function timeOf(property: Property | null): number | null {
  const ms = property?.type === Ptyp.Time ? numberOf(property) : null;
  return ms === null || ms < OLDEST_MS || ms >= NEVER_MS ? null : Math.floor(ms / 1000) * 1000;
}

const NAMES = new Map<number, string>(Object.entries(PidTag).map(([name, id]) => [id, `PidTag${name}`]));

function propertyName(id: number): string {
  return NAMES.get(id) ?? `property 0x${id.toString(16).padStart(4, '0')}`;
}

/** Single occurrences that were changed: ExceptionInfo and ExtendedException (MS-OXOCAL §2.2.1.44.2, §2.2.1.44.4). */
import { decodePage } from '../charset.ts';

/** What is not told (null) is as in all others. Times are milliseconds of a clock without zone. */
export interface ChangedOccurrence {
  start: number;
  end: number;
  /** When it should have begun. */
  original: number;
  subject: string | null;
  location: string | null;
  busy: number | null;
  allDay: boolean | null;
  reminderMinutes: number | null;
  reminder: boolean | null;
  /** Its text is its own: in the item that lies among the attachments. */
  ownText: boolean;
}

/** Bytes in order. Every method throws RangeError beyond their end. */
export class Reader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  u16(): number {
    this.at += 2;
    return this.bytes.readUInt16LE(this.at - 2);
  }

  u32(): number {
    this.at += 4;
    return this.bytes.readUInt32LE(this.at - 4);
  }

  skip(count: number): void {
    this.take(count);
  }

  take(count: number): Buffer {
    if (count > this.left) throw new RangeError('beyond the end');
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
}

const [SUBJECT, MEETING, DELTA, REMINDER, LOCATION, BUSY, ATTACHMENT, SUBTYPE, COLOR, BODY] = [
  ...[0x1, 0x2, 0x4, 0x8, 0x10],
  ...[0x20, 0x40, 0x80, 0x100, 0x200],
] as [number, number, number, number, number, number, number, number, number, number];
const MINUTE_MS = 60_000;
const EPOCH_MS = Date.UTC(1601, 0, 1);
const CHANGED_MAX = 10_000;
/** Subjects here are in the writer's code page, which is not told; as UTF-16 they come again behind. */
const CODE_PAGE = 1252;
/** From this version on each extended one begins with what was highlighted. */
const HIGHLIGHTS = 0x3009;

interface Open {
  occurrence: ChangedOccurrence;
  flags: number;
}

/** As many as can be read; those behind a damaged one are not. */
export function readChanged(reader: Reader, writer: number): ChangedOccurrence[] {
  const open: Open[] = [];
  try {
    const count = Math.min(reader.u16(), CHANGED_MAX);
    for (let n = 0; n < count; n++) open.push(readOne(reader));
    reader.skip(reader.u32());
    for (const each of open) readExtended(reader, writer, each);
  } catch (error) {
    // Beyond the end of the bytes: what was read stands.
    if (!(error instanceof RangeError)) throw error;
  }
  return open.map(({ occurrence }) => occurrence).filter(({ start, end }) => end >= start);
}

function readOne(reader: Reader): Open {
  const time = (): number => EPOCH_MS + reader.u32() * MINUTE_MS;
  const [start, end, original, flags] = [time(), time(), time(), reader.u16()];
  const when = (bit: number, read: () => number): number | null => ((flags & bit) !== 0 ? read() : null);
  const text = (bit: number): string | null => {
    if ((flags & bit) === 0) return null;
    reader.skip(2);
    return decodePage(reader.take(reader.u16()), CODE_PAGE);
  };
  const subject = text(SUBJECT);
  when(MEETING, () => reader.u32());
  const reminderMinutes = when(DELTA, () => reader.u32());
  const reminder = when(REMINDER, () => reader.u32());
  const location = text(LOCATION);
  const busy = when(BUSY, () => reader.u32());
  when(ATTACHMENT, () => reader.u32());
  const allDay = when(SUBTYPE, () => reader.u32());
  when(COLOR, () => reader.u32());
  return {
    flags,
    occurrence: {
      ...{ start, end, original, subject, location, busy, reminderMinutes },
      allDay: allDay === null ? null : allDay !== 0,
      reminder: reminder === null ? null : reminder !== 0,
      ownText: (flags & BODY) !== 0,
    },
  };
}

function readExtended(reader: Reader, writer: number, { occurrence, flags }: Open): void {
  if (writer >= HIGHLIGHTS) reader.skip(reader.u32());
  reader.skip(reader.u32());
  if ((flags & (SUBJECT | LOCATION)) === 0) return;
  reader.skip(12);
  const wide = (): string =>
    reader
      .take(reader.u16() * 2)
      .toString('utf16le')
      .toWellFormed();
  if ((flags & SUBJECT) !== 0) occurrence.subject = wide();
  if ((flags & LOCATION) !== 0) occurrence.location = wide();
  reader.skip(reader.u32());
}

import { CALENDAR_END, calendarHead } from '../../formats/mapi/groupware/render.ts';
import type { GroupwareItem } from '../item.ts';
import { OutFile } from './out.ts';

/** A file of one folder, under way: it gets its place and its name when it is whole. */
export interface Draft {
  /** Where it lies now. */
  path: string;
  ending: 'vcf' | 'ics';
  bytes: number;
  sha256: string;
}

/** The files of one folder: all its contacts in one, all that has a date in another. Only begun when there is something. */
export class FolderFiles {
  private readonly stem: string;
  private cards: OutFile | null = null;
  private calendar: { body: OutFile; zones: OutFile; told: Set<string> } | null = null;

  /** `stem`: path of the drafts, without an ending. */
  constructor(stem: string) {
    this.stem = stem;
  }

  add({ format, text, zones }: GroupwareItem): void {
    if (format === 'vcard') {
      this.cards ??= new OutFile(`${this.stem}.vcf`);
      this.cards.add(text);
      return;
    }
    this.calendar ??= {
      body: new OutFile(`${this.stem}.body`),
      zones: new OutFile(`${this.stem}.zones`),
      told: new Set(),
    };
    const { body, zones: zoneFile, told } = this.calendar;
    for (const zone of zones) {
      if (told.has(zone.tzid)) continue;
      told.add(zone.tzid);
      zoneFile.add(zone.text);
    }
    body.add(text);
  }

  /** What was written, whole and on the disk. */
  end(): Draft[] {
    const drafts: Draft[] = [];
    if (this.cards !== null) drafts.push({ path: this.cards.path, ending: 'vcf', ...this.cards.end() });
    if (this.calendar !== null) drafts.push(this.endCalendar(this.calendar));
    return drafts;
  }

  /** Leaves nothing open. Twice is once. */
  close(): void {
    for (const file of [this.cards, this.calendar?.body, this.calendar?.zones]) file?.close();
  }

  /** The zones are known at the end only, and should stand at the beginning. */
  private endCalendar({ body, zones }: { body: OutFile; zones: OutFile }): Draft {
    body.end();
    zones.end();
    const whole = new OutFile(`${this.stem}.ics`);
    try {
      whole.add(calendarHead(null));
      whole.addFile(zones.path);
      whole.addFile(body.path);
      whole.add(CALENDAR_END);
      return { path: whole.path, ending: 'ics', ...whole.end() };
    } finally {
      whole.close();
    }
  }
}

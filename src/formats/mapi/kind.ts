/** What an Outlook item is, by its message class (MS-OXCMSG §2.2.1.3). */
import type { Item } from './item.ts';
import { PidTag } from './properties.ts';
import { Notes, Values } from './values.ts';

export type ItemKind =
  | 'mail'
  | 'contact'
  | 'distribution-list'
  | 'appointment'
  | 'task'
  | 'note'
  | 'journal'
  | 'other';

/** A class means itself and all below it (`IPM.Note.SMIME` is an `IPM.Note`); the first that fits counts. */
const CLASSES: readonly (readonly [string, ItemKind])[] = [
  ['ipm.note', 'mail'],
  ['report', 'mail'],
  ['ipm.report', 'mail'],
  ['ipm.schedule.meeting', 'mail'],
  ['ipm.outlook.recall', 'mail'],
  ['ipm.recall', 'mail'],
  ['ipm.post', 'mail'],
  ['ipm.taskrequest', 'mail'],
  ['ipm.sharing', 'mail'],
  ['ipm.infopathform', 'mail'],
  ['ipm.octel.voice', 'mail'],
  ['ipm.voicenotes', 'mail'],
  ['ipm.contact', 'contact'],
  ['ipm.abchperson', 'contact'],
  ['ipm.distlist', 'distribution-list'],
  ['ipm.appointment', 'appointment'],
  ['ipm.ole.class.{00061055-0000-0000-c000-000000000046}', 'appointment'],
  ['ipm.task', 'task'],
  ['ipm.stickynote', 'note'],
  ['ipm.activity', 'journal'],
];

/** An item whose class is missing, unreadable or only `IPM` is mail: so nothing is passed over that may be a letter. */
export function itemKind(item: Item): ItemKind {
  return kindOfClass(messageClass(item));
}

/** In lower case; empty when there is none. */
export function messageClass(item: Item): string {
  return new Values(item, 1252, new Notes()).text(PidTag.MessageClass)?.trim().toLowerCase() ?? '';
}

export function kindOfClass(name: string): ItemKind {
  if (name === '' || name === 'ipm') return 'mail';
  for (const [above, kind] of CLASSES) {
    if (name === above || name.startsWith(`${above}.`)) return kind;
  }
  return 'other';
}

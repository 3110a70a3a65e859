/**
 * What was lost, or made up, when a message was built again from the parts that a mail program keeps of it. A closed list,
 * each with its words in every language, in the order in which they matter to who reads them.
 */
export const REBUILD_NOTES = [
  /** The text, or one of the forms it is kept in. */
  'body-lost',
  /** A file or message inside; a text that names it stands in its place. */
  'attachment-lost',
  /** Its beginning is there; a text that says so stands behind it. */
  'attachment-cut',
  /** Some or all of those it was sent to. */
  'recipients-lost',
  /** A field of the header, a mark: something small. */
  'detail-lost',
  /** Formatted text of a kind that could not be understood is there as a file, as it lay in the source. */
  'body-as-file',
  /** The file itself lies elsewhere: its address is there. */
  'attachment-link',
  'sender-unknown',
  'date-unknown',
  /** When it was sent is not known: the date of its making or of its last change stands there. */
  'date-made',
  /** An address that only Exchange knows: a stand-in below `.invalid` (RFC 2606) stands there. */
  'address-without-smtp',
] as const;

export type RebuildNote = (typeof REBUILD_NOTES)[number];

/** Something of the message did not arrive; of the others, what there was arrived. */
const LOSSES: ReadonlySet<RebuildNote> = new Set([
  'body-lost',
  'attachment-lost',
  'attachment-cut',
  'recipients-lost',
  'detail-lost',
]);

export function isLoss(note: RebuildNote): boolean {
  return LOSSES.has(note);
}

/** A note beside what a target alters: as a class of its landing it is kept, told and proven with the others. */
export type RebuiltClass = `rebuilt:${RebuildNote}`;

export function rebuiltClasses(notes: readonly RebuildNote[] | undefined): RebuiltClass[] {
  return (notes ?? []).map((note): RebuiltClass => `rebuilt:${note}`);
}

const CLASSES: ReadonlySet<string> = new Set(rebuiltClasses(REBUILD_NOTES));
const LOSS_CLASSES: ReadonlySet<string> = new Set(rebuiltClasses(REBUILD_NOTES.filter(isLoss)));

/** Of the source's making: the target altered nothing. */
export function isRebuilt(name: string): boolean {
  return CLASSES.has(name);
}

/** Whether a part of the message could not be read at the source. */
export function isIncomplete(classes: readonly string[]): boolean {
  return classes.some((name) => LOSS_CLASSES.has(name));
}

const ARRIVED: ReadonlySet<string> = new Set(['same', 'merged', 'altered']);

/**
 * What a person should be told a finding is. `incomplete`: it arrived without a part; `rebuilt`: whole as far as it was
 * there, with something made up.
 */
export function toldAs<Is extends string>(finding: {
  is: Is;
  classes: readonly string[];
}): Is | 'incomplete' | 'rebuilt' {
  const { is, classes } = finding;
  if (!ARRIVED.has(is)) return is;
  if (isIncomplete(classes)) return 'incomplete';
  return is !== 'altered' && classes.some(isRebuilt) ? 'rebuilt' : is;
}

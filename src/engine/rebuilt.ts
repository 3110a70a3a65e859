import { isLoss, REBUILD_NOTES, type RebuildNote } from '../mail/rebuild-note.ts';

/**
 * What a source noted of a message that it built again, beside what a target altered: as classes of its landing they are
 * kept, told and proven with the others.
 */
export type RebuiltClass = `rebuilt:${RebuildNote}`;

export function rebuiltClasses(notes: readonly RebuildNote[] | undefined): RebuiltClass[] {
  return (notes ?? []).map((note): RebuiltClass => `rebuilt:${note}`);
}

const ALL: ReadonlySet<string> = new Set(rebuiltClasses(REBUILD_NOTES));
const LOSSES: ReadonlySet<string> = new Set(rebuiltClasses(REBUILD_NOTES.filter(isLoss)));

/** Of the source's making: the target altered nothing. */
export function isRebuilt(name: string): boolean {
  return ALL.has(name);
}

/** Whether a part of the message could not be read at the source. */
export function isIncomplete(classes: readonly string[]): boolean {
  return classes.some((name) => LOSSES.has(name));
}

import { decodeMailboxName } from '../../../wire/imap/index.ts';
import { type Labels, labelPath } from '../../google-filing.ts';
import type { Kind } from '../../google-words.ts';

/** Google's own labels as X-GM-LABELS spells them ("Gmail IMAP Extensions"). */
const SYSTEM: Readonly<Record<string, Kind>> = {
  '\\inbox': 'inbox',
  '\\sent': 'sent',
  '\\draft': 'drafts',
  '\\drafts': 'drafts',
  '\\starred': 'starred',
  '\\flagged': 'starred',
  '\\important': 'important',
  '\\muted': 'muted',
  '\\junk': 'junk',
  '\\spam': 'junk',
  '\\trash': 'trash',
};

/**
 * X-GM-LABELS, understood. A label that begins with a backslash is Google's, unless there is a folder of this very name. Labels
 * of people that have no folder (not shown in IMAP) are `unseen`: they are no place.
 */
export function readLabels(
  labels: readonly string[],
  visible: ReadonlySet<string>,
  nameOf: (kind: Kind) => string,
): Labels & { unseen: string[][] } {
  const kinds = new Map<Kind, string>();
  const made: string[][] = [];
  const unseen: string[][] = [];
  for (const label of new Set(labels)) {
    const isGoogles = label.startsWith('\\') && !visible.has(label);
    const kind = SYSTEM[label.toLowerCase()];
    if (isGoogles && kind !== undefined) kinds.set(kind, nameOf(kind));
    if (isGoogles || label === '') continue;
    if (label.toUpperCase() === 'INBOX') kinds.set('inbox', 'INBOX');
    else (visible.has(label) ? made : unseen).push(labelPath(decodeMailboxName(label).name));
  }
  return { kinds, made, keywords: [], unseen };
}

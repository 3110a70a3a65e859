/**
 * What the ledger keeps of a source folder: the folder's state as it was before its changes were told, and the store's
 * own checkpoint. Equal state spares opening the folder; the checkpoint is what the store resumes from.
 */
export interface Checkpoint {
  state: string | null;
  mark: string;
}

export function packCheckpoint(checkpoint: Checkpoint): string {
  return JSON.stringify([checkpoint.state, checkpoint.mark]);
}

/** Of a folder that is not there (any more), or of which more was noted than the last checkpoint covers: told from the start. */
export const FORGOTTEN = '[]';

/** Null for one that is not ours: the folder is then told from the start, which is slow but never wrong. */
export function unpackCheckpoint(text: string | null): Checkpoint | null {
  if (text === null) return null;
  try {
    const [state, mark] = JSON.parse(text) as [string | null, string];
    return typeof mark === 'string' ? { state, mark } : null;
  } catch {
    return null;
  }
}

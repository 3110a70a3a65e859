/** `UIDVALIDITY.UIDNEXT`, as IMAP-like stores write a position (see `Folder.position`). */
const POSITION = /^(\d+)\.(\d+)$/;

/** Whether a folder was renumbered (UIDVALIDITY) since: every key told before is void. */
export function renumbered(since: string | null, now: string | null): boolean {
  const [before, after] = [POSITION.exec(since ?? ''), POSITION.exec(now ?? '')];
  return before !== null && after !== null && before[1] !== after[1];
}

/**
 * Whether everything that came into a folder between two positions is ours: a server gives each new message the next
 * number, so as many numbers as messages of ours means that nobody else put anything there. False when it cannot be told.
 */
export function allOurs(since: string | null, now: string | null, ours: number): boolean {
  const [before, after] = [POSITION.exec(since ?? ''), POSITION.exec(now ?? '')];
  if (!before || !after || before[1] !== after[1]) return false;
  return Number(after[2]) - Number(before[2]) === ours;
}

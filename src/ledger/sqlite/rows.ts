import { sha256 } from '../digest.ts';
import type { Item, ItemOutcome, Landing, LandingState, SameBy } from '../ledger.ts';
import type { Interned } from './interned.ts';

export const OUTCOMES: readonly ItemOutcome[] = ['copied', 'merged', 'left', 'asked'];
export const SAME_BY: readonly SameBy[] = ['exact', 'likely', 'moved'];
export const STATES: readonly LandingState[] = ['intended', 'landed', 'verified', 'found'];

export type Marks = Interned<readonly string[]>;
export type Paths = Interned<readonly (readonly string[])[]>;

/** `hex` of nothing is empty. */
const hex = (column: string) => `lower(hex(${column}))`;

/** In the order of `ItemRow`. */
export const ITEM_COLUMNS = `id, folder, account, gone, outcome, landing, same_by, size, received_at, marks, also_in, key,
  ${['exact', 'kin', 'likely'].map(hex)}, message_id, subject, reason`;

export type ItemRow = [
  id: number,
  folder: number,
  account: number,
  gone: number,
  outcome: number | null,
  landing: number | null,
  sameBy: number | null,
  size: number,
  receivedAt: number | null,
  marks: number,
  alsoIn: number,
  key: string,
  exact: string,
  kin: string,
  likely: string,
  messageId: string | null,
  subject: string | null,
  reason: string | null,
];

/** In the order of `LandingRow`. */
export const LANDING_COLUMNS = `id, place, state, size, marks, received_at, intended_at, key,
  ${['exact', 'kin', 'sent', 'likely', 'stored'].map(hex)}, rung, altered, message_id`;

export type LandingRow = [
  id: number,
  place: number,
  state: number,
  size: number,
  marks: number,
  receivedAt: number | null,
  intendedAt: number,
  key: string | null,
  exact: string,
  kin: string,
  sent: string,
  likely: string,
  stored: string,
  rung: string,
  altered: string | null,
  messageId: string | null,
];

export function itemOf(row: ItemRow, allMarks: Marks, paths: Paths): Item {
  const [id, folder, account, gone, outcome, landing, sameBy, size, receivedAt, marks, alsoIn, key] = row;
  return {
    id,
    folder,
    account,
    key,
    size,
    receivedAt,
    marks: allMarks.value(marks),
    alsoIn: paths.value(alsoIn),
    gone: gone === 1,
    outcome: outcome === null ? null : OUTCOMES[outcome]!,
    landing,
    by: sameBy === null ? null : SAME_BY[sameBy]!,
    reason: row[17],
    exact: row[12] || null,
    kin: row[13] || null,
    likely: row[14] || null,
    messageId: row[15],
    subject: row[16],
  };
}

export function landingOf(row: LandingRow, allMarks: Marks): Landing {
  const [id, place, state, size, marks, receivedAt, intendedAt, key, exact, kin, sent, likely, stored] = row;
  const [rung, altered, messageId] = [row[13], row[14], row[15]];
  return {
    id,
    place,
    state: STATES[state]!,
    key,
    sent: sent || exact,
    size,
    exact,
    kin,
    likely: likely || null,
    messageId,
    marks: allMarks.value(marks),
    receivedAt,
    rung,
    altered: altered === null ? [] : (JSON.parse(altered) as string[]),
    stored: stored || null,
    intendedAt,
  };
}

/** Decoding stops at what is no hex digit, so the length tells whether it is a digest. */
export function bytes(digest: string): Uint8Array {
  const decoded = Buffer.from(digest, 'hex');
  return decoded.length === 32 && digest.length === 64 ? decoded : Buffer.from(sha256(digest), 'hex');
}

export function bytesOrNull(digest: string | null): Uint8Array | null {
  return digest === null ? null : bytes(digest);
}

export function alteredText(altered: readonly string[]): string | null {
  return altered.length === 0 ? null : JSON.stringify(altered);
}

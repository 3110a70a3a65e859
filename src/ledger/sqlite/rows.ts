import { sha256 } from '../digest.ts';
import type { Item, ItemOutcome, Landing, LandingState, SameBy } from '../ledger.ts';
import type { Interned } from './interned.ts';

export const OUTCOMES: readonly ItemOutcome[] = ['copied', 'merged', 'left', 'asked'];
export const SAME_BY: readonly SameBy[] = ['exact', 'likely', 'moved'];
export const STATES: readonly LandingState[] = ['intended', 'landed', 'verified', 'found'];

export type Marks = Interned<readonly string[]>;
export type Paths = Interned<readonly (readonly string[])[]>;

export interface ItemRow {
  id: number;
  folder: number;
  account: number;
  gone: number;
  outcome: number | null;
  landing: number | null;
  same_by: number | null;
  size: number;
  received_at: number | null;
  marks: number;
  also_in: number;
  key: string;
  exact: Uint8Array | null;
  kin: Uint8Array | null;
  likely: Uint8Array | null;
  message_id: string | null;
  subject: string | null;
  reason: string | null;
}

export interface LandingRow {
  id: number;
  place: number;
  state: number;
  size: number;
  marks: number;
  received_at: number | null;
  intended_at: number;
  key: string | null;
  exact: Uint8Array;
  kin: Uint8Array;
  sent: Uint8Array | null;
  likely: Uint8Array | null;
  stored: Uint8Array | null;
  rung: string;
  altered: string | null;
  message_id: string | null;
}

export function itemOf(row: ItemRow, marks: Marks, paths: Paths): Item {
  return {
    id: row.id,
    folder: row.folder,
    account: row.account,
    key: row.key,
    size: row.size,
    receivedAt: row.received_at,
    marks: marks.value(row.marks),
    alsoIn: paths.value(row.also_in),
    gone: row.gone === 1,
    outcome: row.outcome === null ? null : OUTCOMES[row.outcome]!,
    landing: row.landing,
    by: row.same_by === null ? null : SAME_BY[row.same_by]!,
    reason: row.reason,
    exact: hexOrNull(row.exact),
    kin: hexOrNull(row.kin),
    likely: hexOrNull(row.likely),
    messageId: row.message_id,
    subject: row.subject,
  };
}

export function landingOf(row: LandingRow, marks: Marks): Landing {
  const exact = hex(row.exact);
  return {
    id: row.id,
    place: row.place,
    state: STATES[row.state]!,
    key: row.key,
    sent: row.sent === null ? exact : hex(row.sent),
    size: row.size,
    exact,
    kin: hex(row.kin),
    likely: hexOrNull(row.likely),
    messageId: row.message_id,
    marks: marks.value(row.marks),
    receivedAt: row.received_at,
    rung: row.rung,
    altered: row.altered === null ? [] : (JSON.parse(row.altered) as string[]),
    stored: hexOrNull(row.stored),
    intendedAt: row.intended_at,
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

function hex(digest: Uint8Array): string {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString('hex');
}

function hexOrNull(digest: Uint8Array | null): string | null {
  return digest === null ? null : hex(digest);
}

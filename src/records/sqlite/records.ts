import type { SealingKeys } from '../../wire/sealed.ts';
import type { Records } from '../records.ts';
import { recordsOn } from '../sql/records.ts';
import { openRecordsFile } from './open.ts';

export interface SqliteRecordsOptions {
  /** A file, or `:memory:`. */
  path: string;
  keys: SealingKeys;
  /** How long another process that writes is waited for. */
  busyMs?: number;
  nowMs?: () => number;
}

/** Longer than an import of ten thousand people takes. */
const BUSY_MS = 15_000;

/** Throws Trouble (`open-records`) `malformed`, `missing`, `denied`, `busy`, `full`. */
export async function openSqliteRecords({
  path,
  keys,
  busyMs,
  nowMs,
}: SqliteRecordsOptions): Promise<Records> {
  const file = await openRecordsFile(path, busyMs ?? BUSY_MS);
  const { reading, writing } = file;
  return recordsOn({ reading, writing, close: async () => file.close() }, keys, nowMs);
}

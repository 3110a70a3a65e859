import { usage } from '../app/usage.ts';
import type { Options } from './options.ts';

/** At least one to read, and the one to write. */
export function accountsOf({ from, to }: Options): { from: string[]; to: string } {
  if (from.length === 0) throw usage('no-from', '--from');
  if (to[0] === undefined) throw usage('no-to', '--to');
  return { from, to: to[0] };
}

export function settling({ settleSeconds }: Options): { settleMs?: number } {
  return settleSeconds === undefined ? {} : { settleMs: settleSeconds * 1000 };
}

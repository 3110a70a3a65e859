import { readFileSync } from 'node:fs';
import type { Found } from './found.ts';

const PASSWD_MAX_CHARS = 10_000_000;

/** Names of users by their number, from the system's own list; where it has none, numbers are all there is. */
export function ownerNames(): (uid: number) => Found['owner'] {
  // Windows tells no numbers: 0 for everybody.
  if (process.platform === 'win32') return () => null;
  const names = new Map<number, string>();
  for (const line of passwd().split('\n')) {
    const [name, , uid] = line.split(':');
    if (name && uid !== undefined && /^\d+$/.test(uid) && !names.has(Number(uid)))
      names.set(Number(uid), name);
  }
  return (uid) => ({ uid, name: names.get(uid) ?? null });
}

function passwd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8').slice(0, PASSWD_MAX_CHARS);
  } catch {
    // A system without that list: numbers are all that can be told.
    return '';
  }
}

import { shown } from '../below.ts';
import { type Kind, kindOf } from './names.ts';
import { join } from './tree.ts';

/**
 * `NAME/SEAL`. The seal of a file that is written once is `SIZE.TIME`: written over, it is another message. Apple Mail writes
 * its files again for every mark; so theirs is `LENGTH.DIGEST` of the message inside, with what lies beside it, after a `:`.
 */
export interface Key {
  /** Below the folder, as Latin-1 with `/`: the levels of a mailbox, and the name. */
  file: string;
  kind: Kind;
  seal: string;
}

export function stampOf({ size, mtimeMs }: { size: number; mtimeMs: number }): string {
  return `${size}.${Math.floor(mtimeMs).toString(36)}`;
}

/** A name that is no UTF-8 has a `/` before it. */
export function keyOf(level: string, name: string, seal: string): string {
  const file = join(level, name);
  const text = shown(file);
  const reversible = Buffer.from(text).toString('latin1') === file;
  return `${reversible ? text : `/${file}`}/${seal}`;
}

/** Null when it cannot be one of ours. `levels`: what may stand before the name. */
export function readKey(key: string, isLevel: (name: string) => boolean): Key | null {
  const slash = key.lastIndexOf('/');
  const text = key.slice(0, Math.max(0, slash));
  const file = text.startsWith('/') ? text.slice(1) : Buffer.from(text).toString('latin1');
  const levels = file.split('/');
  const name = levels.pop()!;
  const kind = kindOf(name);
  if (kind === null || file.includes('\0') || !levels.every(isLevel)) return null;
  return { file, kind, seal: key.slice(slash + 1) };
}

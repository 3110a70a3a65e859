import path from 'node:path';
import { type Gap, PIECE_BYTES } from '../../formats/emlx/index.ts';
import { Trouble } from '../../trouble.ts';
import { levelsOf, shown } from '../below.ts';
import { type Files, isDirectory, leadsDown } from '../files.ts';
import { ATTACHMENTS, PARTIAL } from './names.ts';
import type { Content } from './partial.ts';
import { join } from './tree.ts';

/** What Apple Mail keeps beside one message. */
export interface OutsideParts {
  /** Changes when any of it changes. */
  stamp(): string;
  /** Throws `malformed` where it is not there or not sure. */
  find(gap: Gap): Content;
}

/** More are no letter's; they are not looked at. */
const FILES_MAX = 2000;

interface OutsideFile {
  /** Below the root. */
  handle: string;
  /** `2`, `1.2`. */
  part: string;
  /** As people see it. */
  name: string;
  is: Content['is'];
  size: number;
  mtimeMs: number;
}

/**
 * Of a message `DIR/Messages/ID.partial.emlx`: `DIR/Attachments/ID/PART/NAME`, decoded, and from older versions
 * `DIR/Messages/ID.PART.emlxpart`, as it stood. Lists each directory once: for one walk over a folder.
 */
export class Outside {
  private readonly files: Files;
  /** By directory: the loose parts in it, by the number of their message. */
  private readonly loose = new Map<string, Map<string, string[]>>();

  constructor(files: Files) {
    this.files = files;
  }

  /** `handle`: of the message's file below the root. */
  partsOf(handle: string): OutsideParts {
    const directory = path.posix.dirname(`/${handle}`).slice(1);
    const id = path.posix.basename(handle).replace(PARTIAL, '');
    const files = [...attachments(this.files, directory, id), ...this.looseFiles(directory, id)];
    return {
      stamp() {
        const lines = files.map(
          ({ part, name, size, mtimeMs }) => `${part} ${name} ${size} ${Math.floor(mtimeMs)}`,
        );
        return lines.sort().join('\n');
      },
      find: (gap) => {
        const { handle: file, is, size } = chosen(files, gap);
        return { is, size, pieces: () => this.files.pieces(file, size, PIECE_BYTES) };
      },
    };
  }

  private *looseFiles(directory: string, id: string): Generator<OutsideFile> {
    for (const name of this.looseIn(directory).get(id) ?? [])
      yield* fileAt(this.files, join(directory, name), LOOSE.exec(name)![2]!, 'encoded');
  }

  private looseIn(directory: string): Map<string, string[]> {
    const known = this.loose.get(directory);
    if (known !== undefined) return known;
    const byId = new Map<string, string[]>();
    for (const { name } of this.files.list(directory)) {
      const id = LOOSE.exec(name)?.[1];
      if (id !== undefined) byId.set(id, [...(byId.get(id) ?? []), name]);
    }
    this.loose.set(directory, byId);
    return byId;
  }
}

/** `123.2.emlxpart`, `123.1.2.emlxpart` */
const LOOSE = /^(\d+)\.(\d+(?:\.\d+)*)\.emlxpart$/i;

function chosen(all: readonly OutsideFile[], { part, filename }: Gap): OutsideFile {
  const files = all.filter((file) => file.part === part && file.size > 0);
  if (files.length === 1) return files[0]!;
  // As it stood in the message beats what has to be encoded again.
  const asItStood = files.filter(({ is }) => is === 'encoded');
  if (asItStood.length === 1) return asItStood[0]!;
  const named = files.filter(({ name }) => name.normalize('NFC') === filename?.normalize('NFC'));
  if (named.length === 1) return named[0]!;
  const what = `attachment ${part}${filename === null ? '' : ` (${filename})`}`;
  throw new Trouble('malformed', {
    tried: 'read-message',
    on: 'emlx',
    answer: files.length === 0 ? `${what} was not fetched by Mail` : `${what} is one of several files`,
  });
}

function* attachments(files: Files, directory: string, id: string): Generator<OutsideFile> {
  const above = path.posix.dirname(`/${directory}`).slice(1);
  const home = join(join(above, ATTACHMENTS), id);
  if (directory === '' || id === '' || !leadsDown(files, levelsOf(home))) return;
  for (const part of names(files, home)) {
    const inside = join(home, part);
    if (!/^\d+(?:\.\d+)*$/.test(part) || !isDirectory(files, inside)) continue;
    for (const name of names(files, inside)) yield* fileAt(files, join(inside, name), part, 'decoded');
  }
}

function* fileAt(files: Files, handle: string, part: string, is: Content['is']): Generator<OutsideFile> {
  const stats = files.stats(handle);
  const name = shown(path.posix.basename(handle));
  if (stats?.is === 'file') yield { handle, part, name, is, size: stats.size, mtimeMs: stats.mtimeMs };
}

/** Without what the system drops there; sorted. */
function names(files: Files, handle: string): string[] {
  const all = Array.from(files.list(handle), ({ name }) => name);
  const seen = all.filter((name) => !name.startsWith('.')).sort();
  return seen.slice(0, FILES_MAX);
}

import type { PstFolder } from '../../formats/pst/index.ts';
import { type Role, roleOf } from '../../mail/role.ts';
import type { Folder } from '../entry.ts';
import type { Aside } from '../source.ts';
import { metIn, type Place } from './contents.ts';
import type { OpenFile } from './open-file.ts';
import { leave, type PstPath, separate } from './tree.ts';

/** Where what lies in no folder is told, and what cannot be read. */
export const LOST = 'Lost items';
/** Folders for mail are told though they are empty; any other only when mail lies in it. */
const FOR_MAIL = /^(?:|IPF\.(?:Note|Imap|Post)(?:\..*)?)$/i;

export interface Folders {
  folders: Folder[];
  /** What lies in folders that were left out, by handle. */
  aside: Map<string, Aside[]>;
}

interface Found {
  place: Place;
  path: string[];
  role: Role | null;
}

/** The folders of a file in which mail can lie. */
export function foldersIn(file: OpenFile, { handle, path }: PstPath): Folders {
  const aside = new Map<string, Aside[]>();
  const found: Found[] = [];
  for (const folder of file.folders()) {
    const { nid, role } = folder;
    const down = folder.place === 'lost' ? [LOST, ...folder.path] : folder.path;
    if (isToldEmpty(folder) || holdsMail(file, nid, down, handleOf(nid, handle), aside))
      found.push({ place: nid, path: down, role });
  }
  if (holdsMail(file, 'lost', [LOST], handleOf('lost', handle), aside))
    found.push({ place: 'lost', path: [LOST], role: null });
  for (const one of found) one.path = [...path, ...one.path];
  separate(found);
  const byStore = new Set(found.map(({ role }) => role));
  const folders = found.map((one): Folder => {
    const { place, path: full } = one;
    return {
      ...{ path: full, handle: handleOf(place, handle), selectable: true, subscribed: true },
      ...{ messages: null, position: null, state: file.steady || null },
      ...roleFor(one, path.length > 0, byStore),
    };
  });
  return { folders, aside };
}

function isToldEmpty({ place, holds }: PstFolder): boolean {
  return place === 'seen' && FOR_MAIL.test(holds ?? '');
}

/** Whether mail lies there; if not, what lies there instead is named. */
function holdsMail(
  file: OpenFile,
  place: Place,
  path: readonly string[],
  handle: string,
  aside: Map<string, Aside[]>,
): boolean {
  const others: Aside[] = [];
  for (const met of metIn(file, place)) {
    if (met.is === 'entry') return true;
    leave(others, [...path, met.name].join('/'), 'no-mail');
  }
  if (others.length > 0) aside.set(handle, others);
  return false;
}

/** One file among several is an archive: what was its inbox is nobody's inbox now. */
function roleFor(
  { path, role }: Found,
  among: boolean,
  byStore: ReadonlySet<Role | null>,
): Pick<Folder, 'role' | 'roleBy'> {
  if (among) return { role: null, roleBy: null };
  if (role !== null) return { role, roleBy: 'store' };
  const named = roleOf({ path });
  return named === null || byStore.has(named.role)
    ? { role: null, roleBy: null }
    : { role: named.role, roleBy: named.by };
}

/** The node, and the file where there are several. */
export function handleOf(place: Place, file: string): string {
  const node = place === 'lost' ? place : place.toString(16);
  return file === '' ? node : `${node}/${file}`;
}

/** Null for what is no handle of ours. */
export function readHandle(handle: string): { place: Place; file: string } | null {
  const match = /^(?:(lost)|([0-9a-f]{1,8}))(?:\/([\s\S]+))?$/.exec(handle);
  if (match === null) return null;
  const [, lost, nid, file = ''] = match;
  return { place: lost === undefined ? Number.parseInt(nid!, 16) : 'lost', file };
}

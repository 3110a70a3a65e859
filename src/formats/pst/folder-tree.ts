import type { Role } from '../../mail/role.ts';
import type { Archive } from './archive.ts';
import { nodeOf } from './entry-id.ts';
import { NID_TYPE, sibling, typeOf } from './node.ts';

/** A folder of the file; search folders and lists of settings are none. */
export interface PstFolder {
  nid: number;
  /** Names below the top that people see; that top itself, which may hold messages too, by its own name. */
  path: string[];
  /** What it is for (PidTagContainerClass), `IPF.Note` for mail; null when the file does not say. */
  holds: string | null;
  /** As the file itself says it, by entry id. */
  role: Role | null;
  /**
   * `top`: the one below which people see theirs; `seen`: below it; `beside`: elsewhere in the file; `lost`: in no folder
   * that is there.
   */
  place: 'top' | 'seen' | 'beside' | 'lost';
}

/** MS-PST §2.4.1. */
const ROOT = 0x122;
const DISPLAY_NAME = 0x3001;
const CONTAINER_CLASS = 0x3613;
/** Of the store (MS-PST §2.4.3.1). */
const SUBTREE = 0x35e0;
const BY_STORE: readonly (readonly [id: number, role: Role])[] = [
  [0x35e2, 'outbox'],
  [0x35e3, 'trash'],
  [0x35e4, 'sent'],
];
/** Of the root folder or the inbox (MS-OXOSFLD §2.2.3, §2.2.4). */
const DRAFTS = 0x36d7;
const ADDITIONAL = 0x36d8;
const ADDITIONAL_JUNK = 4;
/** The top in an OST, whatever its language. */
const SUBTREE_NAME = 'IPM_SUBTREE';
/** Deeper than Outlook lets anyone nest; what lies below is told as lost. */
const DEPTH_MAX = 100;

interface Found {
  nid: number;
  name: string;
  holds: string | null;
  children: Found[];
  /** How many folders it is, with those below it. */
  count: number;
}

/** Every folder of a file once, those above before those below. Damage is told to the archive, and goes round. */
export function foldersOf(archive: Archive): PstFolder[] {
  const seen = new Set<number>();
  const root = find(archive, ROOT, null, seen, 0);
  const top = topOf(archive, root);
  const roles = rolesOf(archive, [ROOT, ...top.children.map(({ nid }) => nid)]);
  const folders: PstFolder[] = [];
  const tell = (found: Found, path: string[], below: string[], place: PstFolder['place']): void => {
    const { nid, holds } = found;
    folders.push({ nid, path, holds, role: roles.get(nid) ?? null, place });
    for (const child of found.children) {
      const down = [...below, child.name];
      if (child !== top) tell(child, down, down, place === 'top' ? 'seen' : place);
    }
  };
  tell(top, [top.name], [], 'top');
  if (root !== top) tell(root, [root.name], [], 'beside');
  for (const lost of lostOf(archive, seen)) tell(lost, [lost.name], [lost.name], 'lost');
  return folders;
}

/** A folder with those below it: from the table of its folder, and from the nodes that name it as theirs. */
function find(
  archive: Archive,
  nid: number,
  rowName: string | null,
  seen: Set<number>,
  depth: number,
): Found {
  seen.add(nid);
  const bag = archive.properties(nid);
  const name = archive.index.folders.has(nid) ? archive.orTell(() => archive.text(bag, DISPLAY_NAME)) : null;
  const holds = archive.index.folders.has(nid)
    ? archive.orTell(() => archive.text(bag, CONTAINER_CLASS))
    : null;
  const found: Found = {
    ...{ nid, name: name || rowName || `Folder ${nid.toString(16)}`, holds },
    ...{ children: [], count: 1 },
  };
  if (depth >= DEPTH_MAX) return found;
  for (const [child, named] of childrenOf(archive, nid)) {
    if (seen.has(child)) continue;
    const below = find(archive, child, named, seen, depth + 1);
    found.children.push(below);
    found.count += below.count;
  }
  return found;
}

function childrenOf(archive: Archive, nid: number): Map<number, string | null> {
  const children = new Map<number, string | null>();
  archive.orTell(() => {
    for (const row of archive.table(sibling(nid, NID_TYPE.hierarchy))?.rows() ?? [])
      if (typeOf(row.rowId) === NID_TYPE.folder)
        children.set(
          row.rowId,
          archive.orTell(() => archive.text(row, DISPLAY_NAME)),
        );
  });
  for (const child of archive.index.foldersOf(nid)) if (!children.has(child)) children.set(child, null);
  return children;
}

/** The top that people see: as the store says; else the largest of that name; else the root. */
function topOf(archive: Archive, root: Found): Found {
  const wanted = archive.orTell(() => nodeOf(archive.store().get(SUBTREE)?.value));
  const all = flat(root);
  const told = all.find(({ nid }) => nid === wanted);
  if (told !== undefined) return told;
  const named = all.filter(({ name }) => name === SUBTREE_NAME).sort((a, b) => b.count - a.count);
  return named[0] ?? root;
}

function flat(found: Found): Found[] {
  return [found, ...found.children.flatMap(flat)];
}

/** Folders that no folder leads to: the one above is gone, or they lead to themselves. */
function* lostOf(archive: Archive, seen: Set<number>): Generator<Found> {
  const { folders } = archive.index;
  const tops = [...folders].filter(([nid, above]) => !seen.has(nid) && !folders.has(above));
  for (const [nid] of [...tops, ...folders]) if (!seen.has(nid)) yield find(archive, nid, null, seen, 1);
}

function rolesOf(archive: Archive, settings: readonly number[]): Map<number, Role> {
  const roles = new Map<number, Role>();
  const set = (nid: number | null, role: Role): void => {
    if (nid !== null && !roles.has(nid) && ![...roles.values()].includes(role)) roles.set(nid, role);
  };
  for (const [id, role] of BY_STORE)
    set(
      archive.orTell(() => nodeOf(archive.store().get(id)?.value)),
      role,
    );
  for (const nid of settings)
    archive.orTell(() => {
      const bag = archive.properties(nid);
      set(nodeOf(bag.get(DRAFTS)?.value), 'drafts');
      const more = bag.get(ADDITIONAL)?.value;
      if (Array.isArray(more)) set(nodeOf(more[ADDITIONAL_JUNK]), 'junk');
    });
  return roles;
}

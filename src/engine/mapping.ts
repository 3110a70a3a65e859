import type { Role } from '../mail/role.ts';
import type { Folder } from '../stores/entry.ts';
import { pathKey } from './road.ts';

/** Where the messages of a source folder go. */
export interface Destination {
  path: readonly string[];
  role: Role | null;
  subscribe: boolean;
}

/**
 * Decides for every folder of every account where its messages go: a folder with a role goes to the target's folder of
 * that role, whatever the two are called ("Éléments envoyés" → "Sent"); a child of such a folder goes below it; every
 * other folder keeps its path. Where the target has no folder of a role, the first account that has one names it.
 *
 * @param accounts the folders of each account, in order of precedence
 */
export function destinations(
  accounts: readonly (readonly Folder[])[],
  target: readonly Folder[],
): (folder: Folder) => Destination {
  const homes = rolePaths(accounts, target);
  const roles = new Map<string, Role>();
  for (const folder of accounts.flat()) if (folder.role) roles.set(pathKey(folder.path), folder.role);
  return (folder) => {
    for (let depth = folder.path.length; depth > 0; depth--) {
      const role =
        depth === folder.path.length ? folder.role : roles.get(pathKey(folder.path.slice(0, depth)));
      const home = role && role !== 'inbox' ? homes.get(role) : undefined;
      if (!home) continue;
      const path = [...home, ...folder.path.slice(depth)];
      return {
        path,
        role: depth === folder.path.length ? (role ?? null) : null,
        subscribe: folder.subscribed,
      };
    }
    const path = folder.role === 'inbox' ? ['INBOX'] : folder.path;
    return { path, role: folder.role, subscribe: folder.subscribed };
  };
}

function rolePaths(
  accounts: readonly (readonly Folder[])[],
  target: readonly Folder[],
): Map<Role, readonly string[]> {
  const homes = new Map<Role, readonly string[]>([['inbox', ['INBOX']]]);
  const told = target.filter((folder) => folder.roleBy === 'store');
  for (const folder of [...told, ...target, ...accounts.flat()]) {
    if (folder.role && folder.selectable && !homes.has(folder.role)) homes.set(folder.role, folder.path);
  }
  return homes;
}

/**
 * The order in which folders are carried when copies of one message may lie in several accounts: what comes first is
 * where the message stays. Originals before rebuilt messages, then folders where a person filed it, the inbox, the
 * archive of everything, and last junk and trash; inside each, accounts by precedence (law 5).
 */
export function stageOf(folder: Folder, bytes: 'original' | 'rebuilt'): number {
  return (bytes === 'rebuilt' ? 10 : 0) + filedRank(folder.role);
}

function filedRank(role: Role | null): number {
  switch (role) {
    case 'inbox':
      return 1;
    case 'archive':
    case 'all':
    case 'important':
    case 'flagged':
      return 2;
    case 'junk':
      return 3;
    case 'trash':
      return 4;
    default:
      return 0;
  }
}

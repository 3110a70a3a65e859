import { type Role, roleOf } from '../mail/role.ts';

/**
 * Mail programs keep the folders of several accounts side by side in one tree. A folder is for what it is for inside its
 * account; so the levels that name the account do not count when its role is looked up.
 */
export interface InAccount {
  path: string[];
  /** How many levels at the beginning of `path` name the account; 0: there is none. */
  account: number;
}

/** Takes the name of the account away where there is only one. Changes the folders. */
export function settleAccounts(folders: readonly InAccount[]): void {
  const accounts = new Set(folders.filter(({ account }) => account > 0).map(accountOf));
  if (accounts.size !== 1) return;
  for (const folder of folders) {
    folder.path = folder.path.slice(folder.account);
    folder.account = 0;
  }
}

function accountOf({ path, account }: InAccount): string {
  return JSON.stringify(path.slice(0, account));
}

/** The inbox is `INBOX` however it is spelled. */
export function inboxed({ path, account }: InAccount): string[] {
  return path[account]?.toUpperCase() === 'INBOX'
    ? [...path.slice(0, account), 'INBOX', ...path.slice(account + 1)]
    : path;
}

export function roleIn({ path, account }: InAccount): { role: Role | null; roleBy: 'store' | 'name' | null } {
  const role = roleOf({ path: path.slice(account) });
  return { role: role?.role ?? null, roleBy: role?.by ?? null };
}

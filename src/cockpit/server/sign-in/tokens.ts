import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Id, OperatorRole } from '../../../records/facts.ts';
import { digestOf, newToken } from './codes.ts';
import type { KeysFile } from './keys-file.ts';

/** A token of the API, as it is listed. */
export interface ApiToken {
  id: Id;
  name: string;
  /** Sign-in id of who made it; with that access it goes. */
  owner: string;
  roles: OperatorRole[];
  madeMs: number;
  /** Null: never. */
  expiresMs: number | null;
  usedMs: number | null;
}

/** `mp_…`: so that it is known for what it is where it should not be, by people and by programs that look for such. */
const MARK = 'mp_';
const SHAPE = /^mp_[\w-]{43}$/;
/** Not every request is written down. */
const NOTED_MS = 60_000;

const Roles = z.array(
  z.object({
    role: z.enum(['consultant', 'it-manager', 'site-correspondent', 'auditor']),
    organisation: z.string().nullable(),
    site: z.string().nullable(),
  }),
);

export interface Tokens {
  /** The text is shown once, only its digest is kept. Whether `owner` may give these roles has been checked (`mayGrant`). */
  make(one: Pick<ApiToken, 'name' | 'owner' | 'roles' | 'expiresMs'>): { text: string; token: ApiToken };
  /** Null: unknown, expired, or withdrawn. */
  check(text: string): ApiToken | null;
  /** Those not withdrawn, oldest first; `organisation`: those that have a role there. */
  list(organisation?: Id): ApiToken[];
  /** Twice is once; answers whether there was one. */
  revoke(id: Id): boolean;
  revokeOf(owner: string): number;
}

interface Row {
  id: string;
  name: string;
  owner: string;
  roles: string;
  made_ms: number;
  expires_ms: number | null;
  used_ms: number | null;
}

const COLUMNS = 'id, name, owner, roles, made_ms, expires_ms, used_ms';

export function openTokens(file: KeysFile, nowMs: () => number = Date.now): Tokens {
  return {
    make(one) {
      const text = `${MARK}${newToken()}`;
      const token: ApiToken = { id: randomUUID(), ...one, madeMs: nowMs(), usedMs: null };
      const { id, name, owner, roles, madeMs, expiresMs } = token;
      file.run(
        'INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)',
        ...[id, digestOf(text), name, owner, JSON.stringify(Roles.parse(roles)), madeMs, expiresMs],
      );
      return { text, token };
    },
    check(text) {
      if (!SHAPE.test(text)) return null;
      const row = file.one<Row>(
        `SELECT ${COLUMNS} FROM tokens WHERE digest = ? AND revoked_ms IS NULL`,
        digestOf(text),
      );
      const now = nowMs();
      if (row === null || (row.expires_ms !== null && row.expires_ms <= now)) return null;
      if (row.used_ms === null || Math.abs(now - row.used_ms) >= NOTED_MS)
        file.run('UPDATE tokens SET used_ms = ? WHERE id = ?', now, row.id);
      return tokenOf(row);
    },
    list(organisation) {
      const rows = file.all<Row>(
        `SELECT ${COLUMNS} FROM tokens WHERE revoked_ms IS NULL ORDER BY made_ms, id`,
      );
      const tokens = rows.map(tokenOf);
      return organisation === undefined
        ? tokens
        : tokens.filter(({ roles }) => roles.some((role) => role.organisation === organisation));
    },
    revoke: (id) =>
      file.run('UPDATE tokens SET revoked_ms = ? WHERE id = ? AND revoked_ms IS NULL', nowMs(), id) > 0,
    revokeOf: (owner) =>
      file.run('UPDATE tokens SET revoked_ms = ? WHERE owner = ? AND revoked_ms IS NULL', nowMs(), owner),
  };
}

function tokenOf(row: Row): ApiToken {
  return {
    ...{ id: row.id, name: row.name, owner: row.owner, roles: Roles.parse(JSON.parse(row.roles)) },
    ...{ madeMs: row.made_ms, expiresMs: row.expires_ms, usedMs: row.used_ms },
  };
}

import { z } from 'zod';
import { door } from '../shell/doors.ts';
import { digestOf, newToken } from './codes.ts';
import type { KeysFile } from './keys-file.ts';

/** `first`: the first operator; `invited`: a further one; `reset`: a new password for one who is there. */
export type LinkKind = 'first' | 'invited' | 'reset';

const Language = z.enum(['fr', 'en']);
const facts = {
  first: z.object({}),
  /** Who invites vouches for the address: it cannot be another one. */
  invited: z.object({
    email: z.email(),
    language: Language,
    role: z.object({
      role: z.enum(['consultant', 'it-manager', 'site-correspondent', 'auditor']),
      organisation: z.string().nullable(),
      site: z.string().nullable(),
    }),
    /** The inviting operator's sign-in id. */
    by: z.string(),
  }),
  reset: z.object({ userId: z.string() }),
} satisfies Record<LinkKind, z.ZodType>;

export type LinkFacts<Kind extends LinkKind = LinkKind> = z.infer<(typeof facts)[Kind]>;

export const VALID_MS: Record<LinkKind, number> = {
  first: 24 * 3_600_000,
  invited: 7 * 24 * 3_600_000,
  reset: 24 * 3_600_000,
};

/** What stays of a link that was used or has run out, so that it can say so. */
const KEPT_MS = 30 * 24 * 3_600_000;

export interface Link {
  /** Shown once; only its digest is kept. */
  link: string;
  untilMs: number;
}

export interface Links {
  /** `origin` is the public address: `https://malleposte.example`. */
  make<Kind extends LinkKind>(kind: Kind, origin: string, of: LinkFacts<Kind>): Link;
  /** Looks, without using it. Throws Trouble `missing`, `refused` of the door. */
  look<Kind extends LinkKind>(kind: Kind, token: string): { facts: LinkFacts<Kind>; untilMs: number };
  /** Uses it up, durable. Of two at once, one. Throws as `look`. */
  use<Kind extends LinkKind>(kind: Kind, token: string): LinkFacts<Kind>;
  /** What it was used for did not come about. */
  giveBack(token: string): void;
  /** All of this kind; or those for which `which` says yes. */
  void<Kind extends LinkKind>(kind: Kind, which?: (of: LinkFacts<Kind>) => boolean): number;
}

interface Row {
  facts: string;
  expires_ms: number;
  used_ms: number | null;
}

export function openLinks(file: KeysFile, nowMs: () => number = Date.now): Links {
  const rowOf = (kind: LinkKind, token: string): Row | null =>
    file.one<Row>(
      'SELECT facts, expires_ms, used_ms FROM links WHERE digest = ? AND kind = ?',
      digestOf(token),
      kind,
    );

  function look<Kind extends LinkKind>(kind: Kind, token: string) {
    const row = rowOf(kind, token);
    if (row === null) throw door('link-unknown');
    if (row.used_ms !== null) throw door('link-used');
    if (row.expires_ms <= nowMs()) throw door('link-expired');
    return { facts: facts[kind].parse(JSON.parse(row.facts)) as LinkFacts<Kind>, untilMs: row.expires_ms };
  }

  return {
    look,
    make(kind, origin, of) {
      const now = nowMs();
      file.run('DELETE FROM links WHERE expires_ms < ?', now - KEPT_MS);
      const token = newToken();
      const untilMs = now + VALID_MS[kind];
      const text = JSON.stringify(facts[kind].parse(of));
      file.run('INSERT INTO links VALUES (?, ?, ?, ?, ?, NULL)', digestOf(token), kind, text, now, untilMs);
      return { link: `${origin}/${kind}/${token}`, untilMs };
    },
    use(kind, token) {
      const { facts: of } = look(kind, token);
      const used = file.run(
        'UPDATE links SET used_ms = ? WHERE digest = ? AND used_ms IS NULL',
        nowMs(),
        digestOf(token),
      );
      if (used === 0) throw door('link-used');
      return of;
    },
    giveBack: (token) => void file.run('UPDATE links SET used_ms = NULL WHERE digest = ?', digestOf(token)),
    void(kind, which) {
      const rows = file.all<{ digest: Uint8Array; facts: string }>(
        'SELECT digest, facts FROM links WHERE kind = ? AND used_ms IS NULL',
        kind,
      );
      const meant = rows.filter((row) => which?.(facts[kind].parse(JSON.parse(row.facts)) as never) ?? true);
      for (const { digest } of meant) file.run('DELETE FROM links WHERE digest = ?', digest);
      return meant.length;
    },
  };
}

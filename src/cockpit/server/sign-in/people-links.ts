import type { Id } from '../../../records/facts.ts';
import { door } from '../shell/doors.ts';
import { digestOf, newCode, plainCode } from './codes.ts';
import type { KeysFile } from './keys-file.ts';

/** What a link of a person opens: that person's own page, nothing else. */
export interface PersonLink {
  organisation: Id;
  person: Id;
  untilMs: number;
  /** First opened; null: not yet. */
  usedMs: number | null;
}

export interface PeopleLinks {
  /** `/p/CODE`, shown once. Others of this person stay as they are. */
  make(
    origin: string,
    of: { organisation: Id; person: Id; validMs: number },
  ): { link: string; untilMs: number };
  /** By the code as it was typed. Throws Trouble `missing`, `refused` of the door. */
  check(code: string): PersonLink;
  /** Links of a person that still open, without what opens them. */
  of(organisation: Id, person: Id): PersonLink[];
  /** All of a person; twice is once. */
  revoke(organisation: Id, person: Id): number;
}

interface Row {
  organisation: string;
  person: string;
  expires_ms: number;
  used_ms: number | null;
}

const COLUMNS = 'organisation, person, expires_ms, used_ms';

export function openPeopleLinks(file: KeysFile, nowMs: () => number = Date.now): PeopleLinks {
  return {
    make(origin, { organisation, person, validMs }) {
      const code = newCode();
      const untilMs = nowMs() + validMs;
      file.run(
        'INSERT INTO people VALUES (?, ?, ?, ?, ?, NULL)',
        ...[digestOf(code), organisation, person, nowMs(), untilMs],
      );
      return { link: `${origin}/p/${code}`, untilMs };
    },
    check(typed) {
      const code = plainCode(typed);
      if (code === null) throw door('link-unknown');
      const digest = digestOf(code);
      const row = file.one<Row>(`SELECT ${COLUMNS} FROM people WHERE digest = ?`, digest);
      if (row === null) throw door('link-unknown');
      if (row.expires_ms <= nowMs()) throw door('link-expired');
      if (row.used_ms === null) file.run('UPDATE people SET used_ms = ? WHERE digest = ?', nowMs(), digest);
      return linkOf(row);
    },
    of: (organisation, person) =>
      file
        .all<Row>(
          `SELECT ${COLUMNS} FROM people WHERE organisation = ? AND person = ? AND expires_ms > ? ORDER BY made_ms`,
          ...[organisation, person, nowMs()],
        )
        .map(linkOf),
    revoke: (organisation, person) =>
      file.run('DELETE FROM people WHERE organisation = ? AND person = ?', organisation, person),
  };
}

function linkOf(row: Row): PersonLink {
  const { organisation, person, expires_ms: untilMs, used_ms: usedMs } = row;
  return { organisation, person, untilMs, usedMs };
}

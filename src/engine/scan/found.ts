/** What kinds of mail archive a file share holds. `pst` and `ost` are read by the same store. */
export const ARCHIVE_KINDS = ['pst', 'ost', 'mbox', 'thunderbird', 'maildir', 'eml', 'takeout'] as const;
export type ArchiveKind = (typeof ARCHIVE_KINDS)[number];

/** A mail archive, found by what is in it. */
export interface Found {
  kind: ArchiveKind;
  /** For people. */
  path: string;
  /** To be given to `--from`; null where its name is no text that could be written there. */
  address: string | null;
  bytes: number;
  files: number;
  /** Milliseconds since 1970, of the file in it that was written last. */
  lastWrite: number | null;
  /** Whose it is, where the system tells. */
  owner: { uid: number; name: string | null } | null;
  /** Where people do not see it: below a directory that begins with a dot, or the data of programs. */
  hidden: boolean;
  /** `pst` and `ost` only. */
  outlook: Outlook | null;
}

export interface Outlook {
  /** Null: a version that is not known. */
  generation: 'ansi' | 'unicode' | 'unicode-4k' | null;
  /** Whether Outlook asks for one; it is not needed here. Null: not to be told. */
  password: boolean | null;
  /** As far as opening shows: empty is well. */
  damages: string[];
  /** Whether opening it was given up for taking too long. */
  unfinished: boolean;
}

export interface Scan {
  root: string;
  /** Largest first. */
  found: Found[];
  /** Files and directories looked at. */
  looked: number;
  /** Symbolic links, not followed. */
  links: number;
  /** Directories nested deeper than is looked into. */
  tooDeep: number;
  /** The limit of names was reached: there may be more. */
  tooMany: boolean;
  /** Files and directories that could not be read: the first ones, and how many. */
  unreadable: { count: number; first: string[] };
}

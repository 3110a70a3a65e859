import type { Role } from '../mail/role.ts';
import type { Language } from './google-language.ts';
import type { Kind } from './google-words.ts';

/** Where a message lies, by its labels. */
export interface Filing {
  /** Null for a chat, which is no mail. */
  path: readonly string[] | null;
  role: Role | null;
  marks: readonly string[];
  alsoIn: readonly (readonly string[])[];
}

/** The labels of some messages, understood. */
export interface Labels {
  /** Google's own, each with what its folder is called. */
  kinds: ReadonlyMap<Kind, string>;
  /** Paths of the labels that people made. */
  made: readonly string[][];
  keywords: readonly string[];
}

const ROLES: Partial<Record<Kind, Role>> = {
  inbox: 'inbox',
  sent: 'sent',
  drafts: 'drafts',
  trash: 'trash',
  junk: 'junk',
  archived: 'archive',
  important: 'important',
};

/**
 * Files by labels, in this order: spam, trash (whatever other labels say), drafts, a label that a person made, inbox, sent,
 * archive. The other places are told beside it, except for what was thrown away.
 */
export class Files {
  /** Google's folders, as they are spelled: the first spelling met. */
  private readonly paths = new Map<Kind, string[]>();

  /** `archived`: what the folder of archived mail is called. */
  file({ kinds, made, keywords }: Labels, archived: string): Filing {
    const marks = [...keywords];
    if (!kinds.has('unread')) marks.push('\\Seen');
    if (kinds.has('starred')) marks.push('\\Flagged');
    if (kinds.has('drafts')) marks.push('\\Draft');
    marks.sort();
    if (kinds.has('chat')) return { path: null, role: null, marks, alsoIn: [] };
    for (const kind of ['junk', 'trash'] as const)
      if (kinds.has(kind)) return { ...this.place(kind, kinds, archived), marks, alsoIn: [] };
    const places: Place[] = [];
    if (kinds.has('drafts')) places.push(this.place('drafts', kinds, archived));
    for (const path of deepestFirst(made)) places.push({ path, role: null });
    for (const kind of ['inbox', 'sent', 'important'] as const)
      if (kinds.has(kind)) places.push(this.place(kind, kinds, archived));
    // Important is what Google thinks of a message, not where it lies.
    if (places.length === 0 || places[0]!.role === 'important')
      places.unshift(this.place('archived', kinds, archived));
    return { ...places[0]!, marks, alsoIn: places.slice(1).map(({ path }) => path) };
  }

  place(kind: Kind, kinds: ReadonlyMap<Kind, string>, archived: string): Place {
    let path = this.paths.get(kind);
    if (path === undefined) {
      path = kind === 'inbox' ? ['INBOX'] : [kinds.get(kind) ?? archived];
      this.paths.set(kind, path);
    }
    return { path, role: ROLES[kind] ?? null };
  }
}

export interface Place {
  path: readonly string[];
  role: Role | null;
}

function deepestFirst(made: readonly string[][]): string[][] {
  return [...made].sort((a, b) => b.length - a.length || (a.join('/') < b.join('/') ? -1 : 1));
}

/** A keyword that IMAP can carry: an atom (RFC 9051 §9). */
const KEYWORD = /^[!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|~[]{1,100}$/;
/** Google keeps the keywords that mail programs set over IMAP as labels of this form. */
const IMAP = 'IMAP_';

/** The labels as an export spells them: in the language of the account. */
export function understand(labels: readonly string[], language: Language): Labels {
  const kinds = new Map<Kind, string>();
  const made: string[][] = [];
  const keywords: string[] = [];
  for (const label of labels) {
    const keyword = label.startsWith(IMAP) ? label.slice(IMAP.length) : '';
    const kind = language.kindOf(label);
    if (KEYWORD.test(keyword)) keywords.push(keyword);
    else if (kind === null) made.push(labelPath(label));
    else if (!kinds.has(kind)) kinds.set(kind, label);
  }
  return { kinds, made, keywords };
}

/** Labels nest by `/`. The inbox is `INBOX` however it is spelled. */
export function labelPath(label: string): string[] {
  const segments = label.split('/').filter((segment) => segment !== '');
  if (segments.length === 0) return [label];
  return segments[0]!.toUpperCase() === 'INBOX' ? ['INBOX', ...segments.slice(1)] : segments;
}

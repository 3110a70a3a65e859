import type { ServerTold } from '../stores/source.ts';

/** What a server says it can do, as far as it matters to a move. A closed list: each has its words in every language. */
export type AbilityName = ImapAbility | Pop3Ability;
type ImapAbility =
  | 'keys'
  | 'several'
  | 'changes'
  | 'no-waiting'
  | 'size-limit'
  | 'compression'
  | 'quota'
  | 'roles'
  | 'labels';
type Pop3Ability = 'ids' | 'headers' | 'pipelining' | 'expires' | 'login-delay';

export interface Ability {
  is: AbilityName;
  has: boolean;
  /** What the server adds: bytes, days, seconds. Null: nothing. */
  value: string | null;
  /** As the protocol calls it. */
  by: string;
}

/** What a server told, and what of it matters. */
export interface ServerSurvey extends ServerTold {
  abilities: readonly Ability[];
}

/** Names of capabilities; with `=` at the end a value follows. */
const IMAP: readonly (readonly [ImapAbility, readonly string[]])[] = [
  ['keys', ['UIDPLUS', 'IMAP4REV2']],
  ['several', ['MULTIAPPEND']],
  ['changes', ['CONDSTORE', 'QRESYNC']],
  ['no-waiting', ['LITERAL+', 'LITERAL-', 'IMAP4REV2']],
  ['size-limit', ['APPENDLIMIT=']],
  ['compression', ['COMPRESS=']],
  ['quota', ['QUOTA', 'QUOTA=']],
  ['roles', ['SPECIAL-USE', 'XLIST', 'IMAP4REV2']],
  ['labels', ['X-GM-EXT-1']],
];

/** Of POP3 a value follows behind a blank (RFC 2449 §6). */
const POP3: readonly (readonly [Pop3Ability, readonly string[]])[] = [
  ['ids', ['UIDL']],
  ['headers', ['TOP']],
  ['pipelining', ['PIPELINING']],
  ['expires', ['EXPIRE ']],
  ['login-delay', ['LOGIN-DELAY ']],
];

/** What is only told where it is there: that it is lacking says nothing. */
const ONLY_IF_THERE: ReadonlySet<AbilityName> = new Set(['size-limit', 'labels', 'expires', 'login-delay']);

export function abilitiesOf({ speaks, capabilities }: ServerTold): Ability[] {
  const list: readonly (readonly [AbilityName, readonly string[]])[] = speaks === 'imap' ? IMAP : POP3;
  return list.flatMap(([is, names]): Ability[] => {
    for (const name of names) {
      const found = capabilities.find((told) => isNamed(told.toUpperCase(), name));
      if (found === undefined) continue;
      const value = /[= ]$/.test(name) ? found.slice(name.length) : '';
      return [{ is, has: true, value: value === '' ? null : value, by: name.replace(/[= ]$/, '') }];
    }
    const by = names[0]!.replace(/[= ]$/, '');
    return ONLY_IF_THERE.has(is) ? [] : [{ is, has: false, value: null, by }];
  });
}

function isNamed(told: string, name: string): boolean {
  return /[= ]$/.test(name) ? told.startsWith(name) : told === name || told.startsWith(`${name} `);
}

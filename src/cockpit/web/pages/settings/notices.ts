export interface Notice {
  url: string;
  events: string[];
}

/** What one may choose: the beginnings of actions of the audit, and the word of each. */
export const EVENTS = [
  { prefix: 'wave.', word: 'wave' },
  { prefix: 'gate.', word: 'gate' },
  { prefix: 'pass.ended', word: 'pass' },
  { prefix: 'findings.', word: 'findings' },
  { prefix: 'move.', word: 'move' },
  { prefix: 'people.', word: 'people' },
  { prefix: 'secret.', word: 'secret' },
  { prefix: 'operator.', word: 'operator' },
  { prefix: 'token.', word: 'token' },
] as const;

/** What is wrong with an address among the others; null: nothing. Pure. */
export function noticeFault({ url }: Notice, all: readonly Notice[]): 'bad' | 'twice' | null {
  const text = url.trim();
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) return 'bad';
  return all.filter((other) => other.url.trim() === text).length > 1 ? 'twice' : null;
}

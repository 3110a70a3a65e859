/**
 * What a server's refusal to let somebody in means beyond "no", where its words tell: there is advice for each in
 * `words` (`trouble.adviceAt.sign-in`). The wordings are those of test/quirks.
 */
export type DeniedBecause = 'access_off' | 'app_password' | 'browser_first' | 'whole_address';

const WORDS: readonly (readonly [DeniedBecause, RegExp])[] = [
  ['app_password', /app(lication)?(-specific)? password/i],
  ['browser_first', /web ?browser|web login/i],
  ['whole_address', /full e-?mail address/i],
  [
    'access_off',
    /\b(imap|pop3?) access( is)? (disabled|not enabled|enabled)(?! via)|not enabled for (imap|pop)/i,
  ],
];

/** Null where the words tell no more than "no". */
export function deniedBecause(answer: string): DeniedBecause | null {
  return WORDS.find(([, words]) => words.test(answer))?.[0] ?? null;
}

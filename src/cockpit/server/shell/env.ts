import type { Language } from '../../../words/words.ts';

/** What the shell knows of a request. */
export interface ShellVariables {
  /** Where it comes from. */
  address: string;
  /** Of the browser; an operator's own choice goes before it (`context.set('language', …)`). */
  language: Language;
  /** For style elements of the page that is answered. */
  nonce: string;
  /** Who, in the log: an id, never a name. */
  who: string | null;
}

export interface ShellEnv {
  Variables: ShellVariables;
}

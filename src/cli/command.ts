import type { Person } from '../app/secret.ts';
import type { Words } from '../words/words.ts';
import type { ExitCode } from './exit.ts';
import type { OptionName, Options } from './options.ts';

/** What a command gets from the command line. */
export interface Context {
  options: Options;
  /** Made when first asked for: a run that says nothing needs none. */
  words(): Words;
  person: Person;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** To standard output: results. */
  print(text: string): void;
  /** To standard error: what happens meanwhile. */
  note(text: string): void;
  /** Notes go through `line` while bars are drawn; null ends that. */
  divertNotes(line: ((text: string) => void) | null): void;
  /** To standard output, one JSON value a line. */
  json(value: unknown): void;
}

/** One file per command. */
export interface Command {
  takes: readonly OptionName[];
  /** How many arguments that are no options it takes. */
  files: number;
  /** What such an argument is, for the help; `FILE` unless told. */
  argument?: string;
  run(context: Context): Promise<ExitCode>;
}

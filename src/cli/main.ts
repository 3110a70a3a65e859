import { createRequire } from 'node:module';
import { usage } from '../app/usage.ts';
import { isTrouble } from '../trouble.ts';
import type { Words } from '../words/words.ts';
import type { Command, Context } from './command.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, type ExitCode, exitOfTrouble } from './exit.ts';
import { watchInterrupts } from './interrupt.ts';
import { type Options, readOptions } from './options.ts';
import { openLines } from './output.ts';
import { troubleSentence, warningSentence } from './sentences.ts';

const out = openLines((text) => process.stdout.write(text));
let divert: ((text: string) => void) | null = null;
const note = (text: string): void => (divert ? divert(text) : void process.stderr.write(`${text}\n`));

/** A reader that has gone (`| head`) is no fault; there is nobody left to tell. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.cancelled);
});

const argv = process.argv.slice(2);
const words = wordsWhenNeeded(argv);
const code = await main(argv).catch(tellBug);
out.flush();
process.exitCode = code;
// Nothing may keep the process: what is still open here is a socket that the other side has not closed yet.
process.stdout.write('', () => process.exit(code));

async function main(argv: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === '--version' || name === '-v') return version();
  try {
    if (name === undefined) throw usage('no-command', 'malleposte');
    if (name === '--help' || name === '-h' || name === 'help') return await help(null);
    if (!COMMANDS.some((known) => known === name)) throw usage('unknown-command', name.split(/[:@/]/)[0]!);
    const command = (await import(`./${name}.ts`)) as Command;
    const options = readOptions(rest, command.takes, command.files);
    if (options.help) return await help(name);
    return await runCommand(command, options);
  } catch (error) {
    if (!isTrouble(error)) throw error;
    note(troubleSentence(error, words()));
    return exitOfTrouble(error);
  }
}

async function runCommand(command: Command, options: Options): Promise<ExitCode> {
  const signal = watchInterrupts(
    () => note(words().say('progress.stopping')),
    () => process.exit(EXIT.cancelled),
  );
  const context: Context = {
    options,
    words,
    person: await person(),
    signal,
    print: out.line,
    note,
    divertNotes(line) {
      divert = line;
    },
    json: (value) => out.line(JSON.stringify(value)),
  };
  try {
    return await command.run(context);
  } catch (error) {
    if (isCancelled(error)) return EXIT.cancelled;
    if (options.json && isTrouble(error)) {
      const { kind, tried, on, answer } = error;
      context.json({ event: 'trouble', kind, tried, on, answer: answer ?? null, inMs: null });
    }
    throw error;
  }
}

/** `Cancelled` of the engine, and the reason of our own signal. */
function isCancelled(error: unknown): boolean {
  return error instanceof Error && (error.name === 'Cancelled' || error.name === 'AbortError');
}

async function person(): Promise<Context['person']> {
  const terminal = process.stdin.isTTY && process.stderr.isTTY;
  const ask = terminal
    ? (await import('./ask.ts')).askOnTerminal((what, on) => words().say(`ask.${what}`, { on }))
    : null;
  return { ask, warn: (warning) => note(warningSentence(warning, words())) };
}

/** Loaded by the first sentence: a run with `--json` that goes well says none, and its start is measured. */
function wordsWhenNeeded(argv: readonly string[]): () => Words {
  let made: Words | undefined;
  return () => {
    made ??= loadWords(argv);
    return made;
  };
}

function loadWords(argv: readonly string[]): Words {
  const load = createRequire(import.meta.url);
  const { languageOf, words } = load('../words/words.ts') as typeof import('../words/words.ts');
  const at = argv.findIndex((arg) => arg === '--lang' || arg.startsWith('--lang='));
  const asked = at < 0 ? undefined : (argv[at]!.split('=')[1] ?? argv[at + 1]);
  return words(languageOf(asked, process.env));
}

async function help(command: string | null): Promise<ExitCode> {
  const { helpText } = await import('./help.ts');
  out.line(await helpText(command, words()));
  return EXIT.complete;
}

async function version(): Promise<ExitCode> {
  const { ownVersion } = await import('../app/version.ts');
  out.line(ownVersion());
  return EXIT.complete;
}

/** Not a Trouble: a fault of ours. */
function tellBug(error: unknown): ExitCode {
  note(`malleposte: ${words().say('trouble.bug')}`);
  note(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.bug;
}

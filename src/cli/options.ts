import { usage } from '../app/usage.ts';
import type { TargetKind } from '../engine/target-limits.ts';
import type { Provider } from '../wire/oauth/providers.ts';
import type { Language } from '../words/words.ts';

/** What the command line said. Absent options are left out. */
export interface Options {
  from: string[];
  to: string[];
  data?: string;
  out?: string;
  lang?: Language;
  settleSeconds?: number;
  /** Kinds of target that a survey is to be for. */
  for?: TargetKind[];
  deep?: boolean;
  scan?: string;
  address?: string;
  provider?: Provider;
  clientId?: string;
  /** Where it is to be had, never the secret itself. */
  clientSecret?: string;
  tenant?: string;
  endpoints?: string;
  host?: string;
  port?: number;
  /** Under which people open the cockpit. */
  public?: string;
  /** Networks and names in the local network that may be reached. */
  allowHosts?: string;
  /** At once, over all organisations. */
  moves?: number;
  organisation?: string;
  /** Origin of a server that serves the project. */
  server?: string;
  /** Where its token is to be had, never the token itself. */
  token?: string;
  json: boolean;
  dryRun: boolean;
  keep: boolean;
  /** The demo stays open though nobody sits at a terminal. */
  serve?: boolean;
  /** Moves here until it is done. */
  wait?: boolean;
  /** Of another pass: the last one. */
  last?: boolean;
  help: boolean;
  files: string[];
}

export type OptionName =
  | 'from'
  | 'to'
  | 'data'
  | 'json'
  | 'dry-run'
  | 'keep'
  | 'out'
  | 'settle-seconds'
  | 'for'
  | 'deep'
  | 'scan'
  | 'address'
  | 'provider'
  | 'client-id'
  | 'client-secret'
  | 'tenant'
  | 'endpoints'
  | 'host'
  | 'port'
  | 'public'
  | 'allow-hosts'
  | 'moves'
  | 'organisation'
  | 'server'
  | 'token'
  | 'wait'
  | 'last'
  | 'serve'
  | 'lang'
  | 'help';

/** Options that every command takes. */
const EVERYWHERE: readonly OptionName[] = ['lang', 'json', 'data', 'help'];

const KINDS: readonly TargetKind[] = ['imap', 'google', 'microsoft'];
const PROVIDERS: readonly Provider[] = ['google', 'microsoft'];
const LANGUAGES: readonly Language[] = ['fr', 'en'];
const FLAGS: ReadonlySet<string> = new Set([
  ...['json', 'dry-run', 'keep', 'deep', 'serve', 'wait', 'last', 'help'],
]);
const MANY: ReadonlySet<string> = new Set(['from', 'for']);

/** @throws Trouble `malformed` (`read-address`): what is wrong, said of the option and never of its value */
export function readOptions(argv: readonly string[], takes: readonly OptionName[], files: number): Options {
  const options: Options = {
    from: [],
    to: [],
    json: false,
    dryRun: false,
    keep: false,
    help: false,
    files: [],
  };
  const known: ReadonlySet<string> = new Set([...takes, ...EVERYWHERE]);
  const given = new Set<string>();
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]!;
    if (!arg.startsWith('-')) {
      if (options.files.length === files) throw usage('extra-argument', shown(arg));
      options.files.push(arg);
      continue;
    }
    const { name, inline } = split(arg);
    if (!known.has(name)) throw usage('unknown-option', `--${shown(name)}`);
    if (given.has(name) && !MANY.has(name)) throw usage('given-twice', `--${name}`);
    given.add(name);
    if (FLAGS.has(name)) {
      if (inline !== undefined) throw usage('takes-no-value', `--${name}`);
      setFlag(options, name);
    } else {
      const value = inline ?? argv[++i];
      if (value === undefined || value === '' || (inline === undefined && value.startsWith('--'))) {
        throw usage('needs-value', `--${name}`);
      }
      setValue(options, name as OptionName, value);
    }
  }
  return options;
}

function split(arg: string): { name: string; inline: string | undefined } {
  if (arg === '-h') return { name: 'help', inline: undefined };
  const equals = arg.indexOf('=');
  const name = (equals < 0 ? arg : arg.slice(0, equals)).replace(/^--?/, '');
  return { name, inline: equals < 0 ? undefined : arg.slice(equals + 1) };
}

function setFlag(options: Options, name: string): void {
  if (name === 'json' || name === 'keep' || name === 'serve' || name === 'wait' || name === 'last')
    options[name] = true;
  else if (name === 'dry-run') options.dryRun = true;
  else if (name === 'deep') options.deep = true;
  else options.help = true;
}

function setValue(options: Options, name: OptionName, value: string): void {
  switch (name) {
    case 'from':
    case 'to':
      options[name].push(value);
      return;
    case 'data':
    case 'out':
    case 'scan':
    case 'address':
    case 'tenant':
    case 'endpoints':
    case 'host':
    case 'organisation':
    case 'token':
      options[name] = value;
      return;
    case 'allow-hosts':
      options.allowHosts = value;
      return;
    case 'public':
    case 'server':
      options[name] = isOrigin(value) ? value : bad('bad-public', name);
      return;
    case 'port':
      options.port = wholeNumber(value, 65_535, name);
      return;
    case 'moves':
      options.moves = Math.max(1, wholeNumber(value, MOVES_MAX, name));
      return;
    case 'client-id':
      options.clientId = value;
      return;
    case 'client-secret':
      options.clientSecret = value;
      return;
    case 'provider':
      options.provider = PROVIDERS.find((provider) => provider === value) ?? bad('bad-provider-name', name);
      return;
    case 'for':
      options.for ??= [];
      options.for.push(KINDS.find((kind) => kind === value) ?? bad('bad-kind', name));
      return;
    case 'lang':
      options.lang = LANGUAGES.find((language) => language === value) ?? bad('bad-language', name);
      return;
    default:
      options.settleSeconds = /^\d{1,6}$/.test(value) ? Number(value) : bad('bad-number', name);
  }
}

const MOVES_MAX = 64;

function wholeNumber(text: string, most: number, name: string): number {
  return /^\d{1,5}$/.test(text) && Number(text) <= most ? Number(text) : bad('bad-number', name);
}

/** Scheme and host, nothing behind: what a browser shows. */
function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text.replace(/\/$/, '');
}

function bad(
  code: 'bad-language' | 'bad-number' | 'bad-kind' | 'bad-provider-name' | 'bad-public',
  name: string,
): never {
  throw usage(code, `--${name}`);
}

/** A stray argument may be an address with a password in it: only its beginning is shown. */
function shown(arg: string): string {
  return arg.split(/[:@/]/)[0]!.slice(0, 40);
}

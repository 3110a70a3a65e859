import { deniedBecause } from '../../src/app/denied.ts';
import type { Change, Entry, Folder } from '../../src/stores/entry.ts';
import { memoryHold } from '../../src/stores/holds/memory.ts';
import { openImapSource } from '../../src/stores/imap/source.ts';
import { openImapTarget } from '../../src/stores/imap/target.ts';
import { openPop3Source } from '../../src/stores/pop3/source.ts';
import type { Reader, Source } from '../../src/stores/source.ts';
import type { Target } from '../../src/stores/target.ts';
import { Trouble } from '../../src/trouble.ts';
import type { Transcript } from './transcript.ts';

/** What the `play:` lines of a transcript may ask for; what each tells is in README.md. */
const WRITING = /^(prepare|put|quota|limit|mark)\b/;
/** A number of one pass in place of a UIDVALIDITY that lasts: another one each time. */
const PASSING = /^[5-9]\d{9}\./;
const SOME_DAY = Date.UTC(2019, 4, 17, 9, 30, 12);
/** More keys than this are told as two numbers. */
const SINGLY = 20;
const TIMEOUTS = { silenceMs: 5_000, connectMs: 5_000 };

/** Runs the steps against the server at that port, and answers what they told, a line each. */
export async function runSteps({ protocol, play }: Transcript, port: number): Promise<string[]> {
  const address = {
    ...{ name: 'server', host: '127.0.0.1', port, security: 'none' as const },
    ...{ auth: { by: 'password' as const, user: 'marie', password: 'secret' }, timeouts: TIMEOUTS },
  };
  const told: string[] = [];
  const store =
    protocol === 'POP3'
      ? openPop3Source(address)
      : play.some((step) => WRITING.test(step))
        ? openImapTarget({ ...address, lanes: 1 })
        : openImapSource({ ...address, lanes: 1 });
  const steps = new Steps(store, (line) => told.push(line));
  try {
    for (const step of play) await steps.run(step);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    told.push(`trouble ${shown(error)}`);
    const because = error.kind === 'denied' ? deniedBecause(error.answer ?? '') : null;
    if (because !== null) told.push(`advice ${because}`);
  } finally {
    await store.close();
  }
  return told;
}

class Steps {
  readonly #store: Reader;
  readonly #tell: (line: string) => void;
  #folders: readonly Folder[] = [];
  /** By path: the last checkpoint. */
  readonly #checkpoints = new Map<string, string>();

  constructor(store: Reader, tell: (line: string) => void) {
    this.#store = store;
    this.#tell = tell;
  }

  /** `word path: arguments`. */
  async run(step: string): Promise<void> {
    const [, word = '', where = '', rest = ''] = /^([a-z]+)(?: ([^:]+))?(?:: (.*))?$/.exec(step) ?? [];
    const path = where.split(' / ');
    switch (word) {
      case 'folders':
        this.#folders = await this.#store.folders();
        for (const folder of this.#folders) this.#tell(folderLine(folder));
        return;
      case 'entries':
        for await (const entry of this.#store.entries(this.#folder(path))) this.#tell(entryLine(entry));
        return;
      case 'changes':
        return this.#changes(path);
      case 'read':
        return this.#read(path, rest.split(' ').flatMap(spread));
      case 'prepare':
      case 'put':
      case 'mark':
        return this.#write(word, path, rest);
      case 'quota': {
        const quota = await this.#target.quota();
        this.#tell(quota === null ? 'quota unknown' : `quota ${quota.usedBytes} of ${quota.limitBytes}`);
        return;
      }
      case 'limit':
        this.#tell(`limit ${this.#target.traits.messageMaxBytes ?? 'none'}`);
        return;
      default:
        throw new Error(`no such step: ${step}`);
    }
  }

  get #target(): Target {
    return this.#store as Target;
  }

  /** As listed before; else the one whose handle is its path, as if it had been listed in an earlier run. */
  #folder(path: readonly string[]): Folder {
    const listed = this.#folders.find((folder) => folder.path.join('\0') === path.join('\0'));
    return (
      listed ?? {
        ...{ path, handle: path.join('/'), role: null, roleBy: null, selectable: true, subscribed: false },
        ...{ messages: null, state: null, position: null },
      }
    );
  }

  async #changes(path: readonly string[]): Promise<void> {
    const where = path.join('\0');
    const since = this.#checkpoints.get(where) ?? null;
    for await (const change of (this.#store as Source).changes(this.#folder(path), since)) {
      if (change.is === 'checkpoint') this.#checkpoints.set(where, change.checkpoint);
      this.#tell(changeLine(change));
    }
  }

  async #read(path: readonly string[], keys: readonly string[]): Promise<void> {
    const count = { received: 0, unread: 0 };
    for await (const answer of this.#store.read(this.#folder(path), keys, memoryHold())) {
      count[answer.is]++;
      if (keys.length > SINGLY) {
        if (answer.is === 'received') answer.body.release();
      } else if (answer.is === 'unread') this.#tell(`unread ${answer.key} ${shown(answer.trouble)}`);
      else {
        const text = Buffer.concat([...answer.body.chunks()].map((piece) => Buffer.from(piece)));
        answer.body.release();
        this.#tell(`received ${answer.key} ${quoted(text.toString('latin1'))}`);
      }
    }
    if (keys.length > SINGLY) this.#tell(`received ${count.received}, unread ${count.unread}`);
  }

  async #write(word: 'prepare' | 'put' | 'mark', path: readonly string[], rest: string): Promise<void> {
    // Listed first, so that the connection for reading is always the first of the two.
    if (this.#folders.length === 0) this.#folders = await this.#target.folders();
    const place = await this.#target.prepare(path, null, false);
    if (word === 'prepare') {
      const keeps = place.keeps === 'any' ? 'any' : place.keeps.join(' ');
      this.#tell(`place ${place.handle}, next ${place.position ?? 'unknown'}, keeps ${keeps}`);
      return;
    }
    if (word === 'mark') {
      const [key = '', ...add] = rest.split(' ');
      for (const { is } of await this.#target.mark(place, [{ key, add, remove: [] }])) this.#tell(is);
      return;
    }
    const [, text = '', date] = /^(".*")(?: (\S+))?$/.exec(rest) ?? [];
    const bytes = Buffer.from(JSON.parse(text) as string, 'latin1');
    const sink = memoryHold().begin(bytes.length);
    sink.write(bytes);
    const body = sink.end();
    const receivedAt = date === undefined ? SOME_DAY : Date.parse(date);
    try {
      for await (const answer of this.#target.put(place, [{ step: 1, body, marks: ['\\Seen'], receivedAt }]))
        this.#tell(
          answer.is === 'landed'
            ? `landed ${answer.key ?? 'no key told'}`
            : `refused ${shown(answer.trouble)}`,
        );
    } finally {
      body.release();
    }
  }
}

/** `1.5..1.7` is three keys. */
function spread(keys: string): string[] {
  const [, validity, from, to] = /^(\d+)\.(\d+)\.\.\1\.(\d+)$/.exec(keys) ?? [];
  if (to === undefined) return [keys];
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, n) => `${validity}.${Number(from) + n}`);
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\x7f-\xff]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);
}

function shown({ kind, tried, retryAfterMs, answer }: Trouble): string {
  const wait = retryAfterMs === undefined ? '' : `, wait ${retryAfterMs / 1000} s`;
  return `${kind} (${tried}${wait}): ${answer ?? ''}`.trim();
}

function folderLine(folder: Folder): string {
  const role =
    folder.role === null ? '' : ` is ${folder.role}${folder.roleBy === 'name' ? ' by its name' : ''}`;
  const facts = [
    folder.selectable ? null : 'not read',
    folder.subscribed ? 'subscribed' : null,
    folder.messages === null ? null : `${folder.messages} messages`,
  ].filter((fact) => fact !== null);
  return `${folder.path.join(' / ')}${role}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

function entryLine({ key, marks, receivedAt, size }: Entry): string {
  const date = receivedAt === null ? 'no date' : new Date(receivedAt).toISOString().replace('.000Z', 'Z');
  return `${key.replace(PASSING, '*.')} (${marks.join(' ')}) ${date} ${size}`;
}

function changeLine(change: Change): string {
  if (change.is === 'entry') return `entry ${entryLine(change.entry)}`;
  if (change.is === 'marks') return `marks ${change.key} (${change.marks.join(' ')})`;
  return change.is === 'gone' ? `gone ${change.key}` : change.is;
}

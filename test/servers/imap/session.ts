import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { readAppend } from './append.ts';
import { CERTIFICATE, KEY } from './certificate.ts';
import { type ClientCommand, CommandReader, parseCommand, quote, str, type Token, words } from './command.ts';
import { hasBody, itemsOf, tell } from './fetch.ts';
import type { Account, Box, Stored } from './mailbox.ts';
import type { Script } from './script.ts';
import { inSet, searchTest } from './search.ts';

export interface SessionOptions {
  accounts: Map<string, Account>;
  capabilities: readonly string[];
  prefix: string;
  startTls: boolean;
  /** Bearer tokens by user, for XOAUTH2. */
  tokens: ReadonlyMap<string, string>;
  log(line: string): void;
}

const UIDPLUS = 'UIDPLUS';

/** One connection of the server. Commands run one after another; what a script says comes first. */
export class Session {
  #socket: Socket;
  readonly #options: SessionOptions;
  readonly #script: Script;
  #reader: CommandReader;
  #account: Account | null = null;
  #box: Box | null = null;
  #readOnly = false;
  #sent = 0;
  #stalled = false;
  #closed = false;
  #queue: (() => void | Promise<void>)[] = [];
  #working = false;
  #challenge: ((answer: string) => void) | null = null;

  constructor(socket: Socket, options: SessionOptions, script: Script) {
    this.#socket = socket;
    this.#options = options;
    this.#script = script;
    this.#reader = this.#newReader();
    this.#listen(socket);
    this.#line(script.greeting ?? `* OK [CAPABILITY ${this.#capabilities().join(' ')}] ready`);
    if (script.greeting?.startsWith('* PREAUTH')) this.#account = [...options.accounts.values()][0] ?? null;
  }

  destroy(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  #newReader(): CommandReader {
    return new CommandReader(
      (bytes, line) => this.#literal(bytes, line),
      (line, literals) => this.#enqueue(() => this.#received(line, literals)),
    );
  }

  #listen(socket: Socket): void {
    socket.on('data', (piece: Buffer) => {
      if (!this.#stalled && !this.#closed) this.#reader.push(piece);
    });
    socket.on('error', () => this.destroy());
    socket.on('close', () => {
      this.#closed = true;
    });
  }

  #enqueue(work: () => void | Promise<void>): void {
    this.#queue.push(work);
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let work = this.#queue.shift(); work !== undefined; work = this.#queue.shift()) {
      if (this.#closed || this.#stalled) break;
      await work();
      if (this.#socket.writableNeedDrain) await this.#drained();
    }
    this.#working = false;
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once('drain', resolve);
      this.#socket.once('close', resolve);
    });
  }

  /** In order with what runs before: the `+` of a literal comes behind the answer of the command before it. */
  #literal(bytes: number, line: string): boolean {
    const refusal = this.#script.literal?.(bytes);
    if (refusal) this.#enqueue(() => this.#line(`${line.split(' ')[0]} ${refusal}`));
    else this.#enqueue(() => this.#line('+ go on'));
    return !refusal;
  }

  async #received(line: string, literals: Buffer[]): Promise<void> {
    if (this.#challenge !== null) {
      const answer = this.#challenge;
      this.#challenge = null;
      return answer(line);
    }
    const command = parseCommand(line, literals);
    if (command === null) return this.#line(`${line.split(' ')[0] || '*'} BAD what?`);
    this.#options.log(
      /^(LOGIN|AUTHENTICATE)$/.test(command.name) ? `${command.tag} ${command.name} …` : line,
    );
    const turn = this.#script.command?.(command);
    if (turn === 'drop') return this.destroy();
    if (turn === 'stall') {
      this.#stalled = true;
      return;
    }
    if (turn && turn !== 'swallow' && 'answer' in turn) return this.#answer(command, turn.answer);
    if (turn && turn !== 'swallow' && 'bye' in turn) return this.#bye(turn.bye);
    if (turn && turn !== 'swallow') this.#write(Buffer.from(turn.raw as string, 'latin1'));
    if (this.#script.delayMs) await new Promise((resolve) => setTimeout(resolve, this.#script.delayMs));
    const answer = this.#run(command);
    if (turn === 'swallow') return this.destroy();
    if (answer !== null) this.#answer(command, answer);
  }

  // ── commands: each answers what stands behind the tag, null when it answers itself or never ──────────────────────

  #run(command: ClientCommand): string | null {
    const { name, tokens } = command;
    switch (name) {
      case 'CAPABILITY':
        this.#line(`* CAPABILITY ${this.#capabilities().join(' ')}`);
        return 'OK done';
      case 'NOOP':
      case 'CHECK':
        return 'OK done';
      case 'LOGOUT':
        this.#line('* BYE see you');
        this.#answer(command, 'OK done');
        this.#socket.end();
        return null;
      case 'STARTTLS':
        return this.#startTls(command);
      case 'LOGIN':
        return this.#signIn(utf8(tokens[0]), utf8(tokens[1]));
      case 'AUTHENTICATE':
        return this.#authenticate(command);
      case 'ID':
        this.#line('* ID ("name" "test server")');
        return 'OK done';
    }
    return this.#account === null ? 'BAD sign in first' : this.#signedIn(command, this.#account);
  }

  #signedIn(command: ClientCommand, account: Account): string | null {
    const { name, tokens } = command;
    switch (name) {
      case 'NAMESPACE':
        this.#line(`* NAMESPACE ((${quote(this.#options.prefix)} ${quote(account.delimiter)})) NIL NIL`);
        return 'OK done';
      case 'ENABLE':
        this.#line(`* ENABLED ${tokens.map(str).join(' ')}`);
        return 'OK done';
      case 'LIST':
      case 'LSUB':
        return this.#list(account, command);
      case 'STATUS':
        return this.#status(account, str(tokens[0]), words(tokens[1]));
      case 'SUBSCRIBE':
      case 'UNSUBSCRIBE':
        return this.#withBox(account, str(tokens[0]), (box) => {
          box.subscribed = name === 'SUBSCRIBE';
          return 'OK done';
        });
      case 'CREATE':
        return this.#create(account, tokens);
      case 'DELETE':
        return account.boxes.delete(str(tokens[0])) ? 'OK done' : 'NO [NONEXISTENT] no such mailbox';
      case 'APPEND':
        return this.#append(account, tokens);
      case 'SELECT':
      case 'EXAMINE':
        return this.#select(account, name, str(tokens[0]));
      case 'GETQUOTAROOT':
        return this.#quota(account, str(tokens[0]));
    }
    return this.#box === null ? 'BAD no mailbox is selected' : this.#inBox(command, account, this.#box);
  }

  #inBox(command: ClientCommand, account: Account, box: Box): string | null {
    const { name, tokens } = command;
    const byUid = name.startsWith('UID ');
    switch (name.replace(/^UID /, '')) {
      case 'FETCH':
        return this.#fetch(box, tokens, byUid);
      case 'SEARCH':
        return this.#search(command, box, tokens, byUid);
      case 'CLOSE':
      case 'UNSELECT':
        this.#box = null;
        return 'OK done';
      case 'COPY':
        return this.#copy(account, box, tokens, byUid, false);
      case 'MOVE':
        return this.#readOnly ? 'NO read-only' : this.#copy(account, box, tokens, byUid, true);
      case 'STORE':
        return this.#readOnly ? 'NO read-only' : this.#store(box, tokens, byUid);
      case 'EXPUNGE':
        return this.#readOnly ? 'NO read-only' : this.#expunge(box, byUid ? str(tokens[0]) : '1:*');
    }
    return 'BAD unknown command';
  }

  #startTls(command: ClientCommand): null {
    this.#answer(command, 'OK begin');
    const plain = this.#socket;
    plain.removeAllListeners('data');
    this.#reader = this.#newReader();
    this.#socket = new TLSSocket(plain, { isServer: true, key: KEY, cert: CERTIFICATE });
    this.#listen(this.#socket);
    return null;
  }

  #signIn(user: string, password: string): string {
    const account = this.#options.accounts.get(user);
    if (account === undefined || account.password !== password) return 'NO [AUTHENTICATIONFAILED] wrong';
    this.#account = account;
    return `OK [CAPABILITY ${this.#capabilities().join(' ')}] welcome`;
  }

  #authenticate(command: ClientCommand): string | null {
    const mechanism = str(command.tokens[0]).toUpperCase();
    const decide = (blob: string): string | null => {
      const text = Buffer.from(blob, 'base64').toString('utf8');
      if (mechanism === 'PLAIN') {
        const [actAs, user, password] = text.split('\0');
        const verdict = this.#signIn(user ?? '', password ?? '');
        if (verdict.startsWith('OK') && actAs) this.#account = this.#options.accounts.get(actAs) ?? null;
        return verdict;
      }
      const m = /^user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01$/.exec(text);
      const account = m === null ? undefined : this.#options.accounts.get(m[1]!);
      if (m !== null && account !== undefined && this.#options.tokens.get(m[1]!) === m[2]) {
        this.#account = account;
        return `OK [CAPABILITY ${this.#capabilities().join(' ')}] welcome`;
      }
      this.#line(`+ ${Buffer.from('{"status":"400","schemes":"Bearer"}').toString('base64')}`);
      this.#challenge = () => this.#answer(command, 'NO [AUTHENTICATIONFAILED] invalid credentials');
      return null;
    };
    if (command.tokens[1] !== undefined) return decide(str(command.tokens[1]));
    this.#line('+ ');
    this.#challenge = (answer) => {
      const verdict = decide(answer);
      if (verdict !== null) this.#answer(command, verdict);
    };
    return null;
  }

  #list(account: Account, command: ClientCommand): string {
    const { name } = command;
    const reference = str(command.tokens[0]);
    const pattern = reference + str(command.tokens[1]);
    const returned = command.tokens[3];
    if (pattern === '') {
      this.#line(`* ${name} (\\Noselect) ${quote(account.delimiter)} ""`);
      return 'OK done';
    }
    const escaped = pattern.replace(/[.+?^${}()|[\]\\/]/g, '\\$&').replaceAll('*', '[^]*');
    const matches = new RegExp(`^${escaped.replaceAll('%', `[^\\${account.delimiter}]*`)}$`);
    const options = Array.isArray(returned) ? returned : [];
    const status = options[options.findIndex((token) => str(token).toUpperCase() === 'STATUS') + 1];
    const special = this.#has('SPECIAL-USE');
    const subscribed = options.some((token) => str(token).toUpperCase() === 'SUBSCRIBED');
    for (const [boxName, box] of account.boxes) {
      if (!matches.test(boxName) || (name === 'LSUB' && !box.subscribed)) continue;
      const attributes = box.selectable ? ['\\HasNoChildren'] : ['\\Noselect'];
      if (box.use !== null && special) attributes.push(box.use);
      if (subscribed && box.subscribed) attributes.push('\\Subscribed');
      this.#line(`* ${name} (${attributes.join(' ')}) ${quote(account.delimiter)} ${quote(boxName)}`);
      if (Array.isArray(status) && box.selectable) this.#tellStatus(box, words(status));
    }
    return 'OK done';
  }

  #status(account: Account, name: string, items: readonly string[]): string {
    return this.#withBox(account, name, (box) => {
      this.#tellStatus(box, items);
      return 'OK done';
    });
  }

  #tellStatus(box: Box, items: readonly string[]): void {
    const values = items.map((item) => `${item} ${this.#statusItem(box, item.toUpperCase())}`);
    this.#line(`* STATUS ${quote(box.name)} (${values.join(' ')})`);
  }

  #statusItem(box: Box, item: string): number {
    if (item === 'MESSAGES') return box.messages.length;
    if (item === 'UIDNEXT') return box.uidNext;
    if (item === 'UIDVALIDITY') return box.uidValidity;
    if (item === 'UNSEEN') return box.messages.filter((message) => !message.flags.has('\\Seen')).length;
    if (item === 'HIGHESTMODSEQ') return box.highestModseq;
    return item === 'SIZE' ? box.bytes : 0;
  }

  #create(account: Account, tokens: readonly Token[]): string {
    const name = str(tokens[0]);
    if (account.box(name) !== undefined) return 'NO [ALREADYEXISTS] already exists';
    if (!name.startsWith(this.#options.prefix)) return 'NO [CANNOT] outside of the namespace';
    const use = Array.isArray(tokens[1]) && Array.isArray(tokens[1][1]) ? str(tokens[1][1][0]) : null;
    account.create(name, use);
    return 'OK done';
  }

  #append(account: Account, tokens: readonly Token[]): string {
    const messages = readAppend(tokens);
    if (typeof messages === 'string') return messages;
    const box = account.box(messages[0]!.mailbox);
    if (box === undefined) return 'NO [TRYCREATE] no such mailbox';
    if (messages.length > 1 && !this.#has('MULTIAPPEND')) return 'BAD one message only';
    for (const message of messages) {
      const refusal = this.#script.append?.(message);
      if (refusal) return refusal;
    }
    const size = messages.reduce((sum, message) => sum + message.bytes.length, 0);
    if (account.quotaBytes !== null && account.bytes + size > account.quotaBytes)
      return 'NO [OVERQUOTA] quota exceeded';
    const uids = messages.map(({ bytes, flags, internalDate }) => {
      const kept = flags.filter((flag) => keeps(box, flag));
      return box.add({ bytes, flags: kept, ...(internalDate === null ? {} : { internalDate }) }).uid;
    });
    const set = uids.length === 1 ? `${uids[0]}` : `${uids[0]}:${uids.at(-1)}`;
    return this.#has(UIDPLUS) ? `OK [APPENDUID ${box.uidValidity} ${set}] done` : 'OK done';
  }

  #select(account: Account, name: string, mailbox: string): string {
    this.#box = null;
    return this.#withBox(account, mailbox, (box) => {
      if (!box.selectable) return 'NO [NONEXISTENT] not selectable';
      this.#box = box;
      this.#readOnly = name === 'EXAMINE';
      const flags = '\\Answered \\Flagged \\Deleted \\Seen \\Draft';
      this.#line(`* FLAGS (${flags})`);
      const permanent = box.permanentFlags === null ? `${flags} \\*` : box.permanentFlags.join(' ');
      this.#line(`* OK [PERMANENTFLAGS (${this.#readOnly ? '' : permanent})] flags`);
      this.#line(`* ${box.messages.length} EXISTS`);
      this.#line(`* OK [UIDVALIDITY ${box.uidValidity}] valid`);
      this.#line(`* OK [UIDNEXT ${box.uidNext}] next`);
      if (this.#has('CONDSTORE')) this.#line(`* OK [HIGHESTMODSEQ ${box.highestModseq}] modseq`);
      return `OK [READ-${this.#readOnly ? 'ONLY' : 'WRITE'}] opened`;
    });
  }

  #quota(account: Account, name: string): string {
    if (!this.#has('QUOTA')) return 'BAD unknown command';
    this.#line(`* QUOTAROOT ${quote(name)} "user"`);
    if (account.quotaBytes !== null) {
      this.#line(
        `* QUOTA "user" (STORAGE ${Math.ceil(account.bytes / 1024)} ${Math.floor(account.quotaBytes / 1024)})`,
      );
    } else this.#line('* QUOTA "user" ()');
    return 'OK done';
  }

  #fetch(box: Box, tokens: readonly Token[], byUid: boolean): string | null {
    const items = itemsOf(tokens[1], byUid);
    const bodies = hasBody(items);
    const [word, since] = words(tokens[2]);
    const changedSince = word?.toUpperCase() === 'CHANGEDSINCE' ? Number(since) : -1;
    if (changedSince >= 0 && !items.includes('MODSEQ')) items.push('MODSEQ');
    for (const [message, sequence] of this.#chosen(box, str(tokens[0]), byUid)) {
      if (message.modseq <= changedSince) continue;
      const telling = bodies ? (this.#script.tell?.(message.uid, box) ?? null) : null;
      if (telling === 'leave-out') continue;
      const answer = tell(message, items, telling, sequence);
      for (const part of answer.parts) this.#write(part);
      if (answer.after === 'go-on') continue;
      if (answer.after === 'stall') this.#stalled = true;
      else this.#socket.end();
      return null;
    }
    return 'OK done';
  }

  #search(command: ClientCommand, box: Box, tokens: readonly Token[], byUid: boolean): string {
    const queue = [...tokens];
    const extended = str(queue[0]).toUpperCase() === 'RETURN';
    if (extended) queue.splice(0, 2);
    if (str(queue[0]).toUpperCase() === 'CHARSET') queue.splice(0, 2);
    const test = searchTest(box, queue);
    if (test === null) return 'BAD unknown criterion';
    const found = box.messages.flatMap((message, index) =>
      test(message, index + 1) ? [byUid ? message.uid : index + 1] : [],
    );
    if (!extended) this.#line(`* SEARCH${found.map((number) => ` ${number}`).join('')}`);
    else {
      const all = found.length === 0 ? '' : ` ALL ${found.join(',')}`;
      this.#line(`* ESEARCH (TAG "${command.tag}")${byUid ? ' UID' : ''}${all}`);
    }
    return 'OK done';
  }

  #store(box: Box, tokens: readonly Token[], byUid: boolean): string {
    const how = str(tokens[1]).toUpperCase();
    const flags = Array.isArray(tokens[2]) ? words(tokens[2]) : [str(tokens[2])];
    for (const [message, sequence] of this.#chosen(box, str(tokens[0]), byUid)) {
      const kept = flags.filter((flag) => keeps(box, flag));
      const now = new Set(how.startsWith('FLAGS') ? [] : message.flags);
      for (const flag of kept) how.startsWith('-') ? now.delete(flag) : now.add(flag);
      box.mark(message, now);
      if (!how.endsWith('.SILENT')) {
        this.#line(
          `* ${sequence} FETCH (${byUid ? `UID ${message.uid} ` : ''}FLAGS (${[...now].join(' ')}))`,
        );
      }
    }
    return 'OK done';
  }

  #copy(account: Account, box: Box, tokens: readonly Token[], byUid: boolean, move: boolean): string {
    const target = account.box(str(tokens[1]));
    if (target === undefined) return 'NO [TRYCREATE] no such mailbox';
    const chosen = this.#chosen(box, str(tokens[0]), byUid).map(([message]) => message);
    if (chosen.length === 0) return 'OK done';
    const to = chosen.map(
      (one) => target.add({ bytes: one.bytes, flags: [...one.flags], internalDate: one.internalDate }).uid,
    );
    const code = `[COPYUID ${target.uidValidity} ${chosen.map((one) => one.uid).join(',')} ${to.join(',')}]`;
    if (!move) return this.#has(UIDPLUS) ? `OK ${code} done` : 'OK done';
    if (this.#has(UIDPLUS)) this.#line(`* OK ${code} moved`);
    this.#vanish(box, chosen);
    return 'OK done';
  }

  #expunge(box: Box, set: string): string {
    const doomed = this.#chosen(box, set, true).map(([message]) => message);
    this.#vanish(
      box,
      doomed.filter((message) => message.flags.has('\\Deleted')),
    );
    return 'OK done';
  }

  #vanish(box: Box, doomed: readonly Stored[]): void {
    for (const message of doomed) {
      this.#line(`* ${box.messages.indexOf(message) + 1} EXPUNGE`);
      box.remove(message.uid);
    }
  }

  #chosen(box: Box, set: string, byUid: boolean): [Stored, number][] {
    const chosen = inSet(box, set, byUid);
    return box.messages.flatMap((message, index): [Stored, number][] =>
      chosen(message, index + 1) ? [[message, index + 1]] : [],
    );
  }

  #withBox(account: Account, name: string, use: (box: Box) => string): string {
    const box = account.box(name);
    return box === undefined ? 'NO [NONEXISTENT] no such mailbox' : use(box);
  }

  // ── the wire ────────────────────────────────────────────────────────────────────────────────────────────────────

  #capabilities(): string[] {
    const { without = [], with: added = [] } = this.#script;
    const base = [...this.#options.capabilities, ...added];
    if (this.#options.startTls && !(this.#socket instanceof TLSSocket)) base.push('STARTTLS');
    return base.filter((name) => !without.includes(name));
  }

  #has(capability: string): boolean {
    return this.#capabilities().includes(capability);
  }

  #answer(command: ClientCommand, text: string): void {
    this.#line(`${command.tag} ${text}`);
  }

  #bye(text: string): void {
    this.#line(`* BYE ${text}`);
    this.#closed = true;
    this.#socket.end();
  }

  #line(text: string): void {
    this.#write(`${text}\r\n`);
  }

  #write(part: string | Buffer): void {
    if (this.#closed || this.#stalled) return;
    const bytes = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
    const most = (this.#script.cutAfterBytes ?? Number.POSITIVE_INFINITY) - this.#sent;
    this.#sent += bytes.length;
    if (bytes.length < most) {
      this.#socket.write(bytes);
      return;
    }
    this.#closed = true;
    this.#socket.end(bytes.subarray(0, most));
  }
}

function utf8(token: Token | undefined): string {
  return Buffer.from(str(token), 'latin1').toString('utf8');
}

function keeps(box: Box, flag: string): boolean {
  if (box.permanentFlags === null || box.permanentFlags.includes(flag)) return true;
  return !flag.startsWith('\\') && box.permanentFlags.includes('\\*');
}

import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { CERTIFICATE, KEY } from './certificate.ts';
import { type ClientCommand, CommandReader, parseCommand } from './command.ts';
import type { Connection, SessionOptions } from './connection.ts';
import { LOCKED } from './daily.ts';
import { run } from './dispatch.ts';
import type { Account, Box } from './mailbox.ts';
import type { Script } from './script.ts';

/** One connection of the server. Commands run one after another; what a script says comes first. */
export class Session implements Connection {
  #socket: Socket;
  readonly options: SessionOptions;
  readonly script: Script;
  account: Account | null = null;
  box: Box | null = null;
  readOnly = false;
  #reader: CommandReader;
  #sent = 0;
  #stalled = false;
  #closed = false;
  #queue: (() => void | Promise<void>)[] = [];
  #working = false;
  #challenge: ((answer: string) => void) | null = null;

  constructor(socket: Socket, options: SessionOptions, script: Script) {
    this.#socket = socket;
    this.options = options;
    this.script = script;
    this.#reader = this.#newReader();
    this.#listen(socket);
    this.line(script.greeting ?? `* OK [CAPABILITY ${this.capabilities().join(' ')}] ready`);
    if (script.greeting?.startsWith('* PREAUTH')) this.account = [...options.accounts.values()][0] ?? null;
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
    const refusal = this.script.literal?.(bytes);
    if (refusal) this.#enqueue(() => this.line(`${line.split(' ')[0]} ${refusal}`));
    else this.#enqueue(() => this.line('+ go on'));
    return !refusal;
  }

  async #received(line: string, literals: Buffer[]): Promise<void> {
    if (this.#challenge !== null) {
      const answer = this.#challenge;
      this.#challenge = null;
      return answer(line);
    }
    const command = parseCommand(line, literals);
    if (command === null) return this.line(`${line.split(' ')[0] || '*'} BAD what?`);
    this.options.log(/^(LOGIN|AUTHENTICATE)$/.test(command.name) ? `${command.tag} ${command.name} …` : line);
    if (this.options.daily?.locked && /^(LOGIN|AUTHENTICATE)$/.test(command.name))
      return this.answer(command, `NO [ALERT] ${LOCKED} (Failure)`);
    if (this.options.daily?.locked && command.name !== 'LOGOUT') return this.#bye(LOCKED);
    const turn = this.script.command?.(command);
    if (turn === 'drop') return this.destroy();
    if (turn === 'stall') return this.stall();
    if (turn && turn !== 'swallow' && 'answer' in turn) return this.answer(command, turn.answer);
    if (turn && turn !== 'swallow' && 'bye' in turn) return this.#bye(turn.bye);
    if (turn && turn !== 'swallow') this.write(Buffer.from(turn.raw as string, 'latin1'));
    if (this.script.delayMs) await new Promise((resolve) => setTimeout(resolve, this.script.delayMs));
    const answer = run(this, command);
    if (turn === 'swallow') return this.destroy();
    if (answer !== null) this.answer(command, answer);
  }

  capabilities(): string[] {
    const { without = [], with: added = [] } = this.script;
    const base = [...this.options.capabilities, ...added];
    if (this.options.startTls && !(this.#socket instanceof TLSSocket)) base.push('STARTTLS');
    return base.filter((name) => !without.includes(name));
  }

  has(capability: string): boolean {
    return this.capabilities().includes(capability);
  }

  answer(command: ClientCommand, text: string): void {
    this.line(`${command.tag} ${text}`);
  }

  ask(then: (answer: string) => void): void {
    this.#challenge = then;
  }

  stall(): void {
    this.#stalled = true;
  }

  end(): void {
    this.#socket.end();
  }

  startTls(): void {
    const plain = this.#socket;
    plain.removeAllListeners('data');
    this.#reader = this.#newReader();
    this.#socket = new TLSSocket(plain, { isServer: true, key: KEY, cert: CERTIFICATE });
    this.#listen(this.#socket);
  }

  byeIn(ms: number, text: string): void {
    const timer = setTimeout(() => this.#bye(text), ms);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #bye(text: string): void {
    this.line(`* BYE ${text}`);
    this.#closed = true;
    this.#socket.end();
  }

  line(text: string): void {
    this.write(`${text}\r\n`);
  }

  write(part: string | Buffer): void {
    if (this.#closed || this.#stalled) return;
    const bytes = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
    const most = (this.script.cutAfterBytes ?? Number.POSITIVE_INFINITY) - this.#sent;
    this.#sent += bytes.length;
    this.options.daily?.spend(bytes.length);
    if (bytes.length < most) {
      this.#socket.write(bytes);
      return;
    }
    this.#closed = true;
    this.#socket.end(bytes.subarray(0, most));
  }
}

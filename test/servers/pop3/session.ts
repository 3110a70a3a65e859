import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { CERTIFICATE, KEY } from '../imap/certificate.ts';
import type { Maildrop, Stored } from './maildrop.ts';
import type { ClientCommand, Script, Turn } from './script.ts';

export interface SessionOptions {
  maildrops: ReadonlyMap<string, Maildrop>;
  capabilities: readonly string[];
  startTls: boolean;
  /** In the greeting; null: no APOP. */
  timestamp: string | null;
  /** Bearer tokens by user, for XOAUTH2. */
  tokens: ReadonlyMap<string, string>;
  log(line: string): void;
}

/** One connection of the server. Commands run one after another; what a script says comes first. */
export class Session {
  #socket: Socket;
  readonly #options: SessionOptions;
  readonly #script: Script;
  #pending = '';
  #lines: string[] = [];
  #working = false;
  #closed = false;
  #stalled = false;
  #sent = 0;
  #user = '';
  #maildrop: Maildrop | null = null;
  #shown: Stored[] = [];
  #challenge: ((answer: string) => void) | null = null;

  constructor(socket: Socket, options: SessionOptions, script: Script) {
    this.#socket = socket;
    this.#options = options;
    this.#script = script;
    this.#listen(socket);
    const stamp = options.timestamp === null ? '' : ` ${options.timestamp}`;
    this.#line(script.greeting ?? `+OK ready${stamp}`);
  }

  destroy(): void {
    this.#leave();
    this.#socket.destroy();
  }

  #leave(): void {
    this.#closed = true;
    if (this.#maildrop !== null) this.#maildrop.sessions--;
    this.#maildrop = null;
  }

  #listen(socket: Socket): void {
    socket.on('data', (piece: Buffer) => {
      this.#pending += piece.toString('latin1');
      const lines = this.#pending.split('\r\n');
      this.#pending = lines.pop()!;
      this.#lines.push(...lines);
      if (!this.#working) void this.#work();
    });
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.#leave());
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift()) {
      if (this.#closed || this.#stalled) break;
      await this.#received(line);
      if (this.#socket.writableNeedDrain)
        await new Promise<void>((resolve) => {
          this.#socket.once('drain', resolve).once('close', resolve);
        });
    }
    this.#working = false;
  }

  async #received(line: string): Promise<void> {
    if (this.#challenge !== null) {
      const answer = this.#challenge;
      this.#challenge = null;
      answer(line);
      return;
    }
    const space = line.indexOf(' ');
    const name = (space < 0 ? line : line.slice(0, space)).toUpperCase();
    const command = { name, rest: space < 0 ? '' : line.slice(space + 1) };
    this.#options.log(/^(PASS|APOP|AUTH)$/.test(name) ? `${name} …` : line);
    if (this.#script.delayMs) await new Promise((resolve) => setTimeout(resolve, this.#script.delayMs));
    const turn = this.#script.command?.(command);
    if (turn) this.#take(turn);
    else this.#run(command);
  }

  #take(turn: Turn): void {
    if (turn === 'drop') this.destroy();
    else if (turn === 'stall') this.#stalled = true;
    else if ('answer' in turn) this.#line(turn.answer);
    else this.#write(Buffer.from(turn.raw as string, 'latin1'));
  }

  #run(command: ClientCommand): void {
    const { name, rest } = command;
    if (name === 'QUIT') {
      this.#quit();
      return;
    }
    if (name === 'CAPA' && this.#has('CAPA')) {
      this.#many('+OK here', this.#capabilities());
      return;
    }
    if (this.#maildrop === null) this.#before(name, rest);
    else this.#inside(name, rest);
  }

  #quit(): void {
    this.#line('+OK bye');
    this.#leave();
    this.#socket.end();
  }

  // ── AUTHORIZATION ───────────────────────────────────────────────────────────────────────────────────────────────

  #before(name: string, rest: string): void {
    if (name === 'STLS' && this.#capabilities().includes('STLS')) this.#startTls();
    else if (name === 'UTF8' && this.#has('UTF8')) this.#line('+OK UTF8');
    else if (name === 'USER') {
      this.#user = utf8(rest);
      this.#line('+OK go on');
    } else if (name === 'PASS') this.#signIn(this.#user, (drop) => drop.password === utf8(rest));
    else if (name === 'APOP' && this.#options.timestamp !== null) {
      const [user = '', digest] = rest.split(' ');
      const hash = (password: string) =>
        createHash('md5').update(`${this.#options.timestamp}${password}`).digest('hex');
      this.#signIn(user, (drop) => hash(drop.password) === digest);
    } else if (name === 'AUTH') this.#auth(rest);
    else this.#line('-ERR unknown command');
  }

  #signIn(user: string, fits: (drop: Maildrop) => boolean): void {
    const drop = this.#options.maildrops.get(user);
    if (drop === undefined || !fits(drop)) {
      this.#line('-ERR [AUTH] wrong name or password');
      return;
    }
    if (drop.exclusive && drop.sessions > 0) {
      this.#line('-ERR [IN-USE] another session has it');
      return;
    }
    this.#maildrop = drop;
    drop.sessions++;
    this.#shown = drop.messages.filter((message) => !(drop.hidesRetrieved && message.retrieved));
    this.#line('+OK welcome');
  }

  #auth(rest: string): void {
    const [mechanism = '', early] = rest.split(' ');
    const decide = (blob: string): void => {
      const text = Buffer.from(blob, 'base64').toString('utf8');
      if (mechanism.toUpperCase() === 'PLAIN') {
        const [actAs, user, password] = text.split('\0');
        const known = this.#options.maildrops.get(user ?? '')?.password === password;
        this.#signIn(actAs || user || '', (drop) => known || drop.password === password);
        return;
      }
      const m = /^user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01$/.exec(text);
      if (m !== null && this.#options.tokens.get(m[1]!) === m[2]) {
        this.#signIn(m[1]!, () => true);
        return;
      }
      this.#line(`+ ${Buffer.from('{"status":"400","schemes":"Bearer"}').toString('base64')}`);
      this.#challenge = () => this.#line('-ERR [AUTH] invalid credentials');
    };
    if (!/^(PLAIN|XOAUTH2)$/i.test(mechanism)) {
      this.#line('-ERR unknown mechanism');
      return;
    }
    if (early !== undefined) {
      decide(early);
      return;
    }
    this.#line('+ ');
    this.#challenge = decide;
  }

  #startTls(): void {
    this.#line('+OK begin');
    const plain = this.#socket;
    plain.removeAllListeners('data');
    this.#socket = new TLSSocket(plain, { isServer: true, key: KEY, cert: CERTIFICATE });
    this.#listen(this.#socket);
  }

  // ── TRANSACTION ─────────────────────────────────────────────────────────────────────────────────────────────────

  #inside(name: string, rest: string): void {
    const sized = (message: Stored): number => message.claimedSize ?? onWire(message.bytes).length;
    switch (name) {
      case 'NOOP':
      case 'RSET': {
        this.#line('+OK');
        return;
      }
      case 'STAT': {
        this.#line(`+OK ${this.#shown.length} ${this.#shown.reduce((sum, one) => sum + sized(one), 0)}`);
        return;
      }
      case 'LIST': {
        this.#many(
          '+OK sizes',
          this.#shown.map((message, n) => `${n + 1} ${sized(message)}`),
        );
        return;
      }
      case 'UIDL':
        if (!this.#has('UIDL')) break;
        {
          this.#many(
            '+OK ids',
            this.#shown.map(({ uid }, n) => `${n + 1} ${uid}`),
          );
          return;
        }
      case 'RETR':
      case 'TOP': {
        if (name === 'TOP' && !this.#has('TOP')) break;
        const [number, lines] = rest.split(' ').map(Number);
        this.#tell(name, number!, name === 'TOP' ? lines! : Number.POSITIVE_INFINITY);
        return;
      }
    }
    this.#line('-ERR unknown command');
  }

  #tell(by: 'RETR' | 'TOP', number: number, lines: number): void {
    const message = this.#shown[number - 1];
    if (message === undefined || !this.#maildrop!.messages.includes(message)) {
      this.#line('-ERR no such message');
      return;
    }
    const telling = this.#script.tell?.(number, by) ?? null;
    if (telling !== null && typeof telling === 'object') {
      this.#line(telling.answer);
      return;
    }
    if (by === 'RETR') message.retrieved = true;
    const whole = onWire(message.bytes);
    const part = telling === 'short' ? halfOf(whole) : topOf(whole, lines);
    const stuffed = stuff(part);
    this.#line('+OK it comes');
    if (telling === null || telling === 'short') {
      this.#write(Buffer.concat([stuffed, Buffer.from('.\r\n')]));
      return;
    }
    this.#write(stuffed.subarray(0, stuffed.length >> 1));
    if (telling === 'stall') this.#stalled = true;
    else {
      this.#leave();
      this.#socket.end();
    }
  }

  // ── the wire ────────────────────────────────────────────────────────────────────────────────────────────────────

  #capabilities(): string[] {
    const { without = [], with: added = [] } = this.#script;
    const base = [...this.#options.capabilities, ...added];
    if (this.#options.startTls && !(this.#socket instanceof TLSSocket)) base.push('STLS');
    return base.filter((line) => !without.includes(line.split(' ')[0]!));
  }

  /** `without` takes a command away; what was never announced is there all the same. */
  #has(command: string): boolean {
    return !(this.#script.without ?? []).includes(command);
  }

  #many(first: string, lines: readonly string[]): void {
    this.#write(
      Buffer.from([first, ...lines.map((line) => line.replace(/^\./, '..')), '.', ''].join('\r\n'), 'latin1'),
    );
  }

  #line(text: string): void {
    this.#write(Buffer.from(`${text}\r\n`, 'latin1'));
  }

  #write(bytes: Buffer): void {
    if (this.#closed || this.#stalled) return;
    const most = (this.#script.cutAfterBytes ?? Number.POSITIVE_INFINITY) - this.#sent;
    this.#sent += bytes.length;
    const piece = this.#script.pieceBytes ?? bytes.length;
    const end = Math.min(bytes.length, most);
    for (let at = 0; at < end; at += piece) this.#socket.write(bytes.subarray(at, Math.min(at + piece, end)));
    if (bytes.length < most) return;
    this.#leave();
    this.#socket.end();
  }
}

/** RFC 1939 §3: the last line ends with CRLF, whatever the message ends with. */
export function onWire(bytes: Buffer): Buffer {
  if (bytes.length === 0 || bytes.subarray(-2).toString('latin1') === '\r\n') return bytes;
  return Buffer.concat([bytes, Buffer.from('\r\n')]);
}

function stuff(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/(^|\r\n)\./g, '$1..'), 'latin1');
}

function topOf(bytes: Buffer, lines: number): Buffer {
  const text = bytes.toString('latin1');
  const head = text.indexOf('\r\n\r\n') + 4;
  if (head < 4 || lines > bytes.length) return bytes;
  const body = text.slice(head).split('\r\n').slice(0, lines);
  return Buffer.from(text.slice(0, head) + body.map((line) => `${line}\r\n`).join(''), 'latin1');
}

function halfOf(bytes: Buffer): Buffer {
  const end = bytes.lastIndexOf('\r\n', bytes.length >> 1);
  return end < 0 ? Buffer.alloc(0) : bytes.subarray(0, end + 2);
}

function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

import { type Attempt, Trouble, type TroubleKind } from '../../trouble.ts';
import { type Address, nameOf, type Security, tlsOf } from '../address.ts';
import type { BodySink } from '../body.ts';
import { gone, injected, late, unopened } from '../ended.ts';
import { Secrets } from '../secrets.ts';
import { Socket } from '../socket.ts';
import { Watchdog } from '../watchdog.ts';
import { troubleOf } from './answer.ts';
import type { Command, LiteralRules, Piece } from './command.ts';
import type { Deflated } from './compress.ts';
import { type FetchData, readFetch } from './fetch-data.ts';
import { type Hole, Lexer, type Receiver } from './lexer.ts';
import { type Limits, limitsOf } from './limits.ts';
import { Outbox } from './outbox.ts';
import { Cursor, readStatus, type Status, type Untagged } from './parser.ts';
import type { Selected } from './select.ts';
import { type Opened, type Running, Underway } from './underway.ts';

const SPACE = 32;
const STAR = 42;
const PLUS = 43;
const STATUSES: ReadonlySet<string> = new Set(['OK', 'NO', 'BAD', 'BYE', 'PREAUTH']);
/** Capabilities kept; servers list about 40. */
const CAPABILITIES_MAX = 1_000;

/**
 * One IMAP connection. `run` puts a command on the wire at once; any number may be under way (RFC 9051 §5.5). Who gets
 * which answer: see `Underway`. FETCH data goes to the oldest FETCH or STORE whose set holds the UID, a body to the
 * oldest FETCH that asked for bodies. What nobody takes is dropped and counted (`floodBytes`).
 */
export class Connection implements Receiver, LiteralRules {
  /** `imap://user@host:port/`, without a secret. */
  readonly name: string;
  readonly limits: Limits;
  readonly security: Security;
  readonly secrets = new Secrets();
  /** In upper case. Empty until told. */
  capabilities: ReadonlySet<string> = new Set();
  /** What the last answered SELECT or EXAMINE opened. */
  selected: Selected | null = null;
  /** `OK` or `PREAUTH`. */
  greeting: Status | null = null;
  /** Resolves when the socket is gone, never rejects. */
  readonly gone: Promise<void>;

  readonly #address: Address<Limits>;
  #socket!: Socket;
  #lexer: Lexer;
  #outbox: Outbox;
  #deflated: Deflated | null = null;
  readonly #underway: Underway;
  #tags = 0;
  #opened: Opened | null = null;
  #ended: unknown = null;
  #bye: Status | null = null;
  #sealed = false;
  #capabilitiesTold = 0;
  #greeted!: (status: Status) => void;
  #refusedGreeting!: (error: unknown) => void;
  #resolveGone!: () => void;
  #pauses = 0;
  #useless = 0;
  readonly #watchdog: Watchdog;

  private constructor(address: Address<Limits>) {
    this.#address = address;
    this.limits = limitsOf(address.limits);
    this.security = address.security;
    this.name = nameOf('imap', address);
    this.#underway = new Underway(this.limits.answers);
    this.#lexer = new Lexer(this, this.limits);
    this.#outbox = new Outbox((bytes, done) => this.#write(bytes, done), this.limits);
    this.#watchdog = new Watchdog(
      {
        owed: () => !this.#underway.empty && this.#pauses === 0,
        slow: () => this.#underway.slow,
        inLiteral: () => this.#lexer.inLiteral,
        expired: (why) => this.fail(this.#trouble('lost', why)),
      },
      this.limits,
    );
    this.gone = new Promise((resolve) => {
      this.#resolveGone = resolve;
    });
  }

  /** TCP, TLS and greeting within one deadline. Throws `lost`, `denied`, `busy`, `malformed`. */
  static async open(address: Address<Limits>): Promise<Connection> {
    const conn = new Connection(address);
    const deadline = new AbortController();
    const timer = setTimeout(
      () => deadline.abort(late(conn.name, conn.limits.connectMs)),
      conn.limits.connectMs,
    );
    const greeting = new Promise<Status>((resolve, reject) => {
      conn.#greeted = resolve;
      conn.#refusedGreeting = reject;
    });
    greeting.catch(() => undefined); // told below, or already by the socket
    deadline.signal.addEventListener('abort', () => conn.fail(deadline.signal.reason), { once: true });
    try {
      await conn.#connect(deadline.signal);
      conn.greeting = await greeting;
      return conn;
    } catch (error) {
      conn.fail(unopened(conn.name, error));
      throw conn.#ended;
    } finally {
      clearTimeout(timer);
    }
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const { host, port, security } = this.#address;
    const on = this.name;
    const tls = security === 'tls' ? tlsOf(this.#address, on) : null;
    this.#socket = await Socket.open(
      { host, port, on, tls, upgradable: security === 'starttls', signal },
      {
        bytes: (piece) => this.#bytes(piece),
        gone: (cause) => {
          // What the server said last explains it best.
          const bye = this.#bye && troubleOf(this.#bye, 'converse', this.name);
          this.fail(bye ?? gone(this.name, cause, this.greeting !== null));
        },
      },
    );
    // The greeting may have come with the last bytes of the handshake, and have been no good.
    if (this.#ended !== null) this.#socket.destroy();
  }

  get closed(): boolean {
    return this.#ended !== null;
  }

  has(capability: string): boolean {
    return this.capabilities.has(capability);
  }

  /** Largest APPEND in bytes (RFC 7889 §3); null when not told. */
  get appendLimit(): number | null {
    for (const name of this.capabilities) {
      const m = /^APPENDLIMIT=(\d{1,15})$/.exec(name);
      if (m !== null) return Number(m[1]);
    }
    return null;
  }

  /** LITERAL+ takes any size, LITERAL- and IMAP4rev2 up to 4096 bytes (RFC 7888 §5, RFC 9051 §4.3). */
  nonSynchronising(bytes: number): boolean {
    if (this.has('LITERAL+')) return true;
    return bytes <= 4096 && (this.has('LITERAL-') || this.has('IMAP4REV2'));
  }

  /** How often the server has told its capabilities: to see whether it told them anew. */
  get capabilitiesTold(): number {
    return this.#capabilitiesTold;
  }

  /** What the server said it can is void. */
  forgetCapabilities(): void {
    this.capabilities = new Set();
  }

  /** Sends the command now; resolves with what its `done` makes of the tagged OK, rejects with a Trouble. */
  run<T>(command: Command<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const behind = command.inMailbox ? this.#opened : null;
      const refusal = this.#ended ?? behind?.failed ?? null;
      if (refusal !== null) {
        command.failed?.(refusal);
        reject(refusal);
        return;
      }
      const tag = `a${++this.#tags}`;
      const running: Running = {
        tag,
        command: command as Command<unknown>,
        resolve: resolve as (value: unknown) => void,
        reject,
        behind,
        opens: command.barrier ? { failed: null } : null,
        answers: 0,
        pieces: this.#pieces(tag, command),
        broken: (error) => {
          this.#underway.reject(running, error);
          this.fail(this.#trouble('lost', 'a command could not be written whole'));
        },
      };
      if (running.opens !== null) this.#opened = running.opens;
      if (this.#underway.empty) this.#watchdog.start();
      this.#underway.add(running);
      this.#outbox.add(running);
    });
  }

  /** Ends the connection at once; what is under way fails with `lost`. Twice is once. */
  destroy(): void {
    this.fail(this.#trouble('lost', 'closed here'));
  }

  /** Ends the connection; everything under way fails with this. */
  fail(error: unknown): void {
    if (this.#ended !== null) return;
    this.#ended = error instanceof Trouble ? this.secrets.told(error, this.name) : error;
    this.#watchdog.stop();
    this.#lexer.abort();
    this.#outbox.close();
    this.#deflated?.close();
    this.#socket?.destroy();
    this.#refusedGreeting(this.#ended);
    this.#underway.rejectAll(this.#ended);
    this.#resolveGone();
  }

  /** A consumer is slow: reading stops until as many `resume` came. */
  pause(): void {
    if (this.#pauses++ === 0) (this.#deflated ?? this.#socket).pause();
  }

  resume(): void {
    if (--this.#pauses > 0 || this.#ended !== null) return;
    this.#watchdog.moved(0);
    (this.#deflated ?? this.#socket).resume();
  }

  /** STARTTLS was answered: whatever else comes before the handshake was put there by someone else (RFC 9051 §6.2.1). */
  seal(): void {
    this.#sealed = true;
  }

  /** The handshake, within `connectMs`. Throws `denied`, `lost`. */
  async startTls(): Promise<void> {
    if (!this.#lexer.empty) throw injected(this.name);
    const deadline = setTimeout(
      () => this.fail(late(this.name, this.limits.connectMs)),
      this.limits.connectMs,
    );
    try {
      await this.#socket.startTls(tlsOf(this.#address, this.name));
    } catch (error) {
      this.fail(unopened(this.name, error));
      throw this.#ended;
    } finally {
      clearTimeout(deadline);
    }
    this.#sealed = false;
    this.forgetCapabilities();
  }

  /** From here on both directions are compressed (RFC 4978). */
  deflate(make: (write: (bytes: Uint8Array, done: () => void) => void) => Deflated): void {
    this.#deflated = make((bytes, done) => this.#socket.write(bytes, done));
    this.#deflated.listen({
      bytes: (piece) => this.#read(piece),
      full: (full) => (full ? this.#socket.pause() : this.#socket.resume()),
      broken: () => this.fail(this.#trouble('malformed', 'the compressed stream is broken')),
    });
  }

  // ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #bytes(piece: Buffer): void {
    this.#watchdog.moved(piece.length);
    if (this.#deflated !== null) this.#deflated.inflate(piece);
    else this.#read(piece);
  }

  #read(piece: Buffer): void {
    if (this.#ended !== null) return;
    this.#useless += piece.length;
    try {
      if (this.#sealed) throw injected(this.name);
      this.#lexer.push(piece);
      if (this.#useless > this.limits.floodBytes) {
        if (!this.#lexer.inLiteral)
          throw this.#trouble('malformed', 'a flood of answers that nobody asked for');
        this.#useless = 0;
      }
    } catch (error) {
      this.fail(error);
    }
  }

  body(length: number): BodySink<unknown> | null {
    return this.#ended === null ? this.#underway.body(length) : null;
  }

  response(bytes: Buffer, from: number, to: number, holes: readonly Hole[]): void {
    if (this.#ended !== null) return;
    if (this.#sealed) throw injected(this.name);
    const first = from < to ? bytes[from] : -1;
    if (first === STAR && bytes[from + 1] === SPACE) this.#untagged(bytes, from + 2, to, holes);
    else if (first === PLUS) this.#continuation(bytes.toString('latin1', from + 1, to).trim());
    else this.#tagged(bytes, from, to);
  }

  #untagged(bytes: Buffer, from: number, to: number, holes: readonly Hole[]): void {
    const cursor = new Cursor(bytes, from, to, holes, this.limits.nesting);
    const byte = cursor.peek();
    const number = byte >= 48 && byte <= 57 ? cursor.number() : null;
    cursor.space();
    const start = cursor.at;
    const name = cursor.atom().toUpperCase();
    cursor.space();
    if (number !== null && name === 'FETCH') {
      this.#fetch(cursor, holes);
      return;
    }
    for (const hole of holes) hole.sink?.abort();
    // QUIRK(Zimbra): `* NOOP` while it works (zimbra-noop.txt) is offered like any other word, and nobody takes it.
    if (this.greeting === null) this.#greet(cursor, start);
    else if (STATUSES.has(name)) {
      cursor.at = start;
      this.#status(readStatus(cursor)!);
    } else if (name === 'CAPABILITY') this.#capable(cursor.rest());
    else {
      const at = cursor.at;
      const data: Untagged = {
        name,
        number,
        cursor: () => new Cursor(bytes, at, to, holes, this.limits.nesting),
      };
      this.#offer((command) => command.data?.(data) === true);
    }
  }

  #greet(cursor: Cursor, start: number): void {
    cursor.at = start;
    const status = readStatus(cursor);
    if (status === null || status.is === 'NO' || status.is === 'BAD') {
      throw this.#trouble('malformed', `no IMAP greeting: ${status?.text ?? ''}`, 'greet');
    }
    if (status.is === 'BYE') throw troubleOf(status, 'greet', this.name);
    this.greeting = status;
    this.#useful();
    this.#coded(status);
    this.#greeted(status);
  }

  #status(status: Status): void {
    this.#coded(status);
    if (status.is === 'BYE') this.#bye = status;
    else this.#offer((command) => command.status?.(status) === true);
  }

  #offer(take: (command: Command<unknown>) => boolean): boolean {
    const taken = this.#underway.offer(take);
    if (taken) this.#useful();
    return taken;
  }

  #fetch(cursor: Cursor, holes: readonly Hole[]): void {
    let data: FetchData | null = null;
    let taken = false;
    try {
      data = readFetch(cursor, (length) => this.body(length));
      const read = data;
      taken = this.#offer((command) => command.fetch?.(read) === true);
    } catch (error) {
      if (!(error instanceof Trouble) || error.kind !== 'malformed') throw error;
      // One message that cannot be read is not the end of the others, where its reader counts what came.
      if (!this.#offer((command) => command.unreadable?.(error) === true)) throw error;
    } finally {
      const kept = taken ? (data?.sink ?? null) : null;
      for (const hole of holes) if (hole.sink !== kept) hole.sink?.abort();
      // A body that came as a quoted string has no hole.
      if (!taken && data?.sink && !holes.some((hole) => hole.sink === data?.sink)) data.sink.abort();
    }
  }

  #continuation(text: string): void {
    this.#useful();
    if (this.#outbox.waiting) {
      this.#outbox.proceed();
      return;
    }
    const answer = this.#underway.challenged(text);
    if (answer === null) throw this.#trouble('malformed', 'a continuation that nobody waits for');
    const pieces = [`${answer}\r\n`][Symbol.iterator]();
    this.#outbox.add({ pieces, broken: (error) => this.fail(error) });
  }

  #tagged(bytes: Buffer, from: number, to: number): void {
    const cursor = new Cursor(bytes, from, to, [], this.limits.nesting);
    const running = cursor.done ? undefined : this.#underway.get(cursor.atom());
    cursor.space();
    const status = cursor.done ? null : readStatus(cursor);
    if (running === undefined || status === null || status.is === 'BYE' || status.is === 'PREAUTH') {
      throw this.#trouble(
        'malformed',
        `no answer to anything asked: ${bytes.toString('latin1', from, Math.min(to, from + 200))}`,
      );
    }
    this.#useful();
    this.#coded(status);
    this.#outbox.answered(running);
    if (running.behind?.failed) this.#underway.reject(running, running.behind.failed);
    else if (status.is === 'OK') this.#succeeded(running, status);
    else this.#declined(running, status);
  }

  #succeeded(running: Running, status: Status): void {
    try {
      const value = running.command.done(status);
      this.#underway.remove(running);
      running.resolve(value);
    } catch (error) {
      this.#underway.reject(running, error instanceof Trouble ? this.secrets.told(error, this.name) : error);
    }
  }

  #declined(running: Running, status: Status): void {
    const { command, opens } = running;
    const on = command.on === '' ? this.name : `${this.name}${command.on}`;
    const trouble = this.secrets.told(troubleOf(status, command.tried, on), this.name);
    if (opens !== null) {
      // Those sent behind it share its fate: RFC 9051 §6.3.2 leaves no mailbox open.
      opens.failed = trouble;
      this.selected = null;
    }
    this.#underway.reject(running, trouble);
    if (trouble.kind === 'lost') this.fail(trouble);
  }

  /** Codes that concern the connection itself. */
  #coded(status: Status): void {
    if (status.code === 'CAPABILITY') this.#capable(status.facts);
  }

  #capable(words: string): void {
    const names = words
      .toUpperCase()
      .split(' ')
      .filter((word) => word !== '');
    const capabilities = new Set(names.slice(0, CAPABILITIES_MAX));
    // QUIRK(Exchange): announces IMAP4rev2 to some mailboxes and answers its commands wrongly (exchange-imap4rev2.txt).
    if (/^(?:The )?Microsoft Exchange/i.test(this.greeting?.text ?? '')) capabilities.delete('IMAP4REV2');
    this.capabilities = capabilities;
    this.#capabilitiesTold++;
    this.#useful();
  }

  #useful(): void {
    this.#useless = 0;
    this.#watchdog.useful();
  }

  // ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

  *#pieces(tag: string, command: Command<unknown>): Generator<Piece> {
    yield `${tag} `;
    yield* command.pieces(this);
    yield '\r\n';
  }

  #write(bytes: Uint8Array, done: () => void): void {
    const taken = () => {
      this.#watchdog.moved(bytes.length);
      this.#useful();
      done();
    };
    if (this.#deflated !== null) this.#deflated.write(bytes, taken);
    else this.#socket.write(bytes, taken);
  }

  #trouble(kind: TroubleKind, answer: string, tried: Attempt = 'converse'): Trouble {
    return new Trouble(kind, { tried, on: this.name, answer });
  }
}

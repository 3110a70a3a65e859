import { type Attempt, Trouble, type TroubleKind } from '../../trouble.ts';
import { Socket } from '../socket.ts';
import { readFingerprint, type TlsOptions } from '../tls.ts';
import { troubleOf } from './answer.ts';
import type { BodySink } from './body.ts';
import type { Command, LiteralRules, Piece } from './command.ts';
import type { Deflated } from './compress.ts';
import { type FetchData, readFetch } from './fetch-data.ts';
import { type Hole, Lexer, type Receiver } from './lexer.ts';
import { type Limits, limitsOf } from './limits.ts';
import { Outbox, type Outgoing } from './outbox.ts';
import { Cursor, readStatus, type Status, type Untagged } from './parser.ts';
import type { Selected } from './select.ts';
import { Watchdog } from './watchdog.ts';

export type Security = 'tls' | 'starttls' | 'none';

export interface Address {
  host: string;
  port: number;
  security: Security;
  /** For the name only. */
  user?: string;
  /** SHA-256 of the server's certificate in hex: accepts exactly this one in place of a chain of trust. */
  pinnedFingerprint?: string | null;
  /** Roots in place of the system's (private authorities, tests). */
  ca?: string | Uint8Array;
  limits?: Partial<Limits>;
}

interface Running extends Outgoing {
  command: Command<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  /** The SELECT whose mailbox this one speaks of; when that fails, it speaks of none or, worse, of another. */
  behind: Opened | null;
  /** Of a SELECT: what it comes to. */
  opens: Opened | null;
}

/** What a SELECT came to, known to the commands sent behind it. */
interface Opened {
  failed: Trouble | null;
}

const SPACE = 32;
const STAR = 42;
const PLUS = 43;
/** Capabilities kept; servers list about 40. */
const CAPABILITIES_MAX = 1_000;

/**
 * One IMAP connection. `run` puts a command on the wire at once; any number may be under way (RFC 9051 §5.5).
 *
 * Who gets an answer: a tagged one goes by its tag. Untagged data is offered to the commands under way, oldest first,
 * until one takes it; a SELECT or EXAMINE takes data only when it is the oldest, and nothing is offered past it. FETCH
 * data goes to the oldest FETCH or STORE whose set holds the UID; a body to the oldest FETCH that asked for bodies.
 * What nobody takes is dropped and counted (`floodBytes`). A command sent behind a SELECT that fails ends with the same
 * Trouble and never sees data of another mailbox.
 */
export class Connection implements Receiver, LiteralRules {
  /** `imap://user@host:port/`, without a secret. */
  readonly name: string;
  readonly limits: Limits;
  readonly security: Security;
  /** In upper case. Empty until told. */
  capabilities: ReadonlySet<string> = new Set();
  /** What the last answered SELECT or EXAMINE opened. */
  selected: Selected | null = null;
  /** `OK` or `PREAUTH`. */
  greeting: Status | null = null;
  /** Resolves when the socket is gone, never rejects. */
  readonly gone: Promise<void>;

  readonly #address: Address;
  #socket!: Socket;
  #lexer: Lexer;
  #outbox: Outbox;
  #deflated: Deflated | null = null;
  #running = new Map<string, Running>();
  #tags = 0;
  #opened: Opened | null = null;
  #ended: unknown = null;
  #bye: Status | null = null;
  #sealed = false;
  #secrets: string[] = [];
  #greeted!: (status: Status) => void;
  #refusedGreeting!: (error: unknown) => void;
  #resolveGone!: () => void;
  #pauses = 0;
  #useless = 0;
  readonly #watchdog: Watchdog;

  private constructor(address: Address) {
    this.#address = address;
    this.limits = limitsOf(address.limits);
    this.security = address.security;
    const user = address.user === undefined ? '' : `${encodeURIComponent(address.user)}@`;
    const host = address.host.includes(':') ? `[${address.host}]` : address.host;
    this.name = `${address.security === 'tls' ? 'imaps' : 'imap'}://${user}${host}:${address.port}/`;
    this.#lexer = new Lexer(this, this.limits);
    this.#outbox = new Outbox((bytes, done) => this.#write(bytes, done), this.limits);
    this.#watchdog = new Watchdog(
      {
        owed: () => this.#running.size > 0 && this.#pauses === 0,
        slow: () => [...this.#running.values()].some((running) => running.command.slow),
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
  static async open(address: Address): Promise<Connection> {
    const conn = new Connection(address);
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(conn.#late()), conn.limits.connectMs);
    const greeting = new Promise<Status>((resolve, reject) => {
      conn.#greeted = resolve;
      conn.#refusedGreeting = reject;
    });
    greeting.catch(() => undefined); // told below, or already by the socket
    deadline.signal.addEventListener('abort', () => conn.fail(deadline.signal.reason), { once: true });
    try {
      const tls = address.security === 'tls' ? conn.#tls() : null;
      const events = {
        bytes: (piece: Buffer) => conn.#bytes(piece),
        gone: (cause: Error | null) => conn.#lost(cause),
      };
      const upgradable = address.security === 'starttls';
      const { host, port } = address;
      const on = conn.name;
      conn.#socket = await Socket.open({ host, port, on, tls, upgradable, signal: deadline.signal }, events);
      conn.greeting = await greeting;
      return conn;
    } catch (error) {
      const trouble = conn.#ended instanceof Trouble ? conn.#ended : conn.#unreachable(error);
      conn.fail(trouble);
      throw trouble;
    } finally {
      clearTimeout(timer);
    }
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

  /** What must never appear in a Trouble, even when the server repeats it. */
  keepSecret(...secrets: string[]): void {
    for (const secret of secrets) if (secret !== '') this.#secrets.push(secret);
  }

  withoutSecrets(text: string): string {
    let told = text;
    for (const secret of this.#secrets) told = told.replaceAll(secret, '***');
    return told;
  }

  /** Sends the command now; resolves with what its `done` makes of the tagged OK, rejects with a Trouble. */
  run<T>(command: Command<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const behind = command.inMailbox ? this.#opened : null;
      const refusal = this.#ended ?? behind?.failed ?? null;
      if (refusal !== null) {
        command.failed?.(refusal);
        return reject(refusal);
      }
      const tag = `a${++this.#tags}`;
      const running: Running = {
        command: command as Command<unknown>,
        resolve: resolve as (value: unknown) => void,
        reject,
        behind,
        opens: command.barrier ? { failed: null } : null,
        pieces: this.#pieces(tag, command),
        broken: (error) => {
          this.#settle(tag, running, error);
          this.fail(this.#trouble('lost', 'a command could not be written whole'));
        },
      };
      if (running.opens !== null) this.#opened = running.opens;
      if (this.#running.size === 0) this.#watchdog.start();
      this.#running.set(tag, running);
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
    this.#ended = error instanceof Trouble ? this.#told(error) : error;
    this.#watchdog.stop();
    this.#lexer.abort();
    this.#outbox.close();
    this.#deflated?.close();
    this.#socket?.destroy();
    this.#refusedGreeting(this.#ended);
    for (const [tag, running] of this.#running) this.#settle(tag, running, this.#ended);
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

  async startTls(): Promise<void> {
    if (!this.#lexer.empty) throw this.#injected();
    const deadline = setTimeout(() => this.fail(this.#late()), this.limits.connectMs);
    try {
      await this.#socket.startTls(this.#tls());
    } catch (error) {
      const trouble = this.#ended instanceof Trouble ? this.#ended : this.#unreachable(error);
      this.fail(trouble);
      throw trouble;
    } finally {
      clearTimeout(deadline);
    }
    this.#sealed = false;
    this.capabilities = new Set();
  }

  /** What the server said it can is void: before the sign-in, because it may say something else behind it. */
  forgetCapabilities(): void {
    this.capabilities = new Set();
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
      if (this.#sealed) throw this.#injected();
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
    for (const running of this.#running.values()) {
      if (running.command.barrier) return null;
      if (running.behind?.failed) continue;
      if (running.command.body) return running.command.body(length);
    }
    return null;
  }

  response(bytes: Buffer, from: number, to: number, holes: readonly Hole[]): void {
    if (this.#sealed) throw this.#injected();
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
    if (number !== null && name === 'FETCH') return this.#fetch(cursor, holes);
    for (const hole of holes) hole.sink?.abort();
    if (this.greeting === null && this.#greet(cursor, start)) return;
    if (name === 'OK' || name === 'NO' || name === 'BAD' || name === 'BYE' || name === 'PREAUTH') {
      cursor.at = start;
      return this.#status(readStatus(cursor)!);
    }
    if (name === 'CAPABILITY') return this.#capable(cursor.rest());
    const at = cursor.at;
    const untagged: Untagged = {
      name,
      number,
      cursor: () => new Cursor(bytes, at, to, holes, this.limits.nesting),
    };
    this.#offer((command) => command.data?.(untagged) === true);
  }

  #greet(cursor: Cursor, start: number): boolean {
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
    return true;
  }

  #status(status: Status): void {
    this.#coded(status);
    if (status.is === 'BYE') {
      this.#bye = status;
      return;
    }
    this.#offer((command) => command.status?.(status) === true);
  }

  #offer(take: (command: Command<unknown>) => boolean): void {
    let oldest = true;
    for (const running of this.#running.values()) {
      const { command } = running;
      if (command.barrier && !oldest) return;
      if (!running.behind?.failed && take(command)) return this.#useful();
      if (command.barrier) return;
      oldest = false;
    }
  }

  #fetch(cursor: Cursor, holes: readonly Hole[]): void {
    let data: FetchData | null = null;
    let taken = false;
    try {
      data = readFetch(cursor, (length) => this.body(length));
      const read = data;
      this.#offer((command) => {
        if (command.fetch?.(read) !== true) return false;
        taken = true;
        return true;
      });
    } catch (error) {
      if (!(error instanceof Trouble) || error.kind !== 'malformed') throw error;
      this.#unreadable(error);
    } finally {
      if (!taken) data?.sink?.abort();
      for (const hole of holes) if (!taken || hole.sink !== data?.sink) hole.sink?.abort();
    }
  }

  /** One message that cannot be read is not the end of the others, where its reader counts what came. */
  #unreadable(trouble: Trouble): void {
    let known = false;
    this.#offer((command) => {
      known = command.unreadable?.(trouble) === true;
      return known;
    });
    if (!known) throw trouble;
  }

  #continuation(text: string): void {
    this.#useful();
    if (this.#outbox.waiting) return this.#outbox.proceed();
    for (const running of this.#running.values()) {
      if (!running.command.challenge) continue;
      const answer = running.command.challenge(text);
      const broken = (error: unknown) => this.fail(error);
      this.#outbox.add({ pieces: [`${answer}\r\n`][Symbol.iterator](), broken });
      return;
    }
    throw this.#trouble('malformed', 'a continuation that nobody waits for');
  }

  #tagged(bytes: Buffer, from: number, to: number): void {
    const cursor = new Cursor(bytes, from, to, [], this.limits.nesting);
    const tag = cursor.atom();
    const running = this.#running.get(tag);
    cursor.space();
    const status = cursor.done ? null : readStatus(cursor);
    if (running === undefined || status === null || status.is === 'BYE' || status.is === 'PREAUTH') {
      throw this.#trouble('malformed', `no answer to anything asked: ${bytes.toString('latin1', from, to)}`);
    }
    this.#useful();
    this.#coded(status);
    this.#outbox.answered(running);
    const { command, opens } = running;
    if (running.behind?.failed) return this.#settle(tag, running, running.behind.failed);
    if (status.is !== 'OK') {
      const trouble = this.#answer(status, command);
      // Those sent behind a SELECT that failed share its fate: RFC 9051 §6.3.2 leaves no mailbox open.
      if (opens !== null) opens.failed = trouble;
      if (opens !== null) this.selected = null;
      this.#settle(tag, running, trouble);
      return trouble.kind === 'lost' ? this.fail(trouble) : undefined;
    }
    this.#running.delete(tag);
    try {
      running.resolve(command.done(status));
    } catch (error) {
      command.failed?.(error);
      running.reject(error instanceof Trouble ? this.#told(error) : error);
    }
  }

  #answer(status: Status, command: Command<unknown>): Trouble {
    return this.#told(troubleOf(status, command.tried, this.#on(command)));
  }

  #settle(tag: string, running: Running, error: unknown): void {
    this.#running.delete(tag);
    running.command.failed?.(error);
    running.reject(error);
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
    this.capabilities = new Set(names.slice(0, CAPABILITIES_MAX));
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

  // ── troubles ────────────────────────────────────────────────────────────────────────────────────────────────────

  #tls(): TlsOptions {
    const { host, pinnedFingerprint, ca } = this.#address;
    const pin = pinnedFingerprint ?? null;
    return {
      host,
      on: this.name,
      pinnedFingerprint: pin === null ? null : readFingerprint(pin, this.name),
      ca: ca ?? null,
    };
  }

  /** The socket is gone. What the server said last explains it best. */
  #lost(cause: Error | null): void {
    if (this.#bye !== null) return this.fail(troubleOf(this.#bye, 'converse', this.name));
    if (cause instanceof Trouble) return this.fail(cause);
    const answer = cause === null ? 'the server closed the connection' : cause.message;
    const tried = this.greeting === null ? 'connect' : 'converse';
    this.fail(new Trouble('lost', { tried, on: this.name, answer, cause }));
  }

  /** The system's errors have a code; anything else is a bug and stays one. */
  #unreachable(error: unknown): unknown {
    if (!(error instanceof Error) || !('code' in error)) return error;
    return new Trouble('lost', { tried: 'connect', on: this.name, answer: error.message, cause: error });
  }

  #late(): Trouble {
    const answer = `no connection within ${Math.round(this.limits.connectMs / 1000)} seconds`;
    return new Trouble('lost', { tried: 'connect', on: this.name, answer });
  }

  #injected(): Trouble {
    const answer = 'the server, or someone between, sent more before the encryption began';
    return new Trouble('denied', { tried: 'encrypt', on: this.name, answer });
  }

  #trouble(kind: TroubleKind, answer: string, tried: Attempt = 'converse'): Trouble {
    return new Trouble(kind, { tried, on: this.name, answer });
  }

  #on(command: Command<unknown>): string {
    return command.on === '' ? this.name : `${this.name}${command.on}`;
  }

  /** The same Trouble with every secret taken out of the server's words. */
  #told(trouble: Trouble): Trouble {
    const said = trouble.answer;
    if (said === undefined) return trouble;
    const answer = this.withoutSecrets(said);
    if (answer === said) return trouble;
    const { kind, tried, on, retryAfterMs } = trouble;
    return new Trouble(kind, { tried, on, answer, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }
}

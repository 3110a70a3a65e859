import { type Attempt, Trouble, type TroubleKind } from '../../trouble.ts';
import { type Address, isLoopback, nameOf, type Security, tlsOf } from '../address.ts';
import { gone, injected, late, unopened } from '../ended.ts';
import { Secrets } from '../secrets.ts';
import { Socket } from '../socket.ts';
import { Watchdog } from '../watchdog.ts';
import { troubleOf } from './answer.ts';
import type { Command } from './command.ts';
import { Dots } from './dots.ts';
import { type Limits, limitsOf } from './limits.ts';
import { readStatus, type Status } from './status.ts';

const LF = 10;
/** Longest wait between two sign-ins that LOGIN-DELAY can make us promise: a day. */
const DELAY_MAX_MS = 24 * 3_600_000;

interface Running {
  command: Command<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * One POP3 connection. `run` queues a command; it is sent when the one before is answered, or with `pipelining` at once,
 * `limits.pipelined` at a time (RFC 2449 §6.8). Answers come in the order of the commands, so the oldest one sent gets
 * whatever comes. What comes when nothing is owed ends the connection.
 */
export class Connection {
  /** `pop3://user@host:port/`, without a secret. */
  readonly name: string;
  readonly limits: Limits;
  readonly security: Security;
  /** Whether the server is this machine. */
  readonly onLoopback: boolean;
  readonly secrets = new Secrets();
  /** CAPA (RFC 2449 §5), name in upper case to its arguments; null where the server has no CAPA. Empty until asked. */
  capabilities: ReadonlyMap<string, string> | null = new Map();
  /** The text of the greeting. Null before. */
  greeting: string | null = null;
  /** Whether commands may be sent ahead. Only after the sign-in: an answer could change what is to be said next. */
  pipelining = false;
  /** Resolves when the socket is gone, never rejects. */
  readonly gone: Promise<void>;

  readonly #address: Address<Limits>;
  readonly #watchdog: Watchdog;
  #socket!: Socket;
  #queued: Running[] = [];
  #sent: Running[] = [];
  #dots: Dots | null = null;
  #line: Buffer[] = [];
  #lineBytes = 0;
  #sealed = false;
  #ended: unknown = null;
  #greeted!: () => void;
  #refusedGreeting!: (error: unknown) => void;
  #resolveGone!: () => void;

  private constructor(address: Address<Limits>) {
    this.#address = address;
    this.limits = limitsOf(address.limits);
    this.security = address.security;
    this.onLoopback = isLoopback(address.host);
    this.name = nameOf('pop3', address);
    const { silenceMs, listSilenceMs, paceBytes, uselessMs } = this.limits;
    this.#watchdog = new Watchdog(
      {
        owed: () => this.#sent.length > 0,
        slow: () => this.#sent[0]?.command.slow === true,
        inLiteral: () => this.#dots !== null,
        expired: (why) => this.fail(this.#trouble('lost', why)),
      },
      { silenceMs, appendSilenceMs: listSilenceMs, paceBytes, uselessMs },
    );
    this.gone = new Promise((resolve) => {
      this.#resolveGone = resolve;
    });
  }

  /** TCP, TLS and greeting within one deadline. Throws `lost`, `denied`, `busy`, `malformed`. */
  static async open(address: Address<Limits>): Promise<Connection> {
    const conn = new Connection(address);
    const { connectMs } = conn.limits;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(late(conn.name, connectMs)), connectMs);
    const greeting = new Promise<void>((resolve, reject) => {
      conn.#greeted = resolve;
      conn.#refusedGreeting = reject;
    });
    greeting.catch(() => undefined); // told below, or already by the socket
    deadline.signal.addEventListener('abort', () => conn.fail(deadline.signal.reason), { once: true });
    try {
      await conn.#connect(deadline.signal);
      await greeting;
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
    this.#socket = await Socket.open(
      {
        host,
        port,
        on,
        tls: security === 'tls' ? this.#tls() : null,
        upgradable: security === 'starttls',
        signal,
      },
      {
        bytes: (piece) => this.#bytes(piece),
        gone: (cause) => this.fail(gone(this.name, cause, this.greeting !== null)),
      },
    );
    // The greeting may have come with the last bytes of the handshake, and have been no good.
    if (this.#ended !== null) this.#socket.destroy();
  }

  get closed(): boolean {
    return this.#ended !== null;
  }

  /** True when CAPA named it; unknown (no CAPA) is false. */
  has(capability: string): boolean {
    return this.capabilities?.has(capability) === true;
  }

  /** Queues the command; resolves with what its `done` makes of the +OK, rejects with a Trouble. */
  run<T>(command: Command<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#ended !== null) {
        command.failed?.(this.#ended);
        reject(this.#ended);
        return;
      }
      this.#queued.push({
        command: command as Command<unknown>,
        resolve: resolve as Running['resolve'],
        reject,
      });
      this.#send();
    });
  }

  /** Ends the connection at once; what is under way fails with `lost`. Twice is once. */
  destroy(): void {
    this.fail(this.#trouble('lost', 'closed here'));
  }

  /** Ends the connection; everything under way fails with this. */
  fail(error: unknown): void {
    if (this.#ended !== null) return;
    this.#ended = this.#told(error);
    this.#watchdog.stop();
    this.#socket?.destroy();
    this.#refusedGreeting(this.#ended);
    const running = [...this.#sent, ...this.#queued];
    this.#sent = [];
    this.#queued = [];
    for (const one of running) this.#reject(one, this.#ended);
    this.#resolveGone();
  }

  /** STLS was answered: whatever else comes before the handshake was put there by someone else (RFC 2595 §4). */
  seal(): void {
    this.#sealed = true;
  }

  /** The handshake, within `connectMs`; what the server said it can is void. Throws `denied`, `lost`. */
  async startTls(): Promise<void> {
    if (this.#lineBytes > 0) throw injected(this.name);
    const { connectMs } = this.limits;
    const deadline = setTimeout(() => this.fail(late(this.name, connectMs)), connectMs);
    try {
      await this.#socket.startTls(this.#tls()!);
    } catch (error) {
      this.fail(unopened(this.name, error));
      throw this.#ended;
    } finally {
      clearTimeout(deadline);
    }
    this.#sealed = false;
    this.capabilities = new Map();
  }

  #tls() {
    const { host, port, security, pinnedFingerprint = null, ca } = this.#address;
    return tlsOf({ host, port, security, pinnedFingerprint, ...(ca === undefined ? {} : { ca }) }, this.name);
  }

  // ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #send(): void {
    const most = this.pipelining ? this.limits.pipelined : 1;
    const next = this.#queued.splice(0, Math.max(0, most - this.#sent.length));
    if (next.length === 0) return;
    if (this.#sent.length === 0) this.#watchdog.start();
    this.#sent.push(...next);
    this.#write(next.map(({ command }) => `${command.line}\r\n`).join(''));
  }

  #write(text: string): void {
    const bytes = Buffer.from(text, 'latin1');
    this.#socket.write(bytes, () => this.#watchdog.moved(bytes.length));
  }

  // ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #bytes(piece: Buffer): void {
    this.#watchdog.moved(piece.length);
    try {
      for (let at = 0; at < piece.length && this.#ended === null; ) {
        if (this.#sealed) throw injected(this.name);
        at = this.#dots === null ? this.#status(piece, at) : this.#body(piece, at);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** Answers where to go on. */
  #body(piece: Buffer, at: number): number {
    const end = this.#dots!.push(piece, at);
    if (end < 0) return piece.length;
    this.#dots = null;
    const running = this.#sent.shift()!;
    this.#succeed(running, '');
    return end;
  }

  #status(piece: Buffer, at: number): number {
    const end = piece.indexOf(LF, at);
    const stop = end < 0 ? piece.length : end;
    this.#lineBytes += stop - at;
    if (this.#lineBytes > this.limits.lineBytes)
      throw this.#trouble('malformed', `a line above ${this.limits.lineBytes} bytes`);
    // Copied: the piece is used again for the next bytes.
    this.#line.push(Buffer.from(piece.subarray(at, stop)));
    if (end < 0) return stop;
    const line = Buffer.concat(this.#line).toString('latin1');
    this.#line = [];
    this.#lineBytes = 0;
    const crlf = line.endsWith('\r');
    this.#answer(crlf ? line.slice(0, -1) : line, crlf ? '\r\n' : '\n');
    return end + 1;
  }

  #answer(line: string, lineEnd: '\r\n' | '\n'): void {
    const status = readStatus(line);
    if (this.greeting === null) {
      this.#greet(status, line);
      return;
    }
    const running = this.#sent[0];
    if (status === null || (running === undefined && status.is !== '-ERR'))
      throw this.#trouble('malformed', `no answer to anything asked: ${line.slice(0, 200)}`);
    this.#watchdog.useful();
    // Servers that end an idle session say so unasked.
    if (running === undefined) throw this.#ending(troubleOf(status, 'converse', this.name, null));
    if (status.is === '+') {
      this.#challenged(running, status.text);
      return;
    }
    if (status.is === '+OK' && running.command.lines) {
      const { lines } = running.command;
      lines.begin(status.text);
      this.#dots = new Dots((piece) => lines.write(piece), lineEnd);
      return;
    }
    this.#sent.shift();
    if (status.is === '+OK') this.#succeed(running, status.text);
    else this.#decline(running, status);
    this.#send();
  }

  #greet(status: Status | null, line: string): void {
    if (status === null || status.is === '+')
      throw this.#trouble('malformed', `no POP3 greeting: ${line.slice(0, 200)}`, 'greet');
    if (status.is === '-ERR') throw troubleOf(status, 'greet', this.name, null);
    this.greeting = status.text;
    this.#greeted();
  }

  #challenged({ command }: Running, text: string): void {
    if (command.challenge === undefined)
      throw this.#trouble('malformed', 'a challenge that nobody waits for');
    this.#write(`${command.challenge(text)}\r\n`);
  }

  #succeed(running: Running, text: string): void {
    this.#watchdog.useful();
    try {
      running.resolve(running.command.done(text));
    } catch (error) {
      this.#reject(running, error);
    }
    this.#send();
  }

  #decline(running: Running, status: Status): void {
    const { tried, on } = running.command;
    const where = on === '' ? this.name : `${this.name} ${on}`;
    const trouble = this.#told(troubleOf(status, tried, where, this.#loginDelayMs()));
    this.#reject(running, trouble);
    if (trouble instanceof Trouble && trouble.kind === 'lost') this.fail(trouble);
  }

  #reject({ command, reject }: Running, error: unknown): void {
    const told = this.#told(error);
    command.failed?.(told);
    reject(told);
  }

  /** RFC 2449 §6.5, in milliseconds; null when not told. */
  #loginDelayMs(): number | null {
    const m = /^(\d{1,9})\b/.exec(this.capabilities?.get('LOGIN-DELAY') ?? '');
    return m === null ? null : Math.min(Number(m[1]) * 1000, DELAY_MAX_MS);
  }

  #ending(trouble: Trouble): Trouble {
    if (trouble.kind === 'lost' || trouble.kind === 'busy') return trouble;
    return this.#trouble('lost', trouble.answer ?? '');
  }

  #told(error: unknown): unknown {
    return error instanceof Trouble ? this.secrets.told(error, this.name) : error;
  }

  #trouble(kind: TroubleKind, answer: string, tried: Attempt = 'converse'): Trouble {
    return new Trouble(kind, { tried, on: this.name, answer });
  }
}

/**
 * The one session of an account. POP3 locks the maildrop, shows it as it was at the sign-in, and knows nothing else: so
 * there is one session at a time, all calls queue on it, and seeing what is new means signing in again.
 */
import { Trouble } from '../../trouble.ts';
import { type Auth, type Connection, connect, type Limits, noop, quit, stat } from '../../wire/pop3/index.ts';
import { connectOptions, type ServerOptions } from '../server-options.ts';
import { type Listing, listMaildrop } from './listing.ts';

export type Pop3Options = ServerOptions<Auth, Limits>;

/** A session that was opened ahead or to count the messages shows what lies there now, if it is not older than this. */
const FRESH_MS = 60_000;
/** An idle session older than this is asked whether it lives: RFC 1939 §3 lets servers end it after ten minutes. */
const TRUSTED_IDLE_MS = 20_000;
const QUIT_MS = 1_000;

interface Session {
  conn: Connection;
  openedAt: number;
  usedAt: number;
  counted: boolean;
  listing: Listing | null;
}

export interface Listed {
  conn: Connection;
  listing: Listing;
}

interface Waiting {
  resolve(): void;
  reject(error: unknown): void;
}

export class Maildrop {
  readonly #options: Pop3Options;
  readonly #waiting: Waiting[] = [];
  #held = false;
  #session: Session | null = null;
  #closed = false;

  constructor(options: Pop3Options) {
    this.#options = options;
  }

  /** The maildrop is the caller's alone until what is answered is called; twice is once. Throws `lost` after `close`. */
  async acquire(): Promise<() => void> {
    if (this.#closed) throw this.#shut();
    if (this.#held) await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#held = true;
    let mine = true;
    return () => {
      if (!mine) return;
      mine = false;
      if (this.#session !== null) this.#session.usedAt = Date.now();
      const next = this.#waiting.shift();
      if (next) next.resolve();
      else this.#held = false;
    };
  }

  /** For the holder: how many messages lie there now. */
  async count(): Promise<number> {
    const session = (await this.#current((one) => !one.counted)) ?? (await this.#open());
    session.counted = true;
    return (await stat(session.conn)).messages;
  }

  /** For the holder: what lies there now. The session of a `count` just before serves once. */
  async list(): Promise<Listed> {
    return this.#listed((await this.#current(() => true)) ?? (await this.#open()));
  }

  /** Signs in ahead of need; what fails is told by the call that needs it. */
  async ready(): Promise<void> {
    const release = await this.acquire();
    try {
      if (this.#session === null) await this.#open();
    } finally {
      release();
    }
  }

  /** The session as long as it shows what lies there now and serves; else it is left. */
  async #current(serves: (session: Session) => boolean): Promise<Session | null> {
    const session = this.#session;
    const young = session !== null && session.listing === null && Date.now() - session.openedAt < FRESH_MS;
    if (young && serves(session) && (await this.#lives(session))) return session;
    await this.#leave();
    return null;
  }

  /** For the holder: a session whose listing may be older; a new one only when there is none. */
  async listed(): Promise<Listed> {
    const session = this.#session;
    if (session === null || session.conn.closed || !(await this.#lives(session))) {
      await this.#leave();
      return this.list();
    }
    return this.#listed(session);
  }

  async #listed(session: Session): Promise<Listed> {
    session.listing ??= await listMaildrop(session.conn);
    return { conn: session.conn, listing: session.listing };
  }

  async #lives(session: Session): Promise<boolean> {
    if (session.conn.closed) return false;
    if (Date.now() - session.usedAt < TRUSTED_IDLE_MS) return true;
    try {
      await noop(session.conn);
      return true;
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      session.conn.destroy();
      return false;
    }
  }

  async #open(): Promise<Session> {
    const conn = await connect(connectOptions(this.#options));
    if (this.#closed) {
      await farewell(conn);
      throw this.#shut();
    }
    const now = Date.now();
    this.#session = { conn, openedAt: now, usedAt: now, counted: false, listing: null };
    return this.#session;
  }

  async #leave(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    if (session !== null) await farewell(session.conn);
  }

  /** Twice is once. What runs ends with `lost`. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#shut());
    if (this.#held) this.#session?.conn.destroy();
    else await this.#leave();
  }

  #shut(): Trouble {
    return new Trouble('lost', { tried: 'connect', on: this.#options.name, answer: 'closed on our side' });
  }
}

/** A polite end, which no server can delay. */
async function farewell(conn: Connection): Promise<void> {
  const timer = setTimeout(() => conn.destroy(), QUIT_MS);
  try {
    await quit(conn);
  } finally {
    clearTimeout(timer);
  }
}

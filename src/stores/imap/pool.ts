/**
 * The connections of one account: opened when needed, never more than `lanes`, kept for what comes next. A server that
 * takes fewer than we would like is not an error as long as one works.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Trouble } from '../../trouble.ts';
import { type Auth, type Connection, connect, type Limits, logout, noop } from '../../wire/imap/index.ts';
import { connectOptions, type ServerOptions } from '../server-options.ts';

export interface ImapOptions extends ServerOptions<Auth, Limits> {
  /** How many connections at once, each way. */
  lanes?: number;
}

export const LANES = 4;
/** An idle connection older than this is asked whether it lives before anything is entrusted to it. */
const TRUSTED_IDLE_MS = 20_000;
const LOGOUT_MS = 1_000;
/** Until a server has counted a connection that ended out. */
const FREED_MS = 200;

/** A connection and when it was last used. */
interface Member {
  conn: Connection;
  usedAt: number;
  /** Writing only: bytes sent and not yet answered. */
  load: number;
}

/** A connection that is ours alone until `release()`. */
export interface Lease {
  readonly conn: Connection;
  /** Twice is once. */
  release(): void;
}

interface Waiting {
  prefer: string | null;
  resolve(member: Member): void;
  reject(error: unknown): void;
}

export class Pool {
  readonly #options: ImapOptions;
  readonly #wanted: number;
  #limit: number;
  readonly #members = new Set<Member>();
  readonly #idle = new Set<Member>();
  readonly #waiting: Waiting[] = [];
  readonly #openings = new Set<Promise<Member | null>>();
  /** The sign-in that `ready` began, until somebody acquires. */
  #first: Promise<void> | null = null;
  #closed = false;
  /** Told of every connection once it is signed in. */
  readonly #onOpen: (conn: Connection) => void;
  /** Of the same account: it gives one up when the server leaves us none. */
  sibling: Pool | null = null;

  constructor(options: ImapOptions, onOpen: (conn: Connection) => void) {
    this.#options = options;
    this.#wanted = Math.max(1, options.lanes ?? LANES);
    this.#limit = this.#wanted;
    this.#onOpen = onOpen;
  }

  /** A connection for one user at a time; one that has `prefer` open already is taken first. */
  async acquire(prefer: string | null): Promise<Lease> {
    const member = await this.#take(prefer);
    let held = true;
    return {
      conn: member.conn,
      release: () => {
        if (!held) return;
        held = false;
        this.#giveBack(member);
      },
    };
  }

  /**
   * Signs in once, ahead of need. Whoever acquires first is given what came of it, so that a wrong password is tried once.
   */
  ready(): Promise<void> {
    if (this.#members.size + this.#openings.size > 0) return Promise.resolve();
    const first = this.#openSpare();
    this.#first = first;
    first.catch(() => undefined);
    return first;
  }

  /** Opens what may be open, ahead of need: at a long line each sign-in costs three round trips. What fails is asked again. */
  warm(): void {
    for (let n = this.#members.size + this.#openings.size; n < this.#limit; n++)
      this.#openSpare().catch(() => undefined);
  }

  async #openSpare(): Promise<void> {
    const opened = await this.#open();
    if (opened) this.#giveBack(opened);
  }

  async #take(prefer: string | null): Promise<Member> {
    for (;;) {
      if (this.#closed) throw this.#shut();
      if (this.#first) {
        const first = this.#first;
        this.#first = null;
        await first;
      }
      const idle = this.#pick(prefer);
      if (idle) {
        if (await this.#lives(idle)) return idle;
        continue;
      }
      if (this.#members.size + this.#openings.size < this.#limit) {
        const opened = await this.#open();
        if (opened) return opened;
        continue;
      }
      return await new Promise<Member>((resolve, reject) => this.#waiting.push({ prefer, resolve, reject }));
    }
  }

  #pick(prefer: string | null): Member | null {
    let best: Member | null = null;
    for (const member of this.#idle) {
      if (member.conn.closed) {
        this.#drop(member);
        continue;
      }
      if (prefer !== null && member.conn.selected?.handle === prefer) {
        best = member;
        break;
      }
      best ??= member;
    }
    if (best) this.#idle.delete(best);
    return best;
  }

  /** Servers drop idle connections, some without a word: find out before something is entrusted to a dead one. */
  async #lives(member: Member): Promise<boolean> {
    if (Date.now() - member.usedAt < TRUSTED_IDLE_MS) return true;
    try {
      await noop(member.conn);
      return true;
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.#drop(member);
      return false;
    }
  }

  #open(): Promise<Member | null> {
    const opening = this.#connect();
    this.#openings.add(opening);
    const over = (): void => void this.#openings.delete(opening);
    opening.then(over, over);
    return opening;
  }

  /** Null: the server takes no more than we have; the limit is lower from now on. */
  async #connect(): Promise<Member | null> {
    // Once all are gone, what the server refused before says nothing of now.
    if (this.#members.size === 0) this.#limit = this.#wanted;
    try {
      const reach = (): Promise<Connection> => connect(connectOptions(this.#options));
      const conn = await reach().catch(async (error: unknown) => {
        if (this.#members.size > 0 || !this.sibling?.giveOneUp()) throw error;
        await sleep(FREED_MS);
        return reach();
      });
      if (this.#closed) {
        conn.destroy();
        throw this.#shut();
      }
      const member = { conn, usedAt: Date.now(), load: 0 };
      this.#members.add(member);
      void conn.gone.then(() => this.#drop(member));
      this.#onOpen(conn);
      return member;
    } catch (error) {
      // Told for how long to be left alone, it is not that there are too many of us.
      const asked = error instanceof Trouble && error.retryAfterMs !== undefined;
      if (!(error instanceof Trouble) || asked || this.#closed || this.#members.size === 0) {
        this.#failWaiting(error);
        throw error;
      }
      this.#limit = Math.max(1, this.#members.size);
      return null;
    }
  }

  #giveBack(member: Member): void {
    member.usedAt = Date.now();
    if (member.conn.closed || this.#closed) {
      this.#drop(member);
      return;
    }
    const next = this.#nextFor(member);
    if (next) next.resolve(member);
    else this.#idle.add(member);
  }

  #nextFor(member: Member): Waiting | undefined {
    const selected = member.conn.selected?.handle;
    const same = this.#waiting.findIndex(({ prefer }) => prefer !== null && prefer === selected);
    // The oldest goes first unless one of the first few can use the folder that is open.
    return this.#waiting.splice(same >= 0 && same < 4 ? same : 0, 1)[0];
  }

  /** Forgets it; whoever waits for one gets a new one in its place. */
  #drop(member: Member): void {
    this.#idle.delete(member);
    if (!this.#members.delete(member)) return;
    member.conn.destroy();
    if (this.#closed || this.#waiting.length === 0) return;
    if (this.#members.size + this.#openings.size >= this.#limit) return;
    this.#openSpare().catch(() => undefined); // `#open` told those who wait
  }

  #failWaiting(error: unknown): void {
    if (this.#members.size > 0) return;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }

  /**
   * A connection to write on, shared: the one with the least unanswered bytes, or a new one while all are busy. `load`
   * is added to it until `done()`.
   */
  async share(load: number): Promise<{ conn: Connection; done(): void }> {
    const member = await this.#least();
    member.load += load;
    this.#idle.delete(member);
    return {
      conn: member.conn,
      done: () => {
        member.load -= load;
        member.usedAt = Date.now();
        if (member.load === 0 && this.#members.has(member)) this.#idle.add(member);
      },
    };
  }

  async #least(): Promise<Member> {
    for (;;) {
      if (this.#closed) throw this.#shut();
      const idle = this.#pick(null);
      if (idle) {
        if (await this.#lives(idle)) return idle;
        continue;
      }
      if (this.#members.size + this.#openings.size < this.#limit) {
        const opened = await this.#open();
        if (opened) return opened;
        continue;
      }
      const live = [...this.#members].filter(({ conn }) => !conn.closed);
      if (live.length > 0) return live.reduce((least, member) => (member.load < least.load ? member : least));
      // All are being opened by others: then there is one, or their failure is ours.
      await Promise.race(this.#openings);
    }
  }

  /** False when there is none to spare. */
  giveOneUp(): boolean {
    const [spare] = this.#idle;
    if (!spare) return false;
    this.#drop(spare);
    this.#limit = Math.max(1, this.#members.size);
    return true;
  }

  /** Twice is once. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#shut());
    const idle = [...this.#idle];
    for (const member of this.#members) if (!this.#idle.has(member)) this.#drop(member);
    await Promise.all(idle.map((member) => this.#leave(member)));
  }

  /** A polite end, which no server can delay. */
  async #leave(member: Member): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LOGOUT_MS);
    });
    const goodbye = member.conn.closed ? Promise.resolve() : logout(member.conn).catch(() => undefined);
    await Promise.race([goodbye, limit]);
    clearTimeout(timer);
    this.#drop(member);
  }

  #shut(): Trouble {
    return new Trouble('lost', { tried: 'connect', on: this.#options.name, answer: 'closed on our side' });
  }
}

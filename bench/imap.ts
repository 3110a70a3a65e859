import { connect, type Socket } from 'node:net';

/** One side of a copy. */
export interface End {
  host: string;
  port: number;
  user: string;
  password: string;
}

const patience = 120_000;

/** `imap://user:password@host:port/`, as the bench's own programs are given it. */
export function endOf(url: string): End {
  const { hostname, port, username, password } = new URL(url);
  return {
    host: hostname,
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
}

export function urlOf(end: End): string {
  return `imap://${encodeURIComponent(end.user)}:${encodeURIComponent(end.password)}@${end.host}:${end.port}/`;
}

/** A signed-in connection that can only say lines and read lines: no more than a bound needs. */
export class Session {
  readonly socket: Socket;
  #tag = 0;
  #kept = '';

  private constructor(socket: Socket) {
    this.socket = socket;
  }

  static async open(end: End): Promise<Session> {
    const socket = connect({ host: end.host, port: end.port, noDelay: true });
    const session = new Session(socket);
    await session.#until((line) => line.startsWith('* OK'));
    await session.command(`LOGIN "${end.user}" "${end.password}"`);
    return session;
  }

  /** Untagged lines of one command; throws unless it ends in OK. Not for answers with literals. */
  async command(text: string): Promise<string[]> {
    const tag = `c${++this.#tag}`;
    this.socket.write(`${tag} ${text}\r\n`);
    const lines = await this.#until((line) => line.startsWith(`${tag} `));
    const last = lines.pop()!;
    if (!last.startsWith(`${tag} OK`)) throw new Error(`${text.slice(0, 40)}: ${last}`);
    return lines;
  }

  /** Sends all at once, then waits for all: one round trip. */
  async commands(texts: readonly string[]): Promise<void> {
    if (texts.length === 0) return;
    const first = this.#tag + 1;
    this.socket.write(texts.map((text) => `c${++this.#tag} ${text}\r\n`).join(''));
    const last = `c${this.#tag} `;
    const lines = await this.#until((line) => line.startsWith(last));
    const bad = lines.find((line) => /^c\d+ (NO|BAD)/.test(line) && Number(/\d+/.exec(line)![0]) >= first);
    if (bad !== undefined) throw new Error(bad);
  }

  end(): void {
    this.socket.end('z LOGOUT\r\n');
  }

  #until(done: (line: string) => boolean): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const lines: string[] = [];
      const timer = setTimeout(() => stop(new Error('no answer')), patience);
      const onData = (piece: Buffer): void => {
        const all = (this.#kept + piece.toString('latin1')).split('\r\n');
        this.#kept = all.pop()!;
        for (const line of all) {
          lines.push(line);
          if (!done(line)) continue;
          stop(null);
          break;
        }
      };
      const onClose = (): void => stop(new Error('closed'));
      const stop = (error: Error | null): void => {
        clearTimeout(timer);
        this.socket.off('data', onData).off('close', onClose).off('error', stop);
        if (error === null) resolve(lines);
        else reject(error);
      };
      this.socket.on('data', onData).on('close', onClose).on('error', stop);
    });
  }
}

export interface Counts {
  /** By mailbox, named as the server spells it. */
  messages: Map<string, number>;
  total: number;
  separator: string;
}

/** Messages in each mailbox, by LIST-STATUS (RFC 5819): one round trip. */
export async function counts(session: Session): Promise<Counts> {
  const lines = await session.command(
    'LIST "" "*" RETURN (STATUS (MESSAGES UIDVALIDITY UIDNEXT HIGHESTMODSEQ))',
  );
  const found: Counts = { messages: new Map(), total: 0, separator: '/' };
  for (const line of lines) {
    found.separator = /^\* LIST \([^)]*\) "(.)"/.exec(line)?.[1] ?? found.separator;
    const match = /^\* STATUS (?:"((?:[^"\\]|\\.)*)"|(\S+)) \(MESSAGES (\d+)/.exec(line);
    if (match === null) continue;
    const messages = Number(match[3]);
    found.messages.set(match[1]?.replace(/\\(.)/g, '$1') ?? match[2]!, messages);
    found.total += messages;
  }
  return found;
}

/** All messages of an account. */
export async function total(end: End): Promise<number> {
  const session = await Session.open(end);
  const found = await counts(session);
  session.end();
  return found.total;
}

export function quoted(name: string): string {
  return `"${name.replace(/["\\]/g, '\\$&')}"`;
}

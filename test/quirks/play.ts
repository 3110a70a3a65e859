import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Line, Transcript } from './transcript.ts';

export interface Player extends AsyncDisposable {
  port: number;
  /** What the client said that is not in the transcript, or left unsaid; null: all of it went as written. */
  wrong(): string | null;
}

/**
 * A server on loopback that says what the transcript has it say, each line when its turn comes, and holds the client to
 * what the transcript has it say. Leaving politely is allowed at the end without being written. `cutAfter`: each connection
 * ends behind so many bytes of the server's.
 */
export async function startPlayer(transcript: Transcript, cutAfter = Infinity): Promise<Player> {
  const sessions: Session[] = [];
  let surplus = 0;
  const server = createServer((socket) => {
    const lines = transcript.connections[sessions.length];
    if (lines === undefined) {
      surplus++;
      socket.on('error', () => undefined).destroy();
    } else sessions.push(new Session(socket, lines, transcript.protocol, cutAfter));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    wrong() {
      if (surplus > 0) return `${surplus} connection(s) more than the transcript has`;
      if (sessions.length < transcript.connections.length)
        return `${sessions.length} connection(s), the transcript has ${transcript.connections.length}`;
      return sessions.map((session) => session.wrong()).find((one) => one !== null) ?? null;
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

class Session {
  readonly #socket: Socket;
  readonly #lines: readonly Line[];
  readonly #protocol: Transcript['protocol'];
  readonly #tags = new Map<string, string>();
  #next = 0;
  #pending = '';
  #wrong: string | null = null;
  #closed = false;
  #left: number;

  constructor(socket: Socket, lines: readonly Line[], protocol: Transcript['protocol'], cutAfter: number) {
    this.#left = cutAfter;
    this.#socket = socket;
    this.#lines = lines;
    this.#protocol = protocol;
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (piece) => {
      this.#pending += piece.toString('latin1');
      this.#go();
    });
    this.#go();
  }

  wrong(): string | null {
    if (this.#wrong !== null) return this.#wrong;
    const left = this.#lines.slice(this.#next).find((line) => line.by === 'client');
    return left === undefined ? null : `the client never said: ${left.shown}`;
  }

  end(): void {
    this.#socket.destroy();
  }

  #go(): void {
    while (this.#wrong === null && !this.#closed) {
      const line = this.#lines[this.#next];
      if (line?.by === 'server') this.#say(line);
      else if (line?.by === 'close') {
        // What still comes crossed the end of the connection.
        this.#socket.end();
        this.#closed = true;
        this.#next++;
      } else {
        const heard = this.#hear();
        if (heard === null) return;
        this.#hold(heard, line);
        if (line === undefined && this.#pending === '') return;
      }
    }
  }

  #say({ bytes, tagged }: Line & { by: 'server' }): void {
    this.#next++;
    const tag = tagged === null ? '' : (this.#tags.get(tagged) ?? '?');
    const said = Buffer.from(tag + bytes, 'latin1').subarray(0, this.#left);
    this.#left -= said.length;
    this.#socket.write(said);
    if (this.#left > 0) return;
    this.#closed = true;
    this.#socket.end();
  }

  #hold(heard: string, line: (Line & { by: 'client' }) | undefined): void {
    const tagged = this.#protocol === 'IMAP' && line?.bare !== true;
    const gap = tagged ? heard.indexOf(' ') : -1;
    const tag = heard.slice(0, Math.max(gap, 0));
    const said = heard.slice(gap + 1);
    if (line === undefined) {
      this.#leave(tag, said);
      return;
    }
    if (!line.pattern.test(said)) {
      this.#wrong = `expected ${line.shown}, came ${JSON.stringify(said)}`;
      this.end();
      return;
    }
    this.#tags.set('', tag).set(line.as, tag);
    this.#next++;
  }

  #leave(tag: string, said: string): void {
    if (said === 'RSET') {
      this.#socket.write('+OK\r\n');
      return;
    }
    if (/^(LOGOUT|QUIT)$/.test(said)) {
      this.#socket.end(this.#protocol === 'IMAP' ? `* BYE bye\r\n${tag} OK bye\r\n` : '+OK bye\r\n');
      return;
    }
    this.#wrong = `at the end came ${JSON.stringify(said)}`;
    this.end();
  }

  /** The next line with its literals in it; null until it is whole. A synchronising literal is asked for. */
  #hear(): string | null {
    let from = 0;
    for (;;) {
      const end = this.#pending.indexOf('\r\n', from);
      if (end < 0) return null;
      const literal =
        this.#protocol === 'IMAP' ? /\{(\d+)(\+?)\}$/.exec(this.#pending.slice(from, end)) : null;
      if (literal === null) {
        const line = this.#pending.slice(0, end);
        this.#pending = this.#pending.slice(end + 2);
        return line;
      }
      from = end + 2 + Number(literal[1]);
      if (this.#pending.length < from) {
        if (literal[2] === '' && this.#pending.length === end + 2) this.#socket.write('+ go\r\n');
        return null;
      }
    }
  }
}

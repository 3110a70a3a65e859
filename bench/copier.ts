/**
 * The bound: a bare copier without ledger, hashing, verification, recovery or any care for what servers say. It
 * streams FETCH literals into MULTIAPPEND with LITERAL+ over a number of connection pairs.
 *
 *   node bench/copier.ts --from imap://… --to imap://… [--pairs 4] [--second]
 */
import { parseArgs } from 'node:util';
import { counts, type End, endOf, quoted, Session } from './imap.ts';

const range = 400;
const batchMessages = 100;
const batchBytes = 8_000_000;
/** Bytes waiting for the target before the source is made to wait. */
const ahead = 2_000_000;

interface Job {
  folder: string;
  first: number;
  last: number;
}

/** Copies every message; the target is taken to be empty and to have `/` between folder levels. */
export async function copy(from: End, to: End, pairs: number): Promise<{ messages: number; bytes: number }> {
  const rest = Array.from({ length: pairs - 1 }, () => Promise.all([Session.open(from), Session.open(to)]));
  const [source, target] = await Promise.all([Session.open(from), Session.open(to)]);
  const [folders, there] = await Promise.all([counts(source), counts(target)]);
  const into = (name: string): string => name.replaceAll(folders.separator, '/');
  const wanted = [...folders.messages.keys()].filter((name) => !there.messages.has(into(name)));
  await target.commands(wanted.map((name) => `CREATE ${quoted(into(name))}`));
  const jobs = jobsOf(folders.messages);
  const open = [[source, target] as const, ...(await Promise.all(rest))];
  const done = await Promise.all(open.map(([reader, writer]) => new Pair(reader, writer, jobs, into).run()));
  return done.reduce((sum, one) => ({ messages: sum.messages + one.messages, bytes: sum.bytes + one.bytes }));
}

/** Ranges of every folder, taken in turns so that connections seldom meet in one target folder. */
function jobsOf(folders: ReadonlyMap<string, number>): Job[] {
  const jobs: { job: Job; turn: number }[] = [];
  for (const [folder, messages] of folders) {
    for (let first = 1; first <= messages; first += range) {
      jobs.push({
        job: { folder, first, last: Math.min(messages, first + range - 1) },
        turn: first / messages,
      });
    }
  }
  return jobs.sort((a, b) => a.turn - b.turn).map(({ job }) => job);
}

class Pair {
  readonly #source: Session;
  readonly #target: Session;
  readonly #jobs: Job[];
  readonly #into: (name: string) => string;
  readonly #flying: Job[] = [];
  #line = '';
  #literal = 0;
  #tag = 0;
  #open = false;
  #inBatch = 0;
  #batchBytes = 0;
  #unanswered = 0;
  messages = 0;
  bytes = 0;

  constructor(source: Session, target: Session, jobs: Job[], into: (name: string) => string) {
    this.#source = source;
    this.#target = target;
    this.#jobs = jobs;
    this.#into = into;
  }

  run(): Promise<{ messages: number; bytes: number }> {
    return new Promise((resolve, reject) => {
      const { socket: reader } = this.#source;
      const { socket: writer } = this.#target;
      const finish = (): void => {
        if (this.#flying.length > 0 || this.#unanswered > 0) return;
        this.#source.end();
        this.#target.end();
        resolve({ messages: this.messages, bytes: this.bytes });
      };
      const step = (work: () => void): void => {
        try {
          work();
          finish();
        } catch (error) {
          reader.destroy();
          writer.destroy();
          reject(error);
        }
      };
      let answers = '';
      reader.on('data', (piece) => step(() => this.#read(piece as Buffer))).on('error', reject);
      writer.on('drain', () => reader.resume()).on('error', reject);
      writer.on('data', (piece) =>
        step(() => {
          const lines = (answers + piece.toString('latin1')).split('\r\n');
          answers = lines.pop()!;
          for (const line of lines) this.#answer(line);
        }),
      );
      this.#take();
      this.#take();
      step(() => undefined);
    });
  }

  /** Puts the next range on the wire behind the one that is being read. */
  #take(): void {
    const job = this.#jobs.shift();
    if (job === undefined) return;
    this.#flying.push(job);
    this.#source.socket.write(
      `e EXAMINE ${quoted(job.folder)}\r\nf FETCH ${job.first}:${job.last} (FLAGS INTERNALDATE BODY.PEEK[])\r\n`,
    );
  }

  #read(piece: Buffer): void {
    const { socket: writer } = this.#target;
    writer.cork();
    for (let at = 0; at < piece.length; ) {
      if (this.#literal > 0) {
        const part = piece.subarray(at, at + this.#literal);
        writer.write(part);
        at += part.length;
        this.#literal -= part.length;
        continue;
      }
      const end = piece.indexOf(10, at);
      this.#line += piece.toString('latin1', at, end < 0 ? piece.length : end + 1);
      if (end < 0) break;
      at = end + 1;
      this.#told(this.#line);
      this.#line = '';
    }
    writer.uncork();
    if (writer.writableLength > ahead) this.#source.socket.pause();
  }

  #told(line: string): void {
    const message = /^\* \d+ FETCH \(FLAGS \(([^)]*)\) INTERNALDATE ("[^"]*") BODY\[\] \{(\d+)\}\r\n$/.exec(
      line,
    );
    if (message !== null) this.#begin(message[1]!, message[2]!, Number(message[3]));
    else if (line.startsWith('f OK')) {
      this.#close();
      this.#flying.shift();
      this.#take();
    } else if (/^[ef] (NO|BAD)/.test(line)) throw new Error(line);
  }

  #begin(flags: string, date: string, size: number): void {
    if (this.#inBatch >= batchMessages || this.#batchBytes + size > batchBytes) this.#close();
    const command = this.#open ? '' : `a${++this.#tag} APPEND ${quoted(this.#into(this.#flying[0]!.folder))}`;
    this.#target.socket.write(
      `${command} (${flags.replace(/\\Recent ?/, '').trim()}) ${date} {${size}+}\r\n`,
    );
    if (!this.#open) this.#unanswered++;
    this.#open = true;
    this.#literal = size;
    this.#inBatch++;
    this.#batchBytes += size;
    this.messages++;
    this.bytes += size;
  }

  #close(): void {
    if (this.#open) this.#target.socket.write('\r\n');
    this.#open = false;
    this.#inBatch = 0;
    this.#batchBytes = 0;
  }

  #answer(line: string): void {
    if (/^a\d+ OK/.test(line)) this.#unanswered--;
    else if (/^a\d+ /.test(line) || line.startsWith('* BYE')) throw new Error(line);
  }
}

/** The least that a second pass can be: one LIST-STATUS a side. */
async function compare(from: End, to: End): Promise<{ messages: number }> {
  const told = await Promise.all(
    [from, to].map(async (end) => {
      const session = await Session.open(end);
      const found = await counts(session);
      session.end();
      return found.total;
    }),
  );
  if (told[0] !== told[1]) throw new Error(`source ${told[0]}, target ${told[1]}`);
  return { messages: told[0]! };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      pairs: { type: 'string' },
      second: { type: 'boolean' },
    },
  });
  const [from, to] = [endOf(values.from!), endOf(values.to!)];
  const started = performance.now();
  const result =
    values.second === true ? await compare(from, to) : await copy(from, to, Number(values.pairs ?? 4));
  console.log(JSON.stringify({ ...result, seconds: (performance.now() - started) / 1000 }));
}

import { Trouble } from '../../trouble.ts';
import type { BodySink } from '../body.ts';
import type { Command } from './command.ts';
import type { Outgoing } from './outbox.ts';

/** A command that is sent or waits to be, and is not answered. */
export interface Running extends Outgoing {
  tag: string;
  command: Command<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  /** The SELECT whose mailbox this one speaks of; when that fails, it speaks of none or, worse, of another. */
  behind: Opened | null;
  /** Of a SELECT: what it comes to. */
  opens: Opened | null;
  /** Untagged answers it took. */
  answers: number;
}

/** What a SELECT came to, known to the commands sent behind it. */
export interface Opened {
  failed: Trouble | null;
}

/**
 * The commands under way, and who gets an answer: a tagged one goes by its tag. Untagged data is offered to the
 * commands, oldest first, until one takes it; a SELECT or EXAMINE takes data only when it is the oldest, and nothing is
 * offered past it (its data and that of the mailbox before it look alike). A command sent behind a SELECT that failed
 * is passed over.
 */
export class Underway {
  readonly #byTag = new Map<string, Running>();
  readonly #answersMax: number;

  constructor(answersMax: number) {
    this.#answersMax = answersMax;
  }

  get empty(): boolean {
    return this.#byTag.size === 0;
  }

  get slow(): boolean {
    for (const running of this.#byTag.values()) if (running.command.slow) return true;
    return false;
  }

  add(running: Running): void {
    this.#byTag.set(running.tag, running);
  }

  get(tag: string): Running | undefined {
    return this.#byTag.get(tag);
  }

  /** Answered: out of the list. */
  remove(running: Running): void {
    this.#byTag.delete(running.tag);
  }

  /** It ends with this error; once. */
  reject(running: Running, error: unknown): void {
    if (!this.#byTag.delete(running.tag)) return;
    running.command.failed?.(error);
    running.reject(error);
  }

  rejectAll(error: unknown): void {
    for (const running of [...this.#byTag.values()]) this.reject(running, error);
  }

  /** Whether one took it. Throws `malformed` when one command is answered without end. */
  offer(take: (command: Command<unknown>) => boolean): boolean {
    let oldest = true;
    for (const running of this.#byTag.values()) {
      const { command } = running;
      if (command.barrier && !oldest) return false;
      if (!running.behind?.failed && take(command)) {
        if (++running.answers > this.#answersMax) {
          const answer = `more than ${this.#answersMax} answers to one command`;
          throw new Trouble('malformed', { tried: command.tried, on: command.on, answer });
        }
        return true;
      }
      if (command.barrier) return false;
      oldest = false;
    }
    return false;
  }

  /** The sink of the oldest command that asked for bodies; null when none did. */
  body(length: number): BodySink<unknown> | null {
    for (const running of this.#byTag.values()) {
      if (running.command.barrier) return null;
      if (running.behind?.failed) continue;
      if (running.command.body) return running.command.body(length);
    }
    return null;
  }

  /** What the oldest command that takes challenges answers to this one; null when none does. */
  challenged(text: string): string | null {
    for (const { command } of this.#byTag.values()) if (command.challenge) return command.challenge(text);
    return null;
  }
}

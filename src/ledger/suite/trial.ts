import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Entry } from '../../stores/entry.ts';
import { Trouble } from '../../trouble.ts';
import type { FoundMessage, Item, ItemIdentity, Ledger, Step } from '../ledger.ts';

/** A ledger under test, and how its run can end. */
export interface Bed {
  ledger: Ledger;
  /** As `kill -9` would: what was not durable is lost. Answers what the next run opens. */
  crash(): Promise<Ledger>;
  /** Closes it properly and opens it again. */
  reopen(): Promise<Ledger>;
  /** Gives everything back. */
  end(): Promise<void>;
}

/** What each test begins with: two accounts with a folder each, one place, nothing noted. */
export interface Trial {
  ledger: Ledger;
  marie: number;
  paul: number;
  /** A folder of marie. */
  inbox: number;
  /** A folder of paul. */
  other: number;
  place: number;
  /** As of `Bed`; what follows works on the ledger that it answers. */
  crash(): Promise<Ledger>;
  reopen(): Promise<Ledger>;
  /** Notes messages and answers their items, in order. */
  noted(folder: number, ...entries: Entry[]): Promise<Item[]>;
  one(folder: number, key: string, marks?: readonly string[]): Promise<Item>;
  /** Carries an item to the end; answers its landing. */
  carried(item: Item, text: string, key: string, marks?: readonly string[]): Promise<number>;
  item(folder: number, key: string): Promise<Item>;
}

/** Declares one test. */
export type Law = (title: string, run: (trial: Trial) => Promise<void>) => void;

export async function openTrial(bed: Bed): Promise<Trial> {
  let { ledger } = bed;
  const marie = await ledger.enrol('imap://marie@mail.example:143/', 0);
  const paul = await ledger.enrol('mbox:archive', 1);
  const inbox = (await ledger.folder(marie, ['INBOX'])).id;
  const other = (await ledger.folder(paul, ['Archive'])).id;
  const place = (await ledger.place(['INBOX'])).id;
  const trial: Trial = {
    ...{ ledger, marie, paul, inbox, other, place },
    crash: async () => (ledger = await bed.crash()),
    reopen: async () => (ledger = await bed.reopen()),
    async noted(folder, ...entries) {
      await ledger.note(folder, entries);
      const items = await ledger.items(folder, 0, 1000);
      return entries.map(({ key }) => items.find((item) => item.key === key)!);
    },
    async one(folder, key, marks = []) {
      return (await trial.noted(folder, entry(key, marks)))[0]!;
    },
    async carried(item, text, key, marks = item.marks) {
      const [landing] = await ledger.intend([step(item.id, place, text, marks)]);
      await ledger.settle([{ is: 'landed', landing: landing!, key }]);
      return landing!;
    },
    async item(folder, key) {
      return (await ledger.items(folder, 0, 1000)).find((row) => row.key === key)!;
    },
  };
  return trial;
}

/** SHA-256 of a text, hex. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function entry(key: string, marks: readonly string[] = [], size = 1000): Entry {
  return { key, marks, receivedAt: 1_600_000_000_000, size };
}

export function message(text: string, marks: readonly string[] = []): Omit<FoundMessage, 'key'> {
  const digests = { sent: digest(text), exact: digest(text), kin: digest(`kin ${text[0]}`), likely: null };
  return { ...digests, size: 1000, messageId: `${text}@example.org`, marks, receivedAt: 1_600_000_000_000 };
}

export function step(item: number, place: number, text: string, marks: readonly string[] = []): Step {
  return { ...message(text, marks), item, place, rung: 'as-is', altered: [] };
}

export function identity(item: Item, text: string): ItemIdentity {
  const { size, marks, receivedAt } = item;
  const digests = { exact: digest(text), kin: digest(`kin ${text[0]}`), likely: digest(`likely ${text}`) };
  return { item: item.id, ...digests, messageId: null, subject: text, size, marks, receivedAt };
}

/** A bug of the caller: thrown as it is, never as a Trouble, which would be taken for a bad day. */
export async function refuses(promise: Promise<unknown>, words: RegExp): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert(error instanceof Error);
    assert(!(error instanceof Trouble), `a bug, not a Trouble: ${error}`);
    assert.match(error.message, words);
    return true;
  });
}

export const ids = (rows: readonly { id: number }[]) => rows.map((row) => row.id);
export const REASON = '{"code":"refused-by-target","answer":"NO [LIMIT] too odd"}';

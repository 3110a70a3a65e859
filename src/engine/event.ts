import type { Aside } from '../stores/source.ts';
import type { Attempt, TroubleKind } from '../trouble.ts';

/** What the road tells while it runs; read alike by the command line, the cockpit and tests. Plain data. */
export type Event =
  | { event: 'begin'; target: string; accounts: string[]; pass: number; resumed: number }
  /** While an account is opened and listed, every few seconds: so many messages so far. */
  | { event: 'listing'; account: string; entries: number }
  | { event: 'listed'; account: string; folders: number; entries: number; waiting: number; bytes: number }
  | ({ event: 'aside'; account: string } & Aside)
  | { event: 'folder'; account: string; folder: string; into: string; waiting: number }
  | { event: 'progress'; account: string; done: number; of: number; bytes: number; ofBytes: number }
  | {
      event: 'stage';
      stage: 'open' | 'index' | 'list' | 'carry' | 'read-back' | 'marks' | 'prove';
    }
  | {
      event: 'altered';
      account: string;
      folder: string;
      key: string;
      subject: string | null;
      classes: string[];
      rung: string;
    }
  | {
      event: 'left';
      account: string;
      folder: string;
      key: string;
      subject: string | null;
      reason: Reason;
    }
  | {
      event: 'trouble';
      kind: TroubleKind;
      tried: Attempt;
      on: string;
      answer: string | null;
      inMs: number | null;
    }
  /** An account is left alone for a while, and then goes on by itself: its day is used up, or its server has locked it. */
  | {
      event: 'rest';
      account: string;
      untilMs: number;
      because: 'daily-limit' | 'server';
      answer: string | null;
    }
  | { event: 'withdrawn'; folder: string; key: string }
  | { event: 'finding'; finding: Finding }
  | { event: 'cancelled'; done: number; of: number }
  | Summary;

/** Why a message was left or asked. `code` has words in every language; `answer` is the server's own. */
export interface Reason {
  code: ReasonCode;
  answer: string | null;
}

export type ReasonCode =
  | 'refused-by-target'
  | 'too-large'
  | 'unreadable-at-source'
  | 'unreadable-at-target'
  | 'vanished-at-source'
  | 'folder-refused';

export interface Summary {
  event: 'summary';
  entries: number;
  copied: number;
  merged: number;
  left: number;
  asked: number;
  /** `move`: entries that have no outcome yet; `prove`: messages that should be at the target and are not. */
  missing: number;
  /** Messages at the target that no entry of these sources accounts for. */
  extra: number;
  /** Copies of ours at the target beyond what the sources hold: must be 0. */
  doubled: number;
  /** `prove`: messages that the target lists and would not hand out: nothing can be said of them. Left out: none. */
  unseen?: number;
  /** Not what was sent. */
  altered: number;
  /** Arrived without a part that could not be read at the source; of `move`: in this run. Left out: none. */
  incomplete?: number;
  /** Files and folders at the sources that may hold mail and could not be looked into; `aside` names them. Left out: none. */
  unopened?: number;
  gone: number;
  /** Bytes carried in this run. */
  bytes: number;
  /** Messages carried in this run. */
  carried: number;
  seconds: number;
}

/** What the proof says of one message. `unread`: at a source; `unseen`: at the target. */
export interface Finding {
  is:
    | 'same'
    | 'altered'
    | 'merged'
    | 'left'
    | 'asked'
    | 'missing'
    | 'doubled'
    | 'extra'
    | 'unread'
    | 'unseen';
  account: string | null;
  folder: string;
  /** Where the message lies too, in an account in which one message lies in several folders (labels). Left out: nowhere. */
  alsoIn?: string[];
  key: string;
  subject: string | null;
  messageId: string | null;
  /** Where it lies at the target. */
  at: { folder: string; key: string } | null;
  by: 'exact' | 'likely' | 'moved' | null;
  /** Altered classes; marks or date that differ; what was lost or made up when it was rebuilt at the source. */
  classes: string[];
  reason: Reason | null;
  exact: string | null;
}

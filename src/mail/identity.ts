/**
 * Who a message is, whatever store it lies in. Digests are SHA-256, lower-case hex.
 */
export interface Identity {
  /** Of the very bytes. */
  raw: string;
  /**
   * Of the bytes with every line end written CRLF and exactly one at the end; equal to `raw` for a message that is
   * already so, which nearly every message on an IMAP server is.
   */
  exact: string;
  /**
   * Of what any copy of the message shares and its header alone tells: date (UTC seconds), sender, subject, each
   * normalised. Equal kin is a reason to compare `likely`, never a reason to merge.
   */
  kin: string;
  /**
   * Of what a store that rewrites leaves alone: kin, the decoded body parts and the attachments. Null when it was not
   * asked for. Two messages are likely the same when `likely` is equal and their Message-IDs do not contradict.
   */
  likely: string | null;
  /** Without angle brackets and white space; null when absent. At most 1,000 characters. */
  messageId: string | null;
  /** Decoded, for people; at most 200 characters. */
  subject: string | null;
  /** In bytes. */
  size: number;
  oddities: Oddities;
}

/** What servers are known to stumble over. Found in passing. */
export interface Oddities {
  nul: boolean;
  bareLf: boolean;
  bareCr: boolean;
  eightBitHeader: boolean;
  /** No valid header at all: the first line is no header field. */
  noHeader: boolean;
  /** Does not end with a line end. */
  noFinalLineEnd: boolean;
}

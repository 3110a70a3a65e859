import type { Item, Step } from '../ledger/ledger.ts';

/** What was sent, as far as reading back compares it. */
export type Sent = Pick<Step, 'sent' | 'size' | 'marks' | 'receivedAt' | 'altered' | 'rung'>;

/** A message that lies at the target under a known key, and what was sent. */
export interface Landed {
  landing: number;
  key: string;
  step: Sent;
  item: Item;
}

import type { LiveMove } from './organisation.ts';

/** What `GET /api/v1/organisations/{organisation}/events` (server-sent events) tells; the event's name is `is`. */
export type Live =
  /** All moves under way; then only those that changed. At most twice a second. */
  | { is: 'moves'; moves: LiveMove[]; whole: boolean }
  | { is: 'speed'; atMs: number; messagesPerSecond: number; bytesPerSecond: number }
  /** Something was changed: what a page shows of it is old. */
  | {
      is: 'changed';
      what: ('organisation' | 'sites' | 'waves' | 'people' | 'passes' | 'findings' | 'operators')[];
    };

/** What a folder is for (RFC 6154 §2, and the inbox). */
export type Role =
  | 'inbox'
  | 'sent'
  | 'drafts'
  | 'trash'
  | 'junk'
  | 'archive'
  | 'outbox'
  | 'all'
  | 'flagged'
  | 'important';

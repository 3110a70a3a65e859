/** What many hosts show: everything below `INBOX.`, and nothing beyond RFC 3501. */
import { startDovecot } from '../servers/dovecot.ts';
import { laws, USERS } from './imap-laws.ts';

const BEYOND =
  'MULTIAPPEND UIDPLUS CONDSTORE QRESYNC LIST-EXTENDED LIST-STATUS SPECIAL-USE LITERAL+ ESEARCH UNSELECT';

await laws('dovecot', 'Dovecot Maildir, INBOX. and nothing beyond RFC 3501', () =>
  startDovecot({
    users: USERS,
    format: 'maildir',
    prefix: 'INBOX.',
    capabilityWithout: BEYOND.split(' '),
  }),
);

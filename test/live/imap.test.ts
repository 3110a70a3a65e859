import { startDovecot } from '../servers/dovecot.ts';
import { laws, USERS } from './imap-laws.ts';

await laws('dovecot', 'Dovecot mdbox', () => startDovecot({ users: USERS, quotaMb: 20 }));

import { startCyrus } from '../servers/cyrus.ts';
import { laws, USERS } from './imap-laws.ts';

await laws('cyrus', 'Cyrus', () => startCyrus({ users: USERS, quotaMb: 20 }));

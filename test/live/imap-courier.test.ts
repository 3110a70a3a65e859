import { startCourier } from '../servers/courier.ts';
import { laws } from './imap-laws.ts';

await laws('courier', 'Courier', () => startCourier({ quotaMb: 20 }));

import { test } from 'node:test';
import { oldSystemsJourney } from './old-systems.ts';

const SEED = Number(process.env.MALLEPOSTE_SEED ?? 3);

test(`an IMAP box, a POP3 window, a Takeout and an Outlook archive become one mailbox, proven (seed ${SEED})`, {
  timeout: 120_000,
}, async (t) => {
  const figures = await oldSystemsJourney(SEED);
  if (!figures) return t.skip('no Dovecot with POP3 can be had here');
  t.diagnostic(JSON.stringify(figures));
});

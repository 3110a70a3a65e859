import { test } from 'node:test';
import { unionJourney } from './union.ts';

const SEED = Number(process.env.MALLEPOSTE_SEED ?? 5);

test(`two IMAP accounts, an mbox and a Maildir become one mailbox, proven (seed ${SEED})`, {
  timeout: 120_000,
}, async (t) => {
  const figures = await unionJourney('dovecot', SEED);
  if (!figures) return t.skip('no Dovecot can be had here');
  t.diagnostic(JSON.stringify(figures));
});

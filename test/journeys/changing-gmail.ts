import { type Letter, placeTakeout } from '../../src/stores/takeout/takeout.fixture.ts';
import type { Random } from '../generate/random.ts';
import { renderAnew } from '../generate/rendered.ts';
import { GMAIL_NAMES, startGmailServer } from '../servers/imap.ts';
import { type Changing, type Letters, openOld, readMarks, type Written } from './changing-sources.ts';
import { SECRET } from './engine.ts';

const USER = 'marie@gmail.com';
const LABELS: readonly (readonly string[])[] = [
  ['\\Inbox'],
  ['\\Inbox', 'Clients'],
  [],
  ['\\Sent'],
  ['Clients/Été'],
  ['Clients', 'Clients/Été', '\\Inbox'],
  ['Notes'],
];
const FIRST_ID = 1_728_424_719_502_045_299n;
const EXPORTED = 60;

/** A Gmail, its export from the first day, and an older account. */
export async function openGmail(random: Random, letters: Letters, dir: string): Promise<Changing> {
  const { server, gmail } = await startGmailServer({
    users: { [USER]: SECRET },
    gmail: { names: GMAIL_NAMES.fr },
  });
  const old = await openOld(random);
  let id = FIRST_ID;

  function arriveOne(): Written {
    const letter = letters.write();
    const { bytes, date: internalDate } = letter;
    id += 1n;
    const here = random.chance(0.85);
    if (here) {
      const labels = random.pick(LABELS);
      gmail.deliver({ bytes, labels, flags: readMarks(random), internalDate, id: String(id) });
      letters.lies(letter, 'gmail');
    }
    if (!here || random.chance(0.3)) {
      old.put({ bytes: random.chance(0.5) ? bytes : renderAnew(bytes), internalDate });
      letters.lies(letter, 'old');
    }
    return letter;
  }

  const exported: Letter[] = [];
  for (let i = 0; i < EXPORTED; i++) {
    const letter = arriveOne();
    if (!random.chance(0.7)) continue;
    const labels = ['Boîte de réception', 'Ouvert'];
    exported.push({ id, labels, bytes: letter.bytes, receivedAt: letter.date });
    letters.lies(letter, 'takeout');
  }
  const takeout = placeTakeout(dir, 'zip', exported);
  const at = `127.0.0.1:${server.port}&starttls=never&secret=env:MALLEPOSTE_TEST_SECRET`;

  return {
    addresses: [`gmail://${USER}/?server=${at}`, `takeout:${takeout}`, old.address],
    arrive(count) {
      for (let i = 0; i < count; i++) arriveOne();
    },
    change() {
      for (let k = random.below(6); k > 0; k--)
        gmail.relabel(random.pick(gmail.messages), random.pick(LABELS));
      if (random.chance(0.1)) gmail.folder('all').renumber();
      if (random.chance(0.3)) gmail.flag(random.pick(gmail.messages), ['\\Seen', '\\Flagged']);
    },
    async stop() {
      await server.stop();
      await old.stop();
    },
  };
}

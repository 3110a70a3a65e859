import type { Random } from '../generate/random.ts';
import { renderAnew } from '../generate/rendered.ts';
import { GROUPWARE, startExchangeServer } from '../servers/imap/exchange.ts';
import { type Changing, FOLDERS, type Letters, openOld, readMarks } from './changing-sources.ts';
import { imapAddress, SECRET } from './engine.ts';

const USERS = ['marie', 'luc'] as const;
const TWINS = 5;

/** Two people of one Exchange, which throttles, and the old account of one of them. */
export async function openExchange(random: Random, letters: Letters): Promise<Changing> {
  const users = { marie: SECRET, luc: SECRET };
  const server = await startExchangeServer({ users, throttle: { everyMessages: 60, ms: 150 } });
  const old = await openOld(random);

  function arriveOne(): void {
    const letter = letters.write(random.chance(0.1) ? `twin${random.below(TWINS)}` : undefined);
    const message = () => ({
      bytes: renderAnew(letter.bytes),
      internalDate: letter.date,
      flags: readMarks(random),
    });
    const who = random.next();
    const into = USERS.filter((user) => (user === 'marie' ? who < 0.7 : who > 0.5));
    for (const user of into) {
      server.deliver(user, random.pick(FOLDERS), message());
      letters.lies(letter, user);
    }
    if (!random.chance(0.3)) return;
    old.put(message());
    letters.lies(letter, 'old');
  }

  return {
    addresses: [...USERS.map((user) => imapAddress(user, server.port)), old.address],
    arrive(count) {
      for (let i = 0; i < count; i++) arriveOne();
      if (random.chance(0.3)) server.deliver('marie', 'Notes', { bytes: GROUPWARE.Notes });
      if (random.chance(0.3)) server.deliver('luc', 'Calendrier', { bytes: GROUPWARE.Calendrier });
    },
    change() {
      for (const user of USERS)
        for (const name of FOLDERS) {
          const box = server.mailbox(user, name);
          if (random.chance(0.08)) box.renumber();
          if (box.messages.length > 0 && random.chance(0.3))
            box.mark(random.pick(box.messages), ['\\Seen', '\\Flagged']);
        }
    },
    async stop() {
      await server.stop();
      await old.stop();
    },
  };
}

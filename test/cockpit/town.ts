import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../generate/random.ts';
import { imapAddress, SECRET } from '../journeys/engine.ts';
import { letter } from '../journeys/letters.ts';
import { imapPost } from '../journeys/post.ts';
import type { Mailbox } from '../journeys/stands.ts';
import { startDovecot } from '../servers/dovecot.ts';
import type { LiveServer } from '../servers/install-live.ts';

/** A small organisation on real servers: everybody's old mailbox is full, the new one empty. */
export interface Town extends AsyncDisposable {
  people: Townsperson[];
  /** Of new mailboxes, as an organisation has it. */
  targetTemplate: string;
  data: string;
  /** The prepared file, with passwords, in French and with semicolons. */
  csv: string;
}

export interface Townsperson {
  login: string;
  givenName: string;
  familyName: string;
  site: string;
  old: Mailbox;
  fresh: Mailbox;
  letters: number;
}

const NAMES = [
  ['ines', 'Inès', 'Roux', 'Avignon'],
  ['hugo', 'Hugo', 'Lemaire', 'Avignon'],
  ['nadia', 'Nadia', 'Benali', 'Lyon'],
] as const;

/** Null where no Dovecot can be had. */
export async function openTown(letters: number, seed = 5): Promise<Town | null> {
  const users = NAMES.map(([user]) => ({ user, password: SECRET }));
  const servers: LiveServer[] = [];
  const dir = mkdtempSync(join(tmpdir(), 'malleposte-town-'));
  for (let n = 0; n < 2; n++) {
    const server = await startDovecot({ users });
    if (server) servers.push(server);
  }
  const stop = async (): Promise<void> => {
    for (const server of servers) await server.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  const [old, fresh] = servers;
  if (old === undefined || fresh === undefined) {
    await stop();
    return null;
  }
  const place = (server: LiveServer, user: string): Mailbox => ({
    ...{
      host: server.host,
      port: server.port,
      user,
      password: SECRET,
      address: imapAddress(user, server.port),
    },
  });
  const people = NAMES.map(([login, givenName, familyName, site]) => ({
    ...{ login, givenName, familyName, site, letters },
    ...{ old: place(old, login), fresh: place(fresh, login) },
  }));
  const random = new Random(seed);
  for (const person of people) {
    const post = await imapPost(person.old);
    for (let n = 0; n < letters; n++)
      await post.put(letter(random, `${person.login}-${n}`, { largeOneIn: 9 }));
    await post.close();
  }
  return {
    ...{ people, data: join(dir, 'data') },
    targetTemplate: `imap://{local}@${fresh.host}:${fresh.port}/`,
    csv: csvOf(people),
    [Symbol.asyncDispose]: stop,
  };
}

function csvOf(people: readonly Townsperson[]): string {
  const head = 'Prénom;Nom;Adresse;Site;Étape;Compte 1;Mot de passe 1;Mot de passe cible';
  const rows = people.map(({ login, givenName, familyName, site, old }) =>
    [
      ...[givenName, familyName, `${login}@mistral.example`, site, site],
      ...[`imap://${login}@${old.host}:${old.port}/`, SECRET, SECRET],
    ].join(';'),
  );
  return `\uFEFF${[head, ...rows].join('\r\n')}\r\n`;
}

/** A cockpit that is served from this process, two organisations in it, and everybody who may ask: for what they may not. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Serving, serve } from '../../src/cockpit/server/serve.ts';
import type { Rates } from '../../src/cockpit/server/shell/limits.ts';
import { readAllowList } from '../../src/cockpit/server/shell/reach.ts';
import { Browser, send } from '../../src/cockpit/server/sign-in/listening.suite.ts';
import type { Id, OperatorRole } from '../../src/records/facts.ts';
import { siteNamed } from './project.ts';

export const PASSWORD = 'diligence de midi 1837';
const BY = 'Claire Vidal';

const MANY = { burst: 1_000_000, everyMs: 1 };
/** For tests of everything but rates. */
export const NO_RATES: Rates = {
  ...{ anything: MANY, guessHere: MANY, guessThere: MANY, probe: MANY, ask: MANY, portal: MANY },
};

export interface Place {
  organisation: Id;
  site: Id;
  otherSite: Id;
  wave: Id;
  emptyWave: Id;
  /** At the site, and at the other one. */
  person: Id;
  otherPerson: Id;
  account: Id;
  operator: Id;
  finding: Id;
}

export interface Answer {
  status: number;
  text: string;
  headers: Headers;
}

export interface Here {
  serving: Serving;
  root: string;
  data: string;
  lines: string[];
  /** Who may what: by the name of an operator, a token. */
  operator(name: string, role: OperatorRole): Promise<string>;
  signedIn(name: string, role: OperatorRole): Promise<Browser>;
  place(name: string): Promise<Place>;
  /** By a token; null: nobody. */
  ask(token: string | null, method: string, path: string, body?: unknown): Promise<Answer>;
  /** All that the records hold, but for what is written by itself: to see that nothing was changed. */
  everything(): string;
  close(): Promise<void>;
}

export interface HereFacts {
  allow?: string;
  rates?: Partial<Rates>;
  /** Whether answers are held to the contract. */
  strict?: boolean;
}

export async function openHere({
  allow = '127.0.0.0/8',
  rates = {},
  strict = true,
}: HereFacts = {}): Promise<Here> {
  const root = mkdtempSync(join(tmpdir(), 'malleposte-here-'));
  const [pages, data] = [join(root, 'pages'), join(root, 'data')];
  mkdirSync(join(pages, 'assets'), { recursive: true });
  writeFileSync(join(pages, 'index.html'), '<!doctype html><title>cockpit</title>');
  writeFileSync(join(pages, 'assets', 'a.js'), 'export {};');
  const lines: string[] = [];
  const serving = await serve({
    ...{ data, host: '127.0.0.1', port: 0, publicAddress: null, oidc: null, pages, strict },
    ...{ allow: readAllowList(allow), movesAtOnce: 2, language: 'fr', rates: { ...NO_RATES, ...rates } },
    write: (line) => void lines.push(line),
  });
  const { project, signIn, origin } = serving;
  const addOperator = (name: string, user: string, role: OperatorRole) =>
    project.records.write(BY, (change) =>
      change.addOperator({
        ...{ user, name, email: `${name}@mistral.example`, language: 'fr' as const },
        ...{ roles: [role], disabled: false },
      }),
    );
  return {
    ...{ serving, root, data, lines },
    async operator(name, role) {
      await addOperator(name, name, role);
      return signIn.tokens.make({ name: 'test', owner: name, roles: [role], expiresMs: null }).text;
    },
    async signedIn(name, role) {
      const email = `${name}@mistral.example`;
      const user = await signIn.createUser({ name, email, password: PASSWORD, addressVouchedFor: true });
      await addOperator(name, user, role);
      const browser = new Browser(origin);
      const [status] = await browser.json('/api/auth/sign-in/email', { body: { email, password: PASSWORD } });
      if (status !== 200) throw new Error(`${name} was not let in: ${status}`);
      return browser;
    },
    place: (name) => placeNamed(serving, name),
    async ask(token, method, path, body) {
      const response = await send(new URL(path, origin), method, body, {
        ...(token === null ? { origin } : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      });
      return { status: response.status, text: await response.text(), headers: response.headers };
    },
    everything: () => dumped(join(data, 'project.sqlite')),
    async close() {
      await serving.close();
      rmSync(root, { recursive: true });
    },
  };
}

async function placeNamed({ project }: Serving, name: string): Promise<Place> {
  return project.records.write(BY, async (change) => {
    const domain = `${name.toLowerCase()}.example`;
    const { id: organisation } = await change.addOrganisation({
      ...{ name, language: 'fr', suite: 'open', domains: [domain], targetTemplate: null, movesAtOnce: 2 },
    });
    const [site, otherSite] = [
      (await change.addSite(organisation, siteNamed('Lyon'))).id,
      (await change.addSite(organisation, siteNamed('Nice'))).id,
    ];
    const { id: wave } = await change.addWave(organisation, { name: 'Un', pilot: true, startsOn: null });
    const deux = { name: 'Deux', pilot: false, startsOn: null };
    const { id: emptyWave } = await change.addWave(organisation, deux);
    const somebody = async (login: string, at: Id) => {
      const { id } = await change.addPerson(organisation, {
        ...{ kind: 'person', givenName: login, familyName: 'Roux', displayName: `${login} Roux`, site: at },
        ...{ address: `${login}@${domain}`, aliases: [], wave, language: null, title: '', mobile: '' },
      });
      const account = await change.addAccount(organisation, {
        ...{ person: id, role: 'source', address: `imap://${login}@127.0.0.1:1/` },
        ...{ position: 0, needsSecret: true },
      });
      // Under way, and nobody does it: another is refused.
      const pass = await change.addPass(organisation, { person: id, kind: 'first', askedMs: Date.now() });
      await change.noteFindings(pass.id, [
        {
          ...{
            is: 'left',
            account: account.address,
            folder: 'INBOX',
            key: 'k',
            subject: `lettre de ${login}`,
          },
          ...{ messageId: null, code: null, answer: 'too large', classes: [], same: `same ${login}` },
        },
      ]);
      return { id, account: account.id };
    };
    const [one, other] = [await somebody('ines', site), await somebody('hugo', otherSite)];
    const { rows } = await change.findings(organisation, { person: one.id, offset: 0, limit: 1 });
    const { id: operator } = await change.addOperator({
      ...{ user: `it-of-${name}`, name: `it of ${name}`, email: `it@${domain}`, language: 'fr' },
      ...{ roles: [{ role: 'auditor', organisation, site: null }], disabled: false },
    });
    return {
      ...{ organisation, site, otherSite, wave, emptyWave, person: one.id, otherPerson: other.id },
      ...{ account: one.account, operator, finding: rows[0]!.id },
    };
  });
}

function dumped(file: string): string {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    return JSON.stringify(tables.map(({ name }) => [name, db.prepare(`SELECT * FROM "${name}"`).all()]));
  } finally {
    db.close();
  }
}

/** The commands of a project, as they are typed: on a data folder, and at a server that serves it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { accountMessages } from '../../test/generate/account.ts';
import { writeMaildir } from '../../test/generate/account-files.ts';
import { holdProject } from '../app/project/alone.ts';
import { serve } from '../cockpit/server/serve.ts';
import { readAllowList } from '../cockpit/server/shell/reach.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const MESSAGES = 30;

let root: string;
let data: string;

const GATES = ['licences', 'scope-accepted', 'people-told', 'backup-of-archives', 'mx-ttl-lowered'];
const AT = '2026-11-24T08:00:00.000Z';

const PROJECT = `malleposte: 1
organisation:
  name: Ateliers Mistral
  language: fr
  suite: open
  domains: [mistral.example]
  targetTemplate: null
  movesAtOnce: 2
settings: {deltaEveryHours: 24}
sites:
  - name: Avignon
    zone: Europe/Paris
    hours: [{days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00"}]
    closed: []
    lineBytesPerSecond: null
waves:
  - name: Pilote
    pilot: true
    state: ready
    startsOn: null
    deadline: null
    started: null
    ended: null
    rollBackNote: ""
    decision: {go: true, by: Ada, at: "${AT}", note: vu}
    gates:
${GATES.map((gate) => `      - {gate: ${gate}, is: ticked, by: Ada, at: "${AT}", note: vu}`).join('\n')}
`;

/** Two people with a Maildir each; `more` are further rows. */
function people(...more: string[]): string {
  const rows = ['ines;Inès;Roux', 'hugo;Hugo;Lemaire'].map((row) => {
    const [login, given, family] = row.split(';');
    const at = (name: string) => `maildir:${path.join(root, 'files', login!, name)}`;
    return [given, family, `${login}@mistral.example`, 'Avignon', 'Pilote', at('old'), at('new')].join(';');
  });
  return ['Prénom;Nom;Adresse;Site;Étape;Compte 1;Cible', ...rows, ...more].join('\r\n');
}

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function malleposte(...args: string[]): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const env = { ...process.env, MALLEPOSTE_FILES: path.join(root, 'files'), LANG: 'C', LC_ALL: 'C' };
  const child = spawn(process.execPath, [MAIN, ...args, '--data', data], {
    ...{ env: { ...env, MALLEPOSTE_KEY: '' }, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  const ended: Ended = { code: null, out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    ended.out += piece;
  });
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    ended.err += piece;
  });
  child.on('error', reject);
  child.on('close', (code) => resolve({ ...ended, code }));
  return promise;
}

const OF = ['--organisation', 'ateliers mistral'];

function folderBytes(name: string): string[] {
  const folder = path.join(root, name);
  return readdirSync(folder)
    .sort()
    .map((file) => readFileSync(path.join(folder, file), 'utf8'));
}

before(() => {
  root = mkdtempSync(path.join(tmpdir(), 'malleposte-project-'));
  data = path.join(root, 'data');
  for (const login of ['ines', 'hugo']) {
    const old = path.join(root, 'files', login, 'old');
    mkdirSync(old, { recursive: true });
    const owner = { name: login, address: `${login}@mistral.example` };
    const shape = { messages: MESSAGES, folders: 3, seed: 7, sizes: 'small' as const, owner };
    writeMaildir(old, [...accountMessages(shape)]);
  }
  mkdirSync(path.join(root, 'plan'));
  writeFileSync(path.join(root, 'plan', 'project.yaml'), PROJECT);
  writeFileSync(path.join(root, 'plan', 'people.csv'), 'Prénom;Nom;Adresse\r\n');
});
after(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

describe('the commands of a project', { timeout: 1_200_000 }, () => {
  it('what is missing is told, with 64', async () => {
    const wrong: [string[], RegExp][] = [
      [['import'], /the file to import is needed/],
      [['export', ...OF], /the folder to write is needed/],
      [['wave', 'begin', 'Pilote', ...OF], /start, pause, resume, pass or check/],
      [['wave', 'start', ...OF], /the wave is needed/],
      [['wave', '--last', ...OF], /wave pass only/],
      [['wave', 'start', 'Pilote'], /the organisation is needed/],
      [['status', '--organisation', 'Nobody'], /no organisation of this name/],
      [['status', '--token', 'env:X'], /with --server only/],
      [['status', '--server', 'localhost:1'], /https:\/\/NAME/],
      [['status', '--server', 'http://localhost:1'], /a token is needed too/],
      [['status', '--server', 'http://localhost:1', '--token', 'secret'], /a token is needed too/],
    ];
    for (const [args, sentence] of wrong) {
      const { code, out, err } = await malleposte(...args);
      assert.deepEqual([code, out], [64, ''], `${args.join(' ')}: ${err}`);
      assert.match(err, sentence);
    }
  });

  it('a folder becomes a project, once', async () => {
    const plan = path.join(root, 'plan');
    const dry = await malleposte('import', plan, '--dry-run');
    assert.deepEqual([dry.code, dry.out], [0, '']);
    assert.deepEqual(await malleposte('status'), { code: 0, out: '', err: '' });
    const first = await malleposte('import', plan);
    assert.equal(first.code, 0, first.err);
    const second = await malleposte('import', plan);
    assert.equal(second.code, 64);
    assert.match(second.err, /a project of this name already/);
  });

  it('a file with a row that is refused writes nothing, and ends with 3', async () => {
    const file = path.join(root, 'bad.csv');
    const evil = '=cmd|calc;\u001b[31mRouge;no address;Avignon;Pilote;;';
    writeFileSync(file, people(evil));
    const { code, out, err } = await malleposte('import', file, ...OF);
    assert.equal(code, 3, err);
    assert.match(out, /REFUSED/);
    assert.match(out, /“no address” is not an e-mail address/);
    assert.match(out, /2 to create, 0 to change, 0 as they are, 1 refused/);
    assert.ok(!out.includes('\u001b'), 'a file steers the terminal');
    assert.match(err, /Nothing was written/);
    const { out: status } = await malleposte('status', '--json');
    assert.equal((JSON.parse(status) as { people: number }).people, 0);
  });

  it('a file is looked at, imported, and then changes nothing', async () => {
    const file = path.join(root, 'people.csv');
    writeFileSync(file, people());
    const dry = await malleposte('import', file, ...OF, '--dry-run');
    assert.equal(dry.code, 0, dry.err);
    assert.match(dry.err, /Nothing was written/);
    const first = await malleposte('import', file, ...OF);
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /Written: 2 created, 0 changed, 0 as they were/);
    const again = await malleposte('import', file, ...OF);
    assert.match(again.out, /Written: 0 created, 0 changed, 2 as they were/);
  });

  it('what is no table is told in words', async () => {
    const file = path.join(root, 'picture.csv');
    writeFileSync(file, '%PDF-1.7 not a table');
    const { code, err } = await malleposte('import', file, ...OF);
    assert.equal(code, 10, err);
    assert.match(err, /This is no table/);
    assert.equal((await malleposte('import', path.join(root, 'none.csv'), ...OF)).code, 10);
  });

  it('a wave whose gates are not met does not start; all that stands in the way is told', async () => {
    const { code, err } = await malleposte('wave', 'start', 'Pilote', ...OF);
    assert.equal(code, 10, err);
    assert.match(err, /stands in the way: .*Old accounts can be reached.*New mailboxes are there/);
    assert.match(err, /not known whether this gate is met/);
  });

  it('nobody else uses the folder meanwhile', async () => {
    const release = await holdProject({ root: data });
    try {
      const { code, err } = await malleposte('status');
      assert.equal(code, 10);
      assert.match(err, /--server URL --token env:NAME/);
    } finally {
      release();
    }
  });

  it('at a server: the same by its API, with a token', async () => {
    const pages = path.join(root, 'pages');
    mkdirSync(pages);
    writeFileSync(path.join(pages, 'index.html'), '<!doctype html><title>Malleposte</title>');
    const serving = await serve({
      ...{ data, host: '127.0.0.1', port: 0, publicAddress: null, allow: readAllowList('') },
      ...{ oidc: null, movesAtOnce: 1, language: 'en', pages, write: () => {} },
    });
    try {
      const one = { name: 'Ada', email: 'ada@mistral.example', password: 'une phrase assez longue' };
      const user = await serving.signIn.createUser({ ...one, addressVouchedFor: true });
      const roles = [{ role: 'consultant' as const, organisation: null, site: null }];
      await serving.project.records.write('Ada', (change) =>
        change.addOperator({
          ...{ user, name: one.name, email: one.email, language: 'en' },
          roles,
          disabled: false,
        }),
      );
      const { text } = serving.signIn.tokens.make({ name: 'CLI', owner: user, roles, expiresMs: null });
      const token = path.join(root, 'token');
      writeFileSync(token, `${text}\n`, { mode: 0o600 });
      const at = ['--server', serving.origin, '--token', `file:${token}`];
      const beside = await malleposte('status', ...OF);
      assert.equal(beside.code, 10, 'a command works on a folder that is served');
      const status = await malleposte('status', ...OF, ...at);
      assert.equal(status.code, 0, status.err);
      assert.match(status.out, /Ateliers Mistral: 2 people at 1 site; 0 proven, nothing proven yet/);
      assert.match((await malleposte('wave', ...OF, ...at)).out, /Pilote \(pilot\) +ready to start +2/);
      const again = await malleposte('import', path.join(root, 'people.csv'), ...OF, ...at);
      assert.match(again.out, /Written: 0 created, 0 changed, 2 as they were/, again.err);
      const bad = await malleposte('import', path.join(root, 'bad.csv'), ...OF, ...at);
      assert.equal(bad.code, 3, bad.err);
      assert.match(bad.out, /REFUSED .*is not an e-mail address/);
      const headless = path.join(root, 'headless.csv');
      writeFileSync(headless, 'Prénom;Nom\r\nInès;Roux\r\n');
      const none = await malleposte('import', headless, ...OF, ...at);
      assert.deepEqual([none.code, /No column holds addresses/.test(none.out)], [3, true], none.err);
      const start = await malleposte('wave', 'start', 'Pilote', ...OF, ...at);
      assert.equal(start.code, 10, start.err);
      assert.match(start.err, /stands in the way/);
      const out = await malleposte('export', ...OF, ...at, '--out', path.join(root, 'by-server'));
      assert.equal(out.code, 0, out.err);
      const folder = await malleposte('import', path.join(root, 'by-server'), ...at);
      assert.deepEqual([folder.code, /no server uses/.test(folder.err)], [64, true]);
      const wrong = path.join(root, 'wrong-token');
      writeFileSync(wrong, `mp_${'A'.repeat(43)}`, { mode: 0o600 });
      const denied = await malleposte('status', '--server', serving.origin, '--token', `file:${wrong}`);
      assert.equal(denied.code, 11, denied.err);
    } finally {
      await serving.close();
    }
    const gone = await malleposte(
      'status',
      '--server',
      serving.origin,
      '--token',
      `file:${path.join(root, 'token')}`,
    );
    assert.equal(gone.code, 10, gone.err);
  });

  it('a project goes out as the server gives it, and into an empty data folder unchanged', async () => {
    const out = path.join(root, 'out');
    const { code, err } = await malleposte('export', ...OF, '--out', out);
    assert.equal(code, 0, err);
    assert.deepEqual(folderBytes('out').reverse(), folderBytes('by-server').reverse());
    const here = data;
    data = path.join(root, 'elsewhere');
    try {
      assert.equal((await malleposte('import', out)).code, 0);
      assert.equal((await malleposte('export', ...OF, '--out', path.join(root, 'again'))).code, 0);
      assert.deepEqual(folderBytes('again'), folderBytes('out'));
    } finally {
      data = here;
    }
    const taken = await malleposte('export', ...OF, '--out', root);
    assert.deepEqual([taken.code, /holds other things/.test(taken.err)], [64, true]);
  });

  it('a wave is moved here, to its end, and proven', async () => {
    const checked = await malleposte('wave', 'check', 'Pilote', ...OF, '--wait');
    assert.equal(checked.code, 0, checked.err);
    const started = await malleposte('wave', 'start', 'Pilote', ...OF);
    assert.equal(started.code, 0, started.err);
    assert.match(started.err, /start malleposte serve, or give --wait/);
    const paused = await malleposte('wave', 'pause', 'Pilote', ...OF);
    assert.equal(paused.code, 0, paused.err);
    const again = await malleposte('wave', 'start', 'Pilote', ...OF);
    assert.equal(again.code, 10);
    assert.match(again.err, /It is paused. Resume it first/);
    const moved = await malleposte('wave', 'resume', 'Pilote', ...OF, '--wait');
    assert.equal(moved.code, 0, moved.err);
    assert.match(moved.out, /Pilote: 2 proven, 0 with findings to read, 0 failed/);
    const last = await malleposte('wave', 'pass', 'Pilote', ...OF, '--last', '--wait', '--json');
    assert.equal(last.code, 0, last.err);
    const { out } = await malleposte('status', ...OF, '--json');
    const road = JSON.parse(out) as { proven: number; missing: number; messages: number };
    assert.deepEqual([road.proven, road.missing, road.messages], [2, 0, 2 * MESSAGES]);
  });
});

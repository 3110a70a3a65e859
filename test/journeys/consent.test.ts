/** Consent in a browser, a move on tokens that end every other second, consent withdrawn and given again: nothing lost, nothing told. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { ROOT } from '../check.ts';
import { type ImapServer, startImapServer } from '../servers/imap.ts';
import { json, type OauthServer, startOauthServer } from '../servers/oauth.ts';
import { imapAddress, type Meanwhile, type Ran, run, SECRET, tellRan } from './engine.ts';
import { lettre, subjects } from './scripted.ts';

const MARIE = 'marie@example.org';
/** In folders, each of which takes a few answers: the pass must outlive several tokens. */
const LETTERS = 240;
const FOLDERS = 10;
const LIFE_MS = 2_000;
const ANSWER_MS = 120;
const CLIENT_SECRET = 'client-secret-that-is-planted';

const folder = mkdtempSync(path.join(tmpdir(), 'malleposte-consent-journey-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Stage extends AsyncDisposable {
  oauth: OauthServer;
  source: ImapServer;
  target: ImapServer;
  data: string;
  /** Everything that processes said. */
  said: string[];
  consent(more?: readonly string[]): Promise<{ code: number | null; out: string; page: string | null }>;
  move(command?: 'move' | 'prove', meanwhile?: Meanwhile): Promise<Ran>;
  arrived(): string[];
}

async function openStage(options: { targetToo?: boolean } = {}): Promise<Stage> {
  const oauth = await startOauthServer({ lifeMs: LIFE_MS, clientSecret: CLIENT_SECRET, person: MARIE });
  const bearer = (user: string, token: string) => oauth.goodFor(user, token);
  const users = { [MARIE]: SECRET };
  const slow = { script: () => ({ delayMs: ANSWER_MS }) };
  const source = await startImapServer({ users, bearer, ...slow });
  const target = await startImapServer(options.targetToo ? { users, bearer, ...slow } : { users });
  for (let n = 1; n <= LETTERS; n++) source.mailbox(MARIE, `Dossier ${n % FOLDERS}`).add(lettre(n));
  const data = mkdtempSync(path.join(folder, 'data-'));
  const endpoints = path.join(data, '..', `endpoints-${path.basename(data)}.json`);
  const { authorizationEndpoint, tokenEndpoint } = oauth;
  writeFileSync(
    endpoints,
    JSON.stringify({
      ...{ authorization_endpoint: authorizationEndpoint, token_endpoint: tokenEndpoint },
      scope: 'openid email https://mail.google.com/',
    }),
  );
  const said: string[] = [];
  const byConsent = (port: number): string =>
    `imap://${encodeURIComponent(MARIE)}@127.0.0.1:${port}/?starttls=never&lanes=1&token=consent`;
  const stage: Stage = {
    ...{ oauth, source, target, data, said },
    async consent(more = [byConsent(source.port)]) {
      const args = ['consent', ...more, '--client-id', 'client-1', '--client-secret', 'env:PLANTED'];
      const ran = await consentProcess([...args, '--endpoints', endpoints, '--data', data]);
      said.push(ran.out);
      return ran;
    },
    async move(command = 'move', meanwhile = {}) {
      const from = [byConsent(source.port)];
      const to = options.targetToo ? byConsent(target.port) : imapAddress(MARIE, target.port);
      const ran = await run(command, { from, to, data }, meanwhile);
      said.push(ran.stderr, JSON.stringify(ran.events));
      return ran;
    },
    arrived() {
      const boxes = [...target.account(MARIE).boxes.values()];
      const text = boxes.flatMap(({ messages }) => messages.map(({ bytes }) => bytes.toString('latin1')));
      return text.map((one) => /^Subject: ([^\r\n]*)/m.exec(one)?.[1] ?? '?').sort();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([oauth.stop(), source.stop(), target.stop()]);
    },
  };
  return stage;
}

/** The command as a person runs it, and their browser: it follows the link that is printed. */
async function consentProcess(
  args: readonly string[],
): Promise<{ code: number | null; out: string; page: string | null }> {
  const child: ChildProcess = spawn(process.execPath, [path.join(ROOT, 'src/cli/main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PLANTED: CLIENT_SECRET, LANG: 'fr_FR.UTF-8', LC_ALL: 'fr_FR.UTF-8' },
  });
  let out = '';
  let page: Promise<string> | null = null;
  const hear = (piece: Buffer): void => {
    out += piece.toString();
    const link = /^(http\S+)\r?\n/m.exec(out)?.[1];
    if (link !== undefined) page ??= fetch(link).then((answer) => answer.text());
  };
  child.stdout!.on('data', hear);
  child.stderr!.on('data', hear);
  const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(limit);
  return { code, out, page: page === null ? null : await page };
}

/** Files of the data folder that hold one of the texts. */
function holding(dir: string, texts: readonly string[]): string[] {
  const found: string[] = [];
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(dir, name);
    if (!statSync(file).isFile()) continue;
    const bytes = readFileSync(file);
    if (texts.some((text) => bytes.includes(text))) found.push(name);
  }
  return found;
}

/** No token, code or secret, in any form, in what was said or kept. */
function assertUntold({ oauth, data, said }: Stage): void {
  assert.ok(oauth.secrets.length >= 4);
  const forms = oauth.secrets.flatMap((text) => [
    text,
    Buffer.from(text).toString('base64').replace(/=+$/, ''),
    Buffer.from(`user=${MARIE}\x01auth=Bearer ${text}\x01\x01`).toString('base64'),
  ]);
  for (const text of said) for (const form of forms) assert.ok(!text.includes(form), `told: ${form}`);
  assert.deepEqual(holding(data, forms), []);
}

test('move on tokens of two seconds; consent withdrawn in the middle, given again, all arrives once', async () => {
  await using stage = await openStage();
  const consented = await stage.consent();
  assert.equal(consented.code, 0, consented.out);
  assert.match(consented.out, /L’autorisation de marie@example\.org est gardée, scellée/);
  assert.match(consented.page!, /<html lang="fr">.*Merci/s);

  const withdrawn = await stage.move('move', {
    watch(event) {
      if (event.event === 'progress' && event.done > 20) stage.oauth.withdraw();
      return undefined;
    },
  });
  assert.equal(withdrawn.code, 11, tellRan(withdrawn));
  assert.match(withdrawn.stderr, /invalid_grant.*run malleposte consent/s);
  const { length } = stage.arrived();
  assert.ok(length > 0 && length < LETTERS, `${length} arrived before it was withdrawn`);

  assert.equal((await stage.consent()).code, 0);
  const whole = await stage.move();
  assert.equal(whole.code, 0, tellRan(whole));
  assert.deepEqual(stage.arrived(), subjects(LETTERS));
  const renewals = stage.oauth.asked.filter((one) => one === 'refresh_token').length;
  assert.ok(renewals >= 3, `${renewals} renewals`);
  assert.equal(stage.oauth.reused, 0);

  for (const server of [stage.source, stage.target]) server.script(() => ({}));
  const proof = await stage.move('prove');
  assert.equal(proof.code, 0, tellRan(proof));
  assert.equal(proof.summary!.entries, LETTERS);
  assertUntold(stage);
});

test('source and target both end their sessions with the token, many times in one pass; killed once', async () => {
  await using stage = await openStage({ targetToo: true });
  const target = `imap://${encodeURIComponent(MARIE)}@127.0.0.1:${stage.target.port}/?starttls=never&token=consent`;
  assert.equal((await stage.consent([target])).code, 0);
  const killed = await stage.move('move', {
    watch: (event) => (event.event === 'progress' && event.done > 20 ? 'SIGKILL' : undefined),
  });
  assert.equal(killed.signal, 'SIGKILL', tellRan(killed));
  assert.ok(stage.arrived().length < LETTERS);
  const whole = await stage.move();
  assert.equal(whole.code, 0, tellRan(whole));
  assert.deepEqual(stage.arrived(), subjects(LETTERS));
  const { source, target: into } = stage;
  assert.ok(
    source.connections >= 4 && into.connections >= 4,
    `${source.connections}, ${into.connections} sessions`,
  );
  assert.equal(stage.oauth.reused, 0);
  assertUntold(stage);
});

test('a token endpoint that is busy, out and cut in turn: waited for, nothing lost', async () => {
  await using stage = await openStage();
  assert.equal((await stage.consent()).code, 0);
  let asked = 0;
  stage.oauth.answer = () => {
    asked++;
    if (asked % 4 === 1) return (response) => void response.writeHead(429, { 'retry-after': '1' }).end();
    if (asked % 4 === 2) return json(502, {});
    return asked % 4 === 3 ? (response) => void response.destroy() : null;
  };
  const ran = await stage.move();
  assert.equal(ran.code, 0, tellRan(ran));
  assert.deepEqual(stage.arrived(), subjects(LETTERS));
  assert.ok(asked >= 8, `${asked} requests`);
  assert.ok(ran.events.some((event) => event.event === 'trouble' && event.kind === 'busy'));
  assertUntold(stage);
});

test('without consent, and with a sealed file that was touched: a sentence, exit 64, and nobody is asked', async () => {
  await using stage = await openStage();
  const none = await stage.move();
  assert.equal(none.code, 64, tellRan(none));
  assert.match(none.stderr, /no consent is kept for this account.*malleposte consent/s);
  assert.equal((await stage.consent()).code, 0);
  const vault = path.join(stage.data, 'vault');
  const file = path.join(vault, readdirSync(vault).find((name) => name.endsWith('.sealed'))!);
  const bytes = readFileSync(file);
  bytes[bytes.length - 60]! ^= 1;
  writeFileSync(file, bytes);
  const touched = await stage.move();
  assert.equal(touched.code, 64, tellRan(touched));
  assert.match(touched.stderr, /changed, swapped or damaged/);
  assert.equal(stage.source.connections, 0);
  assertUntold(stage);
});

test('consent refused: exit 11, the person reads why in their language, nothing is kept', async () => {
  await using stage = await openStage();
  stage.oauth.refusal = 'access_denied';
  const refused = await stage.consent();
  assert.equal(refused.code, 11, refused.out);
  assert.match(refused.page!, /La personne a dit non/);
  assert.match(refused.out, /La personne a dit non/);
  assert.deepEqual(holding(stage.data, ['sealed']), []);
});

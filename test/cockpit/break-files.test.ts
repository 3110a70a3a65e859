/** What lies under the server: its folder, its files, its port, its disk and its clock, when something is wrong with them. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from '../check.ts';
import { OPERATOR, Operator } from './client.ts';
import { isOver, openStand } from './project.ts';
import { startCockpit } from './server.ts';

const START_MS = 120_000;

describe('under the server', { timeout: 900_000 }, () => {
  let root: string;
  let good: string;

  /** A folder of a project with an operator, an organisation and a sealed secret in it. */
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'malleposte-files-'));
    good = join(root, 'good');
    const cockpit = await startCockpit(good);
    const operator = new Operator(cockpit.origin);
    const token = cockpit.firstLink!.split('/').at(-1)!;
    await operator.ask('POST /first/{token}', { token, body: { ...OPERATOR, language: 'fr' } });
    await operator.signIn();
    const { id: organisation } = await operator.ask('POST /organisations', {
      body: {
        ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
        ...{ targetTemplate: null, movesAtOnce: 2 },
      },
    });
    const person = await operator.ask('POST /organisations/{organisation}/people', {
      ...{ organisation, body: { displayName: 'Inès Roux', address: 'ines@mistral.example' } },
    });
    await operator.ask('POST /organisations/{organisation}/people/{person}/accounts', {
      ...{ organisation, person: person.id },
      body: { role: 'source', address: 'imap://ines@127.0.0.1:1/', secret: 'sealed once' },
    });
    assert.equal(await cockpit.stop(), 0, cockpit.said());
  });
  after(() => rmSync(root, { recursive: true }));

  const copy = (name: string): string => {
    const data = join(root, name);
    cpSync(good, data, { recursive: true });
    return data;
  };

  it('a second server on the same folder is refused in words, and the first goes on', async () => {
    const data = copy('twice');
    const first = await startCockpit(data);
    try {
      const { code, said } = await ended(data);
      assert.equal(code, 10, said);
      assert.match(said, /twice/);
      assert.match(said, /malleposte/i);
      const operator = new Operator(first.origin);
      await operator.signIn();
      assert.equal((await operator.ask('GET /organisations', {})).length, 1);
    } finally {
      await first.kill();
    }
    // What a kill leaves holds up nobody.
    const next = await startCockpit(data);
    assert.equal(await next.stop(), 0, next.said());
  });

  it('a port that somebody else has is named', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const { code, said } = await ended(join(root, 'port'), ['--port', String(port)]);
    other.close();
    assert.equal(code, 10, said);
    assert.match(said, new RegExp(`127\\.0\\.0\\.1:${port}`));
  });

  it('files that are none of ours, or torn, are named, and left as they are', async () => {
    const torn = (bytes: Buffer): Buffer =>
      Buffer.concat([bytes.subarray(0, 100), randomBytes(bytes.length - 100)]);
    for (const file of ['project.sqlite', 'work.sqlite', 'operators.sqlite', 'keys.sqlite'])
      for (const [kind, made] of [
        ['noise', () => randomBytes(9_000)],
        ['text', () => Buffer.from('this is a letter\n'.repeat(100))],
        ['torn', () => torn(readFileSync(join(good, file)))],
      ] as const) {
        const data = copy(`${file}-${kind}`);
        const path = join(data, file);
        for (const beside of ['-wal', '-shm']) rmSync(path + beside, { force: true });
        const bytes = made();
        writeFileSync(path, bytes, { mode: 0o600 });
        const { code, said } = await ended(data);
        assert.equal(code, 10, `${file} ${kind}: ${said}`);
        assert.ok(said.includes(file), `${file} ${kind}: ${said}`);
        assert.doesNotMatch(said, /\n\s+at /, 'a stack is no sentence');
        assert.ok(readFileSync(path).equals(bytes), `${file} ${kind} was written to`);
      }
  });

  it('a key that is gone, is none or is open to others is told before anything is lost', async () => {
    for (const [kind, change] of [
      ['gone', (key: string) => rmSync(key)],
      ['none', (key: string) => writeFileSync(key, 'no key', { mode: 0o600 })],
      ['open', (key: string) => chmodSync(key, 0o644)],
    ] as const) {
      const data = copy(`key-${kind}`);
      const before = readFileSync(join(data, 'project.sqlite'));
      change(join(data, 'key'));
      const { code, said } = await ended(data);
      assert.ok(code === 64 || code === 10 || code === 11, `${kind}: ${code} ${said}`);
      assert.doesNotMatch(said, /\n\s+at /, said);
      assert.ok(readFileSync(join(data, 'project.sqlite')).equals(before), kind);
      if (kind === 'gone')
        assert.ok(!existsSync(join(data, 'key')), 'a new key was made over what the old one sealed');
    }
  });

  it('a folder that is a file, or where nothing can be written, is named', async () => {
    const file = join(root, 'file');
    writeFileSync(file, 'x');
    for (const data of [file, join(file, 'below'), '/sys/malleposte-data']) {
      const { code, said } = await ended(data);
      assert.ok(code === 10 || code === 11, `${data}: ${code} ${said}`);
      assert.ok(said.includes(data), said);
      assert.doesNotMatch(said, /\n\s+at /, said);
    }
    assert.equal(readFileSync(file, 'utf8'), 'x');
  });

  it('the folder is for its owner alone, and so are its files', async () => {
    if (process.platform === 'win32') return;
    const data = join(root, 'open');
    mkdirSync(data, { mode: 0o755 });
    const cockpit = await startCockpit(data);
    const open = ['project.sqlite', 'operators.sqlite', 'keys.sqlite', 'work.sqlite', 'key'].filter(
      (name) => (statSync(join(data, name)).mode & 0o077) !== 0,
    );
    await cockpit.stop();
    assert.deepEqual(open, []);
  });
});

describe('a disk that is full', { timeout: 300_000 }, () => {
  it('what cannot be written whole is not written, is told, and goes well when there is room', async (t) => {
    if (process.platform !== 'linux') return t.skip('limits of files are for Linux');
    const root = mkdtempSync(join(tmpdir(), 'malleposte-full-'));
    const data = join(root, 'data');
    try {
      const first = await startCockpit(data);
      const operator = new Operator(first.origin);
      const token = first.firstLink!.split('/').at(-1)!;
      await operator.ask('POST /first/{token}', { token, body: { ...OPERATOR, language: 'fr' } });
      await operator.signIn();
      const { id: organisation } = await operator.ask('POST /organisations', {
        body: {
          ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
          ...{ targetTemplate: null, movesAtOnce: 2 },
        },
      });
      assert.equal(await first.stop(), 0);
      const csv = Buffer.from(
        [
          'Prénom;Nom;Adresse;Site',
          ...Array.from({ length: 3_000 }, (_, n) => `P${n};Nom;p${n}@mistral.example;Lyon`),
        ].join('\r\n'),
      );
      const small = await startSmall(data, 2_000);
      const people = async (one: Operator) =>
        (await one.ask('GET /organisations/{organisation}/people', { organisation, query: { limit: 1 } }))
          .total;
      const cramped = new Operator(small.origin);
      await cramped.signIn();
      const preview = JSON.parse(
        (await cramped.file(`/api/v1/organisations/${organisation}/import?name=a.csv`, csv)).toString(),
      );
      const confirm = { organisation, import: preview.id, body: { createSites: true, createWaves: false } };
      const { status, answer } = await cramped.tried(
        'POST /organisations/{organisation}/import/{import}/confirm',
        confirm,
      );
      assert.ok(status === 507 || status === 503 || status === 403, `${status} ${JSON.stringify(answer)}`);
      assert.notEqual((answer as { trouble: { kind: string } }).trouble.kind, 'bug');
      assert.equal(await people(cramped), 0);
      small.kill();
      await small.ended;
      const roomy = await startCockpit(data);
      const next = new Operator(roomy.origin);
      await next.signIn();
      assert.equal(await people(next), 0);
      const again = JSON.parse(
        (await next.file(`/api/v1/organisations/${organisation}/import?name=a.csv`, csv)).toString(),
      );
      await next.ask('POST /organisations/{organisation}/import/{import}/confirm', {
        ...confirm,
        import: again.id,
      });
      assert.equal(await people(next), 3_000);
      assert.equal(await roomy.stop(), 0, roomy.said());
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

describe('a clock that is set', { timeout: 300_000 }, () => {
  const DAY_MS = 86_400_000;
  it('back or forward while it moves: everything is done once, and asked for again when it is due', async () => {
    const real = Date.now;
    let offMs = 0;
    Date.now = () => real() + offMs;
    const stand = await openStand();
    try {
      const { project, organisation } = stand;
      const people = [await stand.somebody('ines', 60), await stand.somebody('hugo', 60)];
      await project.runs.start();
      offMs = 400 * DAY_MS;
      await project.runs.ask('Claire', organisation, people, 'first');
      offMs = -3 * DAY_MS;
      for (const person of people) {
        const pass = await stand.until(person, isOver);
        assert.deepEqual([pass.state, pass.counts.entries, pass.counts.missing], ['proven', 60, 0]);
      }
      await project.runs.ask('Claire', organisation, people, 'delta');
      offMs = 0;
      await stand.again();
      await stand.project.runs.start();
      for (const person of people) {
        const pass = await stand.until(person, (one) => one!.number === 2 && isOver(one));
        assert.deepEqual([pass.state, pass.counts.carried], ['proven', 0]);
      }
    } finally {
      Date.now = real;
      await stand.close();
    }
  });
});

/** Runs until it ends by itself, as it should here. */
async function ended(
  data: string,
  args: readonly string[] = ['--port', '0'],
): Promise<{ code: number | null; said: string }> {
  const child = spawn(
    process.execPath,
    [join(ROOT, 'src/cli/main.ts'), 'serve', '--lang', 'en', '--data', data, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, MALLEPOSTE_KEY: '' },
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => (said += piece.toString()));
  const late = setTimeout(() => child.kill('SIGKILL'), START_MS);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(late);
  return { code, said };
}

/** A server that can write no file larger than so many kilobytes: what a full disk does to it. */
async function startSmall(data: string, kilobytes: number) {
  const command = `trap '' XFSZ; ulimit -f ${kilobytes}; exec "$0" "$@"`;
  const child: ChildProcess = spawn(
    'bash',
    [
      '-c',
      command,
      process.execPath,
      join(ROOT, 'src/cli/main.ts'),
      'serve',
      '--json',
      '--data',
      data,
      '--port',
      '0',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, MALLEPOSTE_KEY: '' } },
  );
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const origin = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (piece: Buffer) => {
      text += piece.toString();
      const told = /"origin":"([^"]+)"/.exec(text)?.[1];
      if (told !== undefined) resolve(told);
    });
    child.once('exit', () => reject(new Error(`it ended before it served: ${text}`)));
  });
  return { origin, ended: gone, kill: () => child.kill('SIGKILL') };
}

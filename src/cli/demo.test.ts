import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { demoFolder, staysOpen } from './demo.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const before = process.env.MALLEPOSTE_DATA;
after(() => {
  if (before === undefined) delete process.env.MALLEPOSTE_DATA;
  else process.env.MALLEPOSTE_DATA = before;
});

test('the demo keeps its data where every command does', () => {
  const name = `demo-${process.pid}`;
  process.env.MALLEPOSTE_DATA = path.resolve('elsewhere');
  assert.equal(demoFolder(undefined), path.resolve('elsewhere', name));
  assert.equal(demoFolder('asked'), path.resolve('asked', name));
  delete process.env.MALLEPOSTE_DATA;
  assert.equal(demoFolder(undefined), path.resolve('malleposte-data', name));
});

test('without a terminal it ends by itself, unless it is told to stay', () => {
  assert.equal(staysOpen({ keep: false }, false), false);
  assert.equal(staysOpen({ keep: false }, true), true);
  assert.equal(staysOpen({ keep: false, serve: true }, false), true);
  assert.equal(staysOpen({ keep: true }, false), true);
});

test('it proves the pilot, survives a SIGKILL, and ends in a cockpit that a person can sign in to', {
  timeout: 900_000,
}, async () => {
  const data = mkdtempSync(path.join(tmpdir(), 'malleposte-demo-test-'));
  const demo = startDemo(data);
  try {
    const [, link = ''] = await demo.says(/open at (http:\S+)/);
    const [, email, password] = await demo.says(/Sign in as (\S+) with the password (\S+)/);
    assert.match(demo.said(), /^✓ 0 messages missing/m);
    assert.match(demo.said(), /server killed with SIGKILL after|finished before the server could be killed/);
    const page = await fetch(link);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<!doctype html>/i);
    const stages = await stagesOf(link, email!, password!);
    assert.deepEqual(
      stages.map(({ name, state, people }) => [name, state, people]),
      [
        ['Avignon', 'ended', 2],
        ['Lyon', 'running', 2],
        ['Toulouse', 'draft', 3],
      ],
    );
    assert.deepEqual([stages[0]!.proven, stages[0]!.failed], [2, 0]);
    assert.equal(await demo.interrupt(), 0, demo.said());
    await assert.rejects(fetch(link), 'the cockpit is still there');
    const [folder] = readdirSync(data);
    const left = readdirSync(path.join(data, folder!)).sort();
    assert.deepEqual(left, ['certificates', 'signing-key.pem']);
  } finally {
    demo.kill();
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  }
});

interface Stage {
  name: string;
  state: string;
  people: number;
  proven: number;
  failed: number;
}

/** As the page does: signed in with what the demo printed. */
async function stagesOf(link: string, email: string, password: string): Promise<Stage[]> {
  const { origin, pathname } = new URL(link);
  const signedIn = await fetch(`${origin}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ email, password }),
  });
  assert.equal(signedIn.status, 200);
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const organisation = pathname.split('/').at(-1)!;
  const answer = await fetch(`${origin}/api/v1/organisations/${organisation}/road`, { headers: { cookie } });
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { stages: Stage[] }).stages;
}

function startDemo(data: string) {
  const child = spawn(process.execPath, [MAIN, 'demo', '--serve', '--lang', 'en', '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const heard = new EventTarget();
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
      heard.dispatchEvent(new Event('more'));
    });
  return {
    said: () => said,
    /** Waits until it has said so; fails when it ends before. */
    async says(what: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const found = what.exec(said);
        if (found !== null) return found;
        const more = new Promise<'more'>((resolve) =>
          heard.addEventListener('more', () => resolve('more'), { once: true }),
        );
        const next = await Promise.race([more, ended]);
        assert.equal(next, 'more', `the demo ended: ${said}`);
      }
    },
    interrupt(): Promise<number | null> {
      child.kill('SIGINT');
      return ended;
    },
    kill: () => child.kill('SIGKILL'),
  };
}

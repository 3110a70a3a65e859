/** The start script, in a repository that is set up already (setting up is what every fresh clone shows). */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { ROOT } from './check.ts';

const START = path.join(ROOT, 'bin', 'malleposte.mjs');
const setUp = existsSync(path.join(ROOT, 'node_modules', '.malleposte-stamp'));
const skip = setUp ? false : 'started without bin/malleposte.mjs: nothing says that node_modules fits';
const folder = mkdtempSync(path.join(tmpdir(), 'malleposte-start-'));
after(() => rmSync(folder, { recursive: true }));

function start(script: string, ...args: string[]) {
  const file = path.join(folder, 'script.ts');
  writeFileSync(file, script);
  return spawnSync(process.execPath, [START, '--run', file, ...args], { encoding: 'utf8' });
}

test('runs another file with its arguments, on a Node that comes first on PATH', { skip }, () => {
  const script = `const path: string = process.env.PATH!;
    console.log(JSON.stringify([process.argv.slice(2), path.split(${JSON.stringify(path.delimiter)})[0], process.execPath]));`;
  const { stdout, stderr } = start(script, 'a', '--b=c d');
  const [args, first, node] = JSON.parse(stdout) as [string[], string, string];
  assert.deepEqual(args, ['a', '--b=c d'], stderr);
  assert.equal(first, path.dirname(node));
});

test('passes the exit code on', { skip }, () => {
  assert.equal(start('process.exit(42);').status, 42);
  assert.equal(start('process.exitCode = 3;').status, 3);
});

test('says what is wrong with --run alone', { skip }, () => {
  const { status, stderr } = spawnSync(process.execPath, [START, '--run'], { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /--run/);
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';

const script = `
import { watchInterrupts } from ${JSON.stringify(new URL('./interrupt.ts', import.meta.url).href)};
const signal = watchInterrupts(() => console.log('first'), () => process.exit(130));
signal.addEventListener('abort', () => console.log('aborted'));
console.log('ready');
setTimeout(() => process.exit(9), 20_000);
`;

test('the first asks to stop, an echo of it is none, a second one kills', {
  skip: process.platform === 'win32' && 'no signals',
}, async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8');
  const heard = async (text: string) => {
    while (!said.includes(text)) said += (await once(child.stdout, 'data'))[0];
  };
  await heard('ready');
  child.kill('SIGINT');
  await heard('aborted');
  child.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.equal(child.exitCode, null);
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  assert.equal(code, 130);
  assert.equal(said, 'ready\nfirst\naborted\n');
});

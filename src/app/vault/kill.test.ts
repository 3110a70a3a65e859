import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { dataFolder } from '../data.ts';
import { openFileVault } from './file-vault.ts';
import { sealingKeys } from './key.ts';

test('killed while it seals: what lies there opens whole, and nothing is locked', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'malleposte-vault-kill-'));
  try {
    for (let round = 0; round < 5; round++) {
      const child = spawn(process.execPath, [path.join(import.meta.dirname, 'seal.child.ts'), folder]);
      // From its first sealing on, at any moment.
      await new Promise((resolve) => child.stdout.once('data', resolve));
      setTimeout(() => child.kill('SIGKILL'), round * 5);
      await new Promise((resolve) => child.once('close', resolve));
      const data = dataFolder(folder);
      const vault = openFileVault(data, (await sealingKeys(data, false))!);
      const text = await vault.alone('a', () => vault.open('a'));
      const number = text!.slice(0, text!.length / 5_000);
      assert.equal(text, number.repeat(5_000));
      assert.deepEqual(await vault.names(), ['a']);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

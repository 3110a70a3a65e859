/** Seals one secret after the other under one name, to be killed: DATA. */
import { dataFolder } from '../data.ts';
import { openFileVault } from './file-vault.ts';
import { sealingKeys } from './key.ts';

const data = dataFolder(process.argv[2]);
const vault = openFileVault(data, (await sealingKeys(data, true))!);
for (let n = 1; ; n++)
  await vault.alone('a', async () => {
    await vault.seal('a', `${n}`.repeat(5_000));
    process.stdout.write('.');
  });

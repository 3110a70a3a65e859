import { writeSync } from 'node:fs';
import { keyOf } from '../../wire/sealed.ts';
import { personNamed, source } from '../suite/trial.ts';
import { openSqliteRecords } from './records.ts';

/** The process that `kill.test.ts` kills: imports and notes until then, and says what was acknowledged. */
const [path, run, key, organisation] = process.argv.slice(2) as [string, string, string, string];
const IMPORTED = 200;

writeSync(1, 'opening\n');
const records = await openSqliteRecords({ path, keys: [keyOf(Buffer.from(key, 'hex'))] });

for (let turn = 0; ; turn++) {
  const batch = `${run}x${turn}`;
  const first = await records.write('Import', async (change) => {
    const ids: string[] = [];
    for (let at = 0; at < IMPORTED; at++) {
      const person = await change.addPerson(organisation, personNamed(`p${batch}x${at}`, batch));
      const account = await change.addAccount(organisation, source(person.id, 'imaps://x@old.example/'));
      await change.sealSecret(organisation, account.id, batch);
      ids.push(person.id);
    }
    return ids[0]!;
  });
  writeSync(1, `{"imported":"${batch}"}\n`);
  for (let step = 0; step < 20; step++) {
    const pass = await records.write('Work', async (change) => {
      const { id } = await change.addPass(organisation, { person: first, kind: 'delta', askedMs: step });
      await change.notePass(id, { state: 'running', beganMs: step });
      return id;
    });
    writeSync(1, `{"pass":"${pass}"}\n`);
  }
}

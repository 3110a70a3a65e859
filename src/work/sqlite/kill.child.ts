import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { isTrouble } from '../../trouble.ts';
import { openSqliteWork } from './work.ts';

/** The process that `kill.test.ts` kills: asks, leases and works until then, and says what was acknowledged. */
const [path, name, leaseMs] = process.argv.slice(2) as [string, string, string];
const LIMITS = { overall: 6, perSite: 4, sites: 'all' } as const;
const BATCH = 5;

const say = (what: object) => writeSync(1, `${JSON.stringify(what)}\n`);

say({ opening: name });
const work = await openSqliteWork(path);

for (let turn = 0; ; turn += 1) {
  const keys = Array.from({ length: BATCH }, (_, at) => `${name}.${turn}.${at}`);
  const jobs = keys.map(
    (key, at) => ({ key, kind: 'move', of: `move ${(turn + at) % 9}`, site: `site ${at % 2}` }) as const,
  );
  await work.ask(jobs.map((job) => ({ ...job, earliestMs: 0, priority: turn % 2, payload: { turn } })));
  say({ asked: keys });
  const leased = await work.lease(name, BATCH, Number(leaseMs), LIMITS);
  for (const [at, { key }] of leased.entries()) {
    await pause(Math.random() * 3);
    const { lost } = await work.renew(
      name,
      leased.slice(at).map(({ key }) => key),
      Number(leaseMs),
    );
    if (!lost.includes(key)) await end(key, turn + at);
  }
}

async function end(key: string, number: number): Promise<void> {
  try {
    if (number % 4 === 3) await work.giveBack(name, key, { earliestMs: 0, trouble: 'again' });
    else {
      await work.finish(name, key, { is: 'done', told: name });
      say({ finished: key });
    }
  } catch (error) {
    // Its lease ran out since the renewing, and another took it.
    if (!isTrouble(error, 'refused')) throw error;
  }
}

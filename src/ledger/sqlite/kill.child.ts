import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import type { Outcome } from '../ledger.ts';
import { openSqliteLedger } from './ledger.ts';

/** The process that `kill.test.ts` kills: intends and settles until then, and says what was acknowledged. */
const [path, run] = process.argv.slice(2) as [string, string];
const BATCH = 20;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

writeSync(1, 'opening\n');
const ledger = await openSqliteLedger(path);
const account = await ledger.enrol('mbox:archive', 0);
const { id: folder } = await ledger.folder(account, ['x']);
const { id: place } = await ledger.place(['x']);

for (let turn = 0; ; turn += 1) {
  const batch = `${run}.${turn}`;
  const keys = Array.from({ length: BATCH }, (_, at) => `${batch}.${at}`);
  await ledger.note(
    folder,
    keys.map((key) => ({ key, marks: ['\\Seen'], receivedAt: 0, size: turn })),
  );
  const items = (await ledger.waiting(folder, 0, 1_000_000)).filter(({ key }) => key.startsWith(`${batch}.`));
  const landings = await ledger.intend(
    items.map((item) => {
      const digests = { sent: sha256(item.key), exact: sha256(item.key), kin: sha256(batch), likely: null };
      const rest = {
        size: item.size,
        messageId: null,
        marks: item.marks,
        receivedAt: 0,
        rung: 'as-is',
        altered: [],
      };
      return { item: item.id, place, ...digests, ...rest };
    }),
  );
  writeSync(1, `${JSON.stringify({ batch, landings })}\n`);
  await ledger.settle(
    landings.map((landing, at): Outcome => {
      if (at % 5 === 4) return { is: 'left', item: items[at]!.id, reason: '{}' };
      return { is: 'landed', landing, key: at % 2 === 0 ? null : `9.${landing}` };
    }),
  );
  if (turn % 3 === 0) await ledger.counts();
}

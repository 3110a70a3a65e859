import { archiveShape } from '../generate/pst.ts';
import { damagePst, uprootPst } from './damaged-pst.ts';

const ARCHIVE_BYTES = 300_000_000;
const HOLE_BYTES = 1_000_000;

export async function soak(seed: number): Promise<void> {
  const shape = archiveShape(seed, ARCHIVE_BYTES);
  console.log(`  damaged PST: ${await damagePst({ seed, shape, rounds: 9, holeBytes: HOLE_BYTES })}`);
  console.log(`  damaged PST: ${await uprootPst({ seed, shape })}`);
}

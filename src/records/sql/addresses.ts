import type { Id } from '../facts.ts';
import { sameAs } from '../fold.ts';
import { chunksOf, type Doing } from './doing.ts';
import { refused } from './found.ts';

/** Aliases as they are kept: each once, and none that is the address itself. */
export function aliasesOf(address: string, aliases: readonly string[]): string[] {
  const known = new Set([sameAs(address)]);
  return aliases.filter((alias) => {
    const key = sameAs(alias);
    return !known.has(key) && known.add(key);
  });
}

/**
 * Makes these the addresses of a person or group, and no others.
 *
 * @throws Trouble `refused` (`write-record`) `address-taken`, on the address
 */
export async function claim(
  { db }: Doing,
  organisation: Id,
  owner: Id,
  addresses: readonly string[],
): Promise<void> {
  const wanted = new Map(addresses.map((address) => [sameAs(address), address]));
  const had = await db.selectFrom('addresses').select('address').where('owner', '=', owner).execute();
  const gone = had.map(({ address }) => address).filter((key) => !wanted.has(key));
  for (const chunk of chunksOf(gone))
    await db.deleteFrom('addresses').where('owner', '=', owner).where('address', 'in', chunk).execute();
  for (const { address } of had) wanted.delete(address);
  for (const chunk of chunksOf([...wanted.keys()])) {
    const found = db.selectFrom('addresses').select('address').where('organisation', '=', organisation);
    const taken = await found.where('address', 'in', chunk).executeTakeFirst();
    if (taken) throw refused(wanted.get(taken.address)!, 'address-taken');
    await db
      .insertInto('addresses')
      .values(chunk.map((address) => ({ organisation, address, owner })))
      .execute();
  }
}

export async function release({ db }: Doing, owner: Id): Promise<void> {
  await db.deleteFrom('addresses').where('owner', '=', owner).execute();
}

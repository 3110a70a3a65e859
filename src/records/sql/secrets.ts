import { isTrouble } from '../../trouble.ts';
import { readSealed, type SealingKeys, seal, unseal } from '../../wire/sealed.ts';
import type { Id } from '../facts.ts';
import type { Db } from './tables.ts';

/** What a secret is bound to: it opens for this account of this organisation alone. */
const nameOf = (organisation: Id, account: Id): string => `account ${organisation}/${account}`;

interface Whose {
  id: Id;
  organisation: Id;
  address: string;
}

/** Throws Trouble `malformed` (`read-secret`): of another key, or damaged. */
function opened(sealed: string, whose: Whose, keys: SealingKeys): string {
  return unseal(readSealed(sealed, nameOf(whose.organisation, whose.id), whose.address), keys, whose.address);
}

export async function secretOf(db: Db, keys: SealingKeys, account: Id): Promise<string | null> {
  const row = await db
    .selectFrom('secrets')
    .innerJoin('accounts', 'accounts.id', 'secrets.account')
    .where('secrets.account', '=', account)
    .select(['secrets.sealed', 'accounts.id', 'accounts.organisation', 'accounts.address'])
    .executeTakeFirst();
  return row ? opened(row.sealed, row, keys) : null;
}

/** Whether it is this very secret that lies there, openable and under the first key. */
export async function holds(
  db: Db,
  keys: SealingKeys,
  whose: Whose,
  secret: string | null,
): Promise<boolean> {
  const row = await db.selectFrom('secrets').selectAll().where('account', '=', whose.id).executeTakeFirst();
  if (!row || secret === null) return !row && secret === null;
  try {
    return row.sealing_key === keys[0].id && opened(row.sealed, whose, keys) === secret;
  } catch (error) {
    // What cannot be opened any more is no reason not to seal another one.
    if (isTrouble(error, 'malformed')) return false;
    throw error;
  }
}

export async function put(db: Db, keys: SealingKeys, whose: Whose, secret: string): Promise<void> {
  const sealed = seal(nameOf(whose.organisation, whose.id), secret, keys[0]);
  const row = { sealing_key: keys[0].id, sealed };
  await db
    .insertInto('secrets')
    .values({ account: whose.id, ...row })
    .onConflict((conflict) => conflict.column('account').doUpdateSet(row))
    .execute();
}

const AT_ONCE = 200;

/** Seals anew what is not under the first key; answers how many. */
export async function sealAnew(db: Db, keys: SealingKeys): Promise<number> {
  for (let count = 0; ; ) {
    const rows = await db
      .selectFrom('secrets')
      .innerJoin('accounts', 'accounts.id', 'secrets.account')
      .where('sealing_key', '!=', keys[0].id)
      .select(['secrets.sealed', 'accounts.id', 'accounts.organisation', 'accounts.address'])
      .limit(AT_ONCE)
      .execute();
    if (rows.length === 0) return count;
    for (const row of rows) await put(db, keys, row, opened(row.sealed, row, keys));
    count += rows.length;
  }
}

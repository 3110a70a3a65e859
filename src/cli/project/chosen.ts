import { sameName } from '../../app/project/same-name.ts';
import { usage } from '../../app/usage.ts';
import type { Id } from '../../records/facts.ts';
import type { Options } from '../options.ts';
import type { Desk } from './desk.ts';

/** The organisation of `--organisation`. Throws Trouble `malformed` (`read-address`). */
export async function organisationOf(
  desk: Pick<Desk, 'organisations'>,
  { organisation }: Pick<Options, 'organisation'>,
): Promise<{ id: Id; name: string }> {
  if (organisation === undefined) throw usage('no-organisation', '--organisation');
  const found = (await desk.organisations()).find(({ name }) => sameName(name, organisation));
  if (found === undefined) throw usage('unknown-organisation', organisation);
  return found;
}

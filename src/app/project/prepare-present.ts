import type { Present, PresentPerson } from '../../prepared/index.ts';
import type { Id } from '../../records/facts.ts';
import type { PersonRow, Reading } from '../../records/records.ts';

/** What a prepared file is compared with. Within a change: as that change has left it. Throws Trouble of the records. */
export async function presentOf(reading: Reading, organisation: Id): Promise<Present> {
  const { domains } = await reading.organisation(organisation);
  const people = await reading.everybody(organisation);
  return {
    people: people.map(presentPerson),
    groups: await reading.groups(organisation),
    sites: await reading.sites(organisation),
    waves: await reading.waves(organisation),
    domains,
  };
}

export function presentPerson({ accounts, ...person }: PersonRow): PresentPerson {
  const inOrder = accounts.toSorted((a, b) => a.position - b.position);
  return {
    ...person,
    accounts: inOrder.map(({ id, role, address, secret }) => ({
      ...{ id, role, address, hasSecret: secret === 'sealed' },
    })),
  };
}

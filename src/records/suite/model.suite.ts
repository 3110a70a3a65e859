import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isTrouble } from '../../trouble.ts';
import { sameAs } from '../fold.ts';
import type { Change, Records } from '../records.ts';
import { change, type Law, personNamed, type Trial } from './trial.ts';

interface Known {
  id: string;
  version: number;
  address: string;
  aliases: string[];
  wave: string | null;
}

/** What people there should be, kept the plainest way. */
type Model = Map<string, Known>;

type Deed =
  | { is: 'add'; address: string; aliases: string[] }
  | { is: 'change'; at: number; seen: number; address: string; aliases: string[] }
  | { is: 'assign'; at: number[]; wave: number }
  | { is: 'remove'; at: number };

const address = fc.constantFrom('a', 'b', 'c', 'A', 'é', 'É', 'd').map((name) => `${name}@nord.example`);
const aliases = fc.array(address, { maxLength: 2 });
const at = fc.nat(5);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ is: fc.constant('add' as const), address, aliases }),
  fc.record({ is: fc.constant('change' as const), at, seen: fc.nat(3), address, aliases }),
  fc.record({ is: fc.constant('assign' as const), at: fc.array(at, { maxLength: 3 }), wave: fc.nat(2) }),
  fc.record({ is: fc.constant('remove' as const), at }),
);
/** Deeds of one write; whether it is taken back at the end. */
const write = fc.record({ deeds: fc.array(deed, { minLength: 1, maxLength: 4 }), fails: fc.boolean() });

export function model(law: Law): void {
  law('any writes: what is there is what a plain list says, and each change has its line', async (trial) => {
    const waves = [null, trial.pilot, trial.wave];
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 12 }), async (writes) => {
        await empty(trial);
        let known: Model = new Map();
        for (const { deeds, fails } of writes) {
          const before = (await trial.records.audit(trial.here, { offset: 0, limit: 0 })).total;
          const [next, changes] = await written(
            trial.records,
            trial.here,
            waves,
            structuredClone(known),
            deeds,
            fails,
          );
          if (!fails) known = next;
          const { total } = await trial.records.audit(trial.here, { offset: 0, limit: 0 });
          assert.equal(total - before, fails ? 0 : changes);
          assert.deepEqual(await there(trial), [...known.values()].sort(byId));
        }
      }),
      { numRuns: 40 },
    );
  });
}

const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);

async function there({ records, here }: Trial): Promise<Known[]> {
  const pick = ({ id, version, address, aliases, wave }: Known): Known => ({
    id,
    version,
    address,
    aliases,
    wave,
  });
  return (await records.everybody(here)).map(pick).sort(byId);
}

async function empty({ records, here }: Trial): Promise<void> {
  await change(records, async (change) => {
    for (const { id } of await change.everybody(here)) await change.removePerson(here, id);
  });
}

const TAKEN_BACK = new Error('taken back');

async function written(
  records: Records,
  here: string,
  waves: (string | null)[],
  known: Model,
  deeds: readonly Deed[],
  fails: boolean,
): Promise<[Model, number]> {
  let changes = 0;
  const work = change(records, async (change) => {
    for (const deed of deeds) changes += await done(change, here, waves, known, deed);
    if (fails) throw TAKEN_BACK;
  });
  await work.catch((error: unknown) => {
    if (error !== TAKEN_BACK) throw error;
  });
  return [known, changes];
}

/** Does a deed to both; answers how many lines it must have. */
async function done(
  change: Change,
  here: string,
  waves: (string | null)[],
  known: Model,
  deed: Deed,
): Promise<number> {
  const list = [...known.values()].sort(byId);
  if (deed.is === 'add') {
    const given = personNamed('x', '', { address: deed.address, aliases: deed.aliases });
    const made = await outcome(change.addPerson(here, given), taken(known, null, deed) ? 'refused' : null);
    if (!made) return 0;
    known.set(made.id, { id: made.id, version: 1, ...once(deed), wave: null });
    return 1;
  }
  if (deed.is === 'assign') {
    const people = deed.at.flatMap((at) => list[at] ?? []);
    const wave = waves[deed.wave]!;
    await change.assign(
      here,
      people.map(({ id }) => id),
      wave,
    );
    const moved = new Set(people.filter((one) => one.wave !== wave));
    for (const one of moved) Object.assign(one, { wave, version: one.version + 1 });
    return moved.size;
  }
  const one = list[deed.at];
  if (deed.is === 'remove') {
    await outcome(change.removePerson(here, one?.id ?? 'none'), one ? null : 'missing');
    return known.delete(one?.id ?? 'none') ? 1 : 0;
  }
  if (!one) return 0;
  const seen = deed.seen === 0 ? one.version - 1 : one.version;
  const next = once(deed);
  const refused = deed.seen === 0 || taken(known, one.id, deed);
  const { address, aliases } = deed;
  await outcome(change.changePerson(here, one.id, seen, { address, aliases }), refused ? 'refused' : null);
  const same = JSON.stringify(next) === JSON.stringify({ address: one.address, aliases: one.aliases });
  if (refused || same) return 0;
  Object.assign(one, next, { version: one.version + 1 });
  return 1;
}

async function outcome<T>(promise: Promise<T>, kind: 'refused' | 'missing' | null): Promise<T | null> {
  try {
    const answer = await promise;
    assert.equal(kind, null, `should be ${kind}`);
    return answer;
  } catch (error) {
    if (!isTrouble(error)) throw error;
    assert.equal(error.kind, kind, String(error));
    return null;
  }
}

function once({ address, aliases }: { address: string; aliases: string[] }): {
  address: string;
  aliases: string[];
} {
  const left = aliases.filter((alias) => sameAs(alias) !== sameAs(address));
  return {
    address,
    aliases: left.filter((alias, at) => left.findIndex((one) => sameAs(one) === sameAs(alias)) === at),
  };
}

function taken(
  known: Model,
  but: string | null,
  { address, aliases }: { address: string; aliases: string[] },
): boolean {
  const theirs = [...known.values()]
    .filter(({ id }) => id !== but)
    .flatMap((one) => [one.address, ...one.aliases]);
  const all = new Set(theirs.map(sameAs));
  return [address, ...aliases].some((one) => all.has(sameAs(one)));
}

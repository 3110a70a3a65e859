import { type ImapPlace, readImap } from './imap.ts';
import { readMaildir } from './maildir.ts';
import type { Seen } from './message.ts';

/**
 * The independent checker: reads sources and target itself, by another path than Malleposte, and compares them as
 * multisets. What the mover says it did (merged, left, altered) is told to it and checked for sense, never taken from it.
 */

export type Where =
  | ({ is: 'imap' } & ImapPlace)
  | { is: 'maildir'; directory: string }
  | { is: 'list'; messages: readonly Seen[] };

/** Names messages of a source; each declaration stands for one of them. */
export interface Pick {
  /** Index of the source. */
  source: number;
  /** As the source names it. */
  folder: readonly string[];
  digest: string;
}

export interface Question {
  sources: readonly Where[];
  target: Where;
  /** Where a message of this source folder should lie. Default: the same path. */
  into?: (source: number, folder: readonly string[]) => readonly string[];
  /** `from` was not copied: it is the same as `to`, which has its marks too. */
  merges?: readonly { from: Pick; to: Pick }[];
  left?: readonly Pick[];
  /** The target is known to alter this message: digest sent → digest stored. */
  altered?: ReadonlyMap<string, string>;
  /** What was in the target before. */
  before?: readonly Seen[];
  /** Marks that the target can keep. Default: all. */
  keeps?: (flag: string) => boolean;
  /** What the target makes of a date. Default: the same; null matches any. */
  date?: (date: number | null) => number | null;
}

export type Difference =
  | { is: 'missing' | 'doubled' | 'extra'; folder: string; message: string }
  | { is: 'elsewhere'; folder: string; message: string; found: string }
  | { is: 'flags'; folder: string; message: string; wanted: string; found: string }
  | { is: 'date'; folder: string; message: string; wanted: string; found: string }
  | { is: 'count'; folder: string; wanted: number; found: number }
  /** A declaration names a message that is not there. */
  | { is: 'declaration'; message: string };

/** Answers every difference; an empty list is the proof. Throws when one side cannot be read. */
export async function check(question: Question): Promise<Difference[]> {
  const sources: Seen[][] = [];
  for (const source of question.sources) sources.push(await readWhere(source));
  return compare(question, sources, await readWhere(question.target));
}

export async function readWhere(where: Where): Promise<Seen[]> {
  if (where.is === 'imap') return readImap(where);
  return where.is === 'maildir' ? readMaildir(where.directory) : [...where.messages];
}

interface Wanted {
  source: number;
  seen: Seen;
  folder: readonly string[];
  flags: Set<string>;
  /** Sources it has a merged message of: twins of one source merge with twins, not all with the same one. */
  absorbed: Set<number>;
}

function compare(question: Question, sources: readonly Seen[][], target: readonly Seen[]): Difference[] {
  const { wanted, differences } = expectation(question, sources);
  const groups = new Map<string, { wanted: Wanted[]; found: Seen[] }>();
  const group = (folder: readonly string[], digest: string): { wanted: Wanted[]; found: Seen[] } => {
    const key = `${nameOf(folder)}\n${digest}`;
    const there = groups.get(key) ?? { wanted: [], found: [] };
    groups.set(key, there);
    return there;
  };
  for (const each of wanted) group(each.folder, each.seen.digest).wanted.push(each);
  for (const each of target) group(each.folder, each.digest).found.push(each);
  const astray: { missing: Wanted[]; extra: Seen[] } = { missing: [], extra: [] };
  for (const { wanted, found } of groups.values()) {
    const [noWanted, noFound] = [wanted.length === 0, found.length < wanted.length];
    const rest = pair(question, wanted, found, differences);
    if (noFound) astray.missing.push(...rest.wanted);
    else if (noWanted) astray.extra.push(...rest.found);
    else for (const each of rest.found) differences.push(plain('doubled', each.folder, each));
  }
  strays(astray, differences);
  counts(wanted, target, differences);
  return differences;
}

/** What should lie in the target, and the declarations that name nothing. */
function expectation(
  question: Question,
  sources: readonly Seen[][],
): { wanted: Wanted[]; differences: Difference[] } {
  const { into = (_source, folder) => folder, altered, before = [] } = question;
  const differences: Difference[] = [];
  const all: Wanted[] = sources.flatMap((list, source) =>
    list.map((seen) => ({ source, seen, folder: into(source, seen.folder), ...marksOf(seen) })),
  );
  const gone = new Set<Wanted>();
  const named = Map.groupBy(all, ({ source, seen }) => pickName(source, seen.folder, seen.digest));
  const take = (pick: Pick, from?: Wanted): Wanted | undefined => {
    const list = named.get(pickName(pick.source, pick.folder, pick.digest)) ?? [];
    const there = list.filter((each) => each !== from && !gone.has(each));
    const found = (from && there.find((each) => !each.absorbed.has(from.source))) ?? there[0];
    if (!found) differences.push({ is: 'declaration', message: JSON.stringify(pick) });
    return found;
  };
  for (const pick of question.left ?? []) {
    const left = take(pick);
    if (left) gone.add(left);
  }
  for (const { from, to } of question.merges ?? []) {
    const merged = take(from);
    const kept = take(to, merged);
    if (!merged || !kept) continue;
    gone.add(merged);
    kept.absorbed.add(merged.source);
    for (const flag of merged.flags) kept.flags.add(flag);
  }
  const wanted = all.filter((each) => !gone.has(each));
  for (const each of wanted)
    each.seen = { ...each.seen, digest: altered?.get(each.seen.digest) ?? each.seen.digest };
  const old = before.map((seen) => ({ source: -1, seen, folder: seen.folder, ...marksOf(seen) }));
  return { wanted: [...wanted, ...old], differences };
}

function marksOf(seen: Seen): { flags: Set<string>; absorbed: Set<number> } {
  return { flags: new Set(seen.flags), absorbed: new Set() };
}

/** Pairs equal messages so that as few as possible differ; answers those without a partner. */
function pair(
  question: Question,
  wanted: readonly Wanted[],
  found: readonly Seen[],
  differences: Difference[],
): { wanted: Wanted[]; found: Seen[] } {
  const { keeps = () => true, date = (same) => same } = question;
  const free = [...found];
  let open = [...wanted];
  const flagsOf = (each: Wanted): string => [...each.flags].filter(keeps).sort().join(' ');
  const dateOf = (each: Wanted): number | null => date(each.seen.date);
  const sameDate = (each: Wanted, other: Seen): boolean =>
    dateOf(each) === null || dateOf(each) === other.date;
  const sameFlags = (each: Wanted, other: Seen): boolean => flagsOf(each) === other.flags.join(' ');
  const rounds = [
    (each: Wanted, other: Seen) => sameDate(each, other) && sameFlags(each, other),
    sameDate,
    sameFlags,
    () => true,
  ];
  for (const fits of rounds)
    open = open.filter((each) => {
      const at = free.findIndex((candidate) => fits(each, candidate));
      if (at < 0) return true;
      const other = free.splice(at, 1)[0]!;
      const common = { folder: nameOf(other.folder), message: tell(other) };
      if (!sameFlags(each, other))
        differences.push({ is: 'flags', ...common, wanted: flagsOf(each), found: other.flags.join(' ') });
      if (!sameDate(each, other))
        differences.push({ is: 'date', ...common, wanted: day(dateOf(each)), found: day(other.date) });
      return false;
    });
  return { wanted: open, found: free };
}

/** A message missing in one folder and too many in another lies elsewhere. */
function strays(astray: { missing: Wanted[]; extra: Seen[] }, differences: Difference[]): void {
  const extra = [...astray.extra];
  for (const { seen, folder } of astray.missing) {
    const at = extra.findIndex((other) => other.digest === seen.digest);
    if (at < 0) differences.push(plain('missing', folder, seen));
    else {
      const found = nameOf(extra.splice(at, 1)[0]!.folder);
      differences.push({ is: 'elsewhere', folder: nameOf(folder), message: tell(seen), found });
    }
  }
  for (const each of extra) differences.push(plain('extra', each.folder, each));
}

function counts(wanted: readonly Wanted[], target: readonly Seen[], differences: Difference[]): void {
  const tally = (list: readonly { folder: readonly string[] }[]): Map<string, number> => {
    const counted = new Map<string, number>();
    for (const { folder } of list) counted.set(nameOf(folder), (counted.get(nameOf(folder)) ?? 0) + 1);
    return counted;
  };
  const [left, right] = [tally(wanted), tally(target)];
  for (const folder of new Set([...left.keys(), ...right.keys()])) {
    const [want = 0, found = 0] = [left.get(folder), right.get(folder)];
    if (want !== found) differences.push({ is: 'count', folder, wanted: want, found });
  }
}

function plain(is: 'missing' | 'doubled' | 'extra', folder: readonly string[], seen: Seen): Difference {
  return { is, folder: nameOf(folder), message: tell(seen) };
}

function tell({ where, subject, digest }: Seen): string {
  return `${where} "${subject}" ${digest.slice(0, 12)}`;
}

function pickName(source: number, folder: readonly string[], digest: string): string {
  return `${source} ${digest} ${nameOf(folder)}`;
}

function nameOf(folder: readonly string[]): string {
  return folder.join(' › ');
}

function day(date: number | null): string {
  return date === null ? 'none' : new Date(date).toISOString();
}

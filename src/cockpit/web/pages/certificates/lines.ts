import type { AnswerOf } from '../../api/ask.ts';
import { folded } from '../../shell/folded.ts';

export type Line = AnswerOf<'GET /organisations/{organisation}/certificates'>[number];
/** A line that has a certificate behind it. */
export type Certified = Line & { verdict: NonNullable<Line['verdict']>; counts: NonNullable<Line['counts']> };

export function isCertified(line: Line): line is Certified {
  return line.verdict !== null && line.counts !== null;
}

/** What a person must look at first. */
const WEIGHT: readonly Certified['verdict'][] = ['failed', 'exceptions', 'unfinished', 'passed'];

/** As a table asks for it; this file knows nothing of tables, so that it can be tried without a browser. */
interface Sort {
  by: string;
  descending: boolean;
}

interface Wanted {
  text: string | undefined;
  /** Its name: that is what a line says. */
  site: string | undefined;
  sort: Sort | null;
}

/** Persons with a certificate; without an order asked for: those first that need a look, then by name. */
export function certifiedPeople(lines: readonly Line[], { text = '', site, sort }: Wanted): Certified[] {
  const wanted = folded(text.trim());
  const found = lines
    .filter(isCertified)
    .filter((line) => line.of === 'person' && (site === undefined || line.site === site))
    .filter(({ name }) => folded(name).includes(wanted));
  const { compare } = new Intl.Collator();
  const byName = (a: Certified, b: Certified): number => compare(a.name, b.name);
  if (sort === null)
    return found.sort((a, b) => WEIGHT.indexOf(a.verdict) - WEIGHT.indexOf(b.verdict) || byName(a, b));
  const order = Object.hasOwn(orders, sort.by) ? orders[sort.by] : undefined;
  const turn = sort.descending ? -1 : 1;
  return found.sort((a, b) => turn * (order?.(a, b) ?? 0) || byName(a, b));
}

const orders: Record<string, (a: Certified, b: Certified) => number> = {
  name: (a, b) => new Intl.Collator().compare(a.name, b.name),
  missing: (a, b) => a.counts.missing - b.counts.missing,
  left: (a, b) => leftOf(a) - leftOf(b),
  entries: (a, b) => a.counts.entries - b.counts.entries,
  bytes: (a, b) => a.counts.bytes - b.counts.bytes,
  at: (a, b) => (a.atMs ?? 0) - (b.atMs ?? 0),
};

/** Left, or waiting for a decision. */
export function leftOf({ counts }: Certified): number {
  return counts.left + counts.asked;
}

import type { Proof } from '../app/prove.ts';
import { type Certificate, sumsUp } from '../engine/certificate.ts';
import type { Summary } from '../engine/event.ts';
import { isRebuilt } from '../mail/rebuild-note.ts';
import { COUNT_ROWS, className, ONLY_IF_ANY } from '../papers/certificate.ts';
import type { Aside } from '../stores/source.ts';
import type { Words } from '../words/words.ts';
import { asideText } from './aside.ts';
import { table } from './table.ts';

/** What a person reads at the end of a move. `classes`: how often each altered class was told. */
export function moveReport(
  summary: Summary,
  classes: Record<string, number>,
  dryRun: boolean,
  words: Words,
): string {
  const { say, figures } = words;
  if (dryRun) {
    const { carried: count, bytes } = summary;
    const values = { count, n: figures.number(count), bytes: figures.bytes(bytes) };
    return `${say('summary.would-carry', values)}\n${rows(summary, words)}\n${say('summary.dry-run')}`;
  }
  const n = summary.missing;
  const head = say(n === 0 ? 'summary.missing' : 'summary.open', { count: n, n: figures.number(n) });
  const parts = [
    `${n === 0 ? '✓' : '✗'} ${head}`,
    rows(summary, words),
    classLines(classes, words),
    carried(summary, words),
  ];
  const next = n === 0 ? say('summary.next') : '';
  const left = summary.left > 0 ? say('summary.left-again', { count: summary.left }) : '';
  return [...parts, notSumming(summary, words), left, next].filter(Boolean).join('\n');
}

/** What a person reads at the end of a proof. */
export function proofReport(proof: Proof, words: Words): string {
  const { summary, certificate } = proof;
  const { say, figures } = words;
  const missing = say('summary.missing', { count: summary.missing, n: figures.number(summary.missing) });
  const doubled = say('summary.doubled', { count: summary.doubled, n: figures.number(summary.doubled) });
  const head = summary.doubled > 0 ? `${missing}, ${doubled}` : missing;
  return [
    strong(head, certificate.verdict !== 'failed', words),
    rows(summary, words),
    classLines(certificate.counts.classes, words),
    say('summary.took', { time: figures.span(summary.seconds) }),
    notSumming(summary, words),
    alsoInLine(certificate, words),
    unknownLines(certificate, words),
    asideText(asideOf(proof), words),
    say('summary.certificate', { file: proof.file }),
    say('summary.page', { file: proof.page }),
  ]
    .filter(Boolean)
    .join('\n');
}

function alsoInLine({ counts: { alsoIn } }: Certificate, { say, figures }: Words): string {
  return alsoIn === undefined ? '' : say('summary.also-in', { count: alsoIn, n: figures.number(alsoIn) });
}

function unknownLines({ header }: Certificate, { say }: Words): string {
  const lines = Object.entries(header.unknown ?? {}).flatMap(([account, list]) =>
    list.map((what) => `  ${say('aside.item', { path: account, because: say(`unknown.${what}`) })}`),
  );
  return lines.length === 0 ? '' : [say('unknown.head'), ...lines].join('\n');
}

/** With the account where there are several. */
function asideOf({ aside, certificate }: Proof): Aside[] {
  if (certificate.header.accounts.length === 1) return aside;
  return aside.map(({ account, path, because }) => ({ path: `${account} · ${path}`, because }));
}

function strong(text: string, good: boolean, { say }: Words): string {
  return `${good ? '✓' : '✗'} ${text}${good ? '' : ` — ${say('paper.verdict.failed')}`}`;
}

const QUIET: ReadonlySet<string> = new Set(ONLY_IF_ANY);

function rows(summary: Summary, { say, figures }: Words): string {
  const told = COUNT_ROWS.filter((row) => (summary[row] ?? 0) > 0 || !QUIET.has(row));
  const cells = told.map((row) => [
    `  ${say(row === 'missing' ? 'summary.missingRow' : `summary.${row}`)}`,
    figures.number(summary[row] ?? 0),
  ]);
  return table(cells, new Set([1]));
}

function classLines(classes: Record<string, number>, words: Words): string {
  const names = Object.keys(classes).sort((a, b) => classes[b]! - classes[a]!);
  const lines = (head: string, some: readonly string[]): string[] =>
    some.length === 0 ? [] : [head, ...some.map((name) => classLine(name, classes[name]!, words))];
  const { say } = words;
  return [
    ...lines(
      say('summary.classes'),
      names.filter((name) => !isRebuilt(name)),
    ),
    ...lines(say('summary.rebuilt'), names.filter(isRebuilt)),
  ].join('\n');
}

function classLine(name: string, n: number, words: Words): string {
  const { say, figures } = words;
  return `  ${say('summary.class', { n: figures.number(n), what: className(name, words) })}`;
}

function carried(summary: Summary, { say, figures }: Words): string {
  const { carried: count, bytes, seconds } = summary;
  if (count === 0) return say('summary.took', { time: figures.span(seconds) });
  const perSecond = count / Math.max(seconds, 0.001);
  const speed = { count: perSecond, n: figures.number(perSecond < 10 ? perSecond : Math.round(perSecond)) };
  // Slower than a message every ten seconds is no speed to tell.
  const rate = perSecond < 0.1 ? '' : say('summary.rate', { rate: say('unit.messages-per-second', speed) });
  return say('summary.carried', {
    count,
    n: figures.number(count),
    bytes: figures.bytes(bytes),
    time: figures.span(seconds),
    rate,
  });
}

function notSumming(summary: Summary, { say, figures }: Words): string {
  if (sumsUp(summary)) return '';
  const { copied, merged, left, asked, missing } = summary;
  const told = copied + merged + left + asked + missing;
  return say('summary.not-summing', { entries: figures.number(summary.entries), told: figures.number(told) });
}

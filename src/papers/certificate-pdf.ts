import type { Certificate, Verdict } from '../engine/certificate.ts';
import type { Finding } from '../engine/event.ts';
import { isRebuilt } from '../mail/rebuild-note.ts';
import type { Words } from '../words/words.ts';
import { asidePath } from './aside.ts';
import { COUNT_ROWS, className } from './certificate.ts';
import type { FindingGroup } from './certificate-causes.ts';
import type { Block, Cell, PdfPaper, Stage, State } from './pdf/blocks.ts';
import { makePdf } from './pdf/make.ts';
import { inGroups, printed, visible } from './pdf/text.ts';

/** What stands on the printed certificate of a person. */
export interface PersonPaper {
  certificate: Certificate;
  /** Base name of the certificate, for the line that says how to check it. */
  file: string;
  /** SHA-256 of the signing key, hex. */
  fingerprint: string;
  /** Whose mailbox it is, where that is known. */
  person: { name: string; address: string } | null;
  /** Stands in the foot; null: the mailbox does. */
  site: string | null;
  /** The organisation's road; empty: the accounts of the person are its stages. */
  stages: readonly Stage[];
  groups: readonly FindingGroup[];
  /** Findings to be read that are in none of the groups. */
  others: number;
}

/** A certificate as PDF, A4. Throws Trouble as `makePdf`. */
export function certificatePdf(paper: PersonPaper, words: Words): Promise<Buffer> {
  return makePdf(personPaper(paper, words));
}

/** The same before it is typeset. */
export function personPaper(paper: PersonPaper, words: Words): PdfPaper {
  const { certificate, person, site } = paper;
  const { say, figures } = words;
  const { target, madeBy } = certificate.header;
  const name = person?.name || target;
  const listed = exceptions(paper, words);
  const shown = [...sum(certificate, words), ...accounts(certificate, words), ...notes(certificate, words)];
  const failed = certificate.verdict === 'failed';
  return {
    language: words.language,
    title: visible(`${say('paper.title')} — ${name}`),
    author: `Malleposte ${madeBy}`,
    made: certificate.ended,
    footer: footer(site ?? target, certificate.ended, words),
    blocks: [
      { block: 'head', title: say('paper.title'), name: printed(name), lines: lines(paper, words) },
      route(paper, words),
      figure(certificate, words),
      ...(failed ? [...listed, ...shown] : [...shown, ...listed]),
      { block: 'heading', text: say('paper.method') },
      { block: 'text', text: say('paper.method-text') },
      ...seal(paper, words),
      {
        block: 'text',
        text: `${say('paper.made', { version: madeBy })} · ${figures.moment(certificate.ended)}`,
        quiet: true,
      },
    ],
  };
}

export function footer(name: string, at: number, { say, figures }: Words): string {
  return say('certificates.footer', { name: printed(name, 80), at: figures.date(at) });
}

function lines({ certificate, person }: PersonPaper, { say, figures }: Words): string[] {
  const { header, ended } = certificate;
  const [began, until] = [figures.moment(header.began), figures.moment(ended)];
  const when =
    began === until ? say('paper.when-at-once', { began }) : say('paper.when', { began, ended: until });
  if (person === null) return [when];
  return [printed(person.address), say('certificates.mailbox', { mailbox: printed(header.target) }), when];
}

const STATES: Record<Verdict, State> = { passed: 'proven', exceptions: 'proven', failed: 'failed' };

/** The coach road: where it is not given, a stage for each account and the mailbox at its end. */
function route({ certificate, stages }: PersonPaper, { say, figures }: Words): Block {
  if (stages.length > 0) return { block: 'route', stages: printedStages(stages) };
  const { header, summary, counts, verdict } = certificate;
  const messages = (n: number): string => say('paper.messages', { count: n, n: figures.number(n) });
  const own = header.accounts.map((account): Stage => {
    return { name: account, state: 'proven', note: messages(counts.accounts[account] ?? 0) };
  });
  const end: Stage = {
    ...{ name: header.target, state: STATES[verdict], mark: figures.number(summary.missing) },
    note: messages(summary.copied),
  };
  return { block: 'route', stages: printedStages([...own, end]) };
}

export function printedStages(stages: readonly Stage[]): Stage[] {
  return stages.map((stage) => ({ ...stage, name: printed(stage.name, 80), note: printed(stage.note, 80) }));
}

function figure({ summary, verdict }: Certificate, { say, figures }: Words): Block {
  const { missing, doubled } = summary;
  const twice =
    doubled > 0 ? `, ${say('summary.doubled', { count: doubled, n: figures.number(doubled) })}` : '';
  return {
    block: 'figure',
    state: STATES[verdict],
    number: figures.number(missing),
    label: `${say('paper.missing', { count: missing })}${twice} · ${say(`paper.verdict.${verdict}`)}`,
    text: say(`paper.verdict-text.${verdict}`),
  };
}

function sum({ summary, counts }: Certificate, { say, figures }: Words): Block[] {
  const n = (value: number): string => figures.number(value);
  const rows: [string, string][] = COUNT_ROWS.map((row) => [
    say(row === 'missing' ? 'summary.missingRow' : `summary.${row}`),
    n(summary[row] ?? 0),
  ]);
  if (summary.doubled > 0) rows.push([say('finding.doubled'), n(summary.doubled)]);
  rows.push([say('certificates.bytes'), figures.bytes(summary.bytes)]);
  const { entries, copied, merged, left, asked, missing } = summary;
  const adding = {
    ...{ entries: n(entries), copied: n(copied), merged: n(merged) },
    ...{ left: n(left), asked: n(asked), missing: n(missing) },
  };
  const { alsoIn } = counts;
  return [
    { block: 'heading', text: say('certificates.sum') },
    { block: 'counts', rows },
    { block: 'text', text: say('paper.sum', adding), quiet: true },
    ...(alsoIn === undefined
      ? []
      : [{ block: 'text', text: say('summary.also-in', { count: alsoIn, n: n(alsoIn) }) } as const]),
  ];
}

/** A name and a number a row. */
export function countTable(rows: readonly [string | Cell, string][], heads = ['', '']): Block {
  return {
    block: 'table',
    columns: [
      { head: heads[0]!, align: 'left', share: 1 },
      { head: heads[1]!, align: 'right' },
    ],
    rows,
  };
}

function accounts({ header, counts }: Certificate, { say, figures }: Words): Block[] {
  const rows = header.accounts.map((account): [Cell, string] => {
    const unknown = (header.unknown?.[account] ?? []).map((what) => say(`unknown.${what}`)).join(' · ');
    const small = say('certificates.cannot-tell', { what: unknown });
    const name = { text: printed(account), ...(unknown === '' ? {} : { small }) };
    return [name, figures.number(counts.accounts[account] ?? 0)];
  });
  const heads = [say('certificates.account'), say('certificates.messages')];
  return [{ block: 'heading', text: say('certificates.accounts') }, countTable(rows, heads)];
}

/** What was altered, rebuilt, or lies aside. */
function notes(certificate: Certificate, words: Words): Block[] {
  const { say } = words;
  const { aside } = certificate;
  const blocks = [
    ...classes('paper.classes', certificate, words, (name) => !isRebuilt(name)),
    ...classes('paper.rebuilt', certificate, words, isRebuilt),
  ];
  if (aside === undefined) return blocks;
  const first = aside.first.slice(0, ASIDE_MAX);
  const rows = first.map((one): Cell[] => [
    { text: printed(asidePath(one, words)), small: printed(one.account) },
    { text: say(`aside.because.${one.because}`) },
  ]);
  const more = aside.count - first.length;
  const columns = (['left', 'left'] as const).map((align) => ({ head: '', align, share: 1 }));
  blocks.push({ block: 'heading', text: say('aside.head') }, { block: 'table', columns, rows });
  if (more > 0)
    blocks.push({ block: 'text', text: say('aside.more', { count: more, n: words.figures.number(more) }) });
  return blocks;
}

/** Named on paper; the certificate names more. */
const ASIDE_MAX = 100;

function classes(
  head: 'paper.classes' | 'paper.rebuilt',
  { counts }: Certificate,
  words: Words,
  isShown: (name: string) => boolean,
): Block[] {
  const shown = Object.entries(counts.classes)
    .filter(([name]) => isShown(name))
    .sort(([, a], [, b]) => b - a);
  if (shown.length === 0) return [];
  const rows = shown.map(([name, n]): [string, string] => [
    printed(className(name, words)),
    words.figures.number(n),
  ]);
  return [
    { block: 'heading', text: words.say(head) },
    { block: 'text', text: words.say(`${head}-text`), quiet: true, keep: true },
    countTable(rows),
  ];
}

const BAD: ReadonlySet<string> = new Set(['missing', 'doubled', 'unread', 'unseen', 'asked', 'incomplete']);

/** Printed of a cause; of one that lost nothing, a few. */
const EXAMPLES_MAX = 12;
const FEW = 3;

function exceptions({ groups, others }: PersonPaper, words: Words): Block[] {
  const { say, figures } = words;
  const heading: Block = { block: 'heading', text: say('certificates.exceptions') };
  if (groups.length === 0 && others === 0)
    return [heading, { block: 'text', text: say('paper.no-exceptions') }];
  const rest = { count: others, n: figures.number(others) };
  return [
    heading,
    ...groups.map((group) => exceptionGroup(group, words)),
    ...(others > 0 ? [{ block: 'text', text: say('certificates.others', rest) } as const] : []),
  ];
}

function exceptionGroup({ is, code, classes, answer, count, examples }: FindingGroup, words: Words): Block {
  const { say, sayIfKnown, figures } = words;
  const why = classes.map((name) => className(name, words));
  if (code !== null) why.unshift(sayIfKnown(`reason.${code}`, code));
  const first = examples.slice(0, BAD.has(is) || is === 'left' ? EXAMPLES_MAX : FEW);
  const more = count - first.length;
  return {
    block: 'group',
    state: BAD.has(is) ? 'failed' : 'exceptions',
    count: say('certificates.times', { n: figures.number(count) }),
    title: printed([say(`finding.${is}`), ...why].join(' · ')),
    answer: printed(answer),
    items: first.map((finding) => example(finding, words)),
    more: more > 0 ? say('certificates.more', { count: more, n: figures.number(more) }) : '',
  };
}

function example(finding: Finding, { say }: Words): Cell {
  const { subject, messageId, folder, key, account } = finding;
  const place = [account, folder, key].filter((part) => part !== null && part !== '').join(' · ');
  return { text: printed(subject || messageId || say('paper.no-subject'), 160), small: printed(place, 200) };
}

function seal({ certificate, file, fingerprint }: PersonPaper, { say, figures }: Words): Block[] {
  const { findings, head } = certificate;
  const counted = { count: findings.lines, n: figures.number(findings.lines), file: printed(findings.file) };
  return [
    { block: 'heading', text: say('certificates.verify') },
    { block: 'text', text: say('certificates.verify-person'), keep: true },
    { block: 'code', text: `malleposte certify ${visible(file)}` },
    { block: 'text', text: say('certificates.verify-key') },
    {
      ...SEAL_TABLE,
      rows: [
        [say('certificates.key'), hashCell(fingerprint)],
        [say('certificates.head'), hashCell(head)],
        [say('certificates.findings'), say('certificates.findings-of', counted)],
      ],
    },
  ];
}

export const SEAL_TABLE = {
  block: 'table',
  columns: [
    { head: '', align: 'left' },
    { head: '', align: 'left', share: 1 },
  ],
} as const;

export function hashCell(hex: string): Cell {
  return { text: inGroups(hex), mono: true };
}

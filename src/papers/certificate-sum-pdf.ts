import type {
  AcceptedFinding,
  PersonWithout,
  SumCertificate,
  SumPerson,
  Sums,
  SumVerdict,
} from '../engine/summary-certificate.ts';
import type { Words } from '../words/words.ts';
import { footer, hashCell, printedStages, SEAL_TABLE } from './certificate-pdf.ts';
import type { Block, Cell, Column, PdfPaper, Stage, State } from './pdf/blocks.ts';
import { makePdf } from './pdf/make.ts';
import { printed, visible } from './pdf/text.ts';

/** What stands on the printed certificate of a site, a stage or an organisation. */
export interface SumPaper {
  certificate: SumCertificate;
  /** Base name of the certificate, for the line that says how to check it. */
  file: string;
  /** SHA-256 of the signing key, hex. */
  fingerprint: string;
  /** The organisation's road; empty: none is drawn. */
  stages: readonly Stage[];
}

/** A sum certificate as PDF, A4. Throws Trouble as `makePdf`. */
export function sumCertificatePdf(paper: SumPaper, words: Words): Promise<Buffer> {
  return makePdf(sumPaper(paper, words));
}

/** The same before it is typeset. */
export function sumPaper(paper: SumPaper, words: Words): PdfPaper {
  const { certificate, stages } = paper;
  const { header, people } = certificate;
  const { say } = words;
  const title = say(`certificates.title.${header.of}`);
  return {
    language: words.language,
    title: visible(`${title} — ${header.name}`),
    author: `Malleposte ${header.madeBy}`,
    made: header.made,
    footer: footer(header.name, header.made, words),
    blocks: [
      { block: 'head', title, name: printed(header.name), lines: lines(certificate, words) },
      ...(stages.length > 0 ? [{ block: 'route', stages: printedStages(stages) } as const] : []),
      figure(certificate, words),
      ...without(certificate.without, words),
      ...sum(certificate.sums, words),
      ...(people.length > 0 ? persons(people, words) : []),
      ...accepted(certificate.accepted, words),
      ...seal(paper, words),
    ],
  };
}

function lines({ header, people, without }: SumCertificate, { say, figures }: Words): string[] {
  const [count, all] = [people.length, people.length + without.length];
  const proven = say('certificates.proven', { count, n: figures.number(count), all: figures.number(all) });
  return [
    ...(header.organisation === null ? [] : [printed(header.organisation)]),
    count === 0 ? say('certificates.nobody') : proven,
    say('certificates.made', { at: figures.moment(header.made) }),
  ];
}

const STATES: Record<SumVerdict, State> = {
  passed: 'proven',
  exceptions: 'proven',
  failed: 'failed',
  unfinished: 'moving',
};

function figure({ sums, verdict }: SumCertificate, { say, figures }: Words): Block {
  const { missing, doubled } = sums;
  const twice =
    doubled > 0 ? `, ${say('summary.doubled', { count: doubled, n: figures.number(doubled) })}` : '';
  return {
    block: 'figure',
    state: STATES[verdict],
    number: figures.number(missing),
    label: `${say('paper.missing', { count: missing })}${twice} · ${say(`certificates.verdict.${verdict}`)}`,
    text: say(`certificates.verdict-text.${verdict}`),
  };
}

const SUM_ROWS = [
  ...(['entries', 'copied', 'merged', 'left', 'asked', 'missing', 'doubled', 'altered', 'extra'] as const),
  ...(['incomplete', 'unopened', 'unseen'] as const),
];
const NAMES = { missing: 'summary.missingRow', doubled: 'finding.doubled' } as const;

function sum(sums: Sums, { say, figures }: Words): Block[] {
  const n = (value: number): string => figures.number(value);
  const rows = SUM_ROWS.map((row): [string, string] => {
    return [say(row === 'missing' || row === 'doubled' ? NAMES[row] : `summary.${row}`), n(sums[row])];
  });
  rows.push([say('certificates.bytes'), figures.bytes(sums.bytes)]);
  const { entries, copied, merged, left, asked, missing } = sums;
  const adding = {
    ...{ entries: n(entries), copied: n(copied), merged: n(merged) },
    ...{ left: n(left), asked: n(asked), missing: n(missing) },
  };
  return [
    { block: 'heading', text: say('certificates.sum-of') },
    { block: 'counts', rows },
    { block: 'text', text: say('paper.sum', adding), quiet: true },
  ];
}

function who({ name, address }: { name: string; address: string }): Cell {
  return name === ''
    ? { text: printed(address) }
    : { text: printed(name, 100), small: printed(address, 120) };
}

const PERSON_STATES = { passed: 'proven', exceptions: 'exceptions', failed: 'failed' } as const;

function persons(people: readonly SumPerson[], { say, figures }: Words): Block[] {
  const right = (['entries', 'copied', 'merged', 'left', 'missing'] as const).map(
    (name): Column => ({ head: say(`certificates.columns.${name}`), align: 'right' }),
  );
  const columns: Column[] = [
    { head: say('certificates.columns.person'), align: 'left', share: 1 },
    { head: say('certificates.columns.verdict'), align: 'left' },
    ...right,
  ];
  const rows = people.map((person) => {
    const { entries, copied, merged, left, asked, missing } = person.sums;
    const numbers = [entries, copied, merged, left + asked].map(figures.number);
    const state = missing > 0 ? 'failed' : 'waiting';
    return [
      who(person),
      { text: say(`paper.verdict.${person.verdict}`), state: PERSON_STATES[person.verdict] },
      ...numbers,
      { text: figures.number(missing), ...(missing > 0 ? ({ state, strong: true } as const) : {}) },
    ];
  });
  return [
    { block: 'heading', text: say('certificates.people') },
    { block: 'table', columns, rows },
  ];
}

function without(people: readonly PersonWithout[], { say }: Words): Block[] {
  if (people.length === 0) return [];
  const columns: Column[] = [
    { head: say('certificates.columns.person'), align: 'left', share: 1 },
    { head: say('certificates.columns.why'), align: 'left', share: 1 },
  ];
  const rows = people.map((person): Cell[] => [
    who(person),
    {
      text: say(`certificates.because.${person.because}`),
      ...(person.note === '' ? {} : { small: printed(person.note) }),
    },
  ]);
  return [
    { block: 'heading', text: say('certificates.without') },
    { block: 'table', columns, rows },
  ];
}

/** Printed; all of them stand in the certificate. */
const ACCEPTED_MAX = 200;

function accepted(findings: readonly AcceptedFinding[], { say, sayIfKnown, figures }: Words): Block[] {
  if (findings.length === 0) return [];
  const columns = (['person', 'finding', 'accepted'] as const).map(
    (name): Column => ({ head: say(`certificates.columns.${name}`), align: 'left', share: 1 }),
  );
  const rows = findings.slice(0, ACCEPTED_MAX).map((one): Cell[] => {
    const why = one.code === null ? '' : ` · ${sayIfKnown(`reason.${one.code}`, one.code)}`;
    const by = say('certificates.accepted-by', { by: printed(one.by, 80), at: figures.date(one.at) });
    return [
      { text: printed(one.address), small: printed(one.folder) },
      {
        text: printed(one.subject || say('paper.no-subject'), 160),
        small: `${say(`finding.${one.is}`)}${why}`,
      },
      { text: printed(one.reason), small: by },
    ];
  });
  const more = findings.length - rows.length;
  return [
    { block: 'heading', text: say('certificates.accepted') },
    { block: 'text', text: say('certificates.accepted-text'), quiet: true, keep: true },
    { block: 'table', columns, rows },
    ...(more > 0
      ? [
          {
            block: 'text',
            text: say('certificates.accepted-more', { count: more, n: figures.number(more) }),
          } as const,
        ]
      : []),
  ];
}

function seal({ certificate, file, fingerprint }: SumPaper, { say, figures }: Words): Block[] {
  const { people, header } = certificate;
  const files: Block[] = [
    { block: 'heading', text: say('certificates.files') },
    {
      block: 'table',
      columns: [
        { head: say('certificates.columns.person'), align: 'left', share: 13 },
        { head: say('certificates.columns.certificate'), align: 'left', share: 10 },
      ],
      rows: people.map((person): Cell[] => [
        { text: printed(person.address, 120), small: printed(person.file, 120) },
        hashCell(person.sha256),
      ]),
    },
  ];
  return [
    { block: 'heading', text: say('certificates.verify') },
    { block: 'text', text: say('certificates.verify-sum'), keep: true },
    { block: 'code', text: `malleposte certify ${visible(file)}` },
    { block: 'text', text: say('certificates.verify-key') },
    { ...SEAL_TABLE, rows: [[say('certificates.key'), hashCell(fingerprint)]] },
    ...(people.length > 0 ? files : []),
    {
      block: 'text',
      text: `${say('paper.made', { version: header.madeBy })} · ${figures.moment(header.made)}`,
      quiet: true,
    },
  ];
}

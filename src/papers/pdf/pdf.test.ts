import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { isTrouble } from '../../trouble.ts';
import { languages, words } from '../../words/words.ts';
import { groupFindings } from '../certificate-causes.ts';
import { certificatePdf, personPaper } from '../certificate-pdf.ts';
import { sumCertificatePdf, sumPaper } from '../certificate-sum-pdf.ts';
import type { PdfPaper } from './blocks.ts';
import { makePdf } from './make.ts';
import { certificateSample, finding, personSample, sumSample } from './sample.suite.ts';
import { inGroups, printed, visible } from './text.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'malleposte-pdf-'));
after(() => rmSync(folder, { recursive: true }));

/** The words of a PDF are read by another program, where there is one. */
const reader = spawnSync('pdftotext', ['-v']).error === undefined ? false : 'no pdftotext here';

function textOf(pdf: Buffer): string {
  const file = path.join(folder, 'read.pdf');
  writeFileSync(file, pdf);
  return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).replaceAll('\u200b', '');
}

const HOSTILE = [
  '#import "x": y',
  '#read("/etc/passwd")',
  '#sys.inputs.paper',
  '$ x^2 $ ]]] }}} ))) \\ \\u{1F600} `raw` *bold* _it_ @ref <label> = head // no /* no */',
  '<script>alert(1)</script>',
  '"},{"block":"code","text":"x',
  '\u202etxt.exe\u2066 \u0000\u001b[31m \ud800 \udfff \uffff',
  '日本語の件名 · مرحبا بالعالم · שלום · 한국어 · ไทย',
  '😀👩‍👩‍👧‍👦🏳️‍🌈 e\u0301\u0302\u0303\u0304\u0305\u0306',
  `${'x'.repeat(5000)}`,
  `${'\u0301'.repeat(5000)}`,
  '',
  ' ',
];

test('hostile texts are text: nothing is executed, read or broken', async () => {
  for (const one of [HOSTILE.join(' '), '', HOSTILE[0]!]) {
    const certificate = certificateSample(1);
    certificate.header.target = one;
    certificate.header.accounts = HOSTILE;
    certificate.header.unknown = Object.fromEntries(HOSTILE.map((evil) => [evil, ['marks']]));
    certificate.counts.classes = Object.fromEntries(HOSTILE.map((evil) => [evil, 1]));
    certificate.findings.file = one;
    const first = HOSTILE.map((evil) => ({ account: evil, path: evil, because: 'no-mail' }) as const);
    certificate.aside = { count: 99, first };
    const findings = HOSTILE.map((evil) => {
      const reason = { code: 'too-large', answer: evil } as const;
      return finding('left', { subject: evil, folder: evil, key: evil, classes: [evil], reason });
    });
    const names = { file: one, site: one, person: { name: one, address: one } };
    const stages = HOSTILE.map((evil) => ({ name: evil, state: 'moving', note: evil, mark: '1' }) as const);
    const groups = groupFindings(findings);
    const paper = personSample(0, { certificate, ...names, groups, stages });
    const pdf = await certificatePdf(paper, words('en'));
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  }
});

test('what looks like a command is printed as it is', { skip: reader }, async () => {
  const evil = '#read("/etc/hostname") $x$ [*b*] \\n';
  const pdf = await certificatePdf(
    personSample(0, { person: { name: evil, address: 'a@b.example' } }),
    words('en'),
  );
  assert.ok(textOf(pdf).includes(evil));
});

test('texts of any kind are printed: whole characters, no turns, places to break', () => {
  const property = fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
    const plain = printed(text, 100);
    assert.ok(plain.isWellFormed());
    assert.doesNotMatch(plain, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    assert.ok([...plain.replaceAll('\u200b', '')].length <= 100);
  });
  fc.assert(property, { numRuns: 300 });
  assert.equal(printed('a@b.example').replaceAll('\u200b', '|'), 'a@|b.|example');
  assert.ok(
    printed('x'.repeat(300))
      .split('\u200b')
      .every((run) => run.length <= 18),
  );
  assert.equal(visible('a\nb'), 'a b');
  assert.equal(inGroups('0123456789ab'), '0123 4567 89ab');
});

for (const language of languages) {
  const voice = words(language);

  test(`the certificate of a person in ${language} says everything`, { skip: reader }, async () => {
    const text = textOf(await certificatePdf(personSample(20), voice));
    assert.doesNotMatch(text, /\b(?:paper|certificates|summary|finding|reason)\.[a-z]|\{\{/);
    const { say, figures } = voice;
    const said = [
      ...['Nadia Benali', 'Casablanca', '552 5.3.4 Message size … exceeds fixed limit …'],
      ...[say('paper.verdict.exceptions'), say('certificates.more', { count: 8, n: '8' })],
      ...['malleposte certify n-benali-mail-nouveau-example-993-5d1c2a90-2026-11-24-085734.json'],
      ...['5d1c 2a90 9e3b 47f1', figures.number(88_251)],
    ];
    for (const words of said)
      assert.ok(text.replace(/\s+/g, ' ').includes(words.replace(/\s+/g, ' ')), words);
    assert.match(text, /1 ?\/ ?2\s.*2 ?\/ ?2\s/s);
  });

  test(`the certificate of many in ${language} says everything`, { skip: reader }, async () => {
    const text = textOf(await sumCertificatePdf(sumSample(40), voice)).replace(/\s+/g, ' ');
    assert.doesNotMatch(text, /\b(?:paper|certificates|summary|finding|reason)\.[a-z]|\{\{/);
    const said = [
      'Lyon',
      'Odile Perrin',
      'Claire Vidal',
      'personne.40@ateliers.example',
      'certify lyon.json',
    ];
    for (const words of said) assert.ok(text.includes(words), words);
  });
}

test('what fails is read first', () => {
  const failed = { ...certificateSample(2), verdict: 'failed' } as const;
  const blocks = personPaper(personSample(2, { certificate: failed }), words('en')).blocks;
  const at = (block: string): number => blocks.findIndex((one) => one.block === block);
  assert.ok(at('group') < at('counts'));
  const figure = blocks.find(({ block }) => block === 'figure');
  assert.ok(figure?.block === 'figure' && figure.state === 'failed');
});

test('the same paper gives the same bytes, with its own date, title and language', async () => {
  const paper = sumSample(3);
  const [one, two] = await Promise.all([
    sumCertificatePdf(paper, words('fr')),
    sumCertificatePdf(paper, words('fr')),
  ]);
  assert.ok(one.equals(two));
  const raw = one.toString('latin1');
  assert.match(raw, /CreationDate \(D:20261124174000/);
  assert.match(raw, /\/Lang ?\(fr\)/);
  assert.match(raw, /<dc:title>.*Attestation d/s);
  assert.match(raw, /Malleposte 0\.1\.0/);
});

test('nobody proven, no stages: still a paper', async () => {
  const paper = sumPaper(sumSample(0, { stages: [] }), words('fr'));
  assert.ok(!paper.blocks.some(({ block }) => block === 'route'));
  assert.equal((await makePdf(paper)).subarray(0, 5).toString(), '%PDF-');
});

test('a paper that takes too long is given up, with its process', async () => {
  const { blocks, ...rest } = sumPaper(sumSample(1), words('en'));
  const many: PdfPaper = { ...rest, blocks: Array.from({ length: 5000 }, () => blocks).flat() };
  await assert.rejects(makePdf(many, { limitMs: 1 }), (error) => isTrouble(error, 'busy'));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Certificate } from '../engine/certificate.ts';
import { addUp, type SumCertificate } from '../engine/summary-certificate.ts';
import type { SumFault } from '../engine/summary-certificate-check.ts';
import { languages, words } from '../words/words.ts';
import { report, soundReport } from './certify.ts';

const summary = {
  ...{ entries: 3, copied: 1, merged: 0, left: 0, asked: 0, missing: 0, extra: 0, doubled: 0, unseen: 0 },
  ...{ altered: 0, gone: 0, bytes: 0, carried: 0, seconds: 1 },
};

function certificate(
  lines: number,
  verdict: Certificate['verdict'],
  change: Partial<typeof summary>,
): Certificate {
  return { findings: { file: 'x', lines }, verdict, summary: { ...summary, ...change } } as Certificate;
}

const signed = { own: true, signedBy: 'k' };

test('one and many', () => {
  const one = soundReport(certificate(1, 'exceptions', { left: 1 }), signed, words('fr')).split('\n');
  assert.match(one[0]!, / 1 constat, /);
  assert.match(one[2]!, / 1 laissé ou /);
  const many = soundReport(certificate(2700, 'exceptions', { left: 2 }), signed, words('fr')).split('\n');
  assert.match(many[0]!, / 2\u202f700 constats, /);
  assert.match(many[2]!, / 2 laissés ou /);
  assert.match(soundReport(certificate(1, 'passed', {}), signed, words('en')), /whole: 1 finding, chain/);
});

test('what could not be read at the target is said', () => {
  const text = soundReport(certificate(2, 'exceptions', { unseen: 1 }), signed, words('en'));
  assert.match(text, /every message accounted for\.\n1 message at the target could not be read\.$/);
});

test('a failed proof says how many', () => {
  const failed = certificate(3, 'failed', { missing: 1, doubled: 2 });
  assert.match(
    soundReport(failed, signed, words('en')),
    /the proof failed, 1 message missing, 2 messages there twice\.$/,
  );
  assert.match(
    soundReport(failed, signed, words('fr')),
    /la vérification a échoué, 1 message manquant, 2 messages en double\.$/,
  );
});

function sumReport(change: Partial<SumCertificate>, faults: SumFault[], language: 'fr' | 'en'): string {
  const whole = { people: [{}, {}], without: [], accepted: [], sums: addUp([]), verdict: 'passed' };
  const certificate = { ...whole, ...change } as unknown as SumCertificate;
  return report({ is: 'sum', certificate, faults, own: true, signedBy: 'k', looked: 1 }, words(language));
}

test('a certificate of many: what it says, and what was not looked at', () => {
  assert.match(
    sumReport({}, [], 'fr'),
    /\n1 des 2 attestations .*\n.*\nElle dit\u202f: chaque message de chacun/,
  );
  const failed = { verdict: 'failed', sums: { ...addUp([]), missing: 2 } } as const;
  assert.match(sumReport(failed, [], 'fr'), /2 messages manquants, 0 message en double\.$/);
  const without = ['moving', 'left-out'].map((because) => ({ because }));
  const unfinished = { verdict: 'unfinished', without } as unknown as Partial<SumCertificate>;
  assert.match(
    sumReport(unfinished, [], 'en'),
    /not finished, 1 person without .*\n1 person was left out by/,
  );
});

test('every fault of a certificate of many has its sentence', () => {
  const named = { file: 'paul.json', address: 'paul@new.example' };
  const faults: SumFault[] = [
    ...(['unreadable', 'rewritten', 'signature', 'verdict', 'sums'] as const).map((fault) => ({ fault })),
    { fault: 'twice', on: 'paul@new.example' },
    { fault: 'person-sums', address: 'paul@new.example' },
    { fault: 'person-file', ...named },
    { fault: 'person-differs', ...named },
    {
      fault: 'person-faults',
      ...named,
      faults: [{ fault: 'lines', found: 2, wanted: 3 }, { fault: 'chain' }],
    },
  ];
  for (const language of languages) {
    const lines = sumReport({}, faults, language).split('\n');
    assert.equal(lines.length, faults.length);
    for (const line of lines) assert.doesNotMatch(line, /certify\.|\{\{/);
    assert.match(lines.at(-1)!, /paul\.json.* 2 .* 3 · /);
  }
});

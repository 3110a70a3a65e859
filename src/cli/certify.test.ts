import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Certificate } from '../engine/certificate.ts';
import { words } from '../words/words.ts';
import { soundReport } from './certify.ts';

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

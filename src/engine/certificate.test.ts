import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { canonical } from './canonical.ts';
import { type Certificate, certificateText, findingsFile, writeCertificate } from './certificate.ts';
import { checkCertificate } from './certificate-check.ts';
import { gatherExceptions } from './certificate-exceptions.ts';
import type { Finding, Summary } from './event.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'malleposte-certificate-'));
after(() => rmSync(folder, { recursive: true }));
const { privateKey } = generateKeyPairSync('ed25519');

function finding(key: string, is: Finding['is'] = 'same', more: Partial<Finding> = {}): Finding {
  return {
    is,
    account: 'mbox:/a',
    folder: 'INBOX',
    key,
    subject: `Réunion “été” \u2028 ${key}`,
    messageId: null,
    at: { folder: 'INBOX', key: `1.${key}` },
    by: 'exact',
    classes: [],
    reason: null,
    exact: null,
    ...more,
  };
}

const plain: Finding[] = [
  finding('1'),
  finding('2', 'altered', { classes: ['nul', 'date'] }),
  finding('3', 'merged'),
  finding('4', 'left', { at: null, reason: { code: 'too-large', answer: 'NO [LIMIT]' } }),
  finding('5'),
];

function summaryOf(findings: readonly Finding[], change: Partial<Summary> = {}): Summary {
  const n = (...kinds: Finding['is'][]) => findings.filter(({ is }) => kinds.includes(is)).length;
  return {
    event: 'summary',
    entries: n('same', 'altered', 'merged', 'left', 'asked', 'missing', 'unread'),
    copied: n('same', 'altered'),
    merged: n('merged'),
    left: n('left'),
    asked: n('asked'),
    missing: n('missing', 'unread'),
    extra: n('extra'),
    doubled: n('doubled'),
    unseen: n('unseen'),
    altered: n('altered'),
    gone: 0,
    bytes: 0,
    carried: 0,
    seconds: 1.5,
    ...change,
  };
}

let made = 0;
function make(
  findings: readonly Finding[],
  summary: Summary = summaryOf(findings),
): { file: string; certificate: Certificate } {
  const file = path.join(folder, `c${++made}.json`);
  const header = { target: 'memory:new', accounts: ['mbox:/a'], madeBy: '0.1.0' };
  const writer = writeCertificate({ file, header, privateKey });
  for (const one of findings) writer.add(one);
  return { file, certificate: writer.finish(summary) };
}

async function faultsAfter(change: (file: string) => void): Promise<string[]> {
  const { file } = make(plain);
  change(file);
  return (await checkCertificate(file)).faults.map(({ fault }) => fault);
}

function editLines(file: string, edit: (lines: string[]) => string[]): void {
  const lines = readFileSync(findingsFile(file), 'utf8').split('\n').slice(0, -1);
  writeFileSync(
    findingsFile(file),
    edit(lines)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

function editSealed(file: string, edit: (certificate: Certificate) => void): void {
  const certificate = JSON.parse(readFileSync(file, 'utf8')) as Certificate;
  edit(certificate);
  writeFileSync(file, certificateText(certificate));
}

test('a certificate is whole, for its owner only, and says what happened', async () => {
  const { file, certificate } = make(plain);
  const { faults, signedBy } = await checkCertificate(file);
  assert.deepEqual(faults, []);
  assert.match(signedBy!, /^[0-9a-f]{64}$/);
  assert.equal(certificate.verdict, 'exceptions');
  assert.deepEqual(certificate.counts.classes, { nul: 1, date: 1 });
  assert.deepEqual(certificate.counts.accounts, { 'mbox:/a': 5 });
  if (process.platform !== 'win32') assert.equal(statSync(findingsFile(file)).mode & 0o077, 0);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.partial')),
    [],
  );
});

test('the verdict follows from the sum', () => {
  assert.equal(make([finding('1')]).certificate.verdict, 'passed');
  assert.equal(make([]).certificate.verdict, 'passed');
  assert.equal(make([finding('1', 'missing')]).certificate.verdict, 'failed');
  assert.equal(make([finding('1'), finding('2', 'doubled')]).certificate.verdict, 'failed');
  assert.equal(make([finding('1'), finding('2', 'unread')]).certificate.verdict, 'failed');
  assert.equal(make([finding('1'), finding('2', 'extra', { account: null })]).certificate.verdict, 'passed');
  const unseen = finding('2', 'unseen', { account: null });
  assert.equal(make([finding('1'), unseen]).certificate.verdict, 'exceptions');
  assert.equal(make([finding('1'), unseen], summaryOf([finding('1')])).certificate.verdict, 'failed');
  assert.equal(make([finding('1')], summaryOf([finding('1')], { entries: 2 })).certificate.verdict, 'failed');
  assert.equal(make([finding('1', 'left')], summaryOf([finding('1')])).certificate.verdict, 'failed');
});

test('a changed, dropped, added or moved finding is found', async () => {
  const cases: [string, (lines: string[]) => string[]][] = [
    ['changed', (lines) => lines.with(1, lines[1]!.replace('date', 'mark'))],
    ['changed kind', (lines) => lines.with(3, lines[3]!.replace('"left"', '"same"'))],
    ['dropped', (lines) => lines.toSpliced(2, 1)],
    ['dropped last', (lines) => lines.slice(0, -1)],
    ['dropped all', () => []],
    ['added', (lines) => [...lines, canonical(finding('6'))]],
    ['twice', (lines) => [lines[0]!, ...lines]],
    ['moved', (lines) => [lines[1]!, lines[0]!, ...lines.slice(2)]],
    [
      'written otherwise',
      (lines) => lines.with(0, JSON.stringify(JSON.parse(lines[0]!), null, 1).replaceAll('\n', ' ')),
    ],
    ['not JSON', (lines) => lines.with(0, '{')],
    ['no number', (lines) => lines.with(0, '{"classes":[],"is":1e999}')],
    ['too deep', (lines) => lines.with(0, '['.repeat(50_000) + ']'.repeat(50_000))],
    ['null', (lines) => lines.with(0, 'null')],
    ['empty line', (lines) => ['', ...lines]],
  ];
  for (const [name, edit] of cases) {
    const faults = await faultsAfter((file) => editLines(file, edit));
    assert.ok(faults.includes('chain'), `${name}: ${faults}`);
  }
});

test('a changed count, header, verdict, head or line count is found', async () => {
  const cases: [string, (certificate: Certificate) => void][] = [
    [
      'signature',
      (c) => {
        c.summary.missing = 1;
      },
    ],
    [
      'counts',
      (c) => {
        c.counts.findings.same++;
      },
    ],
    [
      'counts',
      (c) => {
        delete c.counts.classes.nul;
      },
    ],
    [
      'verdict',
      (c) => {
        c.verdict = 'passed';
      },
    ],
    [
      'chain',
      (c) => {
        c.header.target = 'memory:other';
      },
    ],
    [
      'chain',
      (c) => {
        c.head = '0'.repeat(64);
      },
    ],
    [
      'lines',
      (c) => {
        c.findings.lines++;
      },
    ],
    [
      'signature',
      (c) => {
        c.ended++;
      },
    ],
    [
      'signature',
      (c) => {
        c.signature = '';
      },
    ],
    [
      'signature',
      (c) => {
        (c as unknown as Record<string, unknown>).note = 'added';
      },
    ],
    [
      'findings-missing',
      (c) => {
        c.findings.file = '../nowhere';
      },
    ],
  ];
  for (const [wanted, edit] of cases) {
    const faults = await faultsAfter((file) => editSealed(file, edit));
    assert.ok(faults.includes(wanted), `${edit}: ${faults}`);
    assert.ok(faults.includes('signature'), `${edit}: ${faults}`);
  }
});

test('a certificate re-signed by another tells another key', async () => {
  const other = generateKeyPairSync('ed25519');
  const { file, certificate } = make(plain);
  editSealed(file, (c) => {
    c.publicKey = other.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  });
  const check = await checkCertificate(file);
  assert.deepEqual(
    check.faults.map(({ fault }) => fault),
    ['signature'],
  );
  assert.notEqual(check.certificate!.publicKey, certificate.publicKey);
});

test('what is no certificate is unreadable, never an error', async () => {
  const file = path.join(folder, 'odd.json');
  const odd = [
    '',
    '{',
    'null',
    '[]',
    '{}',
    '{"header":null}',
    JSON.stringify({ ...make(plain).certificate, publicKey: 'x' }),
  ];
  for (const text of odd) {
    writeFileSync(file, text);
    assert.deepEqual((await checkCertificate(file)).faults, [{ fault: 'unreadable' }], text);
  }
  assert.deepEqual((await checkCertificate(path.join(folder, 'absent'))).faults, [{ fault: 'unreadable' }]);
});

test('findings that are no UTF-8 are refused, though they would read as the same text', async () => {
  const { file } = make([finding('1', 'same', { subject: 'a \ufffd b' }), finding('2')]);
  const bytes = readFileSync(findingsFile(file), 'latin1');
  const written = Buffer.from('\ufffd').toString('latin1');
  for (const odd of [bytes.replace(written, '\xff'), `${bytes}\xc3`]) {
    writeFileSync(findingsFile(file), odd, 'latin1');
    const faults = (await checkCertificate(file)).faults.map(({ fault }) => fault);
    assert.ok(faults.includes('chain'), `${faults}`);
  }
});

test('a certificate that two readers could read differently is refused', async () => {
  const edits: [string, (text: string) => string][] = [
    ['first member counts', (text) => text.replace('"verdict": "exceptions"', '"verdict": "passed",\n  $&')],
    ['last member counts', (text) => text.replace('"missing": 0', '"missing": 3,\n    $&')],
    ['within a member', (text) => text.replace('"target":', '"target": "memory:other",\n    $&')],
    ['escaped name', (text) => text.replace('"head":', '"he\\u0061d": "x",\n  $&')],
    ['too large', (text) => text.replace('"gone": 0', '"gone": 1e999')],
    ['written otherwise', (text) => JSON.stringify(JSON.parse(text))],
    ['something behind', (text) => `${text} `],
  ];
  for (const [name, edit] of edits) {
    const faults = await faultsAfter((file) => {
      const text = readFileSync(file, 'utf8');
      assert.notEqual(edit(text), text, name);
      writeFileSync(file, edit(text));
    });
    assert.deepEqual(faults, ['rewritten'], name);
  }
  const { file } = make(plain);
  writeFileSync(file, readFileSync(file, 'latin1').replace('memory:new', 'memory:n\xff'), 'latin1');
  assert.deepEqual((await checkCertificate(file)).faults, [{ fault: 'rewritten' }]);
});

test('canonical JSON does not depend on the order of members and reads back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonical(value);
      assert.equal(canonical(JSON.parse(text)), text);
    }),
  );
  assert.equal(
    canonical({ b: 1, a: [{ d: null, c: 'é\n' }], x: undefined }),
    '{"a":[{"c":"é\\n","d":null}],"b":1}',
  );
  assert.throws(() => canonical(Number.NaN));
});

test('an aborted certificate leaves nothing', () => {
  const file = path.join(folder, 'aborted.json');
  const writer = writeCertificate({ file, header: { target: 't', accounts: [], madeBy: '0' }, privateKey });
  writer.add(finding('1'));
  writer.abort();
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('aborted')),
    [],
  );
});

test('a folder that cannot be written is a Trouble', () => {
  const file = path.join(folder, 'no', 'such', 'c.json');
  const header = { target: 't', accounts: [], madeBy: '0' };
  assert.throws(() => writeCertificate({ file, header, privateKey }), {
    name: 'Trouble',
    tried: 'write-file',
  });
});

test('exceptions: those that matter most first, within the limit', () => {
  const gather = gatherExceptions(3);
  for (let i = 0; i < 5; i++) gather.add(finding(`a${i}`, 'altered'));
  gather.add(finding('m', 'missing'));
  gather.add(finding('s', 'same'));
  const { exceptions, more } = gather.gathered();
  assert.deepEqual(
    exceptions.map(({ key }) => key),
    ['m', 'a0', 'a1'],
  );
  assert.equal(more, 3);
});

test('what lies aside stands in the certificate, is signed with it, and no more of it than has room', async () => {
  const file = path.join(folder, 'aside.json');
  const header = { target: 'imap://new/', accounts: ['imap://old/'], madeBy: 'test' };
  const writer = writeCertificate({ file, header, privateKey });
  const aside = Array.from({ length: 700 }, (_, n) => ({
    ...{ account: 'imap://old/', path: `Calendrier \ud800${n}`, because: 'no-mail' as const, items: n },
  }));
  const none = { entries: 0, copied: 0, merged: 0, left: 0, asked: 0, missing: 0, extra: 0, doubled: 0 };
  const summary: Summary = {
    event: 'summary',
    ...none,
    altered: 0,
    gone: 0,
    bytes: 0,
    carried: 0,
    seconds: 1,
  };
  const certificate = writer.finish(summary, aside);
  assert.deepEqual([certificate.aside?.count, certificate.aside?.first.length], [700, 500]);
  assert.deepEqual((await checkCertificate(file)).faults, []);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"items": 3\n', '"items": 4\n'));
  assert.deepEqual((await checkCertificate(file)).faults, [{ fault: 'signature' }]);
});

test('a certificate has one spelling: also what lies beside the sealed part', async () => {
  const { file, certificate } = make(plain);
  const last = certificate.signature.at(-3)!;
  // The last letter before `==` carries four bits that mean nothing.
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const other = letters[letters.indexOf(last) ^ 1]!;
  const signature = `${certificate.signature.slice(0, -3)}${other}==`;
  const same = (text: string) => Buffer.from(text, 'base64').toString('hex');
  assert.equal(same(signature), same(certificate.signature));
  for (const changed of [{ signature }, { publicKey: `${certificate.publicKey}\n` }]) {
    writeFileSync(file, certificateText({ ...certificate, ...changed }));
    assert.deepEqual((await checkCertificate(file)).faults, [{ fault: 'signature' }]);
  }
});

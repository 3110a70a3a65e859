import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, hash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { isTrouble } from '../trouble.ts';
import { findingsFile, fingerprintOf, noCounts, count as tally, writeCertificate } from './certificate.ts';
import type { Finding, Summary } from './event.ts';
import {
  type AcceptedFinding,
  addUp,
  type PersonWithout,
  type SumCertificate,
  type SumOptions,
  type SumPerson,
  sumCertificate,
  sumPerson,
  sumText,
} from './summary-certificate.ts';
import { checkSumCertificate } from './summary-certificate-check.ts';

const root = mkdtempSync(path.join(tmpdir(), 'malleposte-sum-'));
after(() => rmSync(root, { recursive: true }));
const { privateKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519').privateKey;

function finding(key: string, is: Finding['is']): Finding {
  return {
    ...{ is, account: 'mbox:/a', folder: 'INBOX', key, subject: `Été ${key}`, messageId: null },
    ...{ at: null, by: null, classes: [], exact: null },
    reason: is === 'left' ? { code: 'too-large', answer: 'NO [LIMIT] 9' } : null,
  };
}

function certified(folder: string, name: string, kinds: Finding['is'][]): SumPerson {
  const file = path.join(folder, `${name}.json`);
  const target = `imaps://${name}@new.example/`;
  const writer = writeCertificate({
    ...{ file, privateKey },
    header: { target, accounts: ['mbox:/a'], madeBy: '0.1.0' },
  });
  const counts = noCounts();
  for (const [i, is] of kinds.entries()) {
    writer.add(finding(`${i}`, is));
    tally(counts, finding(`${i}`, is));
  }
  const { same, left, missing, doubled } = counts.findings;
  const summary: Summary = {
    ...{ event: 'summary', entries: same + left + missing, copied: same, merged: 0, left, asked: 0, missing },
    ...{ extra: 0, doubled, altered: 0, gone: 0, bytes: 1000 * kinds.length, carried: 0, seconds: 1 },
  };
  const certificate = writer.finish(summary);
  const sha256 = hash('sha256', readFileSync(file), 'hex');
  const person = { name: `${name} Exemple`, address: `${name}@new.example` };
  return sumPerson(person, { certificate, file: path.basename(file), sha256 });
}

const without: PersonWithout = {
  ...{ name: 'Odile', address: 'odile@new.example', because: 'left-out', note: 'partie en mars' },
};
const accepted: AcceptedFinding = {
  ...{ address: 'paul@new.example', is: 'left', code: 'too-large', account: 'mbox:/a', folder: 'INBOX' },
  ...{ key: '2', subject: 'Été 2', by: 'Claire', at: 1_790_000_000_000, reason: 'vieille vidéo' },
};
const header: SumOptions['header'] = {
  of: 'site',
  name: 'Lyon',
  organisation: 'Ateliers',
  made: 1_790_000_000_000,
  madeBy: '0.1.0',
};

const whole = path.join(root, 'whole');
mkdirSync(whole);
const people = [
  certified(whole, 'marie', ['same', 'same']),
  certified(whole, 'paul', ['same', 'same', 'left']),
  certified(whole, 'nadia', ['same']),
];
const options = { header, people, without: [without], accepted: [accepted], privateKey };
const sum = sumCertificate(options);
const sumFile = path.join(whole, 'lyon.sum.json');
writeFileSync(sumFile, sumText(sum));

let copies = 0;
/** The folder once more, for a change in it. */
function copy(): { folder: string; file: string } {
  const folder = path.join(root, `${copies++}`);
  cpSync(whole, folder, { recursive: true });
  return { folder, file: path.join(folder, 'lyon.sum.json') };
}

async function faultsOf(file: string): Promise<string[]> {
  return (await checkSumCertificate(file)).faults.map(({ fault }) => fault);
}

/** As somebody who has the key would sign it. */
function signed(change: (sealed: SumCertificate) => void, key = privateKey): string {
  const changed = structuredClone(sum);
  change(changed);
  const { people, without, accepted } = changed;
  const again = sumCertificate({ header: changed.header, people, without, accepted, privateKey: key });
  return sumText(again);
}

test('a whole one is whole, with the certificates it stands on', async () => {
  const check = await checkSumCertificate(sumFile);
  assert.deepEqual(check.faults, []);
  assert.equal(check.looked, 3);
  assert.equal(check.signedBy, fingerprintOf(createPublicKey(privateKey)));
  assert.equal(check.certificate?.verdict, 'exceptions');
  assert.equal(check.certificate.sums.entries, 6);
  assert.equal(check.certificate.sums.left, 1);
  assert.equal(check.certificate.sums.bytes, 6000);
});

test('the persons’ certificates may lie elsewhere, or nowhere', async () => {
  const { folder, file } = copy();
  rmSync(path.join(folder, 'paul.json'));
  assert.deepEqual(await checkSumCertificate(file).then(({ faults, looked }) => [faults, looked]), [[], 2]);
  const alone = path.join(root, 'alone.json');
  writeFileSync(alone, sumText(sum));
  assert.equal((await checkSumCertificate(alone)).looked, 0);
  assert.equal((await checkSumCertificate(alone, whole)).looked, 3);
});

test('any changed byte is seen', async () => {
  const bytes = readFileSync(sumFile);
  const file = path.join(root, 'byte.json');
  for (let at = 0; at < bytes.length; at += 7) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1 << (at % 7);
    writeFileSync(file, changed);
    assert.notDeepEqual(await faultsOf(file), [], `byte ${at}: ${bytes.subarray(at - 20, at + 20)}`);
  }
});

test('every byte of signature and key counts, also bits that base64 does not read', async () => {
  const text = readFileSync(sumFile, 'utf8');
  const file = path.join(root, 'base64.json');
  const { signature, publicKey } = sum;
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (const letter of alphabet) {
    const changed = `${signature.slice(0, 85)}${letter}==`;
    if (changed === signature) continue;
    writeFileSync(file, text.replace(signature, changed));
    assert.deepEqual(await faultsOf(file), ['signature']);
  }
  const key = JSON.stringify(publicKey);
  writeFileSync(file, text.replace(key, key.replace('PUBLIC KEY-----\\n', 'PUBLIC KEY-----\\n\\n')));
  assert.notDeepEqual(await faultsOf(file), []);
});

test('a person left out, sums changed, others put in: the signature tells', async () => {
  const file = path.join(root, 'changed.json');
  const changes: [(sealed: SumCertificate) => void, string[]][] = [
    [({ people }) => people.pop(), ['sums', 'signature']],
    [({ without }) => without.pop(), ['signature']],
    [({ accepted }) => accepted.pop(), ['signature']],
    [({ sums }) => sums.left--, ['sums', 'signature']],
    [({ people }) => people[1]!.sums.left--, ['person-sums', 'sums', 'signature']],
    [({ people }) => people.push(people[0]!), ['twice', 'sums', 'signature']],
    [({ header }) => (header.name = 'Avignon'), ['signature']],
    [(sealed) => (sealed.verdict = 'passed'), ['verdict', 'signature']],
  ];
  for (const [change, faults] of changes) {
    const changed = structuredClone(sum);
    change(changed);
    writeFileSync(file, sumText(changed));
    assert.deepEqual(await faultsOf(file), faults, change.toString());
  }
});

test('what the signer alone could do wrong is seen too', async () => {
  const { file } = copy();
  writeFileSync(
    file,
    signed(({ people }) => (people[0]!.sums = { ...people[0]!.sums, entries: 9, copied: 9 })),
  );
  assert.deepEqual(await faultsOf(file), ['person-differs']);
  writeFileSync(
    file,
    signed(({ people }) => (people[1]!.verdict = 'passed')),
  );
  assert.deepEqual(await faultsOf(file), ['person-sums', 'person-differs']);
});

test('a certificate swapped, or its findings changed', async () => {
  const { folder, file } = copy();
  cpSync(path.join(folder, 'marie.json'), path.join(folder, 'paul.json'));
  assert.deepEqual(await checkSumCertificate(file).then(({ faults }) => faults), [
    { fault: 'person-file', file: 'paul.json', address: 'paul@new.example' },
  ]);
  const second = copy();
  const findings = findingsFile(path.join(second.folder, 'nadia.json'));
  writeFileSync(findings, readFileSync(findings, 'utf8').replace('Été', 'Eté'));
  const { faults } = await checkSumCertificate(second.file);
  assert.deepEqual(faults, [
    {
      ...{ fault: 'person-faults', file: 'nadia.json', address: 'nadia@new.example' },
      faults: [{ fault: 'chain' }],
    },
  ]);
});

test('a name with a path in it looks beside the certificate only', async () => {
  const { file } = copy();
  writeFileSync(path.join(root, 'outside.json'), '{}');
  writeFileSync(
    file,
    signed(({ people }) => (people[0]!.file = '../outside.json')),
  );
  assert.deepEqual(await checkSumCertificate(file).then(({ faults, looked }) => [faults, looked]), [[], 2]);
});

test('another key signs another certificate', async () => {
  const { file } = copy();
  writeFileSync(
    file,
    signed(() => {}, other),
  );
  const { faults, signedBy } = await checkSumCertificate(file);
  assert.deepEqual(faults, []);
  assert.equal(signedBy, fingerprintOf(createPublicKey(other)));
});

test('the verdict: what fails, what is not done, what is to be read', () => {
  const verdict = (people: SumPerson[], without: PersonWithout[] = []) =>
    sumCertificate({ ...options, people, without, accepted: [] }).verdict;
  const failed = certified(root, 'luc', ['same', 'missing']);
  assert.equal(verdict([people[0]!]), 'passed');
  assert.equal(verdict([people[0]!, people[1]!]), 'exceptions');
  assert.equal(verdict([people[0]!], [without]), 'exceptions');
  assert.equal(verdict([people[0]!], [{ ...without, because: 'moving' }]), 'unfinished');
  assert.equal(verdict([failed], [{ ...without, because: 'moving' }]), 'failed');
  assert.equal(verdict([]), 'unfinished');
});

test('nobody is counted twice', () => {
  const twice = [people[0]!, { ...people[1]!, address: people[0]!.address.toUpperCase() }];
  const refused = (change: object) => () => sumCertificate({ ...options, ...change });
  assert.throws(refused({ people: twice }), (error) => isTrouble(error, 'malformed'));
  assert.throws(
    refused({ people: [people[0]!, { ...people[0]!, address: 'x@y.example', file: 'y' }] }),
    (error) => isTrouble(error, 'malformed'),
  );
  assert.throws(refused({ without: [{ ...without, address: people[0]!.address }] }), (error) =>
    isTrouble(error, 'malformed'),
  );
});

test('hostile and endless texts are read back as they were signed', async () => {
  const file = path.join(root, 'hostile.json');
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constant('\ud800'),
    fc.constant('é'.repeat(3000)),
  );
  const property = fc.asyncProperty(text, text, async (name, note) => {
    const own = { ...without, name, note };
    const odd = sumCertificate({ ...options, header: { ...header, name: note }, without: [own] });
    writeFileSync(file, sumText(odd));
    assert.deepEqual(await faultsOf(file), []);
  });
  await fc.assert(property, { numRuns: 60 });
});

test('what is no sum certificate is said to be none', async () => {
  const file = path.join(root, 'none.json');
  const texts = [
    '',
    '{}',
    'null',
    '[1]',
    '\0\0',
    '{"__proto__":{}}',
    '['.repeat(100_000),
    readFileSync(path.join(whole, 'marie.json'), 'utf8'),
  ];
  for (const text of texts) {
    writeFileSync(file, text);
    assert.deepEqual(await faultsOf(file), ['unreadable']);
  }
  assert.deepEqual(await faultsOf(path.join(root, 'nowhere.json')), ['unreadable']);
  assert.deepEqual(await faultsOf(root), ['unreadable']);
  writeFileSync(file, JSON.stringify(sum, null, 2));
  assert.deepEqual(await faultsOf(file), ['rewritten']);
  writeFileSync(file, sumText(sum).replace('"verdict"', '"verdict":"passed","verdict"'));
  assert.deepEqual(await faultsOf(file), ['rewritten']);
});

test('the sums of many are the sums of each', () => {
  const some = fc.array(fc.record({ entries: fc.nat(), left: fc.nat(), bytes: fc.nat() }), { maxLength: 50 });
  const property = fc.property(some, (each) => {
    const total = addUp(each.map((counts) => ({ sums: { ...addUp([]), ...counts } })));
    for (const name of ['entries', 'left', 'bytes'] as const)
      assert.equal(
        total[name],
        each.reduce((before, counts) => before + counts[name], 0),
      );
    assert.equal(total.missing, 0);
  });
  fc.assert(property);
});

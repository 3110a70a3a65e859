import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { report } from '../cli/certify.ts';
import { count, findingsFile, noCounts, writeCertificate } from '../engine/certificate.ts';
import type { Finding, Summary } from '../engine/event.ts';
import { isTrouble } from '../trouble.ts';
import { words } from '../words/words.ts';
import {
  exceptions,
  groupsOf,
  newestCertificate,
  newestFiles,
  printCertificate,
  printSumCertificate,
  readCertificateFile,
  type SumMember,
  writeSumCertificate,
} from './certificates.ts';
import { runCertify } from './certify.ts';
import { dataFolder, slugOf } from './data.ts';
import { signingKey } from './signing-key.ts';

const root = mkdtempSync(path.join(tmpdir(), 'malleposte-certificates-'));
after(() => rmSync(root, { recursive: true }));
let folders = 0;

function newData() {
  const data = dataFolder(path.join(root, `data-${folders++}`));
  mkdirSync(data.certificates, { recursive: true });
  return data;
}

const MARIE = 'imaps://marie@new.example:993/';
const PAUL = 'imaps://paul@new.example:993/';

function finding(n: number, is: Finding['is'], answer = `552 Message ${n} has ${n * 7} bytes`): Finding {
  return {
    ...{ is, account: 'mbox:/a', folder: 'INBOX/Été', key: `${n}`, subject: `Réunion ${n}`, messageId: null },
    ...{ at: null, by: null, classes: [], exact: null },
    reason: is === 'left' ? { code: 'refused-by-target', answer } : null,
  };
}

async function prove(
  data: ReturnType<typeof dataFolder>,
  target: string,
  stamp: string,
  findings: Iterable<Finding>,
): Promise<string> {
  const file = path.join(data.certificates, `${slugOf(target)}-${stamp}.json`);
  const header = { target, accounts: ['mbox:/a'], madeBy: '0.1.0' };
  const writer = writeCertificate({ file, header, privateKey: await signingKey(data) });
  const counts = noCounts();
  for (const one of findings) {
    writer.add(one);
    count(counts, one);
  }
  const { same, left, missing } = counts.findings;
  const summary: Summary = {
    ...{ event: 'summary', entries: same + left + missing, copied: same, merged: 0, left, asked: 0, missing },
    ...{ extra: 0, doubled: 0, altered: 0, gone: 0, bytes: 5000, carried: 0, seconds: 1 },
  };
  writer.finish(summary);
  return file;
}

function member(
  name: string,
  target: string | null,
  because: SumMember['otherwise']['because'] = 'not-proven',
): SumMember {
  return { name, address: `${name.toLowerCase()}@new.example`, target, otherwise: { because, note: '' } };
}

const header = { of: 'site', name: 'Lyon', organisation: 'Ateliers' } as const;

test('the newest certificate of a mailbox is found by its name, and no other file', async () => {
  const data = newData();
  assert.equal(await newestCertificate(data, MARIE), null);
  await prove(data, MARIE, '2026-11-24-085734', [finding(1, 'same')]);
  const newest = await prove(data, MARIE, '2026-11-25-070000', [finding(1, 'same'), finding(2, 'same')]);
  await prove(data, PAUL, '2026-11-26-070000', [finding(1, 'same')]);
  writeFileSync(path.join(data.certificates, `${slugOf(MARIE)}-2026-12-01-000000.json.html`), 'x');
  assert.equal((await newestCertificate(data, MARIE))?.file, newest);
  assert.equal((await newestFiles(data)).size, 2);
  assert.equal((await newestFiles(dataFolder(path.join(root, 'nowhere')))).size, 0);
});

test('what is no certificate is told as such', async () => {
  const data = newData();
  const file = path.join(data.certificates, 'x.json');
  for (const text of [
    '',
    '{',
    '{"header":{"format":"malleposte-certificate","version":9}}',
    ' '.repeat(5_000_000),
  ]) {
    writeFileSync(file, text);
    await assert.rejects(readCertificateFile(file), (error) => isTrouble(error, 'malformed'));
  }
  await assert.rejects(readCertificateFile(`${file}.no`), (error) => isTrouble(error, 'missing'));
});

test('a sum stands on what is whole, names the others, and certify believes it', async () => {
  const data = newData();
  await prove(data, MARIE, '2026-11-24-085734', [finding(1, 'same'), finding(2, 'same')]);
  const paul = await prove(data, PAUL, '2026-11-24-085734', [finding(1, 'same'), finding(2, 'left')]);
  const people = [member('Marie', MARIE), member('Paul', PAUL), member('Odile', null, 'left-out')];
  const { file, certificate } = await writeSumCertificate({ data, header, people, accepted: [] });
  assert.equal(certificate.verdict, 'exceptions');
  assert.deepEqual([certificate.sums.entries, certificate.sums.left, certificate.sums.bytes], [4, 1, 10_000]);
  const result = await runCertify(file, data.root);
  assert.ok(result.is === 'sum' && result.own === true && result.looked === 2);
  assert.match(
    report(result, words('en')),
    /^✓ The sum certificate is whole: the sums of 2 people .*\n2 of the 2 .*\nIt was signed with the key.*\nIt says: .* 1 left .*\n1 person was left out/,
  );
  assert.match(
    report(result, words('fr')),
    /^✓ L’attestation d’ensemble est entière\u202f: les comptes de 2 personnes/,
  );
  // One line of the findings of one of them.
  const findings = findingsFile(paul);
  writeFileSync(findings, readFileSync(findings, 'utf8').replace('Réunion 2', 'Réunion 3'));
  const broken = await runCertify(file, data.root);
  assert.match(
    report(broken, words('fr')),
    /^✗ paul.*, de paul@new\.example, n’est pas entière\u202f: un constat/,
  );
  const next = await writeSumCertificate({ data, header, people, accepted: [] });
  assert.deepEqual(next.certificate.without[0], {
    ...{ name: 'Paul', address: 'paul@new.example', because: 'not-whole', note: 'chain' },
  });
  assert.equal(next.certificate.verdict, 'unfinished');
});

test('a certificate under another’s name is not counted for them', async () => {
  const data = newData();
  const marie = await prove(data, MARIE, '2026-11-24-085734', [finding(1, 'same')]);
  const as = path.join(data.certificates, `${slugOf(PAUL)}-2026-11-24-085734.json`);
  copyFileSync(marie, as);
  const people = [member('Marie', MARIE), member('Paul', PAUL)];
  const { certificate } = await writeSumCertificate({ data, header, people, accepted: [] });
  assert.deepEqual(
    certificate.without.map(({ because, note }) => [because, note]),
    [['not-whole', MARIE]],
  );
});

test('the certificate of a person is still a person’s to certify', async () => {
  const data = newData();
  const file = await prove(data, MARIE, '2026-11-24-085734', [finding(1, 'same')]);
  const result = await runCertify(file, data.root);
  assert.ok(result.is === 'person' && result.faults.length === 0);
  const nothing = await runCertify(path.join(root, 'nothing.json'), data.root);
  assert.ok(nothing.is === 'person');
  assert.match(report(nothing, words('en')), /^✗ the file is no certificate of this version$/);
});

test('PDFs are printed of what is whole alone', async () => {
  const data = newData();
  const file = await prove(data, MARIE, '2026-11-24-085734', [finding(1, 'same'), finding(2, 'left')]);
  const print = { person: { name: 'Marie', address: 'marie@new.example' }, site: 'Lyon', stages: [] };
  const people = [member('Marie', MARIE)];
  const sum = await writeSumCertificate({ data, header, people, accepted: [] });
  for (const pdf of [
    await printCertificate(file, print, words('fr')),
    await printSumCertificate(sum.file, [], words('en')),
  ])
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  appendFileSync(findingsFile(file), '\n');
  const refused = (error: unknown) => isTrouble(error, 'malformed');
  await assert.rejects(printCertificate(file, print, words('fr')), refused);
  await assert.rejects(printSumCertificate(sum.file, [], words('fr')), refused);
});

test('exceptions of a long file come page by page, filtered, and by cause', async () => {
  const data = newData();
  const many = function* (): Iterable<Finding> {
    for (let n = 0; n < 20_000; n++) yield finding(n, n % 40 === 0 ? 'left' : n === 777 ? 'missing' : 'same');
  };
  const file = findingsFile(await prove(data, MARIE, '2026-11-24-085734', many()));
  const page = await exceptions(file, { offset: 100, limit: 3 });
  assert.equal(page.total, 501);
  assert.deepEqual(
    page.findings.map(({ key }) => key),
    ['3960', '4000', '4040'],
  );
  const missing = await exceptions(file, { offset: 0, limit: 10, is: 'missing' });
  assert.deepEqual([missing.total, missing.findings[0]?.key], [1, '777']);
  assert.equal((await exceptions(file, { offset: 0, limit: 5, text: 'REUNION 40' })).total, 5);
  assert.equal((await exceptions(file, { offset: 0, limit: 5, text: 'ete' })).total, 501);
  assert.equal((await exceptions(file, { offset: 0, limit: 5, text: 'nowhere' })).total, 0);
  const { groups, others } = await groupsOf(file);
  assert.deepEqual(
    groups.map(({ is, answer, count }) => [is, answer, count]),
    [
      ['missing', '', 1],
      ['left', '552 Message … has … bytes', 500],
    ],
  );
  assert.equal(others, 0);
});

test('a findings file that is none, or endless in one line, is told as such', async () => {
  const file = path.join(root, 'odd.jsonl');
  const refused = (error: unknown) => isTrouble(error, 'malformed');
  for (const text of ['{"is":"left"}\n', 'x\n', '\n', `"${'x'.repeat(3_000_000)}`]) {
    writeFileSync(file, text);
    await assert.rejects(groupsOf(file), refused);
  }
  await assert.rejects(groupsOf(`${file}.no`), (error) => isTrouble(error, 'missing'));
  await assert.rejects(groupsOf(root), (error) => isTrouble(error, 'denied'));
  const ended = AbortSignal.abort();
  writeFileSync(file, '{"is":"left"}\n');
  await assert.rejects(groupsOf(file, ended), { name: 'AbortError' });
});

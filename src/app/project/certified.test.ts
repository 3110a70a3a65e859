import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { accountMessages } from '../../../test/generate/account.ts';
import { writeMaildir } from '../../../test/generate/account-files.ts';
import { type ImapServer, startImapServer } from '../../../test/servers/imap.ts';
import { checkCertificate } from '../../engine/certificate-check.ts';
import { checkSumCertificate } from '../../engine/summary-certificate-check.ts';
import type { Id, Pass } from '../../records/facts.ts';
import type { Change } from '../../records/records.ts';
import { isTrouble } from '../../trouble.ts';
import { words } from '../../words/words.ts';
import { type CertifiedOf, certificateOf, certificatesOf } from './certified.ts';
import { openProject, type Project } from './project.ts';

const WAIT_MS = 60_000;
const LARGE_BYTES = 3_000;

describe('certificates of a project', () => {
  let root: string;
  let project: Project;
  let server: ImapServer;
  let organisation: Id;
  let elsewhere: Id;
  let site: Id;
  let wave: Id;
  /** Ines and Hugo are moved, the target refuses some of Hugo's; Lea has no new mailbox, Paul is not begun. */
  const people: Record<string, Id> = {};

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'malleposte-certified-'));
    server = await startImapServer({ users: { ines: 'secret', hugo: 'secret' } });
    server.script(() => ({
      append: ({ bytes }) =>
        bytes.length > LARGE_BYTES && bytes.includes('hugo@') ? 'NO [CANNOT] over our limit' : null,
    }));
    project = await openProject({ data: root, reach: async () => {}, movesAtOnce: 2, language: 'fr' });
    await project.records.write('Ada', prepare);
    await project.runs.start();
    await project.runs.ask('Ada', organisation, [people.ines!, people.hugo!], 'first');
    for (const name of ['ines', 'hugo']) assert.notEqual((await end(people[name]!)).certificate, null);
  });
  after(async () => {
    await project.close();
    await server.stop();
    rmSync(root, { recursive: true });
  });

  async function prepare(change: Change): Promise<void> {
    const facts = {
      name: 'Mistral',
      language: 'fr',
      suite: 'open',
      targetTemplate: null,
      movesAtOnce: 2,
    } as const;
    organisation = (await change.addOrganisation({ ...facts, domains: ['mistral.example'] })).id;
    elsewhere = (await change.addOrganisation({ ...facts, name: 'Bordes', domains: ['bordes.example'] })).id;
    const hours = { zone: 'Europe/Paris', hours: [], closed: [], lineBytesPerSecond: null };
    site = (await change.addSite(organisation, { name: 'Avignon', ...hours })).id;
    wave = (await change.addWave(organisation, { name: 'Pilote', pilot: true, startsOn: null })).id;
    for (const [name, ends] of Object.entries({ ines: 2, hugo: 2, lea: 1, paul: 2 }))
      people[name] = await somebody(change, name, ends === 2, name === 'ines' ? site : null);
    await change.assign(organisation, [people.ines!, people.hugo!], wave);
  }

  async function somebody(change: Change, name: string, goes: boolean, at: Id | null): Promise<Id> {
    const old = join(root, 'uploads', name);
    mkdirSync(old, { recursive: true });
    const owner = { name, address: `${name}@mistral.example` };
    writeMaildir(old, [...accountMessages({ messages: 15, folders: 3, seed: 5, sizes: 'small', owner })]);
    const { id } = await change.addPerson(organisation, {
      ...{ kind: 'person', givenName: name, familyName: 'Roux', displayName: `${name} Roux`, title: '' },
      ...{ address: owner.address, aliases: [], site: at, wave: null, language: null, mobile: '' },
    });
    const account = { person: id, position: 0 };
    const source = { ...account, role: 'source', address: `maildir:${old}`, needsSecret: false } as const;
    await change.addAccount(organisation, source);
    if (!goes) return id;
    // As an operator may write it: neither the slash at the end nor the parameters stand in the certificate.
    const address = `imap://${name}@127.0.0.1:${server.port}?lanes=1`;
    const target = { ...account, role: 'target', address, needsSecret: true } as const;
    await change.sealSecret(organisation, (await change.addAccount(organisation, target)).id, 'secret');
    return id;
  }

  async function end(person: Id): Promise<Pass> {
    const until = Date.now() + WAIT_MS;
    for (;;) {
      const { lastPass } = await project.records.person(organisation, person);
      if (lastPass && ['proven', 'findings', 'failed'].includes(lastPass.state)) return lastPass;
      assert.ok(Date.now() < until, `waited in vain: ${JSON.stringify(lastPass)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  const lines = async () =>
    Object.fromEntries(
      (await certificatesOf(project, organisation)).map((line) => [`${line.of} ${line.name}`, line]),
    );
  const paper = (of: CertifiedOf, id: Id, as: 'pdf' | 'json', whose = organisation) =>
    certificateOf(project, whose, { of, id, as }, words('fr'), new AbortController().signal);
  const keep = (name: string, bytes: Buffer): string => {
    const file = join(root, 'certificates', name);
    writeFileSync(file, bytes);
    return file;
  };

  it('tells of each person and each sum what is certified', async () => {
    const told = await lines();
    const verdicts = Object.fromEntries(Object.entries(told).map(([name, { verdict }]) => [name, verdict]));
    assert.deepEqual(verdicts, {
      ...{ 'organisation Mistral': 'unfinished', 'wave Pilote': 'exceptions', 'site Avignon': 'passed' },
      ...{ 'person ines Roux': 'passed', 'person hugo Roux': 'exceptions' },
      ...{ 'person lea Roux': null, 'person paul Roux': null },
    });
    const wholeWave = told['wave Pilote']!;
    assert.deepEqual([wholeWave.counts!.entries, wholeWave.counts!.missing], [30, 0]);
    assert.equal(wholeWave.counts!.left, told['person hugo Roux']!.counts!.left);
    assert.ok(wholeWave.counts!.left > 0);
    assert.equal(told['person ines Roux']!.site, 'Avignon');
  });

  it('a person’s certificate is the signed file itself, and prints', async () => {
    const json = await paper('person', people.hugo!, 'json');
    assert.equal(json.type, 'application/json');
    const { certificate, faults } = await checkCertificate(join(root, 'certificates', json.name));
    assert.deepEqual(faults, []);
    assert.deepEqual(JSON.parse(json.bytes.toString()), certificate);
    assert.equal(certificate!.verdict, 'exceptions');
    const pdf = await paper('person', people.hugo!, 'pdf');
    assert.equal(pdf.bytes.subarray(0, 5).toString(), '%PDF-');
    assert.match(pdf.name, /\.pdf$/);
  });

  it('what is signed says of each sum what the pages say, and everybody who is certified stands in it', async () => {
    const told = await lines();
    const expected: [CertifiedOf, Id, string, string[], string[]][] = [
      ['site', site, 'site Avignon', ['ines Roux'], []],
      ['wave', wave, 'wave Pilote', ['hugo Roux', 'ines Roux'], []],
      [
        'organisation',
        organisation,
        'organisation Mistral',
        ['hugo Roux', 'ines Roux'],
        ['lea Roux: no-account', 'paul Roux: not-moved'],
      ],
    ];
    for (const [of, id, name, certified, without] of expected) {
      const json = await paper(of, id, 'json');
      const { certificate, faults } = await checkSumCertificate(keep(json.name, json.bytes));
      assert.deepEqual(faults, [], name);
      assert.deepEqual(certificate!.people.map((one) => one.name).sort(), certified);
      assert.deepEqual(certificate!.without.map((one) => `${one.name}: ${one.because}`).sort(), without);
      assert.equal(certificate!.verdict, told[name]!.verdict, name);
      assert.equal(certificate!.sums.left, told[name]!.counts!.left);
      const pdf = await paper(of, id, 'pdf');
      assert.equal(pdf.bytes.subarray(0, 5).toString(), '%PDF-', name);
    }
  });

  it('what was accepted stands in the sum, and makes no verdict better', async () => {
    const { rows } = await project.records.findings(organisation, { offset: 0, limit: 100 });
    await project.records.write('Ada', (change) =>
      change.acceptFindings(
        organisation,
        rows.map(({ id }) => id),
        'gardés à la source',
        1_000,
      ),
    );
    assert.equal((await lines())['person hugo Roux']!.verdict, 'exceptions');
    const { name, bytes } = await paper('wave', wave, 'json');
    const { certificate } = await checkSumCertificate(keep(name, bytes));
    assert.equal(certificate!.verdict, 'exceptions');
    assert.equal(certificate!.accepted.length, rows.length);
    assert.deepEqual(
      [certificate!.accepted[0]!.by, certificate!.accepted[0]!.reason, certificate!.accepted[0]!.is],
      ['Ada', 'gardés à la source', 'left'],
    );
  });

  it('while another pass waits, the certificate of the one before holds', async () => {
    const [asked] = await project.records.write('Ada', async (change) => [
      await change.addPass(organisation, { person: people.ines!, kind: 'delta', askedMs: Date.now() }),
    ]);
    assert.equal((await project.records.person(organisation, people.ines!)).lastPass!.id, asked!.id);
    const told = await lines();
    assert.deepEqual(
      [told['person ines Roux']!.verdict, told['site Avignon']!.verdict],
      ['passed', 'passed'],
    );
    assert.equal((await paper('person', people.ines!, 'json')).type, 'application/json');
  });

  it('nothing is handed out that is not certified, or another organisation’s', async () => {
    const isMissing = (error: unknown) => isTrouble(error, 'missing');
    await assert.rejects(paper('person', people.paul!, 'pdf'), isMissing);
    await assert.rejects(paper('person', people.ines!, 'json', elsewhere), isMissing);
    await assert.rejects(paper('wave', wave, 'json', elsewhere), isMissing);
    await assert.rejects(paper('site', site, 'json', elsewhere), isMissing);
    await assert.rejects(paper('organisation', elsewhere, 'json'), isMissing);
    await assert.rejects(paper('site', '../../signing-key', 'json'), isMissing);
  });
});

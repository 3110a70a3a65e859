import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { accountMessages } from '../../../test/generate/account.ts';
import { writeMaildir } from '../../../test/generate/account-files.ts';
import { type ImapServer, startImapServer } from '../../../test/servers/imap.ts';
import type { FindingRecord, Id, Pass } from '../../records/facts.ts';
import { isTrouble } from '../../trouble.ts';
import { findingsOf } from './findings.ts';
import { openProject, type Project } from './project.ts';

describe('findings of a proof', () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'malleposte-findings-'));
  });
  after(() => rmSync(root, { recursive: true }));

  const line = (facts: object) => ({
    ...{
      is: 'left',
      account: 'mbox:/a',
      folder: 'INBOX',
      key: '1',
      subject: 'Devis',
      messageId: '<1@a.example>',
    },
    ...{ at: null, by: null, classes: [], exact: null },
    reason: { code: 'too-large', answer: 'NO [LIMIT] 4711 is too large' },
    ...facts,
  });
  const read = (...lines: (object | string)[]) => {
    const file = join(root, `certificate-${lines.length}-${Math.random()}.json`);
    const text = lines.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
    writeFileSync(`${file}.findings.jsonl`, text.map((one) => `${one}\n`).join(''));
    return findingsOf(file);
  };

  it('keeps what a person must read, and nothing that arrived whole', async () => {
    const kept = await read(
      line({ is: 'same', reason: null }),
      line({ is: 'altered', classes: ['line-ends'], reason: null }),
      line({ is: 'merged', reason: null }),
      line({ is: 'extra', account: null, reason: null }),
      line({ is: 'same', classes: ['rebuilt:date-unknown'], reason: null }),
      line({ is: 'missing', key: '2', reason: null }),
      line({}),
    );
    assert.deepEqual(
      kept.map(({ is, code, answer }) => [is, code, answer]),
      [
        ['missing', null, null],
        ['left', 'too-large', 'NO [LIMIT] 4711 is too large'],
      ],
    );
  });

  it('what arrived without a part is to be read, though it arrived', async () => {
    const kept = await read(
      line({ is: 'same', classes: ['rebuilt:attachment-lost'], reason: null }),
      line({ is: 'altered', classes: ['line-ends', 'rebuilt:body-lost'], reason: null }),
    );
    assert.deepEqual(
      kept.map(({ is }) => is),
      ['incomplete', 'incomplete'],
    );
  });

  it('tells copies of one message apart: by folder, and in one folder by their number', async () => {
    const lines = [line({}), line({ key: '2' }), line({ folder: 'Archives' }), line({ messageId: null })];
    const kept = await read(...lines);
    assert.equal(new Set(kept.map(({ same }) => same)).size, 4);
    const again = await read(...lines);
    assert.deepEqual(
      again.map(({ same }) => same),
      kept.map(({ same }) => same),
    );
  });

  it('a message that moved to another key in its folder is still the same', async () => {
    const [before] = await read(line({ key: '7' }));
    const [after] = await read(line({ key: '4000' }));
    assert.equal(before?.same, after?.same);
  });

  it('another reason is another finding: what was accepted as too large is not accepted as refused', async () => {
    const [large] = await read(line({}));
    const [refused] = await read(line({ reason: { code: 'refused-by-target', answer: 'NO' } }));
    assert.notEqual(large?.same, refused?.same);
  });

  it('long texts of hostile mail are cut', async () => {
    const [one] = await read(line({ subject: 'x'.repeat(50_000), folder: 'y'.repeat(50_000) }));
    assert.deepEqual([one?.subject?.length, one?.folder.length], [1000, 1000]);
  });

  it('a file that is not there, or damaged, is told', async () => {
    await assert.rejects(findingsOf(join(root, 'nothing.json')), (error) => isTrouble(error, 'missing'));
    await assert.rejects(read(line({}), '{"is":'), (error) => isTrouble(error, 'malformed'));
    await assert.rejects(read('{"is":"made-up"}'), (error) => isTrouble(error, 'malformed'));
  });
});

const WAIT_MS = 60_000;
const LARGE_BYTES = 3_000;

describe('findings from pass to pass', () => {
  let root: string;
  let project: Project;
  let server: ImapServer;
  let organisation: Id;
  let person: Id;
  let limitBytes: number;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'malleposte-findings-'));
    limitBytes = LARGE_BYTES;
    server = await startImapServer({ users: { ines: 'secret-of-ines' } });
    let refusals = 4000;
    server.script(() => ({
      append: ({ bytes }) =>
        bytes.length > limitBytes ? `NO [CANNOT] Message ${++refusals} is over our limit` : null,
    }));
    project = await openProject({ data: root, reach: async () => {}, movesAtOnce: 2, language: 'fr' });
    person = await project.records.write('Ada', somebody);
    await project.runs.start();
  });
  afterEach(async () => {
    await project.close();
    await server.stop();
    rmSync(root, { recursive: true });
  });

  async function somebody(change: Parameters<Parameters<Project['records']['write']>[1]>[0]): Promise<Id> {
    const old = join(root, 'uploads', 'ines');
    mkdirSync(old, { recursive: true });
    writeMaildir(old, [...accountMessages({ messages: 12, folders: 2, seed: 5, sizes: 'small' })]);
    const fields = { name: 'Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] } as const;
    const facts = { ...fields, domains: [...fields.domains], targetTemplate: null, movesAtOnce: 2 };
    organisation = (await change.addOrganisation(facts)).id;
    const { id } = await change.addPerson(organisation, {
      ...{ kind: 'person', givenName: 'Inès', familyName: 'Roux', displayName: 'Inès Roux', title: '' },
      ...{ address: 'ines@mistral.example', aliases: [], site: null, wave: null, language: null, mobile: '' },
    });
    const account = { person: id, position: 0 };
    await change.addAccount(organisation, {
      ...{ ...account, role: 'source', address: `maildir:${old}`, needsSecret: false },
    });
    const target = await change.addAccount(organisation, {
      ...{ ...account, role: 'target', address: `imap://ines@127.0.0.1:${server.port}/`, needsSecret: true },
    });
    await change.sealSecret(organisation, target.id, 'secret-of-ines');
    return id;
  }

  /** Another pass, to its end. */
  async function pass(kind: 'first' | 'delta'): Promise<Pass> {
    const [asked] = await project.runs.ask('Ada', organisation, [person], kind);
    const end = Date.now() + WAIT_MS;
    for (;;) {
      const { lastPass } = await project.records.person(organisation, person);
      const over = lastPass?.id === asked?.id && ['proven', 'findings', 'failed'].includes(lastPass!.state);
      if (over) return lastPass!;
      assert.ok(Date.now() < end, `waited in vain: ${JSON.stringify(lastPass)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  const findings = async (accepted?: boolean): Promise<FindingRecord[]> => {
    const query = { offset: 0, limit: 100, ...(accepted === undefined ? {} : { accepted }) };
    return (await project.records.findings(organisation, query)).rows;
  };
  const accept = (ids: readonly Id[]): Promise<number> =>
    project.records.write('Ada', (change) =>
      change.acceptFindings(organisation, ids, 'gardés à la source', 1_000),
    );

  it('what a target refused is left, grouped by its words, and stays accepted in the next pass', async () => {
    const first = await pass('first');
    assert.equal(first.state, 'findings', JSON.stringify(first));
    const left = await findings();
    assert.ok(left.length > 1, 'the target refuses several');
    assert.equal(left.length, first.counts.left);
    assert.ok(left.every(({ is, answer }) => is === 'left' && /over our limit/.test(answer ?? '')));
    const groups = await project.records.findingGroups(organisation, {});
    assert.equal(groups.length, 1, 'the numbers in its answers differ, the cause is one');
    assert.deepEqual([groups[0]!.count, groups[0]!.people, groups[0]!.accepted], [left.length, 1, 0]);

    assert.equal(await accept([left[0]!.id]), 1);
    const second = await pass('delta');
    assert.equal(second.state, 'findings');
    assert.deepEqual(
      (await findings(true)).map(({ subject, accepted }) => [subject, accepted]),
      [[left[0]!.subject, { by: 'Ada', atMs: 1_000, reason: 'gardés à la source' }]],
    );
    assert.equal((await findings(false)).length, left.length - 1);

    await accept((await findings(false)).map(({ id }) => id));
    const third = await pass('delta');
    assert.deepEqual([third.state, third.counts.left], ['proven', left.length]);
    assert.equal((await project.records.person(organisation, person)).openFindings, 0);
  });

  it('when the limit is raised, another pass carries what was left, and nothing is to be read any more', async () => {
    await pass('first');
    const left = await findings();
    limitBytes = Number.POSITIVE_INFINITY;
    const second = await pass('delta');
    assert.deepEqual([second.state, second.counts.left, second.counts.carried], ['proven', 0, left.length]);
    assert.deepEqual(await findings(), []);
  });
});

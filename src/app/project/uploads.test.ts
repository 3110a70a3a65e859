import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isTrouble } from '../../trouble.ts';
import { openProject, type Project } from './project.ts';
import { type Owner, openUploads, type Upload, type Uploads } from './uploads.ts';

const MBOX = 'From a@mistral.example Mon Nov 23 10:00:00 2026\nFrom: a\nSubject: x\n\nhello\n';
const GB = 1_000_000_000;
const ID = 'a'.repeat(32);

describe('uploads', () => {
  let root: string;
  let project: Project;
  let uploads: Uploads;
  let owner: Owner;
  let free: number;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'malleposte-uploads-'));
    project = await openProject({ data: root, reach: async () => {}, movesAtOnce: 1, language: 'fr' });
    owner = await project.records.write('Ada', async (change) => {
      const { id: organisation } = await change.addOrganisation({
        ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
        ...{ targetTemplate: null, movesAtOnce: 2 },
      });
      const { id: person } = await change.addPerson(organisation, {
        ...{ kind: 'person', givenName: '', familyName: '', displayName: 'Inès Roux', aliases: [] },
        ...{ address: 'ines@mistral.example', site: null, wave: null, language: null, title: '', mobile: '' },
      });
      return { organisation, person };
    });
    free = 1_000 * GB;
    uploads = await open();
  });
  afterEach(async () => {
    await uploads.close();
    await project.close();
    rmSync(root, { recursive: true });
  });

  const open = (): Promise<Uploads> => openUploads(project, async () => free);
  const partPath = (id: string): string => join(uploads.root, uploads.partOf(owner, id));
  const sheetPath = (id: string): string => partPath(id).replace('.part', '.json');
  const refused = (code: string) => (error: unknown) => isTrouble(error) && error.answer === code;

  async function sent(id: string, text: string): Promise<Upload> {
    const one = await uploads.begin(id, owner, { name: 'x.mbox', bytes: text.length, mark: '' });
    writeFileSync(partPath(id), text);
    return one;
  }

  it('admits what there is room for, less what is still to come of others, and keeps a reserve', async () => {
    free = 10 * GB;
    await assert.rejects(uploads.admit(owner, 'x.pst', 9 * GB + 1), refused('upload-no-room'));
    assert.equal(await uploads.admit(owner, 'x.pst', 9 * GB), 'x.pst');
    await uploads.begin(ID, owner, { name: 'x.pst', bytes: 6 * GB, mark: '' });
    await assert.rejects(uploads.admit(owner, 'y.pst', 3 * GB + 1), (error) => isTrouble(error, 'full'));
    assert.equal(await uploads.admit(owner, 'y.pst', 3 * GB), 'y.pst');
    free = 0;
    await assert.rejects(uploads.admit(owner, 'y.pst', 1), refused('upload-no-room'));
  });

  it('wherever a server was killed, the next one brings it to its end, once', async () => {
    const one = await sent(ID, MBOX);
    const sheet = readFileSync(sheetPath(ID), 'utf8');
    await uploads.whole(one);
    await uploads.quiet();
    const taken = uploads.find(owner, ID)!;
    assert.equal(taken.state, 'taken');
    const accounts = async () => (await project.records.person(owner.organisation, owner.person)).accounts;
    const [known] = await accounts();
    assert.equal(known!.id, taken.account);
    const file = join(uploads.root, owner.person, ID, 'x.mbox');

    const killed: [why: string, sheet: string, before: () => void][] = [
      // After the account, before the sheet.
      ['looked at', JSON.stringify({ ...one, state: 'looking' }), () => {}],
      // After the last byte, before anything; and between two of our steps.
      ['arrived', sheet, () => renameSync(file, partPath(ID))],
      ['made a folder', JSON.stringify({ ...one, state: 'looking' }), () => renameSync(file, partPath(ID))],
    ];
    for (const [why, text, before] of killed) {
      await uploads.close();
      before();
      writeFileSync(sheetPath(ID), text);
      uploads = await open();
      await uploads.sweep();
      await uploads.quiet();
      assert.deepEqual(uploads.find(owner, ID)!.state, 'taken', why);
      assert.deepEqual(
        (await accounts()).map(({ id }) => id),
        [known!.id],
        why,
      );
      assert.equal(readFileSync(file, 'utf8'), MBOX, why);
    }
  });

  it('a file that is not as long as it was, or is gone, is refused and told', async () => {
    await uploads.whole(await sent(ID, MBOX));
    await uploads.quiet();
    await uploads.close();
    const other = 'b'.repeat(32);
    const sheet = JSON.parse(readFileSync(sheetPath(ID), 'utf8')) as Upload;
    for (const [id, bytes] of [
      [ID, MBOX.length + 1],
      [other, MBOX.length],
    ] as const)
      writeFileSync(sheetPath(id), JSON.stringify({ ...sheet, id, bytes, state: 'looking' }));
    uploads = await open();
    await uploads.sweep();
    await uploads.quiet();
    assert.deepEqual(
      uploads
        .of(owner)
        .map(({ because }) => because)
        .sort(),
      ['cut', 'unreadable'],
    );
  });

  it('sheets that are none of ours are left alone', async () => {
    await sent(ID, MBOX);
    const folder = join(uploads.root, owner.person);
    await uploads.close();
    writeFileSync(join(folder, `${'c'.repeat(32)}.json`), '{"state":');
    writeFileSync(join(folder, `${'d'.repeat(32)}.json`), readFileSync(sheetPath(ID)));
    mkdirSync(join(uploads.root, 'else'));
    writeFileSync(join(uploads.root, 'else', `${ID}.json`), readFileSync(sheetPath(ID)));
    uploads = await open();
    assert.deepEqual(
      uploads.of(owner).map(({ id }) => id),
      [ID],
    );
    assert.equal(uploads.find({ ...owner, organisation: 'other' }, ID), null);
  });

  it('somebody who is no longer there leaves no file', async () => {
    const one = await sent(ID, MBOX);
    await project.records.write('Ada', (change) => change.removePerson(owner.organisation, owner.person));
    await uploads.whole(one);
    await uploads.quiet();
    assert.deepEqual(readdirSync(join(uploads.root, owner.person)), []);
  });
});

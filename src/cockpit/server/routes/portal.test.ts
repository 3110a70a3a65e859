import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { writePstFile } from '../../../../test/generate/pst.ts';
import { makeZip } from '../../../formats/zip/zip.fixture.ts';
import type { Id } from '../../../records/facts.ts';
import { type Answer, Sender, Standing } from './portal.fixture.ts';

const MBOX = Buffer.from('From a@mistral.example Mon Nov 23 10:00:00 2026\nFrom: a\nSubject: x\n\nhello\n');
const WAIT_MS = 60_000;
/** These tests look at their page more often than a person’s browser does. */
const OFTEN = { portal: { burst: 100_000, everyMs: 1 }, anything: { burst: 100_000, everyMs: 1 } };

async function until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (const end = Date.now() + WAIT_MS; ; ) {
    const answer = await ask();
    if (holds(answer)) return answer;
    assert.ok(Date.now() < end, `waited in vain: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a person’s own page', () => {
  const stand = new Standing();
  let ines: Id;
  let hugo: Id;
  let code: string;
  before(async () => {
    await stand.start({ ...OFTEN, probe: { burst: 100_000, everyMs: 1 } });
    await stand.people();
    ines = await stand.person('ines', [
      // Nobody listens there.
      ['source', 'imap://ines@127.0.0.1:1/?starttls=never'],
      ['source', 'pst:/nowhere/x.pst'],
      ['target', 'imaps://ines@mail.mistral.example/'],
    ]);
    hugo = await stand.person('hugo', [['source', 'imaps://hugo@old.example/']]);
    code = await stand.link(ines);
  });
  after(() => stand.close());

  const page = (of = code): Promise<Answer> => stand.ask('GET', `/api/v1/portal/${of}`);

  it('shows one’s own move, and no word of anybody else or of what is sealed', async () => {
    const { status, body, headers } = await page();
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      [body.name, body.organisation, body.state, body.result, body.progress],
      ['ines Roux', 'Ateliers Mistral', 'none', null, null],
    );
    assert.deepEqual(
      body.accounts.map((one: Record<string, unknown>) => [one.login, one.host, one.secret, one.check]),
      [['ines', '127.0.0.1', 'none', null]],
    );
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.ok(!JSON.stringify(body).includes('hugo'));
    // Written by hand, from paper.
    assert.equal((await page(code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o'))).status, 200);
  });

  it('a link opens nothing else, and nothing once it is revoked, expired or made up', async () => {
    for (const path of ['/me', '/organisations', `/organisations/${stand.organisation}/people/${ines}`])
      for (const [name, value] of [
        ['authorization', `Bearer ${code}`],
        ['cookie', `malleposte.session_token=${code}`],
      ] as const)
        assert.equal(
          (await stand.ask('GET', `/api/v1${path}`, { headers: { [name]: value } })).status,
          401,
          path,
        );
    const two = await stand.link(hugo);
    assert.equal((await page(two)).status, 200);
    const gone = await stand.as('claire', 'DELETE', `/people/${hugo}/link`);
    assert.equal(gone.status, 204);
    for (const wrong of [two, '00000-00000-00000-00000', 'x', '%00', '..%2f..', 'a'.repeat(4_000)]) {
      const { status, body } = await page(wrong);
      assert.ok(status === 404 || status === 400, `${wrong}: ${status}`);
      assert.match(body.sentence, /\.$/);
    }
    const { signIn } = stand.serving;
    const { link } = signIn.people.make('', { organisation: stand.organisation, person: hugo, validMs: -1 });
    const late = await page(link.split('/').at(-1)!);
    assert.deepEqual([late.status, late.body.trouble.answer], [410, 'link-expired']);
    const stranger = { organisation: stand.organisation, person: 'nobody', validMs: 60_000 };
    const nobody = await page(signIn.people.make('', stranger).link.split('/').at(-1)!);
    assert.deepEqual([nobody.status, nobody.body.trouble.answer], [404, 'link-unknown']);
  });

  it('links are made by those who may invite, and their making is noted', async () => {
    assert.equal((await stand.as('luc', 'POST', `/people/${ines}/link`, {})).status, 403);
    assert.equal((await stand.as('claire', 'POST', '/people/nobody/link', {})).status, 404);
    assert.equal((await stand.as('claire', 'POST', `/people/${ines}/link`, { days: 365 })).status, 400);
    const { body } = await stand.as('luc', 'GET', `/people/${ines}/link`);
    assert.ok(body.links.length >= 1 && body.links[0].usedMs > 0);
    assert.ok(!JSON.stringify(body).includes(code));
    const { rows } = await stand.serving.project.records.audit(stand.organisation, {
      ...{ text: 'person.link-made', offset: 0, limit: 10 },
    });
    assert.ok(rows.length >= 1 && !JSON.stringify(rows).includes(code));
    assert.equal(stand.lines.join('\n').includes(code), false);
  });

  it('takes an own password, seals it, tries it, and says in a code what came of it', async () => {
    const { body: before } = await page();
    const [account] = before.accounts;
    const seal = (id: string, secret: string): Promise<Answer> =>
      stand.ask('PUT', `/api/v1/portal/${code}/accounts/${id}/secret`, { body: { secret } });
    const { status, body } = await seal(account.id, 'un mot de passe');
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.secret, 'sealed');
    const { records } = stand.serving.project;
    assert.equal(await records.secretOf(account.id), 'un mot de passe');
    const told = await until(page, (answer) => answer.body.accounts[0].check !== null);
    assert.deepEqual(
      [told.body.accounts[0].check.ok, told.body.accounts[0].check.because],
      [false, 'unreachable'],
    );
    assert.ok(!JSON.stringify([body, told.body, stand.lines]).includes('mot de passe"'));

    const others = await records.person(stand.organisation, hugo);
    const own = await records.person(stand.organisation, ines);
    const target = own.accounts.find(({ role }) => role === 'target')!;
    const file = own.accounts.find(({ address }) => address.startsWith('pst:'))!;
    for (const one of [others.accounts[0]!.id, target.id, file.id, 'nothing', '%2e%2e'])
      assert.equal((await seal(one, 'x')).status, 404, one);
    assert.equal(await records.secretOf(others.accounts[0]!.id), null);
    for (const wrong of ['', 'x'.repeat(1_025)]) assert.equal((await seal(account.id, wrong)).status, 400);
    const { rows } = await records.audit(stand.organisation, { text: 'secret.sealed', offset: 0, limit: 9 });
    assert.deepEqual(
      rows.map(({ by }) => by),
      ['ines@mistral.example'],
    );
  });

  it('a message reaches those who run the move; too many do not', async () => {
    const ask = (text: string): Promise<Answer> =>
      stand.ask('POST', `/api/v1/portal/${code}/help`, { body: { text } });
    assert.equal((await ask('<script>alert(1)</script> Je n’ai plus mon mot de passe.')).status, 204);
    const { body } = await stand.as('luc', 'GET', `/people/${ines}/link`);
    assert.match(body.asked[0].text, /plus mon mot de passe/);
    assert.equal((await ask('x'.repeat(1_001))).status, 400);
    assert.equal((await ask('   ')).status, 400);
    const seen: number[] = [];
    for (let n = 0; n < 6; n++) seen.push((await ask(`${n}`)).status);
    assert.deepEqual(seen, [204, 204, 204, 204, 429, 429]);
  });

  it('a page of another origin cannot act with it', async () => {
    const headers = { origin: 'https://elsewhere.example' };
    const { status } = await stand.ask('POST', `/api/v1/portal/${code}/help`, {
      headers,
      body: { text: 'x' },
    });
    assert.equal(status, 403);
    const made = await new Sender(stand, code).announce('x.pst', 1, headers);
    assert.equal(made.status, 403);
  });
});

describe('links are not tried out', () => {
  it('of a hundred codes, the first few are looked at', async () => {
    const stand = new Standing();
    await stand.start();
    try {
      const seen = new Map<number, number>();
      for (let n = 0; n < 100; n++) {
        const of = `00000-00000-00000-00${String(n).padStart(3, '0')}`;
        const { status } = await stand.ask('GET', `/api/v1/portal/${of}`);
        seen.set(status, (seen.get(status) ?? 0) + 1);
      }
      assert.deepEqual([...seen.keys()].sort(), [404, 429]);
      assert.ok(seen.get(404)! <= 25, JSON.stringify([...seen]));
    } finally {
      await stand.close();
    }
  });
});

describe('files that people send', () => {
  let stand: Standing;
  let ines: Id;
  let code: string;
  let sender: Sender;
  beforeEach(async () => {
    stand = new Standing();
    await stand.start(OFTEN);
    await stand.people();
    ines = await stand.person('ines', [['target', `maildir:${join(stand.root, 'data/uploads/new')}`]]);
    code = await stand.link(ines);
    sender = new Sender(stand, code);
  });
  afterEach(() => stand.close());

  const folder = (): string => join(stand.root, 'data/uploads', ines);
  const uploads = async () => (await stand.ask('GET', `/api/v1/portal/${code}`)).body.uploads;
  const settled = () =>
    until(uploads, (all) =>
      all.every(({ state }: { state: string }) => !['arriving', 'looking'].includes(state)),
    );

  function smallPst(): Buffer {
    const file = join(stand.root, 'made.pst');
    writePstFile(file, { seed: 7, bytes: 400_000, folders: 5, sizes: [2_000, 20_000] });
    return readFileSync(file);
  }

  it('a PST that was cut, and cut again over a restart, arrives whole, becomes an account, and moves', async () => {
    const bytes = smallPst();
    const at = await sender.begin('Archives de l’été.pst', bytes.length);
    await sender.cut(at, 0, bytes.subarray(0, 100_000), bytes.length);
    assert.equal((await sender.offset(at)).headers.get('upload-offset'), '100000');
    await sender.cut(at, 100_000, bytes.subarray(100_000, 150_000), bytes.length - 100_000);

    const { root } = stand;
    await stand.serving.close();
    await stand.start(OFTEN);
    assert.equal((await sender.offset(at)).headers.get('upload-offset'), '150000');
    assert.equal((await sender.send(at, 100_000, bytes.subarray(100_000))).status, 409);
    const last = await sender.send(at, 150_000, bytes.subarray(150_000));
    assert.deepEqual([last.status, last.headers.get('upload-offset')], [204, `${bytes.length}`]);
    // The answer was lost on its way: asked again, everything is there.
    const again = await sender.offset(at);
    assert.equal(again.headers.get('upload-offset'), `${bytes.length}`);

    const [one] = await settled();
    assert.deepEqual(
      [one.state, one.sha256, one.name, one.because],
      ['taken', sha256(bytes), 'Archives de l été.pst', null],
    );
    const { records, runs } = stand.serving.project;
    const { accounts } = await records.person(stand.organisation, ines);
    const source = accounts.find(({ role }) => role === 'source')!;
    assert.match(source.address, /^pst:\/.*\/uploads\/[^/]+\/[0-9a-f]{32}\/Archives de l été\.pst$/);
    assert.equal(source.secret, 'not-needed');
    assert.equal(sha256(readFileSync(source.address.slice(4))), sha256(bytes));
    assert.equal(statSync(folder()).mode & 0o777, 0o700);
    assert.equal(statSync(source.address.slice(4)).mode & 0o777, 0o600);
    assert.ok(root.length > 0);

    await runs.ask('Claire', stand.organisation, [ines], 'first');
    const done = await until(
      () => stand.ask('GET', `/api/v1/portal/${code}`),
      ({ body }) => ['proven', 'findings', 'failed'].includes(body.state),
    );
    assert.equal(done.body.state, 'proven', JSON.stringify(done.body));
    assert.ok(done.body.result.arrived > 10);
    assert.equal(done.body.result.missing, 0);
  });

  it('what is no mail is refused once it is seen, and leaves nothing', async () => {
    const zip = (name: string): Buffer => makeZip([{ name, bytes: Buffer.from('x') }]);
    const cases: [name: string, bytes: Buffer, because: string | null, address?: RegExp][] = [
      ['photos.pst', Buffer.from('GIF89a and so on'), 'no-mail'],
      ['photos.zip', zip('a/1.jpg'), 'no-mail'],
      ['mail.zip', zip('Outlook/mail.pst'), 'zipped-pst'],
      ['broken.zip', Buffer.from('PK\x03\x04 and nothing else'), 'no-mail'],
      ['old.mbox', MBOX, null, /^mbox:.*\/old\.mbox$/],
      // By its bytes, whatever it is called.
      ['named.pst', Buffer.concat([MBOX, MBOX]), null, /^mbox:.*\/named\.pst$/],
      ['letter.eml', Buffer.from('From: a\r\n\r\nx'), null, /^eml:.*\/[0-9a-f]{32}$/],
      [
        'takeout-1.zip',
        makeZip([{ name: 'Takeout/Mail/All.mbox', bytes: MBOX }]),
        null,
        /^takeout:.*\/takeout-1\.zip$/,
      ],
      ['profile.zip', makeZip([{ name: 'x/Mail/Local Folders/Inbox', bytes: MBOX }]), null, /^mbox:.*zip$/],
      ['again.mbox', MBOX, 'same-again'],
    ];
    for (const [name, bytes] of cases) {
      const at = await sender.begin(name, bytes.length);
      assert.equal((await sender.send(at, 0, bytes)).status, 204, name);
    }
    const all = await settled();
    const { accounts } = await stand.serving.project.records.person(stand.organisation, ines);
    const found = accounts.filter(({ role }) => role === 'source').map(({ address }) => address);
    for (const [at, [name, bytes, because, address]] of cases.entries()) {
      assert.deepEqual([all[at].name, all[at].because], [name, because]);
      assert.equal(all[at].sha256, sha256(bytes));
      if (address)
        assert.ok(
          found.some((one) => address.test(one)),
          `${name}: ${found}`,
        );
    }
    assert.equal(found.length, 5);
    const left = readdirSync(folder()).filter((one) => !one.endsWith('.json'));
    assert.equal(left.length, 5, left.join());
  });

  it('names from outside lead nowhere', async () => {
    for (const [given, name] of [
      ['../../x.pst', 'x.pst'],
      ['..\\..\\..\\etc\\passwd.mbox', 'passwd.mbox'],
      ['a\0b.pst', 'a b.pst'],
      [`${'n'.repeat(4_000)}.pst`, `${'n'.repeat(60)}.pst`],
      ['con.pst', 'archive.pst'],
    ] as const) {
      const at = await sender.begin(given, 10);
      const [one] = await uploads();
      assert.equal(one.name, name);
      assert.equal((await sender.remove(at)).status, 204);
    }
    for (const given of ['con', '../../x', 'x.exe', '.pst', '\0.pst\0']) {
      const { status, body } = await sender.announce(given, 10);
      assert.deepEqual([status, body.trouble.answer], [409, 'upload-ending'], given);
    }
    assert.deepEqual(readdirSync(folder()), []);
    assert.deepEqual(readdirSync(join(stand.root, 'data/uploads')).sort(), [ines]);
  });

  it('nothing is begun that is empty, larger than 50 GB, of no length, or one too many', async () => {
    const code = async (bytes: number | string, more = {}): Promise<[number, string]> => {
      const { status, body } = await sender.announce('x.pst', bytes, more);
      return [status, body.trouble.answer];
    };
    assert.deepEqual(await code(0), [409, 'upload-empty']);
    assert.deepEqual(await code(50 * 1024 ** 3 + 1), [409, 'upload-too-large']);
    for (const bytes of ['-1', '1e3', 'NaN', '']) assert.equal((await code(bytes))[0], 422, bytes);
    assert.equal((await code(1, { 'upload-metadata': 'filename ???' }))[0], 422);
    for (let n = 0; n < 10; n++) await sender.begin(`${n}.pst`, 10);
    assert.deepEqual(await code(10), [409, 'upload-too-many']);
    assert.equal((await uploads()).length, 10);
  });

  it('nobody else’s uploads are there, and nothing that was sent can be read back', async () => {
    const at = await sender.begin('x.mbox', MBOX.length);
    const other = await stand.link(await stand.person('hugo'));
    const theirs = at.replace(code, other);
    const thief = new Sender(stand, other);
    assert.equal((await thief.offset(theirs)).status, 404);
    assert.equal((await thief.send(theirs, 0, MBOX)).status, 404);
    assert.equal((await thief.remove(theirs)).status, 404);
    assert.equal((await stand.ask('GET', at)).status, 404);
    for (const id of ['..%2f..%2fproject.sqlite', 'x', '%00', `${at.split('/').at(-1)}.json`])
      assert.equal((await sender.offset(`/api/v1/portal/${code}/uploads/${id}`)).status, 404, id);
    await sender.send(at, 0, MBOX);
    await settled();
    assert.equal((await stand.ask('GET', at)).status, 404);
    const { status, body } = await sender.remove(at);
    assert.deepEqual([status, body.trouble.answer], [409, 'in-use']);
  });

  it('more than was announced is refused, and what was announced stays as it was', async () => {
    const at = await sender.begin('x.mbox', MBOX.length);
    assert.equal((await sender.send(at, 0, Buffer.concat([MBOX, MBOX]))).status, 413);
    assert.equal((await sender.send(at, 5, MBOX)).status, 409);
    assert.equal((await sender.offset(at)).headers.get('upload-offset'), '0');
    const wrong = await stand.ask('PATCH', at, {
      headers: { 'tus-resumable': '1.0.0', 'content-type': 'application/json', 'upload-offset': '0' },
      body: MBOX,
    });
    assert.equal(wrong.status, 415);
  });

  it('an upload that nobody goes on with is gone after two weeks', async () => {
    const at = await sender.begin('x.mbox', MBOX.length);
    await sender.begin('y.mbox', MBOX.length);
    await sender.send(at, 0, MBOX.subarray(0, 10));
    await stand.serving.close();
    const [old] = readdirSync(folder()).filter(
      (name) => name.includes(at.split('/').at(-1)!) && name.endsWith('.part'),
    );
    const sheet = join(folder(), old!.replace('.part', '.json'));
    const { writeFileSync } = await import('node:fs');
    const weeksAgo = Date.now() - 15 * 24 * 3_600_000;
    writeFileSync(sheet, JSON.stringify({ ...JSON.parse(readFileSync(sheet, 'utf8')), madeMs: weeksAgo }));
    utimesSync(join(folder(), old!), weeksAgo / 1000, weeksAgo / 1000);
    await stand.start(OFTEN);
    const left = await until(uploads, (all) => all.length === 1);
    assert.equal(left[0].name, 'y.mbox');
    assert.equal((await sender.offset(at)).status, 404);
  });
});

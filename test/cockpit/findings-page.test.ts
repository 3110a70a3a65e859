/** What was left, what is certified and what there is, in a browser on a real server: a target that refuses, and the keyboard alone. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Browser, Download } from 'playwright-core';
import { checkSumCertificate } from '../../src/engine/summary-certificate-check.ts';
import { accountMessages } from '../generate/account.ts';
import { writeMaildir } from '../generate/account-files.ts';
import { type ImapServer, startImapServer } from '../servers/imap.ts';
import { axeViolations, noChromium, startChromium } from './chromium.ts';
import { OPERATOR, Operator, until } from './client.ts';
import { Keys } from './keys.ts';
import { type Cockpit, startCockpit } from './server.ts';
import { type Eyes, openWatched, seen, type Watched } from './watched.ts';

const LETTERS = 12;
const LARGE_BYTES = 3_000;
const SECRET = 'secret-of-the-new-place';
const REASON = 'gardés à la source, d’accord avec Inès';

suite('findings, certificates and the inventory in a browser', { skip: noChromium, timeout: 600_000 }, () => {
  let data: string;
  let server: ImapServer;
  let cockpit: Cockpit;
  let browser: Browser;
  let operator: Operator;
  let organisation: string;
  let left: number;

  before(async () => {
    data = mkdtempSync(join(tmpdir(), 'malleposte-findings-page-'));
    server = await startImapServer({ users: { ines: SECRET, hugo: SECRET } });
    let refusals = 4000;
    server.script(() => ({
      append: ({ bytes }) =>
        bytes.length > LARGE_BYTES && bytes.includes('ines@')
          ? `NO [CANNOT] Message ${++refusals} is over our limit`
          : null,
    }));
    cockpit = await startCockpit(data);
    browser = await startChromium();
    operator = new Operator(cockpit.origin);
    const token = cockpit.firstLink!.split('/').at(-1)!;
    await operator.ask('POST /first/{token}', { token, body: { ...OPERATOR, language: 'fr' } });
    await operator.signIn();
    organisation = (
      await operator.ask('POST /organisations', {
        body: {
          ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
          ...{ targetTemplate: null, movesAtOnce: 2 },
        },
      })
    ).id;
    const people = [await somebody('ines', 'Inès'), await somebody('hugo', 'Hugo')];
    for (const person of people) await moved(person);
    const { total } = await operator.ask('GET /organisations/{organisation}/findings', {
      organisation,
      query: {},
    });
    left = total;
    assert.ok(left > 1, 'the target refuses several');
  });
  after(async () => {
    await browser?.close();
    await cockpit?.stop();
    await server?.stop();
    rmSync(data, { recursive: true });
  });

  async function somebody(login: string, givenName: string): Promise<string> {
    const old = join(data, 'uploads', login);
    mkdirSync(old, { recursive: true });
    const owner = { name: givenName, address: `${login}@mistral.example` };
    writeMaildir(old, [
      ...accountMessages({ messages: LETTERS, folders: 2, seed: 5, sizes: 'small', owner }),
    ]);
    const body = { displayName: `${givenName} Roux`, givenName, familyName: 'Roux', address: owner.address };
    const { id: person } = await operator.ask('POST /organisations/{organisation}/people', {
      organisation,
      body,
    });
    const accounts = 'POST /organisations/{organisation}/people/{person}/accounts';
    await operator.ask(accounts, {
      organisation,
      person,
      body: { role: 'source', address: `maildir:${old}` },
    });
    const address = `imap://${login}@127.0.0.1:${server.port}/?starttls=never`;
    await operator.ask(accounts, { organisation, person, body: { role: 'target', address, secret: SECRET } });
    return person;
  }

  async function moved(person: string): Promise<void> {
    const of = { organisation, person };
    await operator.ask('POST /organisations/{organisation}/people/{person}/run', {
      ...of,
      body: { kind: 'first' },
    });
    await until(
      () => operator.ask('GET /organisations/{organisation}/people/{person}', of),
      ({ lastPass }) => ['proven', 'findings'].includes(lastPass?.state ?? ''),
    );
  }

  /** Signed in already. */
  async function open(eyes: Eyes = {}): Promise<Watched> {
    const watched = await openWatched(browser, cockpit.origin, eyes);
    const cookies = operator.browser.cookie.split('; ').map((pair) => {
      const at = pair.indexOf('=');
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: cockpit.origin };
    });
    await watched.context.addCookies(cookies);
    return watched;
  }

  const calm = async ({ page, complaints }: Watched): Promise<void> => {
    assert.deepEqual(await axeViolations(page), []);
    assert.deepEqual(complaints(), []);
  };

  test('what the target refused is read by its cause, and not accepted without a reason', async () => {
    await using watched = await open();
    const { page } = watched;
    const keys = await Keys.of(page);
    await seen(page, 'findings', async () => {
      await page.goto(`/o/${organisation}/findings`);
      await keys.see('heading', 'Écarts');
      await keys.hear('Le message n’a pas été transféré. Il est toujours à la source, intact.');
      await page.getByText('is over our limit', { exact: false }).first().waitFor();
      await page.getByRole('gridcell', { name: 'Inès Roux', exact: true }).first().waitFor();
      await calm(watched);
      await keys.enter('button', /^Accepter les/);
      await keys.see('heading', /^Accepter \d+ écarts$/);
      await keys.enter('button', 'Accepter');
      await keys.hear('Un motif est nécessaire : il figure dans l’attestation.');
      await calm(watched);
      await keys.press('Escape');
      const { total } = await operator.ask('GET /organisations/{organisation}/findings', {
        organisation,
        query: { accepted: 'false' },
      });
      assert.equal(total, left, 'nothing was accepted');
    });
  });

  test('accepted with a reason, they wait for nobody: zero has its own page, and the reason stays to be read', async () => {
    await using watched = await open();
    const { page } = watched;
    const keys = await Keys.of(page);
    await seen(page, 'accepting', async () => {
      await page.goto(`/o/${organisation}/findings`);
      await keys.enter('button', /^Accepter les/);
      await keys.fill('textbox', 'Motif', REASON);
      await keys.press('Enter');
      await keys.hear(`${left} écarts ont été lus et acceptés, et rien n’attend votre décision.`);
      await calm(watched);
      await keys.enter('button', /^Voir les .* écarts acceptés$/);
      await page.getByRole('grid').getByText(REASON).first().waitFor();
      const { rows } = await operator.ask('GET /organisations/{organisation}/findings', {
        organisation,
        query: {},
      });
      assert.deepEqual(
        [...new Set(rows.map(({ accepted }) => `${accepted?.by}: ${accepted?.reason}`))],
        [`${OPERATOR.name}: ${REASON}`],
      );
    });
  });

  test('the certificate of the organisation is downloaded, and holds on another machine', async () => {
    await using watched = await open();
    const { page } = watched;
    await seen(page, 'certificates', async () => {
      await page.goto(`/o/${organisation}/certificates`);
      await page.getByText('2 / 2', { exact: true }).waitFor();
      await calm(watched);
      const name = 'Attestation de Ateliers Mistral en JSON signé';
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name, exact: true }).click(),
      ]);
      const { certificate, faults } = await checked(file);
      assert.deepEqual(faults, []);
      assert.deepEqual(
        [certificate!.verdict, certificate!.people.length, certificate!.sums.left],
        ['exceptions', 2, left],
      );
      assert.deepEqual([...new Set(certificate!.accepted.map(({ reason }) => reason))], [REASON]);
      const [pdf] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Attestation de l’organisation (PDF)' }).click(),
      ]);
      assert.match(pdf.suggestedFilename(), /\.pdf$/);
      assert.equal((await bytesOf(pdf)).subarray(0, 5).toString(), '%PDF-');
    });
  });

  /** Alone in a folder, as whoever receives it has it. */
  async function checked(file: Download) {
    const folder = mkdtempSync(join(data, 'received-'));
    const where = join(folder, file.suggestedFilename());
    writeFileSync(where, await bytesOf(file));
    return checkSumCertificate(where);
  }

  async function bytesOf(file: Download): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of await file.createReadStream()) parts.push(part as Buffer);
    return Buffer.concat(parts);
  }

  test('accounts are surveyed from the page, and the scope is there to be signed', async () => {
    await using watched = await open();
    const { page } = watched;
    const keys = await Keys.of(page);
    await seen(page, 'inventory', async () => {
      await page.goto(`/o/${organisation}/inventory`);
      await keys.enter('button', 'Examiner…');
      await keys.see('heading', 'Examiner des comptes');
      await calm(watched);
      await keys.enter('button', 'Examiner');
      await page.getByText('L’examen de 2 comptes commence', { exact: false }).waitFor();
      // By itself, when the surveys are done: nothing stands in the way of either.
      await page.getByText('aucun', { exact: true }).nth(1).waitFor({ timeout: 120_000 });
      await calm(watched);
      await keys.enter('link', 'Périmètre');
      await keys.see('heading', 'Périmètre de la migration');
      await page.getByText(`2 comptes de 2 personnes : ${2 * LETTERS} messages`, { exact: false }).waitFor();
      await keys.see('heading', 'Pour Ateliers Mistral');
      await calm(watched);
    });
  });

  for (const path of ['findings?show=accepted', 'certificates', 'inventory', 'inventory?view=scope'])
    test(`${path} fits a phone, in English and in the dark`, async () => {
      await using watched = await open({ width: 390, language: 'en', dark: true });
      const { page } = watched;
      await seen(page, path, async () => {
        await page.goto(`/o/${organisation}/${path}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.locator('main :text("Roux"):visible, main article').first().waitFor();
        await calm(watched);
        const width = await page.evaluate(
          () =>
            (globalThis as unknown as { document: { documentElement: { scrollWidth: number } } }).document
              .documentElement.scrollWidth,
        );
        assert.equal(width, 390);
      });
    });
});

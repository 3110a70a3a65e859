/** A person's own page in a real browser, on a phone, in French: the password, a PST that is cut by a reload and goes on, no violation. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtPages } from '../../src/cockpit/build/pages.ts';
import { serve } from '../../src/cockpit/server/serve.ts';
import { readAllowList } from '../../src/cockpit/server/shell/reach.ts';
import { writePstFile } from '../generate/pst.ts';
import { axeViolations, noChromium, startChromium } from './chromium.ts';

const WAIT_MS = 60_000;

test('a person hands over a password and sends an archive, from a phone', { skip: noChromium }, async () => {
  const root = mkdtempSync(join(tmpdir(), 'malleposte-portal-'));
  const serving = await serve({
    ...{ data: join(root, 'data'), host: '127.0.0.1', port: 0, publicAddress: null, oidc: null },
    ...{ allow: readAllowList('127.0.0.0/8'), movesAtOnce: 1, language: 'fr', pages: await builtPages() },
    ...{ strict: true, write: () => {} },
  });
  const browser = await startChromium();
  try {
    const { records } = serving.project;
    const of = await records.write('Claire', async (change) => {
      const { id: organisation } = await change.addOrganisation({
        ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
        ...{ targetTemplate: null, movesAtOnce: 1 },
      });
      const { id: person } = await change.addPerson(organisation, {
        ...{ kind: 'person', givenName: '', familyName: '', displayName: 'Inès Roux', aliases: [] },
        ...{ address: 'ines@mistral.example', site: null, wave: null, language: null, title: '', mobile: '' },
      });
      await change.addAccount(organisation, {
        ...{ person, role: 'source', position: 0, needsSecret: true },
        address: 'imap://ines@127.0.0.1:1/?starttls=never',
      });
      return { organisation, person };
    });
    const { link } = serving.signIn.people.make(serving.origin, { ...of, validMs: 3_600_000 });
    const page = await browser.newPage({
      viewport: { width: 390, height: 844 },
      locale: 'fr',
      hasTouch: true,
    });
    page.setDefaultTimeout(WAIT_MS);
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(error.message));
    await page.goto(link);
    await page.getByRole('heading', { name: 'Bonjour Inès Roux' }).waitFor();
    assert.deepEqual(await axeViolations(page), []);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);

    await page.getByLabel('Mot de passe de ines').fill('un mot de passe');
    await page.getByRole('button', { name: 'Confier ce mot de passe' }).click();
    await page.getByText('ne répond pas en ce moment').waitFor();
    const [account] = (await records.person(of.organisation, of.person)).accounts;
    assert.equal(await records.secretOf(account!.id), 'un mot de passe');

    const file = join(root, 'Archives 2019.pst');
    writePstFile(file, { seed: 3, bytes: 40_000_000, folders: 8, sizes: [20_000, 200_000] });
    const network = await page.context().newCDPSession(page);
    const slowly = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: 2_000_000 };
    await network.send('Network.emulateNetworkConditions', slowly);
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByText(/^\d.* sur .*Mo · /).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('en pause').waitFor();
    assert.deepEqual(await axeViolations(page), []);
    await page.reload();
    await page.getByText('interrompu').waitFor();
    await network.send('Network.emulateNetworkConditions', { ...slowly, latency: 0, uploadThroughput: -1 });
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByText('bien arrivé').waitFor();
    assert.deepEqual(await axeViolations(page), []);
    const { accounts } = await records.person(of.organisation, of.person);
    assert.match(accounts.find(({ secret }) => secret === 'not-needed')!.address, /Archives 2019\.pst$/);
    assert.deepEqual(wrong, []);
  } finally {
    await browser.close();
    await serving.close();
    rmSync(root, { recursive: true });
  }
});

/** Without a password, and with a code: passkeys by Chromium's own virtual authenticator, codes as RFC 6238 counts them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { noChromium, startChromium } from './chromium.ts';
import { OPERATOR, Operator } from './client.ts';
import { type Cockpit, startCockpit } from './server.ts';
import { codeAt, keyOf, STEP_MS } from './totp.ts';
import { openWatched, seen } from './watched.ts';

const LIMIT_MS = 240_000;
const SEEN_MS = 60_000;

suite('coming in without a password alone', { skip: noChromium, timeout: LIMIT_MS }, () => {
  test('a passkey is added, opens the door, and is gone when it is removed', () =>
    withCockpit(async (page, organisation) => {
      const cdp = await page.context().newCDPSession(page);
      await cdp.send('WebAuthn.enable');
      const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
          ...{ isUserVerified: true, automaticPresenceSimulation: true },
        },
      });
      await byPassword(page);
      await openAccount(page, organisation);
      await page.getByText('Pas encore de clé d’accès.').waitFor();
      await page.getByLabel('Nom de la clé d’accès').fill('Portable de Claire');
      await press(page, 'Ajouter une clé d’accès');
      await told(page, 'La clé d’accès est ajoutée.');
      await page.getByRole('button', { name: 'Supprimer Portable de Claire' }).waitFor();
      const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
      assert.deepEqual(
        credentials.map(({ rpId, isResidentCredential }) => [rpId, isResidentCredential]),
        [['localhost', true]],
      );

      await signOut(page);
      await press(page, 'Utiliser une clé d’accès');
      await page.getByRole('heading', { level: 1, name: 'Organisations' }).waitFor();

      await openAccount(page, organisation);
      await press(page, 'Supprimer Portable de Claire');
      await page.getByRole('dialog').getByRole('button', { name: 'Supprimer', exact: true }).click();
      await told(page, 'La clé d’accès est supprimée.');
      await signOut(page);
      await press(page, 'Utiliser une clé d’accès');
      // The device still offers it; the server knows it no longer.
      await page.getByRole('alert').waitFor();
      assert.equal(new URL(page.url()).pathname, '/sign-in');
    }));

  test('a code is asked for after the password; a backup code opens once', () =>
    withCockpit(async (page, organisation) => {
      await byPassword(page);
      await openAccount(page, organisation);
      const { key, codes } = await setUpCodes(page);

      await signOut(page);
      await passwordThen(page);
      await giveCode(page, 'Code', wrong(codeAt(key)));
      await page.getByRole('alert').waitFor();
      // The code of this half minute was used to set it up: the next one, as an app whose clock is fast shows it.
      await giveCode(page, 'Code', codeAt(key, Date.now() + STEP_MS));
      await page.getByRole('heading', { level: 1, name: 'Organisations' }).waitFor();

      await openAccount(page, organisation);
      await signOut(page);
      await passwordThen(page);
      await press(page, 'Utiliser un code de secours');
      await giveCode(page, 'Code de secours', codes[0]!);
      await page.getByRole('heading', { level: 1, name: 'Organisations' }).waitFor();

      await openAccount(page, organisation);
      await signOut(page);
      await passwordThen(page);
      await press(page, 'Utiliser un code de secours');
      await giveCode(page, 'Code de secours', codes[0]!);
      await page.getByRole('alert').waitFor();
      await giveCode(page, 'Code de secours', codes[1]!);
      await page.getByRole('heading', { level: 1, name: 'Organisations' }).waitFor();
    }));
});

/** A cockpit with one operator and one organisation, and a page of a browser that nobody has signed in with. */
async function withCockpit(work: (page: Page, organisation: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'malleposte-keys-'));
  let cockpit: Cockpit | undefined;
  let browser: Browser | undefined;
  try {
    cockpit = await startCockpit(folder);
    const organisation = await founded(cockpit);
    browser = await startChromium();
    await using watched = await openWatched(browser, cockpit.origin);
    const { page } = watched;
    page.setDefaultTimeout(SEEN_MS);
    await seen(page, 'passkey', () => work(page, organisation));
    assert.ok(!cockpit.said().includes(OPERATOR.password), 'a password stands in the log');
  } finally {
    await browser?.close();
    await cockpit?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function founded({ origin, firstLink }: Cockpit): Promise<string> {
  const operator = new Operator(origin);
  const token = firstLink!.split('/').at(-1)!;
  await operator.ask('POST /first/{token}', { token, body: { ...OPERATOR, language: 'fr' } });
  await operator.signIn();
  const { id } = await operator.ask('POST /organisations', {
    body: {
      ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
      ...{ targetTemplate: null, movesAtOnce: 2 },
    },
  });
  return id;
}

async function passwordThen(page: Page): Promise<void> {
  await page.getByLabel('Adresse e-mail').fill(OPERATOR.email);
  await page.getByLabel('Mot de passe', { exact: true }).fill(OPERATOR.password);
  await press(page, 'Se connecter');
}

async function byPassword(page: Page): Promise<void> {
  await page.goto('/sign-in');
  await passwordThen(page);
  await page.getByRole('heading', { level: 1, name: 'Organisations' }).waitFor();
}

async function openAccount(page: Page, organisation: string): Promise<void> {
  await page.goto(`/o/${organisation}/account`);
  await page.getByRole('heading', { level: 1, name: 'Mon accès' }).waitFor();
}

/** The key as it is read from the page, and the backup codes. */
async function setUpCodes(page: Page): Promise<{ key: Buffer; codes: string[] }> {
  await press(page, 'Mettre en place');
  await page
    .getByRole('region', { name: 'Code à la connexion' })
    .getByLabel('Mot de passe actuel')
    .fill(OPERATOR.password);
  await press(page, 'Suite');
  const shown = page.getByText(/^[A-Z2-7]{4}( [A-Z2-7]{1,4}){3,}$/);
  const key = keyOf((await shown.textContent())!);
  await giveCode(page, 'Code', codeAt(key));
  await told(page, 'Désormais un code est demandé à la connexion.');
  const kept = page.getByRole('region', { name: 'Codes de secours' });
  const codes = (await kept.locator('code').textContent())!.split('\n');
  assert.ok(codes.length >= 8 && new Set(codes).size === codes.length, codes.join());
  return { key, codes };
}

async function giveCode(page: Page, label: string, code: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).fill(code);
  await press(page, 'Confirmer');
}

/** Another one of six digits. */
function wrong(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

async function signOut(page: Page): Promise<void> {
  await press(page, 'Se déconnecter');
  await page.getByRole('heading', { level: 1, name: 'Connexion' }).waitFor();
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
}

async function told(page: Page, text: string): Promise<void> {
  await page.getByText(text, { exact: true }).first().waitFor();
}

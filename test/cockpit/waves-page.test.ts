/** The board and one wave in a browser on a real server, by the keyboard alone: placed, set aside, decided, and told when another one was faster. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { accountMessages } from '../generate/account.ts';
import { writeMaildir } from '../generate/account-files.ts';
import { axeViolations, noChromium, startChromium } from './chromium.ts';
import { OPERATOR, Operator } from './client.ts';
import { Keys } from './keys.ts';
import { type Cockpit, startCockpit } from './server.ts';
import { type Eyes, openWatched, seen, type Watched } from './watched.ts';

const LETTERS = 40;
const LOGINS = ['ines', 'hugo', 'nadia'];
const ALL_DAY = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }];

suite('waves in a browser', { skip: noChromium, timeout: 900_000 }, () => {
  let data: string;
  let cockpit: Cockpit;
  let browser: Browser;
  let operator: Operator;
  let organisation: string;
  let site: string;

  before(async () => {
    data = mkdtempSync(join(tmpdir(), 'malleposte-waves-page-'));
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
    const place = { name: 'Avignon', zone: 'Europe/Paris', hours: ALL_DAY, closed: [] };
    site = (
      await operator.ask('POST /organisations/{organisation}/sites', {
        organisation,
        body: { ...place, lineBytesPerSecond: null },
      })
    ).id;
    for (const login of LOGINS) await somebody(login);
  });
  after(async () => {
    await browser?.close();
    await cockpit?.stop();
    rmSync(data, { recursive: true });
  });

  async function somebody(login: string): Promise<void> {
    const owner = { name: login, address: `${login}@mistral.example` };
    const [old, fresh] = ['old', 'new'].map((name) => join(data, 'uploads', login, name));
    mkdirSync(old!, { recursive: true });
    writeMaildir(old!, [
      ...accountMessages({ messages: LETTERS, folders: 3, seed: 5, sizes: 'small', owner }),
    ]);
    const { id: person } = await operator.ask('POST /organisations/{organisation}/people', {
      organisation,
      body: { displayName: `${login} Roux`, address: owner.address, site },
    });
    for (const [role, where] of [
      ['source', old],
      ['target', fresh],
    ] as const)
      await operator.ask('POST /organisations/{organisation}/people/{person}/accounts', {
        ...{ organisation, person, body: { role, address: `maildir:${where}` } },
      });
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

  const waves = () => operator.ask('GET /organisations/{organisation}/waves', { organisation });

  test('an empty board teaches; the pilot is added and people are placed in it', async () => {
    await using watched = await open();
    const { page } = watched;
    const keys = await Keys.of(page);
    await seen(page, 'board', async () => {
      await page.goto(`/o/${organisation}/waves`);
      await keys.see('heading', 'Les étapes découpent la route');
      await calm(watched);
      await keys.enter('button', 'Ajouter le pilote');
      await keys.to('textbox', 'Nom');
      await keys.press('Enter');
      await keys.see('heading', 'Pilote');
      await keys.to('listbox', 'Personnes sans étape');
      const placed = (name: string) => page.getByRole('listbox', { name }).getByRole('option');
      await placed('Personnes sans étape')
        .nth(LOGINS.length - 1)
        .waitFor();
      await keys.press('Control+a');
      await keys.hear(`${LOGINS.length} choisies`);
      await calm(watched);
      await keys.press('m');
      await keys.see('heading', `Déplacer ${LOGINS.length} personnes vers…`);
      await calm(watched);
      await keys.press('Enter');
      await placed('Personnes de Pilote')
        .nth(LOGINS.length - 1)
        .waitFor();
      const [pilot] = await waves();
      assert.deepEqual([pilot!.pilot, pilot!.stage.people], [true, LOGINS.length]);
    });
  });

  /** What the page asks of the waves waits until `release`: as for somebody who has not heard yet of what another one did. */
  async function holdBack(page: Page, wave: string) {
    const released = Promise.withResolvers<void>();
    const [list, one] = [`${cockpit.origin}/api/v1/organisations/${organisation}/waves`, `/waves/${wave}`];
    await page.route(
      ({ href }) => href === list || href.endsWith(one),
      async (route) => {
        if (route.request().method() === 'GET') await released.promise;
        await route.continue();
      },
    );
    return { release: () => released.resolve() };
  }

  test('who changes a wave that somebody else has changed is told, and what was typed is kept', async () => {
    await using watched = await open();
    const { page } = watched;
    const keys = await Keys.of(page);
    await seen(page, 'two operators', async () => {
      await page.goto(`/o/${organisation}/waves`);
      await keys.enter('button', 'Modifier Pilote');
      await keys.fill('textbox', 'Nom', 'Avignon');
      const [pilot] = await waves();
      const unheard = await holdBack(page, pilot!.id);
      await operator.ask('PATCH /organisations/{organisation}/waves/{wave}', {
        ...{ organisation, wave: pilot!.id, body: { version: pilot!.version, startsOn: '2031-02-03' } },
      });
      await keys.press('Enter');
      await page.getByText('Votre saisie est gardée', { exact: false }).waitFor();
      assert.match(watched.complaints().join(), /409/);
      unheard.release();
      assert.equal(await page.getByRole('textbox', { name: 'Nom' }).inputValue(), 'Avignon');
      await page.waitForFunction(`document.querySelector('input[type=date]').value === '2031-02-03'`);
      await calm(watched);
      await keys.enter('button', 'Enregistrer');
      await page.getByRole('heading', { name: 'Avignon' }).waitFor();
      const [after] = await waves();
      assert.deepEqual([after!.name, after!.startsOn], ['Avignon', '2031-02-03'], 'both changes stand');
    });
  });

  test('a gate is set aside with a reason; a decision that comes late keeps its note; nothing starts without a go', async () => {
    await using watched = await open();
    const { page } = watched;
    const keys = await Keys.of(page);
    await seen(page, 'wave', async () => {
      const [wave] = await waves();
      const of = { organisation, wave: wave!.id };
      await page.goto(`/o/${organisation}/waves/${wave!.id}`);
      await keys.hear('Peut-elle partir ?');
      await calm(watched);
      await keys.enter('button', 'Passer outre : Les anciens comptes sont joignables');
      await keys.to('textbox', 'Pourquoi peut-on continuer sans risque ?');
      await page.keyboard.type('vus hier avec Inès');
      await keys.enter('button', 'Passer outre');
      await page.getByText('vus hier avec Inès', { exact: false }).waitFor();
      await calm(watched);
      await keys.fill('textbox', 'Note', 'réunion de lundi');
      const unheard = await holdBack(page, wave!.id);
      const { version } = await operator.ask('GET /organisations/{organisation}/waves/{wave}', of);
      await operator.ask('PATCH /organisations/{organisation}/waves/{wave}', {
        ...of,
        body: { version, deadlineMs: Date.UTC(2031, 1, 3) },
      });
      await keys.enter('button', 'Partir');
      await page.getByText('Quelqu’un d’autre a modifié cette étape', { exact: false }).waitFor();
      assert.equal(await page.getByRole('textbox', { name: 'Note' }).inputValue(), 'réunion de lundi');
      assert.match(watched.complaints().join(), /409/);
      unheard.release();
      await page.getByText('à terminer avant', { exact: false }).first().waitFor();
      await keys.enter('button', 'Partir');
      await page.getByText('décidé par Claire Vidal', { exact: false }).waitFor();
      const start = page.getByRole('button', { name: 'Lancer l’étape' });
      assert.equal(await start.isDisabled(), true, 'its gates are not met');
      const { decision, gates } = await operator.ask('GET /organisations/{organisation}/waves/{wave}', of);
      assert.deepEqual([decision?.go, decision?.note], [true, 'réunion de lundi']);
      const aside = gates.find(({ code }) => code === 'accounts-reachable');
      assert.deepEqual([aside?.state, aside?.note], ['overridden', 'vus hier avec Inès']);
      await calm(watched);
    });
  });

  for (const part of ['', '/WAVE'])
    test(`waves${part} fits a phone, in English and in the dark`, async () => {
      await using watched = await open({ width: 390, language: 'en', dark: true });
      const { page } = watched;
      await seen(page, `phone ${part}`, async () => {
        const [wave] = await waves();
        await page.goto(`/o/${organisation}/waves${part.replace('WAVE', wave!.id)}`);
        await page.locator('main :text("Roux"):visible').first().waitFor();
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

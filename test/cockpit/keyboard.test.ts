/** The whole way as somebody new goes it, in French and with the keyboard alone: first link, file, hours, a wave, certificates. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { SECRET } from '../journeys/engine.ts';
import { imapPlace, unionDifferences } from '../journeys/sources.ts';
import { noChromium, startChromium } from './chromium.ts';
import { OPERATOR } from './client.ts';
import { Keys, plain } from './keys.ts';
import { type Cockpit, startCockpit } from './server.ts';
import { openTown, type Town } from './town.ts';
import { openWatched, seen } from './watched.ts';

const LETTERS = 40;
/** In the words of the page: slow enough to be looked at. */
const LINE_MEGABITS = '6';
const MOVED_MS = 240_000;

suite('somebody new, without a mouse', { skip: noChromium, timeout: 600_000 }, () => {
  test('from the first link to the certificate of a wave, in French', async (t) => {
    await using town = await openTown(LETTERS, 11);
    if (town === null) return t.skip('no Dovecot can be had here');
    const cockpit = await startCockpit(town.data);
    let browser: Browser | undefined;
    try {
      browser = await startChromium();
      await using watched = await openWatched(browser, cockpit.origin);
      const keys = await Keys.of(watched.page);
      await seen(watched.page, 'keyboard', async () => {
        await comesIn(keys, cockpit);
        await foundsOrganisation(keys, town);
        await importsFile(keys, town);
        await setsHours(keys);
        await preparesWave(keys);
        await movesWave(keys);
        await endsWave(keys);
        await takesCertificates(keys);
        assert.deepEqual(watched.complaints(), []);
      });
      await arrivedOnce(town);
      assert.ok(!cockpit.said().includes(SECRET), 'a password stands in the log');
    } finally {
      await browser?.close();
      assert.equal(await cockpit.stop(), 0, cockpit.said());
    }
  });
});

async function comesIn(keys: Keys, cockpit: Cockpit): Promise<void> {
  await keys.page.goto(cockpit.firstLink!);
  await keys.see('heading', 'Bienvenue dans Malleposte');
  await keys.fill('textbox', 'Votre nom', OPERATOR.name);
  await keys.fill('textbox', 'Adresse e-mail', OPERATOR.email);
  await keys.fill('textbox', 'Choisissez un mot de passe', OPERATOR.password);
  await keys.enter('button', 'Commencer');
  await keys.see('heading', 'Pas encore d’organisation');
}

async function foundsOrganisation(keys: Keys, town: Town): Promise<void> {
  await keys.enter('link', 'Ajouter une organisation');
  await keys.see('heading', 'Une nouvelle organisation');
  await keys.fill('textbox', 'Nom de l’organisation', 'Ateliers Mistral');
  await keys.fill('textbox', 'Domaines de messagerie', 'mistral.example');
  await keys.choose('Où va le courrier', 'une suite ouverte');
  await keys.enter('button', 'Créer');
  await keys.see('heading', 'La route commence ici');

  await goes(keys, 's', 'Réglages');
  await keys.fill('textbox', 'Règle pour les nouvelles boîtes', town.targetTemplate);
  await keys.enter('button', 'Enregistrer');
  await keys.hear('Enregistré.');
}

async function importsFile(keys: Keys, town: Town): Promise<void> {
  mkdirSync(town.data, { recursive: true });
  const file = join(town.data, '..', 'personnes.csv');
  writeFileSync(file, town.csv);
  // Early: Chromium is told beforehand that somebody waits for its dialog.
  const chooser = keys.page.waitForEvent('filechooser', { timeout: MOVED_MS });
  await goes(keys, 'r', 'Ateliers Mistral');
  await keys.enter('link', 'Importer les personnes');
  await keys.see('heading', 'Importer des personnes');
  await keys.enter('button', 'Choisir un fichier');
  await (await chooser).setFiles(file);

  await keys.see('grid', 'personnes.csv');
  await keys.see('button', /^3 ?Créer$/);
  await keys.to('grid', 'personnes.csv');
  await keys.press('ArrowDown');
  await keys.press('Enter');
  await keys.see('heading', 'Hugo Lemaire');
  await keys.press('Escape');
  assert.deepEqual(await keys.focused(), { role: 'grid', name: 'personnes.csv' });
  await keys.see('checkbox', 'Créer les sites : Avignon et Lyon');
  const asked = await keys.page.evaluate<string[]>(`
    [...document.querySelectorAll('[aria-label="Importer"] input[type=checkbox]')].map((box) => box.labels[0].textContent)
  `);
  for (const box of asked) await keys.check(plain(box));
  await keys.enter('button', 'Importer');
  await confirms(keys, 'Importer personnes.csv ?', 'Importer');
  await keys.see('link', 'Continuer vers les étapes');
}

/** At any hour, on a line that is shared. */
async function setsHours(keys: Keys): Promise<void> {
  await goes(keys, 's', 'Réglages');
  await keys.to('tab', 'Organisation');
  await keys.press('ArrowRight');
  await keys.enter('button', 'Modifier Avignon');
  await keys.to('radio', 'À toute heure');
  await keys.press('ArrowDown');
  await keys.enter('button', 'Retirer la plage 1');
  for (const day of ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi']) await keys.check(day);
  await keys.to('radio', 'Sans limite');
  await keys.press('ArrowDown');
  await keys.fill('textbox', 'Mégabits par seconde', LINE_MEGABITS);
  await keys.hear('Tous les jours : toute la journée.');
  await keys.enter('button', 'Enregistrer');
  await keys.hear('Enregistré.');
}

/** Everything is tried, what only people know is ticked, and somebody decides. */
async function preparesWave(keys: Keys): Promise<void> {
  await goes(keys, 'e', 'Étapes');
  await keys.enter('link', 'Avignon');
  await keys.see('heading', 'Étape Avignon');
  assert.equal(await keys.page.getByRole('button', { name: 'Lancer l’étape' }).isDisabled(), true);
  await keys.enter('button', 'Essayer tous les comptes');
  for (const gate of ['Les anciens comptes sont joignables', 'Les nouvelles boîtes sont là'])
    await keys.page
      .getByRole('listitem')
      .filter({ has: keys.page.getByRole('heading', { name: gate }) })
      .getByText('remplie', { exact: true })
      .waitFor({ timeout: MOVED_MS });
  await ticksAll(keys);
  await keys.hear('Tout est là. Il manque la décision');
  await keys.fill('textbox', 'Note', 'vu avec la direction');
  await keys.enter('button', 'Partir');
  await keys.hear('Oui, elle peut partir');
}

async function movesWave(keys: Keys): Promise<void> {
  const progress = await watchProgress(keys);
  await keys.enter('button', 'Lancer l’étape');
  await confirms(keys, 'Lancer Avignon ?', 'Lancer l’étape');
  await keys.see('button', 'Clore l’étape', MOVED_MS);
  // Nobody asked for the page anew meanwhile.
  for (const name of ['Inès Roux', 'Hugo Lemaire']) {
    const shares = (await progress()).filter(([of]) => of === `Avancement de ${name}`);
    const between = new Set(shares.map(([, share]) => share).filter((share) => share > 0 && share < 100));
    assert.ok(between.size >= 2, `${name} did not move before one's eyes: ${JSON.stringify(shares)}`);
  }
}

async function endsWave(keys: Keys): Promise<void> {
  await ticksAll(keys);
  await keys.hear('Tout est arrivé. Elle peut être close');
  await keys.enter('button', 'Clore l’étape');
  await confirms(keys, 'Clore Avignon ?', 'Clore l’étape');
  await keys.hear('Oui : tout est arrivé et attesté');
}

async function takesCertificates(keys: Keys): Promise<void> {
  await goes(keys, 'c', 'Attestations');
  for (const whose of ['Ateliers Mistral', 'Avignon']) {
    await keys.to('link', `Attestation de ${whose} en PDF`);
    const download = keys.page.waitForEvent('download');
    await keys.press('Enter');
    const file = await (await download).path();
    assert.equal(readFileSync(file).subarray(0, 5).toString(), '%PDF-', whose);
  }
  await keys.to('grid', 'Personnes');
  await keys.press('Enter');
  await keys.to('link', 'Attestation PDF');
  const download = keys.page.waitForEvent('download');
  await keys.press('Enter');
  assert.match((await download).suggestedFilename(), /\.pdf$/);
}

/** By an IMAP client that shares no code with the engine. */
async function arrivedOnce({ people }: Town): Promise<void> {
  for (const { old, fresh, site } of people) {
    const differences = await unionDifferences([imapPlace(old)], imapPlace(fresh));
    if (site === 'Avignon') assert.deepEqual(differences, []);
    else assert.ok(differences.length > 0, 'a wave that nobody started has moved');
  }
}

async function ticksAll(keys: Keys): Promise<void> {
  const open = keys.page.getByRole('button', { name: /^Cocher : / });
  await open.first().waitFor();
  while ((await open.count()) > 0) {
    const name = (await open.first().getAttribute('aria-label'))!;
    await keys.enter('button', name);
    await keys.to('textbox', 'Note');
    await keys.page.keyboard.type('vu');
    await keys.enter('button', 'Cocher');
    await keys.see('button', name.replace('Cocher', 'Décocher'));
  }
}

/** The dialog has the focus where Enter says yes. */
async function confirms(keys: Keys, title: string, act: string): Promise<void> {
  await keys.see('dialog', title);
  assert.deepEqual(await keys.focused(), { role: 'button', name: act });
  await keys.press('Enter');
}

/** By the letter after `g`. */
async function goes(keys: Keys, letter: string, title: string): Promise<void> {
  await keys.press('g');
  await keys.press(letter);
  await keys.see('heading', title);
}

type Share = [name: string, percent: number];

/** Notes every share that is shown from now on; asked, it tells them. */
async function watchProgress(keys: Keys): Promise<() => Promise<Share[]>> {
  await keys.page.evaluate(`
    globalThis.shownShares = [];
    new MutationObserver(() => {
      for (const bar of document.querySelectorAll('[role=progressbar]'))
        shownShares.push([bar.ariaLabel, Number(bar.ariaValueNow)]);
    }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-valuenow'] });
  `);
  return () => keys.page.evaluate<Share[]>('shownShares');
}

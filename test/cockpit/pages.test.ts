/** Every page of a project on its road, as it is seen: both languages, light and dark, wide and on a phone. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { cockpitEn } from '../../src/words/cockpit/en.ts';
import { ROOT } from '../check.ts';
import { axeViolations, noChromium, startChromium } from './chromium.ts';
import { until } from './client.ts';
import { HOSTILE_NAME, type Seeded, seed } from './seeded.ts';
import { type Cockpit, startCockpit } from './server.ts';
import { openTown, type Town } from './town.ts';
import { openWatched, seen, type Watched } from './watched.ts';

const LETTERS = 12;
const FIRST_PAGE_KILOBYTES = 220;
const READY_MS = 60_000;
const [WIDE, PHONE] = [1440, 390];

/** A way to look at a page. */
interface Look {
  width: number;
  dark: boolean;
}
const WAYS: readonly Look[] = [
  { width: WIDE, dark: false },
  { width: WIDE, dark: true },
  { width: PHONE, dark: true },
  { width: PHONE, dark: false },
];
/** Of what opens on a page that was looked at in every way, and in the other language: both widths, both schemes. */
const TWO_WAYS = WAYS.filter(({ width, dark }) => (width === PHONE) === dark);

suite('every page', { skip: noChromium, timeout: 1_500_000 }, () => {
  let town: Town | null;
  let cockpit: Cockpit;
  let browser: Browser;
  let seeded: Seeded;

  before(async () => {
    town = await openTown(LETTERS, 21);
    if (town === null) return;
    cockpit = await startCockpit(town.data);
    seeded = await seed(cockpit, town);
    browser = await startChromium();
  });
  after(async () => {
    await browser?.close();
    await cockpit?.stop();
    await town?.[Symbol.asyncDispose]();
  });

  for (const language of ['fr', 'en'] as const)
    test(`in ${language}: nothing that axe, the policy, a phone or a reader minds`, async (t) => {
      if (town === null) return t.skip('no Dovecot can be had here');
      await seeded.operator.ask('PATCH /me', { body: { language } });
      await using watched = await openWatched(browser, cockpit.origin, { language });
      await asOperator(watched, seeded);
      const each = async (paths: readonly NamedPath[], looks: readonly Look[]): Promise<void> => {
        for (const [name, path] of paths)
          await t.test(name, () => looked(watched, `${language}-${name}`, path, { language, looks }));
      };
      await each(await pagesOf(seeded), language === 'fr' ? WAYS : TWO_WAYS);
      await each(openedOf(seeded), TWO_WAYS);
      await watched.context.clearCookies();
      await each(doorsOf(seeded), TWO_WAYS);
    });

  test(`the script of the first page weighs less than ${FIRST_PAGE_KILOBYTES} kB`, async (t) => {
    if (town === null) return t.skip('no Dovecot can be had here');
    // The browser speaks another language than the operator: the words of both are loaded, the most that can be.
    await seeded.operator.ask('PATCH /me', { body: { language: 'en' } });
    await using watched = await openWatched(browser, cockpit.origin, { language: 'fr' });
    await asOperator(watched, seeded);
    const scripts: Promise<Buffer>[] = [];
    watched.page.on('response', (response) => {
      if (response.request().resourceType() === 'script') scripts.push(response.body());
    });
    await watched.page.goto(`/o/${seeded.organisation}`);
    await ready(watched.page);
    await until(
      () => watched.page.evaluate<string>('document.documentElement.lang'),
      (is) => is === 'en',
    );
    const sizes = (await Promise.all(scripts)).map((bytes) => gzipSync(bytes).length / 1_000);
    const sum = sizes.reduce((total, size) => total + size, 0);
    t.diagnostic(`${sizes.length} scripts, ${sum.toFixed(1)} kB`);
    assert.ok(sizes.length > 0 && sum < FIRST_PAGE_KILOBYTES, `${sum.toFixed(1)} kB`);
  });
});

async function asOperator({ context }: Watched, { operator }: Seeded): Promise<void> {
  const url = operator.browser.origin;
  await context.addCookies([...operator.browser.cookies].map(([name, value]) => ({ name, value, url })));
}

type NamedPath = [name: string, path: string];

/** All that there are. */
async function pagesOf({ organisation, running }: Seeded): Promise<NamedPath[]> {
  // Not by its name: it leads to pages, which are no modules of tests.
  const { pages } = (await import(join(ROOT, 'src/cockpit/web/pages/pages.ts'))) as {
    pages: readonly { path: string }[];
  };
  return pages.map(({ path }) => [
    path || 'road',
    `/o/${organisation}/${path.replace('$wave', running)}`.replace(/\/$/, ''),
  ]);
}

/** What opens on them, waves of other states, and pages of no organisation. */
function openedOf({ organisation, ended, waiting, person, file, site }: Seeded): NamedPath[] {
  const opened: NamedPath[] = [
    ['people-one', `people?person=${person}`],
    ['import-preview', `import?file=${file}`],
    ['wave-ended', `waves/${ended}`],
    ['wave-waiting', `waves/${waiting}`],
    ['settings-sites', 'settings?part=sites'],
    ['settings-site', `settings?part=sites&site=${site}`],
    ['settings-notices', 'settings?part=notices'],
    ['missing', 'nowhere'],
  ];
  return [
    ...opened.map(([name, path]): NamedPath => [name, `/o/${organisation}/${path}`]),
    ['choose', '/'],
    ['new-organisation', '/new'],
  ];
}

/** Of those who are not signed in. */
function doorsOf({ invited, own }: Seeded): NamedPath[] {
  return [
    ['sign-in', '/sign-in'],
    ['first', `/first/${'x'.repeat(43)}`],
    ['invited', invited],
    ['own-page', own],
  ];
}

/** Loaded once, looked at in every way; everything that is wrong is told together. */
async function looked(
  watched: Watched,
  name: string,
  path: string,
  { language, looks }: { language: 'fr' | 'en'; looks: readonly Look[] },
): Promise<void> {
  const { page } = watched;
  await page.setViewportSize({ width: WIDE, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  watched.complaints();
  await page.goto(path);
  await seen(page, name, async () => {
    await ready(page).catch((error: Error) =>
      assert.fail(`${error.message}\n${watched.complaints().join('\n')}`),
    );
    const wrong: string[] = [];
    for (const look of looks) {
      const how = `${look.width} px, ${look.dark ? 'dark' : 'light'}`;
      await turnTo(page, look);
      wrong.push(...(await faults(page, language)).map((fault) => `${how}: ${fault}`));
    }
    wrong.push(...watched.complaints());
    assert.deepEqual(wrong, [], path);
  });
}

/** Its title is there, and nothing is being waited for. */
async function ready(page: Page): Promise<void> {
  // On a phone what is opened lies over it.
  await page.locator('h1').first().waitFor({ state: 'attached', timeout: READY_MS });
  await until(
    () =>
      page.evaluate<string>(`document.querySelector('[aria-busy=true]') ? 'a table waits'
        : [...document.querySelectorAll('[role=status]')].find((one) => /^(Chargement…|Loading…)$/.test(one.textContent.trim()))
          ? 'a part waits' : document.fonts.status`),
    (state) => state === 'loaded',
    READY_MS,
  );
}

async function turnTo(page: Page, { width, dark }: Look): Promise<void> {
  await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
  await page.setViewportSize({ width, height: 900 });
  await drawn(page);
  const wanted = `${dark ? 'dark' : 'light'} ${width}`;
  await until(
    () => page.evaluate<string>("document.documentElement.dataset.mantineColorScheme + ' ' + innerWidth"),
    (is) => is === wanted,
    READY_MS,
  );
  await ready(page);
  await drawn(page);
}

async function drawn(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

interface Facts {
  titles: number;
  lang: string;
  scrolls: number;
  texts: string[];
}

async function faults(page: Page, language: 'fr' | 'en'): Promise<string[]> {
  const { titles, lang, scrolls, texts } = await page.evaluate<Facts>(`({
    titles: document.querySelectorAll('h1').length,
    lang: document.documentElement.lang,
    scrolls: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    texts: [document.title, document.body.innerText, ...[...document.querySelectorAll('[aria-label], [title], [placeholder]')]
      .flatMap((one) => [one.ariaLabel, one.title, one.placeholder]).filter(Boolean)],
  })`);
  const found = (await axeViolations(page)).map(
    ({ id, help, nodes }) => `axe ${id} (${help}): ${nodes.join(' | ')}`,
  );
  if (titles !== 1) found.push(`${titles} titles`);
  if (lang !== language) found.push(`in the language ${lang}`);
  if (scrolls > 0) found.push(`scrolls sideways by ${scrolls} px`);
  const [raw] = texts.flatMap((text) => UNSAID.exec(text.replaceAll(HOSTILE_NAME, '')) ?? []);
  if (raw !== undefined) found.push(`says ${raw}`);
  return found;
}

/** A key instead of its text, a value that nobody set in, and what JavaScript writes for things that are no text. */
const UNSAID = new RegExp(
  `(?<![\\w@/.-])(${Object.keys(cockpitEn).join('|')})(\\.[a-z][\\w-]*)+(?![\\w@/])|\\{\\{|\\[object |\\b(undefined|NaN|Invalid Date)\\b`,
);

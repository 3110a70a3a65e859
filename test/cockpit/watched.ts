import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface Watched extends AsyncDisposable {
  context: BrowserContext;
  page: Page;
  /** What the browser complained of since the last time: errors, warnings, breaches of the policy, requests to elsewhere. */
  complaints(): string[];
}

export interface Eyes {
  language?: 'fr' | 'en';
  width?: number;
  dark?: boolean;
}

const HEIGHT = 900;
const COMPLAINTS_MAX = 100;

/** A browser of its own for one person, that notes everything it complains of. */
export async function openWatched(browser: Browser, origin: string, eyes: Eyes = {}): Promise<Watched> {
  const { language = 'fr', width = 1440, dark = false } = eyes;
  const context = await browser.newContext({
    ...{ baseURL: origin, locale: language === 'fr' ? 'fr-FR' : 'en-GB', timezoneId: 'Europe/Paris' },
    ...{ viewport: { width, height: HEIGHT }, colorScheme: dark ? 'dark' : 'light' },
    ...{ reducedMotion: 'reduce', acceptDownloads: true },
  });
  const page = await context.newPage();
  let said: string[] = [];
  const note = (text: string): void => {
    if (said.length < COMPLAINTS_MAX) said.push(`${new URL(page.url()).pathname}: ${text.slice(0, 1_000)}`);
  };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      note(`${message.type()} ${message.text()}`);
  });
  page.on('pageerror', (error) => note(`thrown ${error.stack ?? error.message}`));
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(`${origin}/`))
      note(`asks elsewhere: ${request.url()}`);
  });
  return {
    ...{ context, page },
    complaints() {
      const told = said;
      said = [];
      return told;
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** Into the system's own folder for such things; answers where. */
export async function keepLook(page: Page, name: string): Promise<string> {
  const folder = join(tmpdir(), 'malleposte-looks');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name.replace(/[^\w-]+/g, '-')}.png`);
  await page.screenshot({ path: file, fullPage: true });
  return file;
}

/** Does it; when that fails, a picture of the page is kept and told with the error. */
export async function seen<T>(page: Page, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const file = await keepLook(page, name).catch((cause: Error) => `no picture: ${cause.message}`);
    if (error instanceof Error) error.message += `\n  seen at ${page.url()}: ${file}`;
    throw error;
  }
}

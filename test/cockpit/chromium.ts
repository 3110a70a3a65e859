import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';

/** Debian's; `.ci/run` installs it. Null: the tests that need it are skipped by name. */
export const CHROMIUM =
  ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => existsSync(file)) ?? null;

export const noChromium = CHROMIUM === null ? 'no Chromium here (apt-get install chromium)' : false;

/** Talks to nobody but the page. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function startChromium(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: CHROMIUM!, args: FLAGS });
}

export interface Violation {
  id: string;
  help: string;
  nodes: string[];
}

/** What axe finds on a page: WCAG 2 A and AA, and what it holds to be good practice. */
export async function axeViolations(page: Page): Promise<Violation[]> {
  const { createRequire } = await import('node:module');
  const path = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  const { readFileSync } = await import('node:fs');
  // Run as the page's own policy would not let it: by the debugger, not as a script of the page.
  if (!(await page.evaluate<boolean>("'axe' in globalThis"))) await page.evaluate(readFileSync(path, 'utf8'));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{
          violations: { id: string; help: string; nodes: { target: unknown; failureSummary: string }[] }[];
        }>;
      };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes
        .slice(0, 5)
        .map(({ target, failureSummary }) => `${JSON.stringify(target)} ${failureSummary}`),
    }));
  });
}

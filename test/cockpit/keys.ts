import assert from 'node:assert/strict';
import type { CDPSession, Page } from 'playwright-core';

/** What has the focus, as a screen reader is told. */
export interface Focused {
  role: string;
  name: string;
}

/** Exact, or a pattern; white space of every kind counts as a space. */
export type Name = string | RegExp;

type Role = Parameters<Page['getByRole']>[0];

export const SEEN_MS = 60_000;
/** More stops than any page has. */
const TABS_MAX = 250;
const TOLD_STOPS = 60;

/**
 * A person without a mouse: reads the page, goes by Tab, and types only where the focus stands. What cannot be reached fails, and
 * tells where the focus went.
 */
export class Keys {
  readonly page: Page;
  readonly #cdp: CDPSession;

  private constructor(page: Page, cdp: CDPSession) {
    this.page = page;
    this.#cdp = cdp;
  }

  static async of(page: Page): Promise<Keys> {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Accessibility.enable');
    return new Keys(page, cdp);
  }

  press(key: string): Promise<void> {
    return this.page.keyboard.press(key);
  }

  /** Null: nothing has the focus. */
  async focused(): Promise<Focused | null> {
    const { result } = await this.#cdp.send('Runtime.evaluate', {
      expression: 'document.activeElement === document.body ? null : document.activeElement',
    });
    if (result.objectId === undefined) return null;
    const { objectId } = result;
    // Gone since then, when React drew it anew: then nothing has the focus.
    const tree = await this.#cdp
      .send('Accessibility.getPartialAXTree', { objectId, fetchRelatives: false })
      .catch(() => null);
    const [node] = tree?.nodes ?? [];
    if (node === undefined) return null;
    return { role: String(node.role?.value ?? ''), name: plain(String(node.name?.value ?? '')) };
  }

  /** Tabs (with Shift: `back`) until the focus stands on it. It has to be on the page, or come. */
  async to(role: Role, name: Name, { back = false } = {}): Promise<void> {
    await this.see(role, name);
    const went: string[] = [];
    for (let tabs = 0; tabs <= TABS_MAX; tabs++) {
      const focused = await this.focused();
      if (focused !== null && isThat(focused, role, name)) return;
      went.push(focused === null ? '–' : `${focused.role} « ${focused.name} »`);
      await this.press(back ? 'Shift+Tab' : 'Tab');
    }
    assert.fail(
      `the keyboard does not reach ${role} ${name}; it went: ${went.slice(0, TOLD_STOPS).join(', ')}`,
    );
  }

  /** Goes to a field and types there in place of what stands in it. */
  async fill(role: Role, name: Name, text: string): Promise<void> {
    await this.to(role, name);
    await this.press('Control+a');
    await this.page.keyboard.type(text);
  }

  /** A button, a link: Enter. */
  async enter(role: Role, name: Name): Promise<void> {
    await this.to(role, name);
    await this.press('Enter');
  }

  /** A box: the space bar. */
  async check(name: Name): Promise<void> {
    await this.to('checkbox', name);
    await this.press('Space');
    await this.page.getByRole('checkbox', { name, exact: true, checked: true }).waitFor({ timeout: SEEN_MS });
  }

  /** Chooses in a list by its arrows. */
  async choose(name: Name, option: string): Promise<void> {
    await this.to('combobox', name);
    const list = this.page.getByRole('combobox', { name, exact: true });
    const options = await list.locator('option').allTextContents();
    const at = options.map(plain).indexOf(option);
    assert.ok(at >= 0, `${name} has no ${option}, but ${options.join(', ')}`);
    await this.press('Home');
    for (let n = 0; n < at; n++) await this.press('ArrowDown');
    const chosen = await list.evaluate(
      (select) => (select as unknown as { selectedIndex: number }).selectedIndex,
    );
    assert.equal(options[chosen], options[at], `the arrows do not choose in ${name}`);
  }

  /** A sentence, wherever it is said. */
  async hear(text: string): Promise<void> {
    await this.page.getByText(text, { exact: true }).first().waitFor({ timeout: SEEN_MS });
  }

  /** Reads: waits until it is there to be seen. */
  async see(role: Role, name: Name, waitMs = SEEN_MS): Promise<void> {
    await this.page.getByRole(role, { name, exact: true }).first().waitFor({ timeout: waitMs });
  }
}

/** Names have narrow no-break spaces in French. */
export function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Chromium's own words for some roles of ARIA. */
const SAME: Readonly<Record<string, string>> = {
  ComboBoxSelect: 'combobox',
  ComboBoxMenuButton: 'combobox',
  DisclosureTriangle: 'button',
  popUpButton: 'combobox',
};

function isThat(focused: Focused, role: string, name: Name): boolean {
  if ((SAME[focused.role] ?? focused.role) !== role) return false;
  return typeof name === 'string' ? focused.name === plain(name) : name.test(focused.name);
}

import assert from 'node:assert/strict';
import type { Answered, Asked, ParamsOf } from '../../src/cockpit/contract/route.ts';
import type { RouteName, Routes } from '../../src/cockpit/contract/routes.ts';
import { Browser } from '../../src/cockpit/server/sign-in/listening.suite.ts';
import { addressOf } from '../../src/cockpit/web/api/call.ts';

export const OPERATOR = {
  name: 'Claire Vidal',
  email: 'claire.vidal@mistral.example',
  password: 'diligence de midi 1837',
};

type Needs<Name extends RouteName> = ParamsOf<Name> & Partial<Asked<Routes[Name]>>;

/** An operator at the API, with a cookie as a browser has it. */
export class Operator {
  readonly browser: Browser;
  constructor(origin: string) {
    this.browser = new Browser(origin);
  }

  async signIn(one: { email: string; password: string } = OPERATOR): Promise<void> {
    const { email, password } = one;
    const response = await this.browser.ask('/api/auth/sign-in/email', { body: { email, password } });
    assert.equal(response.status, 200, await response.text());
  }

  /** Status and what was answered. */
  async tried<Name extends RouteName>(
    name: Name,
    needs: Needs<Name>,
  ): Promise<{ status: number; answer: unknown }> {
    const { method, url } = addressOf(name, needs);
    const body = (needs as { body?: unknown }).body;
    const response = await this.browser.ask(url, { method, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    return { status: response.status, answer: text === '' ? undefined : JSON.parse(text) };
  }

  /** What must go well. */
  async ask<Name extends RouteName>(name: Name, needs: Needs<Name>): Promise<Answered<Routes[Name]>> {
    const { status, answer } = await this.tried(name, needs);
    assert.ok(status === 200 || status === 204, `${name}: ${status} ${JSON.stringify(answer)}`);
    return answer as Answered<Routes[Name]>;
  }

  /** A file as the body, or as the answer. */
  async file(url: string, bytes?: Buffer): Promise<Buffer> {
    const response = await fetch(new URL(url, this.browser.origin), {
      method: bytes ? 'POST' : 'GET',
      headers: {
        cookie: this.browser.cookie,
        'sec-fetch-site': 'same-origin',
        ...(bytes ? { origin: this.browser.origin, 'content-type': 'text/csv' } : {}),
      },
      ...(bytes ? { body: new Uint8Array(bytes) } : {}),
    });
    const answer = Buffer.from(await response.arrayBuffer());
    assert.ok(response.ok, `${url}: ${response.status} ${answer.toString().slice(0, 500)}`);
    return answer;
  }
}

/** Asks again until it holds. */
export async function until<T>(
  ask: () => Promise<T>,
  holds: (answer: T) => boolean,
  waitMs = 180_000,
): Promise<T> {
  const end = Date.now() + waitMs;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    assert.ok(Date.now() < end, `waited in vain: ${JSON.stringify(answer).slice(0, 2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

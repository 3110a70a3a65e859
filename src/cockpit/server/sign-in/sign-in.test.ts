import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, beforeEach, describe, test } from 'node:test';
import { isTrouble } from '../../../trouble.ts';
import { keyOf } from '../../../wire/sealed.ts';
import { doorOf } from '../shell/doors.ts';
import { KEYS, type Listening, listen, marie, signInAs, signUp } from './listening.suite.ts';
import { OPERATORS_FILE } from './sign-in.ts';

const tokenOf = ({ link }: { link: string }): string => link.split('/').at(-1)!;
const none = async (): Promise<void> => {};

async function refuses(work: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(isTrouble(error), String(error));
    assert.equal(doorOf(error)?.code, code);
    return true;
  });
}

/** The code that comes next is taken already, and is another one than that of now. */
const NEXT_MS = 30_000;

/** TOTP: six figures, thirty seconds, SHA-1. */
function totp(secret: string, atMs: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((one) => letters.indexOf(one).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const at = digest.at(-1)! & 15;
  return `${(digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000}`.padStart(6, '0');
}

describe('an empty server', () => {
  let listening: Listening;
  let now = Date.now();
  beforeEach(() => {
    now = Date.now();
  });
  before(async () => {
    listening = await listen({ nowMs: () => now });
  });
  after(() => listening.close());

  test('no password is there before somebody chose one; nobody signs up', async () => {
    const { signIn } = listening;
    assert.equal(await signIn.begun(), false);
    const browser = listening.browser();
    for (const url of [
      '/api/auth/sign-up/email',
      '/api/auth/sign-in/email',
      '/api/auth/request-password-reset',
    ]) {
      const body = { name: 'X', email: 'x@bordes.example', password: 'un pont sur la rivière' };
      const [status] = await browser.json(url, { body });
      assert.equal(status, url.endsWith('sign-in/email') ? 401 : 404, url);
    }
    assert.equal(await signIn.begun(), false);
  });

  test('each start makes a new first link, and the one before is void', async () => {
    const { signIn, origin } = listening;
    const [one, two] = [(await signIn.firstLink())!, (await signIn.firstLink())!];
    assert.match(two.link, new RegExp(`^${origin}/first/[\\w-]{43}$`));
    await refuses(signIn.look('first', tokenOf(one)), 'link-unknown');
    assert.deepEqual(await signIn.look('first', tokenOf(two)), { facts: {}, untilMs: two.untilMs });
    now = two.untilMs;
    await refuses(signIn.acceptFirst(tokenOf(two), marie, none), 'link-expired');
  });

  test('what the records do not take, and a bad password, use nothing up and leave nobody', async () => {
    const { signIn } = listening;
    const token = tokenOf((await signIn.firstLink())!);
    await refuses(signIn.acceptFirst(token, { ...marie, password: 'trop court' }, none), 'password-short');
    const fails = async (): Promise<void> => {
      throw new RangeError('the records said no');
    };
    await assert.rejects(signIn.acceptFirst(token, marie, fails), RangeError);
    assert.equal(await signIn.begun(), false);
    await signIn.look('first', token);
  });

  test('of two that use the first link at once, one is the first; then there is none any more', async () => {
    const { signIn } = listening;
    const token = tokenOf((await signIn.firstLink())!);
    const both = await Promise.allSettled([
      signIn.acceptFirst(token, marie, none),
      signIn.acceptFirst(token, { ...marie, email: 'luc@bordes.example' }, none),
    ]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    await refuses(signIn.acceptFirst(token, marie, none), 'link-used');
    assert.equal(await signIn.begun(), true);
    assert.equal(await signIn.firstLink(), null);
  });
});

describe('operators', () => {
  let listening: Listening;
  let userId: string;
  before(async () => {
    listening = await listen({ rates: { guessThere: { burst: 4, everyMs: 600_000 } } });
    userId = await signUp(listening);
  });
  after(() => listening.close());

  test('signs in, is known, and signs out: a copy of the cookie is worth nothing then', async () => {
    const { told } = listening;
    told.length = 0;
    const browser = await signInAs(listening);
    assert.equal(await (await browser.ask('/api/v1/me')).text(), JSON.stringify({ email: marie.email }));
    const copy = listening.browser();
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
    assert.equal((await copy.json('/api/v1/me'))[0], 200);
    assert.equal((await browser.ask('/api/auth/sign-out', { body: {} })).status, 200);
    assert.equal(browser.cookies.size, 0);
    const [status, { trouble, sentence }] = await copy.json('/api/v1/me');
    assert.deepEqual([status, trouble.answer, sentence], [401, 'not-signed-in', 'Please sign in.']);
    assert.deepEqual(
      told.map(({ is, userId: who, address }) => [is, who, address]),
      [
        ['signed-in', userId, '127.0.0.1'],
        ['signed-out', userId, '127.0.0.1'],
      ],
    );
  });

  test('the cookie is for the server alone, the answer has no token, and nothing of it lies on the disk in clear', async () => {
    const browser = listening.browser();
    const { email, password } = marie;
    const response = await browser.ask('/api/auth/sign-in/email', { body: { email, password } });
    const answer = await response.text();
    const [cookie = ''] = response.headers.getSetCookie();
    assert.match(cookie, /^malleposte\.session_token=/);
    assert.match(cookie, /; HttpOnly/i);
    assert.match(cookie, /; SameSite=Lax/i);
    const value = decodeURIComponent(browser.cookies.get('malleposte.session_token')!);
    const [token = '', signature = ''] = value.split('.');
    assert.ok(token.length >= 32 && signature.length >= 40);
    assert.equal(answer.includes(token), false);
    for (const name of readdirSync(listening.folder)) {
      const bytes = readFileSync(path.join(listening.folder, name));
      assert.equal(bytes.includes(password), false, name);
      assert.equal(bytes.includes(signature), false, name);
      if (process.platform !== 'win32')
        assert.equal(statSync(path.join(listening.folder, name)).mode & 0o077, 0, name);
    }
    // Who reads the file has the token, and cannot sign it.
    const thief = listening.browser();
    thief.cookies.set('malleposte.session_token', encodeURIComponent(`${token}.${'A'.repeat(43)}=`));
    assert.equal((await thief.json('/api/v1/me'))[0], 401);
  });

  test('a password wrong, or of nobody, is the same answer; guessing ends soon, and does not begin anew elsewhere', async () => {
    const browser = listening.browser();
    const guess = (email: string) =>
      browser.json('/api/auth/sign-in/email', { body: { email, password: 'pas le bon mot' } });
    const [status, wrong] = await guess('guessed@bordes.example');
    assert.equal(status, 401);
    assert.equal(wrong.trouble.answer, 'wrong-password');
    const seen = await Promise.all(Array.from({ length: 5 }, () => guess('Guessed@bordes.example')));
    assert.deepEqual(seen.map(([one]) => one).sort(), [401, 401, 401, 429, 429]);
    const late = await browser.ask('/api/auth/sign-in/email', {
      body: { email: 'guessed@bordes.example', password: 'pas le bon mot' },
      headers: { 'accept-language': 'fr-FR,fr;q=0.9' },
    });
    assert.ok(Number(late.headers.get('retry-after')) > 60);
    assert.match(
      ((await late.json()) as { sentence: string }).sentence,
      /^Trop de tentatives\. Réessayez dans \d+\u202fminutes\.$/,
    );
    // Others come in meanwhile.
    await signInAs(listening);
    const refused = listening.told.filter(({ is }) => is === 'sign-in-refused');
    assert.ok(refused.length >= 4 && refused.every((one) => one.userId === null));
  });

  test('a right password wipes out what was wrong before', async () => {
    const browser = listening.browser();
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 3; n++)
        await browser.json('/api/auth/sign-in/email', {
          body: { email: marie.email, password: 'pas le bon mot' },
        });
      await signInAs(listening);
    }
  });

  test('sessions are ended at once: one, or all of them', async () => {
    const [here, there] = [await signInAs(listening), await signInAs(listening)];
    const rows = await listening.signIn.sessions(userId);
    assert.ok(
      rows.length >= 2 &&
        rows.every(({ address, beganMs, expiresMs }) => address === '127.0.0.1' && beganMs < expiresMs),
    );
    const mine = (await listening.signIn.signedIn(
      new Request(listening.origin, { headers: { cookie: here.cookie } }),
    ))!;
    await listening.signIn.endSession('somebody else', mine.sessionId);
    assert.equal((await here.json('/api/v1/me'))[0], 200);
    await listening.signIn.endSession(userId, mine.sessionId);
    assert.deepEqual([(await here.json('/api/v1/me'))[0], (await there.json('/api/v1/me'))[0]], [401, 200]);
    await listening.signIn.endSessions(userId);
    assert.equal((await there.json('/api/v1/me'))[0], 401);
    assert.deepEqual(await listening.signIn.sessions(userId), []);
  });

  test('a session in use is made longer, one that is not ends', async () => {
    const browser = await signInAs(listening);
    const { sessionId } = (await listening.signIn.signedIn(
      new Request(listening.origin, { headers: { cookie: browser.cookie } }),
    ))!;
    const db = new DatabaseSync(path.join(listening.folder, OPERATORS_FILE));
    const expire = (inMs: number): void => {
      const at = new Date(Date.now() + inMs).toISOString();
      assert.equal(db.prepare('UPDATE session SET expiresAt = ? WHERE id = ?').run(at, sessionId).changes, 1);
    };
    try {
      assert.deepEqual((await browser.ask('/api/v1/me')).headers.getSetCookie(), []);
      expire(11 * 3_600_000);
      const [cookie = ''] = (await browser.ask('/api/v1/me')).headers.getSetCookie();
      assert.match(cookie, /^malleposte\.session_token=.*Max-Age=43200/);
      const row = (await listening.signIn.sessions(userId)).find(({ id }) => id === sessionId)!;
      assert.ok(row.expiresMs > Date.now() + 11.5 * 3_600_000);
      expire(-1000);
      assert.equal((await browser.json('/api/v1/me'))[0], 401);
    } finally {
      db.close();
    }
  });

  test('who is disabled is not let in, and is told so', async () => {
    listening.shut.add(userId);
    const { email, password } = marie;
    const [status, { trouble }] = await listening
      .browser()
      .json('/api/auth/sign-in/email', { body: { email, password } });
    assert.deepEqual([status, trouble.answer], [403, 'disabled']);
    listening.shut.delete(userId);
    await signInAs(listening);
  });

  test('a new password ends the other sessions; a bad one, or without the old one, is not taken', async () => {
    const [here, there] = [await signInAs(listening), await signInAs(listening)];
    const change = (currentPassword: string, newPassword: string) =>
      here.json('/api/auth/change-password', { body: { currentPassword, newPassword } });
    assert.equal(
      (await change('pas le bon mot', 'deux ponts sur la rivière'))[1].trouble.answer,
      'wrong-password',
    );
    assert.equal((await change(marie.password, 'marie.durand'))[1].trouble.answer, 'password-simple');
    assert.equal((await change(marie.password, 'deux ponts sur la rivière'))[0], 200);
    assert.deepEqual([(await here.json('/api/v1/me'))[0], (await there.json('/api/v1/me'))[0]], [200, 401]);
    await signInAs(listening, { ...marie, password: 'deux ponts sur la rivière' });
    assert.equal(
      (
        await listening
          .browser()
          .json('/api/auth/change-password', { body: { currentPassword: 'x', newPassword: 'y' } })
      )[0],
      401,
    );
    assert.equal((await change('deux ponts sur la rivière', marie.password))[0], 200);
  });

  test('a forgotten password: by a link, once; then no session and no other link is left', async () => {
    const { signIn } = listening;
    const browser = await signInAs(listening);
    const [one, two] = [await signIn.resetLink(userId), await signIn.resetLink(userId)];
    await refuses(signIn.look('reset', tokenOf(one)), 'link-unknown');
    const { email, name } = await signIn.look('reset', tokenOf(two));
    assert.deepEqual({ email, name }, { email: marie.email, name: marie.name });
    await refuses(signIn.acceptReset(tokenOf(two), 'court'), 'password-short');
    assert.equal(await signIn.acceptReset(tokenOf(two), 'trois ponts sur la rivière'), userId);
    await refuses(signIn.acceptReset(tokenOf(two), marie.password), 'link-used');
    assert.equal((await browser.json('/api/v1/me'))[0], 401);
    await signInAs(listening, { ...marie, password: 'trois ponts sur la rivière' });
    await signIn.acceptReset(tokenOf(await signIn.resetLink(userId)), marie.password);
  });

  test('an invitation is for one address; it makes one operator; who is removed leaves nothing', async () => {
    const { signIn } = listening;
    const role = { role: 'auditor', organisation: 'bordes', site: null } as const;
    const facts = { email: 'luc@bordes.example', language: 'fr', role, by: userId } as const;
    const [first, second] = [await signIn.invite(facts), await signIn.invite(facts)];
    await refuses(signIn.look('invited', tokenOf(first)), 'link-unknown');
    assert.deepEqual((await signIn.look('invited', tokenOf(second))).facts, facts);
    let kept: unknown = null;
    const luc = { name: 'Luc Petit', password: 'la lampe et le chemin' };
    const id = await signIn.acceptInvitation(tokenOf(second), luc, async (who, of) => {
      kept = [who, of.role];
    });
    assert.deepEqual(kept, [id, role]);
    const browser = await signInAs(listening, { ...luc, email: facts.email });
    await refuses(signIn.acceptInvitation(tokenOf(second), luc, none), 'link-used');
    const again = await signIn.invite({ ...facts, email: 'LUC@bordes.example' });
    await refuses(signIn.acceptInvitation(tokenOf(again), luc, none), 'address-taken');

    const { text } = signIn.tokens.make({ name: 'of luc', owner: id, roles: [role], expiresMs: null });
    const open = await signIn.invite({ ...facts, email: 'anne@bordes.example', by: id });
    await signIn.shutOut(id);
    assert.equal((await browser.json('/api/v1/me'))[0], 401);
    assert.equal(signIn.tokens.check(text), null);
    await refuses(signIn.look('invited', tokenOf(open)), 'link-unknown');
    await signIn.removeUser(id);
    const { email } = facts;
    assert.equal(
      (
        await listening.browser().json('/api/auth/sign-in/email', { body: { email, password: luc.password } })
      )[0],
      401,
    );
    await signIn.acceptInvitation(tokenOf(again), luc, none);
  });

  test('a token of the API is let in by its header alone, and refused when it is none', async () => {
    const { text, token } = listening.signIn.tokens.make({
      name: 'nightly',
      owner: userId,
      roles: [],
      expiresMs: null,
    });
    const program = (authorization: string) =>
      listening.browser().json('/api/v1/me', { headers: { authorization } });
    assert.deepEqual(await program(`Bearer ${text}`), [200, { token: 'nightly' }]);
    // From anywhere: no cookie is asked for.
    const response = await fetch(`${listening.origin}/api/v1/change`, {
      method: 'POST',
      headers: { authorization: `Bearer ${text}`, 'content-type': 'application/json' },
      body: '{"a":1}',
    });
    assert.deepEqual(await response.json(), { changed: { a: 1 } });
    for (const wrong of ['Bearer', 'Bearer x', `Basic ${text}`, `Bearer ${text}x`])
      assert.equal((await program(wrong))[1].trouble.answer, 'token-unknown', wrong);
    // Who is signed in as well and shows a bad token is nobody.
    const browser = await signInAs(listening);
    assert.equal((await browser.json('/api/v1/me', { headers: { authorization: 'Bearer x' } }))[0], 401);
    listening.signIn.tokens.revoke(token.id);
    assert.equal((await program(`Bearer ${text}`))[0], 401);
  });

  test('paths of the library that are not ours are not there', async () => {
    const browser = await signInAs(listening);
    for (const url of [
      'get-session',
      'list-sessions',
      'update-user',
      'change-email',
      'delete-user',
      'get-access-token',
      'two-factor/get-totp-uri',
      'two-factor/send-otp',
      'ok',
      'error',
      '../v1/none',
      'constructor',
      '__proto__',
    ])
      for (const method of ['GET', 'POST'])
        assert.equal(
          (await browser.ask(`/api/auth/${url}`, { method, ...(method === 'POST' ? { body: {} } : {}) }))
            .status,
          404,
          url,
        );
  });

  test('passkeys are of the public address', async () => {
    const browser = await signInAs(listening);
    const [status, options] = await browser.json('/api/auth/passkey/generate-register-options');
    assert.equal(status, 200);
    assert.deepEqual([options.rp.id, options.rp.name], ['localhost', 'Malleposte']);
    assert.equal(options.authenticatorSelection.userVerification, 'required');
    assert.equal(options.user.name, marie.email);
    const forSignIn = await listening.browser().json('/api/auth/passkey/generate-authenticate-options');
    assert.deepEqual([forSignIn[0], forSignIn[1].rpId], [200, 'localhost']);
    const bad = { response: { id: 'x', rawId: 'x', type: 'public-key', response: {} } };
    assert.equal(
      (await browser.json('/api/auth/passkey/verify-authentication', { body: bad }))[1].trouble.answer,
      'passkey-failed',
    );
    assert.equal(listening.signIn.passkeys, true);
  });
});

describe('codes of an authenticator', () => {
  let listening: Listening;
  let secret: string;
  let backupCodes: string[];
  let userId: string;
  before(async () => {
    listening = await listen();
    userId = await signUp(listening);
  });
  after(() => listening.close());

  const half = async () => {
    const browser = listening.browser();
    const { email, password } = marie;
    const [status, answer] = await browser.json('/api/auth/sign-in/email', { body: { email, password } });
    assert.deepEqual([status, answer.twoFactorRedirect], [200, true]);
    assert.equal((await browser.json('/api/v1/me'))[0], 401);
    return browser;
  };
  const verify = (browser: Awaited<ReturnType<typeof half>>, code: string) =>
    browser.json('/api/auth/two-factor/verify-totp', { body: { code } });

  test('are set up with the password, and count from the first right code on', async () => {
    const browser = await signInAs(listening);
    const enable = (password: string) => browser.json('/api/auth/two-factor/enable', { body: { password } });
    assert.equal((await enable('pas le bon mot'))[1].trouble.answer, 'wrong-password');
    const [status, answer] = await enable(marie.password);
    assert.equal(status, 200);
    secret = new URL(answer.totpURI).searchParams.get('secret')!;
    backupCodes = answer.backupCodes;
    assert.equal(backupCodes.length, 10);
    assert.equal((await listening.signIn.means(userId)).totp, false);
    assert.equal((await verify(browser, '000000'))[1].trouble.answer, 'wrong-code');
    assert.equal((await verify(browser, totp(secret, Date.now())))[0], 200);
    assert.deepEqual(await listening.signIn.means(userId), { passkeys: 0, totp: true, oidc: false });
    assert.ok(listening.told.some(({ is }) => is === 'totp-added'));
  });

  test('what lies on the disk of them is sealed', () => {
    const known = [secret, ...backupCodes];
    for (const name of readdirSync(listening.folder)) {
      const bytes = readFileSync(path.join(listening.folder, name));
      for (const one of known) assert.equal(bytes.includes(one), false, name);
    }
  });

  test('the password alone lets nobody in; a code does, and only once', async () => {
    const browser = await half();
    assert.equal((await verify(browser, '123'))[0], 400);
    const code = totp(secret, Date.now() + NEXT_MS);
    assert.equal((await verify(browser, code))[0], 200);
    assert.equal((await browser.json('/api/v1/me'))[0], 200);
    // Seen over the shoulder, and used again in the same half minute.
    assert.equal((await verify(await half(), code))[1].trouble.answer, 'wrong-code');
  });

  test('a backup code does, once', async () => {
    const use = async (code: string) => {
      const browser = await half();
      await browser.json('/api/auth/two-factor/verify-backup-code', { body: { code } });
      return (await browser.json('/api/v1/me'))[0];
    };
    assert.equal(await use(backupCodes[0]!), 200);
    assert.equal(await use(backupCodes[0]!), 401);
    assert.equal(await use(backupCodes[1]!), 200);
  });

  test('guessing ends: after a few of one sign-in, after some of the account', async () => {
    let tooMany = 0;
    for (let round = 0; round < 3 && tooMany === 0; round++) {
      const browser = await half();
      for (let n = 0; n < 6; n++) {
        const [status, { trouble }] = await verify(browser, `${100_000 + round * 10 + n}`);
        assert.ok([401, 429].includes(status), `${status} ${trouble.answer}`);
        if (status === 429) tooMany++;
      }
    }
    assert.ok(tooMany > 0);
  });

  test('lost: taken off by another operator, and the password is enough again', async () => {
    await listening.signIn.removeTotp(userId);
    await signInAs(listening);
    assert.equal((await listening.signIn.means(userId)).totp, false);
  });
});

describe('another key of the vault', () => {
  const other = keyOf(Buffer.alloc(32, 2));
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'malleposte-rekey-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  test('ends sessions, and seals anew what was sealed; without the old one it is refused', async () => {
    let listening = await listen({ folder });
    await signUp(listening);
    const browser = await signInAs(listening);
    const [, { totpURI }] = await browser.json('/api/auth/two-factor/enable', {
      body: { password: marie.password },
    });
    const secret = new URL(totpURI).searchParams.get('secret')!;
    await browser.json('/api/auth/two-factor/verify-totp', {
      body: { code: totp(secret, Date.now()) },
    });
    const { cookies } = browser;
    await listening.close();
    const sealed = (): string => {
      const db = new DatabaseSync(path.join(folder, OPERATORS_FILE));
      const { secret: text } = db.prepare('SELECT secret FROM twoFactor').get() as { secret: string };
      db.close();
      return text;
    };
    const old = sealed();
    await assert.rejects(
      listen({ folder, keys: [other] }),
      (error: unknown) => isTrouble(error, 'malformed') && error.answer === 'secret-other-key',
    );
    assert.equal(sealed(), old);

    listening = await listen({ folder, keys: [other, ...KEYS] });
    const stale = listening.browser();
    for (const [name, value] of cookies) stale.cookies.set(name, value);
    assert.equal((await stale.json('/api/v1/me'))[0], 401);
    await listening.close();
    assert.notEqual(sealed(), old);

    listening = await listen({ folder, keys: [other] });
    const anew = listening.browser();
    const { email, password } = marie;
    await anew.json('/api/auth/sign-in/email', { body: { email, password } });
    assert.equal(
      (
        await anew.json('/api/auth/two-factor/verify-totp', {
          body: { code: totp(secret, Date.now() + NEXT_MS) },
        })
      )[0],
      200,
    );
    await listening.close();
  });

  test('what is no file of operators is refused', async () => {
    const strange = mkdtempSync(path.join(tmpdir(), 'malleposte-strange-'));
    writeFileSync(path.join(strange, OPERATORS_FILE), 'From marie\n'.repeat(1000));
    await assert.rejects(
      listen({ folder: strange }),
      (error: unknown) => isTrouble(error, 'malformed') && error.tried === 'open-records',
    );
    rmSync(strange, { recursive: true });
  });
});

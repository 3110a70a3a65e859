import assert from 'node:assert/strict';
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type Browser, type Listening, listen, marie, signInAs, signUp } from './listening.suite.ts';

let listening: Listening;
let userId: string;
before(async () => {
  listening = await listen();
  userId = await signUp(listening);
});
after(() => listening.close());

/** CBOR of what an authenticator writes. */
function cbor(value: unknown): Buffer {
  const head = (major: number, n: number): Buffer =>
    n < 24
      ? Buffer.from([(major << 5) | n])
      : n < 256
        ? Buffer.from([(major << 5) | 24, n])
        : Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const map = value as Map<unknown, unknown>;
  return Buffer.concat([head(5, map.size), ...[...map].flatMap(([key, one]) => [cbor(key), cbor(one)])]);
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const ATTESTED = 0x40;

/** A key in software: signs for whichever page it is told that it stands before. */
class Authenticator {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #id = randomBytes(16);
  flags: number;
  #counter = 0;
  constructor(flags: number = PRESENT | VERIFIED) {
    this.flags = flags;
  }

  make(challenge: string, rpId: string, origin: string): object {
    const { x, y } = this.#keys.publicKey.export({ format: 'jwk' });
    const point = (one: string | undefined): Buffer => Buffer.from(one!, 'base64url');
    const key = new Map<unknown, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, point(x)],
      [-3, point(y)],
    ]);
    const attested = Buffer.concat([
      Buffer.alloc(16),
      Buffer.from([0, this.#id.length]),
      this.#id,
      cbor(key),
    ]);
    const authData = Buffer.concat([this.#data(rpId, ATTESTED), attested]);
    const object = new Map<unknown, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ]);
    return this.#credential({
      clientDataJSON: clientData('webauthn.create', challenge, origin).toString('base64url'),
      attestationObject: cbor(object).toString('base64url'),
      transports: ['internal'],
    });
  }

  use(challenge: string, rpId: string, origin: string): object {
    const [data, client] = [this.#data(rpId, 0), clientData('webauthn.get', challenge, origin)];
    const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
    return this.#credential({
      clientDataJSON: client.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: createSign('sha256').update(signed).sign(this.#keys.privateKey, 'base64url'),
    });
  }

  #data(rpId: string, flags: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(++this.#counter);
    return Buffer.concat([
      createHash('sha256').update(rpId).digest(),
      Buffer.from([this.flags | flags]),
      counter,
    ]);
  }

  #credential(response: object): object {
    const id = this.#id.toString('base64url');
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
  }
}

function clientData(type: string, challenge: string, origin: string): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

async function add(browser: Browser, key: Authenticator, origin = listening.origin): Promise<number> {
  const options = (await browser.json('/api/auth/passkey/generate-register-options'))[1] as unknown as {
    challenge: string;
  };
  const response = key.make(options.challenge, 'localhost', origin);
  return (
    await browser.json('/api/auth/passkey/verify-registration', { body: { response, name: 'ma clé' } })
  )[0];
}

async function enter(
  key: Authenticator,
  { origin = listening.origin, rpId = 'localhost' } = {},
): Promise<Browser> {
  const browser = listening.browser();
  const options = (await browser.json('/api/auth/passkey/generate-authenticate-options'))[1] as unknown as {
    challenge: string;
  };
  await browser.json('/api/auth/passkey/verify-authentication', {
    body: { response: key.use(options.challenge, rpId, origin) },
  });
  return browser;
}

const isIn = async (browser: Browser): Promise<boolean> => (await browser.json('/api/v1/me'))[0] === 200;

test('a passkey is added by who is signed in, and is enough from then on', async () => {
  const key = new Authenticator();
  assert.equal(await add(listening.browser(), key), 401);
  assert.equal(await add(await signInAs(listening), key), 200);
  assert.equal((await listening.signIn.means(userId)).passkeys, 1);
  listening.told.length = 0;
  assert.ok(await isIn(await enter(key)));
  assert.deepEqual(
    listening.told.map(({ is, email }) => [is, email]),
    [['signed-in', marie.email]],
  );
  assert.equal(await isIn(await enter(new Authenticator())), false);
});

test('what another page got signed opens nothing', async () => {
  const key = new Authenticator();
  const browser = await signInAs(listening);
  assert.notEqual(await add(browser, key, 'https://evil.example'), 200);
  assert.equal(await add(browser, key), 200);
  assert.equal(await isIn(await enter(key, { origin: 'https://evil.example' })), false);
  assert.equal(await isIn(await enter(key, { rpId: 'evil.example' })), false);
  assert.ok(await isIn(await enter(key)));
});

test('a key that asked the person nothing is not taken', async () => {
  assert.notEqual(await add(await signInAs(listening), new Authenticator(PRESENT)), 200);
  const key = new Authenticator();
  assert.equal(await add(await signInAs(listening), key), 200);
  key.flags = PRESENT;
  assert.equal(await isIn(await enter(key)), false);
  key.flags = PRESENT | VERIFIED;
  assert.ok(await isIn(await enter(key)));
});

test('who is disabled is not let in by a passkey; one that was removed opens nothing', async () => {
  const key = new Authenticator();
  const browser = await signInAs(listening);
  await add(browser, key);
  listening.shut.add(userId);
  assert.equal(await isIn(await enter(key)), false);
  listening.shut.delete(userId);
  const keys = (await browser.json('/api/auth/passkey/list-user-passkeys'))[1] as unknown as { id: string }[];
  assert.ok(keys.length > 0);
  for (const { id } of keys)
    assert.equal((await browser.json('/api/auth/passkey/delete-passkey', { body: { id } }))[0], 200);
  assert.equal(await isIn(await enter(key)), false);
  assert.equal((await listening.signIn.means(userId)).passkeys, 0);
});

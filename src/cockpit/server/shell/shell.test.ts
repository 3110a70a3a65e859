import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { isTrouble, Trouble } from '../../../trouble.ts';
import { Refusal } from '../../contract/values.ts';
import { type Listening, listen, marie, send, signInAs, signUp } from '../sign-in/listening.suite.ts';
import { refusalOf } from './faults.ts';
import { openLimits, usualRates } from './limits.ts';
import { loggedPath, redacted } from './log.ts';
import { mayReach, readAllowList } from './reach.ts';

const Strict = z.object({
  name: z.string().min(3),
  people: z.array(z.object({ address: z.email() })),
  days: z.number().int().max(7).optional(),
});

let listening: Listening;
before(async () => {
  listening = await listen({
    shell: {
      bodyOf: (method, path) =>
        method === 'PUT' && path === '/api/v1/file'
          ? { maxBytes: Number.POSITIVE_INFINITY, types: ['text/*'] }
          : null,
      limitOf: (_, path) => (path === '/api/v1/slow' ? 50 : null),
      names: ['malleposte.bordes.example'],
    },
    routes(app) {
      app.post('/api/v1/strict', async (context) => context.json(Strict.parse(await context.req.json())));
      app.put('/api/v1/file', async (context) => {
        let bytes = 0;
        for await (const piece of context.req.raw.body!) bytes += piece.length;
        return context.json({ bytes });
      });
      app.get('/api/v1/slow', () => new Promise<Response>(() => {}));
      app.get('/api/v1/bug', () => {
        throw new TypeError(`imaps://marie:hunter22@old.example and mp_${'x'.repeat(43)}`);
      });
      app.get('/api/v1/trouble', () => {
        throw new Trouble('denied', { tried: 'sign-in', on: 'imaps://a@h/', answer: 'NO bad' });
      });
      app.get('/api/v1/full', () => {
        const error = new Error('database or disk is full');
        throw Object.assign(error, { code: 'ERR_SQLITE_ERROR', errcode: 13, errstr: error.message });
      });
      app.get('/api/v1/changed', () => {
        throw new Trouble('refused', { tried: 'write-record', on: 'the pilot', answer: 'changed-meanwhile' });
      });
      app.get('/p/:code', (context) => context.text(context.get('nonce')));
    },
  });
  await signUp(listening);
});
after(() => listening.close());

const raw = (path: string, method: string, headers: Record<string, string>, body?: unknown) =>
  send(new URL(path, listening.origin), method, body, headers);
const code = async (response: Response): Promise<[number, string | null]> => {
  const { trouble } = Refusal.parse(await response.json());
  return [response.status, trouble.answer];
};

describe('where a request comes from', () => {
  test('a page of another site with the cookie of the operator changes nothing', async () => {
    const { cookie } = await signInAs(listening);
    const { origin } = listening;
    const json = { 'content-type': 'application/json', cookie };
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
      // Another port of this machine, and a neighbour of our domain.
      { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' },
      { origin, 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
      { origin: 'https://evil.example', authorization: 'Basic eDp5' },
      {},
    ];
    for (const headers of foreign)
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
        assert.deepEqual(
          await code(await raw('/api/v1/change', method, { ...json, ...headers }, '{}')),
          [403, 'other-origin'],
          JSON.stringify(headers),
        );
    for (const headers of [
      { origin },
      { origin, 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'same-origin' },
    ])
      assert.equal(
        (await raw('/api/v1/change', 'POST', { ...json, ...(headers as object) }, '{}')).status,
        200,
      );
  });

  test('nobody is signed in by a foreign page either', async () => {
    const headers = { 'content-type': 'application/json', origin: 'https://evil.example' };
    const response = await raw('/api/auth/sign-in/email', 'POST', headers, marie);
    assert.deepEqual(await code(response), [403, 'other-origin']);
    assert.deepEqual(response.headers.getSetCookie(), []);
  });

  test('a form of a foreign page, that no browser asks about first, is not read', async () => {
    const { cookie } = await signInAs(listening);
    const { origin } = listening;
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      '',
    ])
      assert.deepEqual(
        await code(await raw('/api/v1/change', 'POST', { cookie, origin, 'content-type': type }, '{}')),
        [415, 'wrong-type: application/json'],
        type,
      );
    const charset = { cookie, origin, 'content-type': 'Application/JSON; charset=utf-8' };
    assert.equal((await raw('/api/v1/change', 'POST', charset, '{}')).status, 200);
  });

  test('the API is not read by other pages; a link that a person follows is', async () => {
    const { cookie } = await signInAs(listening);
    const ask = (mode: string) =>
      raw('/api/v1/me', 'GET', { cookie, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': mode });
    assert.deepEqual(await code(await ask('no-cors')), [403, 'other-origin']);
    assert.equal((await ask('navigate')).status, 200);
    const allowed = await raw('/api/v1/me', 'OPTIONS', {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
    });
    assert.equal(allowed.headers.get('access-control-allow-origin'), null);
  });

  test('only under our own names', async () => {
    const under = (host: string) => raw('/api/v1/bug?', 'OPTIONS', { host });
    // What cannot be read at all, the listener refuses itself.
    for (const host of [
      'evil.example',
      'evil.example:80',
      'localhost.evil.example',
      'localhost@evil.example',
      'a/b',
      '[::1]',
    ])
      assert.ok([400, 421].includes((await under(host)).status), host);
    for (const host of [
      'localhost',
      'LOCALHOST:1',
      '127.0.0.1:99',
      'malleposte.bordes.example.',
      '2130706433',
    ])
      assert.equal((await under(host)).status, 404, host);
    const port = Number(new URL(listening.origin).port);
    const spoken = async (lines: string[]): Promise<string> => {
      const socket = connect(port, '127.0.0.1');
      socket.end(`${lines.join('\r\n')}\r\n\r\n`);
      return text(socket);
    };
    const whole = 'GET http://evil.example/api/v1/me HTTP/1.1';
    assert.match(await spoken([whole, 'Host: localhost', 'Connection: close']), /^HTTP\/1\.1 4(21|00) /);
    assert.match(await spoken(['GET /api/v1/me HTTP/1.0']), /^HTTP\/1\.1 4(21|00) /);
  });
});

describe('what is sent', () => {
  test('up to one megabyte, whether its length is told or not', async () => {
    const { origin } = listening;
    const { cookie } = await signInAs(listening);
    const headers = { cookie, origin, 'content-type': 'application/json' };
    const large = JSON.stringify('x'.repeat(1_000_001));
    const small = JSON.stringify('x'.repeat(900_000));
    assert.deepEqual(await code(await raw('/api/v1/change', 'POST', headers, large)), [
      413,
      'too-large: 1 MB',
    ]);
    const chunked = { ...headers, 'transfer-encoding': 'chunked' };
    assert.deepEqual(await code(await raw('/api/v1/change', 'POST', chunked, large)), [
      413,
      'too-large: 1 MB',
    ]);
    for (const one of [headers, chunked])
      assert.equal((await raw('/api/v1/change', 'POST', one, small)).status, 200);
  });

  test('more where the route says so, and only of its kind', async () => {
    const { origin } = listening;
    const put = (type: string) =>
      raw('/api/v1/file', 'PUT', { origin, 'content-type': type }, 'x'.repeat(3_000_000));
    assert.deepEqual(await (await put('text/csv')).json(), { bytes: 3_000_000 });
    assert.deepEqual(await code(await put('application/json')), [415, 'wrong-type: text/*']);
  });

  test('what is no JSON is told so', async () => {
    const headers = { origin: listening.origin, 'content-type': 'application/json' };
    for (const body of ['{', 'null x', ''])
      assert.equal((await raw('/api/auth/sign-in/email', 'POST', headers, body)).status, 400, body);
  });

  test('the field that is wrong is named, in the language of the person, and not repeated', async () => {
    const headers = { origin: listening.origin, 'content-type': 'application/json', 'accept-language': 'fr' };
    const body = { name: 'a', people: [{ address: 'un secret' }], days: 9 };
    const response = await raw('/api/v1/strict', 'POST', headers, body);
    const answer = Refusal.parse(await response.json());
    assert.equal(response.status, 400);
    assert.deepEqual(Object.keys(answer.fields!), ['name', 'people.0.address', 'days']);
    assert.equal(
      answer.sentence,
      '«\u202fname\u202f» ne peut pas être accepté\u202f: c’est trop court ou trop petit (au moins 3).',
    );
    assert.equal(JSON.stringify(answer).includes('un secret'), false);
    const none = Refusal.parse(
      await (await raw('/api/v1/strict', 'POST', { ...headers, 'accept-language': 'en' }, '{}')).json(),
    );
    assert.equal(none.fields?.name, 'it is missing');
  });
});

describe('what is answered', () => {
  test('with the rules for browsers, errors too', async () => {
    for (const path of ['/api/v1/me', '/api/v1/bug', '/nothing', '/p/ABC']) {
      const { headers } = await raw(path, 'GET', {});
      const policy = headers.get('content-security-policy')!;
      assert.match(policy, /^default-src 'none'; script-src 'self';/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /script-src[^;]*unsafe|style-src(-elem)? [^;]*unsafe|\*|https?:/);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
      assert.match(headers.get('permissions-policy')!, /publickey-credentials-get=\(self\)/);
      assert.equal(headers.get('strict-transport-security'), null);
      assert.equal(headers.get('cache-control'), path.startsWith('/api/') ? 'no-store' : null);
    }
    const page = await raw('/p/ABC', 'GET', {});
    const nonce = await page.text();
    assert.ok(page.headers.get('content-security-policy')!.includes(`'nonce-${nonce}'`));
    assert.notEqual(await (await raw('/p/ABC', 'GET', {})).text(), nonce);
  });

  test('a trouble in the words of the cockpit, without a word of commands', async () => {
    const en = await raw('/api/v1/trouble', 'GET', {});
    const answer = Refusal.parse(await en.json());
    assert.equal(en.status, 403);
    assert.deepEqual(answer.trouble, {
      kind: 'denied',
      tried: 'sign-in',
      on: 'imaps://a@h/',
      answer: 'NO bad',
    });
    assert.equal(
      answer.sentence,
      'Could not sign in at imaps://a@h/: entry was denied (“NO bad”). Check the user name, the password or token and the rights of the account, then try again.',
    );
    const fr = await raw('/api/v1/changed', 'GET', { 'accept-language': 'de, fr;q=0.8, en;q=0.5' });
    assert.equal(fr.status, 409);
    assert.match(Refusal.parse(await fr.json()).sentence, /^Quelqu’un d’autre l’a changé entre-temps\./);
  });

  test('a bug with a number, and its stack in the log alone, without what is secret', async () => {
    const response = await raw('/api/v1/bug', 'GET', {});
    const answer = Refusal.parse(await response.json());
    assert.equal(response.status, 500);
    const incident = answer.trouble.answer!;
    assert.match(incident, /^[0-9a-f]{10}$/);
    assert.ok(answer.sentence.includes(incident));
    assert.equal(JSON.stringify(answer).includes('TypeError'), false);
    const line = listening.lines.find((one) => one.includes(incident) && one.includes('stack'))!;
    assert.match(line, /TypeError/);
    assert.equal(line.includes('hunter22'), false);
    assert.equal(line.includes('x'.repeat(43)), false);
  });

  test('a full disk is told as that', async () => {
    const response = await raw('/api/v1/full', 'GET', {});
    assert.equal(response.status, 507);
    assert.match(Refusal.parse(await response.json()).sentence, /Make room/);
  });

  test('what takes too long is given up', async () => {
    const response = await raw('/api/v1/slow', 'GET', {});
    assert.equal(response.headers.get('retry-after'), '10');
    assert.deepEqual(await code(response), [503, 'too-slow']);
  });

  test('what is not there is not there', async () => {
    assert.deepEqual(await code(await raw('/nothing/here', 'GET', {})), [404, 'no-such-page']);
  });
});

describe('what is written down', () => {
  test('one line a request: no query, no token, no cookie, no body', async () => {
    const { signIn, lines } = listening;
    const browser = await signInAs(listening);
    const { text: token } = signIn.tokens.make({ name: 'x', owner: 'u', roles: [], expiresMs: null });
    const { link } = signIn.people.make(listening.origin, { organisation: 'o', person: 'p', validMs: 1000 });
    lines.length = 0;
    await browser.ask('/api/v1/me?secret=un-mot');
    await raw('/api/v1/me', 'GET', { authorization: `Bearer ${token}` });
    await raw(new URL(link).pathname, 'GET', {});
    await raw(`/first/${'a'.repeat(43)}`, 'GET', {});
    const all = lines.join('\n');
    for (const secret of [
      'un-mot',
      token,
      link.split('/').at(-1)!,
      'a'.repeat(43),
      ...browser.cookies.values(),
    ])
      assert.equal(all.includes(secret), false, secret);
    const requests = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      requests.map(({ method, path, status }) => [method, path, status]),
      [
        ['GET', '/api/v1/me', 200],
        ['GET', '/api/v1/me', 200],
        ['GET', '/p/…', 200],
        ['GET', '/first/…', 404],
      ],
    );
    assert.ok(requests[0]!.who && String(requests[1]!.who).startsWith('token '));
  });

  test('what opens something is left out wherever it stands', () => {
    assert.equal(loggedPath(`/api/v1/first/${'a'.repeat(43)}`), '/api/v1/first/…');
    assert.equal(loggedPath('/p/7K3QD-M2X9A-04FJT-RWE8B/upload'), '/p/…/upload');
    assert.equal(loggedPath('/o/3f2c/people'), '/o/3f2c/people');
    assert.equal(loggedPath(`/x/${'b'.repeat(64)}`), '/x/…');
    assert.equal(redacted('Cookie: malleposte.session_token=abc.def; x'), 'Cookie: … x');
    assert.equal(redacted('{"password":"un mot"}'), '{"password":…}');
  });
});

describe('how often', () => {
  test('a token is slowed down, another one is not', async () => {
    const own = await listen({ rates: { ask: { burst: 3, everyMs: 60_000 } } });
    try {
      const make = (): string =>
        own.signIn.tokens.make({ name: 'x', owner: 'u', roles: [], expiresMs: null }).text;
      const [one, other] = [make(), make()];
      const ask = (token: string) =>
        own.browser().ask('/api/v1/me', { headers: { authorization: `Bearer ${token}` } });
      const seen = [];
      for (let n = 0; n < 4; n++) seen.push((await ask(one)).status);
      assert.deepEqual(seen, [200, 200, 200, 429]);
      const slowed = await ask(one);
      assert.ok(Number(slowed.headers.get('retry-after')) > 0);
      assert.match(
        Refusal.parse(await slowed.json()).sentence,
        /^Too many attempts\. Try again in \d+ (seconds?|minutes?)\.$/,
      );
      assert.equal((await ask(other)).status, 200);
    } finally {
      await own.close();
    }
  });

  test('tokens that are none are soon not looked at any more', async () => {
    const own = await listen({ rates: { probe: { burst: 3, everyMs: 60_000 } } });
    try {
      const ask = () => own.browser().ask('/api/v1/me', { headers: { authorization: 'Bearer mp_x' } });
      const seen = [];
      for (let n = 0; n < 4; n++) seen.push((await ask()).status);
      assert.deepEqual(seen, [401, 401, 401, 429]);
    } finally {
      await own.close();
    }
  });

  test('links are not tried out; who has one may come again and again', async () => {
    const own = await listen({
      rates: { probe: { burst: 3, everyMs: 60_000 } },
      routes: (app) =>
        void app.get('/api/v1/portal/:code', (context) =>
          context.json({ person: own.signIn.people.check(context.req.param('code')).person }),
        ),
    });
    try {
      const { link } = own.signIn.people.make(own.origin, {
        organisation: 'o',
        person: 'p',
        validMs: 60_000,
      });
      const ask = async (one: string) => (await own.browser().ask(`/api/v1/portal/${one}`)).status;
      for (let n = 0; n < 5; n++) assert.equal(await ask(link.split('/').at(-1)!), 200);
      const seen = [];
      for (let n = 0; n < 4; n++) seen.push(await ask(`00000-00000-00000-0000${n}`));
      assert.deepEqual(seen, [404, 404, 404, 429]);
    } finally {
      await own.close();
    }
  });

  test('looking is counted only when it was wrong; guesses by address and by account', () => {
    const limits = openLimits(
      {
        ...usualRates,
        probe: { burst: 2, everyMs: 1000 },
        guessHere: { burst: 3, everyMs: 1000 },
        guessThere: { burst: 2, everyMs: 1000 },
      },
      () => 0,
    );
    for (let n = 0; n < 9; n++) limits.probe('192.0.2.1').wasRight();
    for (let n = 0; n < 2; n++) limits.probe('2001:db8::1');
    // The whole household is one.
    assert.throws(
      () => limits.probe('2001:db8:0:0:7::2'),
      (error: unknown) => isTrouble(error, 'busy'),
    );
    limits.probe('2001:db8:1::1');

    limits.guess('192.0.2.1', 'a');
    limits.guess('192.0.2.2', 'a');
    assert.throws(
      () => limits.guess('192.0.2.3', 'a'),
      (error: unknown) => isTrouble(error, 'busy') && error.retryAfterMs === 1000,
    );
    for (let n = 0; n < 3; n++) limits.guess('192.0.2.3', `${n}`);
    assert.throws(
      () => limits.guess('192.0.2.3', 'z'),
      (error: unknown) => isTrouble(error, 'busy'),
    );
  });
});

test('behind a proxy of ours, the address is what it says; from others it is not believed', async () => {
  const { readProxies } = await import('./address.ts');
  assert.equal(readProxies(['nonsense']), null);
  for (const [proxies, expected] of [
    [[], '127.0.0.1'],
    [['127.0.0.0/8'], '198.51.100.7'],
  ] as const) {
    const own = await listen({ shell: { proxies: readProxies(proxies)! } });
    try {
      await own
        .browser()
        .ask('/api/v1/me', { headers: { 'x-forwarded-for': '203.0.113.9, 198.51.100.7, 127.0.0.2' } });
      assert.equal((JSON.parse(own.lines.at(-1)!) as { address: string }).address, expected);
    } finally {
      await own.close();
    }
  }
});

test('under https: cookies over https alone, and the browser remembers it; passkeys are of that name', async () => {
  const origin = 'https://malleposte.bordes.example';
  const own = await listen({ origins: [origin], shell: { names: ['localhost'] } });
  try {
    await signUp(own);
    const { email, password } = marie;
    const response = await own
      .browser()
      .ask('/api/auth/sign-in/email', { body: { email, password }, headers: { origin } });
    const { headers } = response;
    assert.equal(headers.get('strict-transport-security'), 'max-age=31536000');
    const [cookie = ''] = headers.getSetCookie();
    assert.match(cookie, /^__Secure-malleposte\.session_token=/);
    assert.match(cookie, /; Secure/);
    const options = await own.browser().json('/api/auth/passkey/generate-authenticate-options');
    assert.equal(options[1].rpId, 'malleposte.bordes.example');
  } finally {
    await own.close();
  }
  const numbers = await listen({ origins: ['http://192.0.2.7:7357'] });
  assert.equal(numbers.signIn.passkeys, false);
  await numbers.close();
});

test('a host in the local network is refused in words of the cockpit', async () => {
  const error = await mayReach('10.0.0.1', 993, readAllowList('')).catch((one: unknown) => one);
  assert.ok(isTrouble(error));
  const { sentence, trouble } = refusalOf(error, 'en');
  assert.match(sentence, /MALLEPOSTE_ALLOW_HOSTS/);
  assert.equal(trouble.answer, 'private: 10.0.0.1');
});

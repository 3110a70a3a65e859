/** What comes over the wire: bodies of every kind, methods, paths out of the folder, names that are code, floods. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type Here, openHere, type Place } from './here.ts';

const SCRIPT = '<script>alert(1)</script><img src=x onerror=alert(1)>';

describe('over the wire', { timeout: 300_000 }, () => {
  let here: Here;
  let place: Place;
  let token: string;
  let of: string;

  before(async () => {
    here = await openHere();
    place = await here.place('Mistral');
    token = await here.operator('it', {
      ...{ role: 'it-manager', organisation: place.organisation, site: null },
    });
    of = `/api/v1/organisations/${place.organisation}`;
  });
  after(async () => {
    const bugs = here.lines.filter((line) => line.includes('"incident"'));
    await here.close();
    assert.deepEqual(bugs, []);
  });

  it('what is no JSON, of another type, huge, deep or odd is refused in words, and nothing is written', async () => {
    const before = here.everything();
    const deep = (one: string, other: string) => one.repeat(200_000) + other.repeat(200_000);
    const site = { zone: 'Europe/Paris', hours: [], closed: [], lineBytesPerSecond: null };
    const tries: [what: string, body: unknown, type: string, status: number][] = [
      ['no JSON', 'name=Lyon', 'application/json', 400],
      ['cut off', '{"name":', 'application/json', 400],
      ['nothing', '', 'application/json', 400],
      ['a form', 'name=Lyon', 'application/x-www-form-urlencoded', 415],
      ['a part of several', 'x', 'multipart/form-data; boundary=x', 415],
      ['text', '{}', 'text/plain', 415],
      ['null', 'null', 'application/json', 400],
      ['a list', '[]', 'application/json', 400],
      ['a number', '1e999', 'application/json', 400],
      ['deep lists', deep('[', ']'), 'application/json', 400],
      ['deep objects', `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`, 'application/json', 400],
      ['too large', JSON.stringify({ ...site, name: 'x'.repeat(1_100_000) }), 'application/json', 413],
      ['a long name', { ...site, name: 'x'.repeat(10_000) }, 'application/json', 400],
      ['a NUL', { ...site, name: 'Ly\0on' }, 'application/json', 422],
      [
        'half a character',
        '{"name":"Ly\\ud800on","zone":"Europe/Paris","hours":[],"closed":[],"lineBytesPerSecond":null}',
        'application/json',
        422,
      ],
      ['a line end', { ...site, name: 'Ly\r\nSet-Cookie: a=b' }, 'application/json', 422],
      ['no zone', { ...site, name: 'Brest', zone: '../../etc/passwd' }, 'application/json', 422],
      [
        'hours that are none',
        { ...site, name: 'Brest', hours: [{ days: [1], from: '99:99', to: '00:00' }] },
        'application/json',
        422,
      ],
      ['a day that is none', { ...site, name: 'Brest', closed: ['2026-02-31'] }, 'application/json', 422],
      ['a prototype', `{"__proto__":{"name":"Brest"},"zone":"Europe/Paris"}`, 'application/json', 400],
    ];
    for (const [what, body, type, status] of tries) {
      const answer = await sent('POST', `${of}/sites`, body, { 'content-type': type });
      assert.equal(answer.status, status, `${what}: ${answer.status} ${answer.text.slice(0, 300)}`);
      const { sentence } = JSON.parse(answer.text) as { sentence: string };
      assert.ok(sentence.length > 5 && !sentence.includes('undefined'), `${what}: ${sentence}`);
      assert.ok(answer.text.length < 5_000, `${what} is answered with itself`);
    }
    assert.equal(here.everything(), before);
  });

  it('ids and queries of every kind find nothing, and nothing breaks', async () => {
    const odd = [
      '%00',
      '%F0%9F%92%A9',
      '..%2f..',
      "'%20or%201=1--",
      '%7B%7D',
      'x'.repeat(199),
      '__proto__',
      'null',
      '%20',
    ];
    for (const one of odd)
      for (const path of [
        `/people/${one}`,
        `/waves/${one}`,
        `/certificates/person/${one}`,
        `/certificates/${one}/x`,
        `/import/${one}`,
      ]) {
        const { status, text } = await here.ask(token, 'GET', `${of}${path}`);
        assert.ok([400, 404].includes(status), `${path}: ${status} ${text}`);
      }
    for (const query of [
      'limit=0',
      'limit=501',
      'limit=x',
      'offset=-1',
      'offset=1e99',
      'sort=password',
      'state=%00',
      `text=${'x'.repeat(201)}`,
      'limit=1&limit=2',
    ]) {
      const { status } = await here.ask(token, 'GET', `${of}/people?${query}`);
      assert.ok([200, 400].includes(status), `${query}: ${status}`);
    }
    for (const text of [
      '%25',
      "'",
      '"',
      '_',
      '%5C',
      '%00',
      '%F0%9F%92%A9',
      '*',
      '(',
      'a%20b%20c%20d%20e%20f%20g%20h',
    ]) {
      for (const list of ['people', 'findings', 'audit']) {
        const { status } = await here.ask(token, 'GET', `${of}/${list}?text=${text}`);
        assert.ok([200, 400].includes(status), `${list} ${text}: ${status}`);
      }
    }
    const long = await here.ask(token, 'GET', `${of}/people/${'x'.repeat(20_000)}`);
    assert.ok([400, 404, 414, 431].includes(long.status), `${long.status}`);
  });

  it('names that are code come back as the text they are, as JSON, never as a page', async () => {
    const body = { name: SCRIPT, zone: 'Europe/Paris', hours: [], closed: [], lineBytesPerSecond: null };
    const made = await here.ask(token, 'POST', `${of}/sites`, body);
    assert.equal(made.status, 200, made.text);
    const person = {
      displayName: '=HYPERLINK("http://evil.example")',
      address: 'formula@mistral.example',
      title: SCRIPT,
    };
    assert.equal((await here.ask(token, 'POST', `${of}/people`, person)).status, 200);
    for (const path of ['/sites', '/road', '/audit', '/people']) {
      const { text, headers } = await here.ask(token, 'GET', `${of}${path}`);
      assert.match(headers.get('content-type')!, /^application\/json/);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      if (path === '/sites')
        assert.ok(JSON.parse(text).some(({ name }: { name: string }) => name === SCRIPT));
    }
    const csv = await here.ask(token, 'GET', `${of}/export?as=csv`);
    assert.match(csv.headers.get('content-disposition')!, /^attachment/);
    for (const cell of csv.text.split(/[;\r\n]/))
      assert.doesNotMatch(cell, /^"?=HYPERLINK/, 'a formula is exported');
  });

  it('no path leads out of the folder of pages; what programs ask for in vain is no page', async () => {
    for (const path of [
      '/../package.json',
      '/..%2f..%2fetc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/assets/../../data/key',
      '/assets/..%5c..%5cdata%5ckey',
      '//etc/passwd',
      '/./../data/project.sqlite',
      '/data/key',
      '/assets/%00a.js',
    ]) {
      const { status, text } = await raw(here, `GET ${path} HTTP/1.1`);
      const isPage = text.includes('<title>cockpit</title>');
      assert.ok([400, 403, 404, 421].includes(status) || isPage, `${path}: ${status} ${text.slice(0, 200)}`);
      assert.ok(!/root:|SQLite format|"dependencies"/.test(text), path);
    }
    for (const path of [
      '/api/v1/nothing',
      '/api/nothing',
      '/api/v1/organisations/x/nothing',
      '/api/auth/nothing',
    ]) {
      const { status, headers } = await here.ask(token, 'GET', path);
      assert.ok(status === 404 || status === 401, `${path}: ${status}`);
      assert.match(headers.get('content-type')!, /json/, path);
    }
    const page = await here.ask(null, 'GET', '/o/anything/people');
    assert.ok(page.status === 200 && page.text.includes('<title>cockpit</title>'));
  });

  it('methods that nobody asked for are refused, and none of them ends the server', async () => {
    for (const method of ['OPTIONS', 'TRACE', 'PROPFIND', 'LOCK', 'PURGE', 'COPY', 'SEARCH'])
      for (const path of ['/', of, `${of}/people`, '/api/auth/session']) {
        const { status, text } = await raw(here, `${method} ${path} HTTP/1.1`, [
          `Authorization: Bearer ${token}`,
        ]);
        assert.ok(status >= 400 && status < 500, `${method} ${path}: ${status} ${text.slice(0, 300)}`);
        assert.ok(!text.includes(token), `${method} gives back what was sent`);
      }
    await raw(here, 'CONNECT 169.254.169.254:80 HTTP/1.1').catch(() => undefined);
    await raw(here, `GET http://169.254.169.254/latest HTTP/1.1`).catch(() => undefined);
    for (const path of ['/', `${of}/people`, `${of}/road`]) {
      const { status, text } = await here.ask(token, 'HEAD', path);
      assert.deepEqual([path, status, text], [path, 200, '']);
    }
    assert.equal((await here.ask(token, 'GET', '/api/v1/me')).status, 200);
  });

  it('of another name, another origin or with a cookie in a foreign page nothing is done', async () => {
    const before = here.everything();
    const browser = await here.signedIn('zoe', {
      role: 'it-manager',
      organisation: place.organisation,
      site: null,
    });
    const since = here.everything();
    assert.notEqual(since, before);
    const body = { name: 'Brest', zone: 'Europe/Paris', hours: [], closed: [], lineBytesPerSecond: null };
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
      { origin: '', 'sec-fetch-site': '' },
      { 'sec-fetch-site': 'same-site' },
      { host: 'evil.example' },
    ];
    for (const headers of foreign) {
      const answer = await browser.ask(`${of}/sites`, { body, headers });
      assert.ok([403, 421].includes(answer.status), `${JSON.stringify(headers)}: ${answer.status}`);
    }
    assert.equal(here.everything(), since);
  });

  it('who sends slowly holds up nobody, who sends without an end is cut off', async () => {
    const { port } = new URL(here.serving.origin);
    const slow = Array.from({ length: 200 }, () => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(
        `POST ${of}/sites HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer ${token}\r\nContent-Length: 1000\r\n\r\n{`,
      );
      return socket;
    });
    for (let n = 0; n < 20; n++) assert.equal((await here.ask(token, 'GET', `${of}/people`)).status, 200);
    for (const socket of slow) socket.destroy();
    const status = await new Promise<number>((resolve, reject) => {
      const sending = request(
        {
          host: '127.0.0.1',
          port,
          method: 'POST',
          path: `${of}/sites`,
          headers: {
            host: 'localhost',
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
          },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode!);
          sending.destroy();
        },
      );
      sending.on('error', reject);
      const piece = Buffer.alloc(64 * 1024, 0x20);
      const more = (): void => {
        if (!sending.destroyed) sending.write(piece, () => setImmediate(more));
      };
      more();
    });
    assert.equal(status, 413);
  });

  async function sent(method: string, path: string, body: unknown, headers: Record<string, string>) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(new URL(path, here.serving.origin), {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      body: text,
    });
    return { status: response.status, text: await response.text() };
  }
});

describe('rates', { timeout: 120_000 }, () => {
  it('who asks without end is told to wait, and how long; the others are not held up', async () => {
    const few = { burst: 5, everyMs: 60_000 };
    const here = await openHere({ rates: { ask: few, guessThere: few, probe: few } });
    try {
      const place = await here.place('Mistral');
      const role = { role: 'auditor' as const, organisation: place.organisation, site: null };
      const [one, other] = [await here.operator('one', role), await here.operator('other', role)];
      const statuses: number[] = [];
      for (let n = 0; n < 8; n++) statuses.push((await here.ask(one, 'GET', '/api/v1/me')).status);
      assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429, 429, 429]);
      const waits = (await here.ask(one, 'GET', '/api/v1/me')).headers.get('retry-after');
      assert.ok(Number(waits) > 1, String(waits));
      assert.equal((await here.ask(other, 'GET', '/api/v1/me')).status, 200);
      const links: number[] = [];
      for (let n = 0; n < 8; n++)
        links.push((await here.ask(null, 'GET', `/api/v1/invited/${'x'.repeat(43)}${n}`)).status);
      assert.deepEqual(links, [404, 404, 404, 404, 404, 429, 429, 429]);
    } finally {
      await here.close();
    }
  });
});

/** As it is written, with no client that mends it. */
async function raw(
  here: Here,
  line: string,
  headers: readonly string[] = [],
): Promise<{ status: number; text: string }> {
  const { port } = new URL(here.serving.origin);
  const socket = connect(Number(port), '127.0.0.1');
  socket.end([line, 'Host: localhost', 'Connection: close', ...headers, '', ''].join('\r\n'));
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString('latin1');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]), text };
}

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { startDnsServer } from '../../test/servers/dns.ts';
import { openLookup } from './dns/lookup.ts';
import { fetchText } from './fetch-text.ts';
import { fails } from './wire.fixture.ts';

const signal = new AbortController().signal;
const server = createServer((request, response) => {
  const { url = '' } = request;
  if (url === '/text') response.end('héllo');
  else if (url === '/hop') response.writeHead(302, { location: '/text' }).end();
  else if (url === '/round') response.writeHead(302, { location: '/round' }).end();
  else if (url === '/away') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
  else if (url === '/large') response.end('x'.repeat(2000));
  else if (url === '/slow') response.write('x');
  else if (url === '/cut') response.destroy();
  else response.writeHead(url === '/none' ? 404 : 500).end();
});
let at: string;
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

test('a text, none, and every bad answer within its limits', async () => {
  const fetched = (path: string, timeoutMs = 20_000) =>
    fetchText(at + path, { signal, timeoutMs, maxBytes: 1000 });
  assert.equal(await fetched('/text'), 'héllo');
  assert.equal(await fetched('/hop'), 'héllo');
  assert.equal(await fetched('/none'), null);
  await fails(fetched('/error'), 'refused', /500/);
  await fails(fetched('/round'), 'refused', /redirects/);
  await fails(fetched('/away'), 'refused', /302/);
  await fails(fetched('/large'), 'malformed');
  await fails(fetched('/slow', 300), 'lost');
  await fails(fetched('/cut'), 'lost');
  await assert.rejects(fetchText(`${at}/slow`, { signal: AbortSignal.abort() }), { name: 'AbortError' });
});

test('SRV and MX as the DNS has them; no such name is nothing', async () => {
  await using dns = await startDnsServer({
    '_imaps._tcp.example.org': {
      srv: [
        [10, 5, 993, 'Imap.Example.org'],
        [0, 0, 993, '.'],
      ],
    },
    'example.org': {
      mx: [
        [20, 'b.example.org'],
        [10, 'a.example.org'],
      ],
    },
  });
  const lookup = openLookup([dns.address]);
  assert.deepEqual(
    (await lookup.srv('_imaps._tcp.example.org')).map(({ host, port }) => `${host}:${port}`),
    ['imap.example.org:993', ':993'],
  );
  assert.deepEqual(await lookup.mx('example.org'), ['a.example.org', 'b.example.org']);
  assert.deepEqual(await lookup.srv('example.org'), []);
  assert.deepEqual(await lookup.mx('none.example.org'), []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { startDnsServer } from '../../../test/servers/dns.ts';
import { startImapServer } from '../../../test/servers/imap.ts';
import { startPop3Server } from '../../../test/servers/pop3.ts';
import { Trouble } from '../../trouble.ts';
import { openLookup } from '../../wire/dns/lookup.ts';
import { readAutoconfig } from './autoconfig.ts';
import { type Candidate, partsOf } from './candidate.ts';
import { findServers, type Outside } from './find.ts';
import { probe } from './probe.ts';

const signal = new AbortController().signal;

const CONFIG = `<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="example.org">
  <!-- <incomingServer type="imap"><hostname>no.example.org</hostname> -->
  <incomingServer type="pop3">
    <hostname>pop.%EMAILDOMAIN%</hostname><port>995</port><socketType>SSL</socketType>
    <username>%EMAILLOCALPART%&amp;co</username><authentication>password-cleartext</authentication>
  </incomingServer>
  <incomingServer type="imap"><hostname>127.0.0.1</hostname><port>993</port><socketType>SSL</socketType></incomingServer>
  <incomingServer type="imap"><hostname>a.example.org</hostname><port>99999</port><socketType>SSL</socketType></incomingServer>
  <outgoingServer type="smtp"><hostname>smtp.example.org</hostname></outgoingServer>
</emailProvider></clientConfig>`;

test('a configuration names its servers; what is no host name or port is left out', () => {
  assert.deepEqual(readAutoconfig(CONFIG, 'marie@example.org'), [
    {
      protocol: 'pop3',
      host: 'pop.example.org',
      port: 995,
      security: 'tls',
      by: 'autoconfig',
      user: 'marie&co',
    },
  ]);
});

test('any text ends in servers or none, in time', () => {
  const piece = fc.constantFrom(
    '<incomingServer type="imap">',
    '</incomingServer>',
    '<hostname>',
    '</hostname>',
    'a.b',
    '<',
    '<!--',
    '>',
    '&',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
      assert.ok(readAutoconfig(pieces.join(''), 'a@b.c').length <= 20);
    }),
  );
  const began = performance.now();
  readAutoconfig('<incomingServer type="imap"><hostname>'.repeat(6000), 'a@b.c');
  assert.ok(performance.now() - began < 1000);
});

test('addresses', () => {
  assert.deepEqual(partsOf('marie@Exämple.org'), { local: 'marie', domain: 'xn--exmple-cua.org' });
  for (const none of ['marie', '@example.org', 'a@b', 'a@127.0.0.1', 'a b@example.org', 'a@exam ple.org'])
    assert.equal(partsOf(none), null, none);
});

test('servers by SRV, configuration and MX are asked what they speak; nobody signs in', async () => {
  await using imap = await startImapServer({ tls: true });
  await using pop3 = await startPop3Server({});
  await using dns = await startDnsServer({
    '_imaps._tcp.example.org': { srv: [[0, 0, imap.port, 'imap.example.org']] },
    '_pop3._tcp.example.org': { srv: [[0, 0, 0, '.']] },
    'example.org': { mx: [[10, 'mx1.example.org']] },
  });
  const fetched: string[] = [];
  const probed: string[] = [];
  const silent = (on: string): Trouble =>
    new Trouble('lost', { tried: 'connect', on, answer: 'nobody there' });
  const outside: Outside = {
    lookup: openLookup([dns.address]),
    async fetchText(url) {
      fetched.push(url);
      if (url.includes('well-known')) throw silent(url);
      return CONFIG;
    },
    async probe(candidate: Candidate) {
      probed.push(`${candidate.by} ${candidate.host}:${candidate.port}`);
      if (candidate.port === imap.port) return probe({ ...candidate, host: '127.0.0.1' });
      if (candidate.by === 'autoconfig')
        return probe({ ...candidate, host: '127.0.0.1', port: pop3.port, security: 'none' });
      return { is: 'silent', trouble: silent(candidate.host) };
    },
  };
  const search = (await findServers('marie@example.org', outside, signal))!;
  const [first, second, ...more] = search.found;
  assert.deepEqual(more, []);
  assert.deepEqual([first!.by, first!.host, first!.certificate!.trusted], ['srv', 'imap.example.org', false]);
  assert.match(
    first!.address,
    new RegExp(`^imaps://marie%40example.org@imap.example.org:${imap.port}/\\?fingerprint=[0-9a-f]{64}$`),
  );
  assert.ok(first!.capabilities.includes('IMAP4REV1') || first!.capabilities.includes('IMAP4rev1'));
  assert.deepEqual([second!.by, second!.address], ['autoconfig', 'pop3s://marie%26co@pop.example.org:995/']);
  assert.ok(second!.capabilities.includes('UIDL'));
  assert.deepEqual(
    search.failed.map(({ by }) => by),
    ['autoconfig'],
  );
  assert.ok(probed.includes('mx mx1.example.org:993') && probed.includes('name imap.example.org:143'));
  assert.equal(new Set(probed.map((each) => each.split(' ')[1])).size, probed.length);
  assert.ok(fetched.every((url) => !url.includes('marie')));
  assert.doesNotMatch([...imap.log, ...pop3.log].join('\n'), /LOGIN|AUTH|USER/);
});

test('a known provider behind the MX; DNS that does not answer is told', async () => {
  const outside: Outside = {
    lookup: {
      srv: (on) => Promise.reject(new Trouble('lost', { tried: 'connect', on, answer: 'DNS: ETIMEOUT' })),
      mx: async () => ['aspmx.l.google.com'],
    },
    fetchText: async () => null,
    probe: async ({ host }) =>
      host === 'imap.gmail.com'
        ? { is: 'speaks', spoken: { greeting: 'Gimap', capabilities: [], certificate: null } }
        : { is: 'silent', trouble: new Trouble('lost', { tried: 'connect', on: host }) },
  };
  const search = (await findServers('marie@example.org', outside, signal))!;
  assert.deepEqual(
    search.found.map(({ by, address }) => [by, address]),
    [['provider', 'imaps://marie%40example.org@imap.gmail.com:993/']],
  );
  assert.equal(search.failed.length, 4);
  assert.equal(await findServers('nobody', outside, signal), null);
});

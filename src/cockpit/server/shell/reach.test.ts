import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { isTrouble } from '../../../trouble.ts';
import { carriedIn, readNetwork, whereabouts } from './networks.ts';
import { mayReach, plainHost, readAllowList } from './reach.ts';
import { cockpitSentence } from './sentences.ts';

const none = readAllowList('');
const names =
  (addresses: Record<string, string[]>) =>
  async (host: string): Promise<{ address: string }[]> =>
    (addresses[host] ?? []).map((address) => ({ address }));

async function refused(host: string, answer: RegExp, allow = none, resolve = names({})): Promise<void> {
  await assert.rejects(mayReach(host, 993, allow, resolve), (error: unknown) => {
    assert.ok(isTrouble(error), `${host}: ${error}`);
    assert.equal(error.tried, 'connect');
    assert.match(error.answer ?? '', answer, host);
    return true;
  });
}

test('addresses of networks, written in every way, are refused', async () => {
  for (const host of [
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '0177.0.0.1',
    '2130706433',
    '0x7f000001',
    '017700000001',
    '１２７.0.0.1',
    '127。0。0。1',
    '127.0.0.1.',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.1.1',
    '100.100.100.200',
    '169.254.169.254',
    '198.18.0.1',
    '[::1]',
    '::1',
    '[::ffff:127.0.0.1]',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '[64:ff9b::10.0.0.1]',
    '2002:7f00:1::',
    '::10.0.0.1',
    'fe80::1',
    'fd00:ec2::254',
    'fec0::1',
    '2001:db8::1',
  ])
    await refused(host, /^private: /);
  for (const host of ['0.0.0.0', '0', '224.0.0.1', '255.255.255.255', '::', '[ff02::1]', '::ffff:0.0.0.0'])
    await refused(host, /^never: /);
});

test('what is no host at all', async () => {
  for (const host of [
    '',
    ' ',
    'a b',
    'a/b',
    'a\\b',
    'a@127.0.0.1',
    'a#b',
    'a?b',
    '127%2e0.0.1',
    'fe80::1%eth0',
    'mail.example:993',
    '[::1]:993',
    '256.0.0.1',
    '1.2.3.4.5',
    '0x100000000',
    'x'.repeat(300),
    '[::1',
    'a\0b',
  ])
    await refused(host, /^unreadable$/);
  for (const port of [0, -1, 65_536, 1.5, Number.NaN])
    await assert.rejects(mayReach('192.0.2.1', port, none), (error: unknown) =>
      isTrouble(error, 'malformed'),
    );
});

test('a name is what all its addresses are, and the one to connect to is told', async () => {
  const resolve = names({
    'mail.example': ['93.184.216.34', '2606:2800:220:1::1'],
    'sly.example': ['93.184.216.34', '10.0.0.1'],
    'xn--caf-dma.example': ['93.184.216.35'],
    'odd.example': ['fe80::1%eth0'],
    'lying.example': ['not an address'],
  });
  assert.deepEqual(await mayReach('Mail.Example.', 993, none, resolve), {
    host: 'mail.example',
    address: '93.184.216.34',
    family: 4,
  });
  assert.equal((await mayReach('café.example', 993, none, resolve)).host, 'xn--caf-dma.example');
  await refused('sly.example', /^private: 10\.0\.0\.1$/, none, resolve);
  await refused('odd.example', /^private: fe80::1$/, none, resolve);
  await refused('lying.example', /^unknown$/, none, resolve);
  await refused('gone.example', /^unknown$/, none, resolve);
});

test('a name that changes its mind is asked once', async () => {
  let asked = 0;
  const reached = await mayReach('rebind.example', 993, none, async () => [
    { address: asked++ === 0 ? '93.184.216.34' : '127.0.0.1' },
  ]);
  assert.deepEqual([reached.address, asked], ['93.184.216.34', 1]);
});

test('a resolver that fails; a bug stays a bug', async () => {
  const fail = (error: Error) => () => Promise.reject(error);
  await refused('x.example', /^unknown$/, none, fail(Object.assign(new Error('no'), { code: 'ENOTFOUND' })));
  await assert.rejects(mayReach('x.example', 993, none, fail(new TypeError('bug'))), TypeError);
});

test('the allow-list: networks, addresses, names, ports', async () => {
  const allow = readAllowList('10.0.0.0/8, mail.intern  *.lan\n[fd00::7]:993,192.168.0.9:143');
  const resolve = names({
    'mail.intern': ['192.168.7.7'],
    'a.b.lan': ['192.168.7.8'],
    lan: ['192.168.7.9'],
    'mail.intern.example': ['192.168.7.7'],
    'null.intern': ['0.0.0.0'],
  });
  for (const host of ['10.2.3.4', '::ffff:10.2.3.4', 'mail.intern', 'MAIL.intern', 'a.b.lan', 'fd00::7'])
    assert.ok(await mayReach(host, 993, allow, resolve), host);
  for (const host of ['lan', 'mail.intern.example', '192.168.0.9', '192.168.7.7', '127.0.0.1'])
    await refused(host, /^private/, allow, resolve);
  assert.ok(await mayReach('192.168.0.9', 143, allow));
  await refused('null.intern', /^never/, readAllowList('null.intern 0.0.0.0/0'), resolve);
  for (const text of ['10.0.0/8', '10.0.0.0/33', 'a b!', 'http://mail.intern', '*', '*.', 'fe80::/129'])
    assert.throws(() => readAllowList(text), isTroubleMalformed, text);
});

const isTroubleMalformed = (error: unknown): boolean =>
  isTrouble(error, 'malformed') && error.tried === 'read-address';

test('the refusal is a sentence that says what to do', async () => {
  const resolve = names({ 'mail.intern': ['10.0.0.5'] });
  const error = await mayReach('mail.intern', 993, none, resolve).catch((one: unknown) => one);
  assert.ok(isTrouble(error, 'denied'));
  assert.equal(
    cockpitSentence(error, 'en'),
    'mail.intern lies inside a local network (10.0.0.5), and this server does not connect there unasked. If that is right, have the person who runs it add mail.intern to MALLEPOSTE_ALLOW_HOSTS.',
  );
  assert.match(cockpitSentence(error, 'fr'), /^mail\.intern se trouve dans un réseau local \(10\.0\.0\.5\)/);
});

test('the real resolver knows this machine, and refuses it', async () => {
  await assert.rejects(mayReach('localhost', 993, none), (error: unknown) => isTrouble(error, 'denied'));
});

test('IPv4 in IPv6 lies where it lies outside of it; no host is read twice differently', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      assert.equal(whereabouts(`::ffff:${address}`), whereabouts(address));
      assert.equal(carriedIn(`::ffff:${address}`), address);
      assert.ok(readNetwork(`${address}/32`)!(address));
    }),
  );
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      assert.ok(['public', 'private', 'never'].includes(whereabouts(address)));
      const plain = plainHost(address);
      assert.ok(plain !== null && isIP(plain) === 6);
      assert.equal(whereabouts(plain), whereabouts(address));
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.domain()), (text) => {
      const plain = plainHost(text);
      if (plain !== null) assert.equal(plainHost(plain), plain);
    }),
  );
});

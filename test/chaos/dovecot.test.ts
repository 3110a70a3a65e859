import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import { readImap } from '../checker/imap.ts';
import { startDovecot } from '../servers/dovecot.ts';
import { chaosProxy } from './proxy.ts';
import type { ConnectionFault } from './schedule.ts';

test('a real server behind the proxy: what is acknowledged, landed, late, not landed', {
  timeout: 60_000,
}, async (t) => {
  const server = await startDovecot();
  if (!server) return t.skip('no Dovecot can be had here');
  const { host, port, user, password } = server;
  const faults: ConnectionFault[] = [
    { is: 'none' },
    { is: 'swallow-ok', command: 1, how: 'fin' },
    { is: 'late', command: 1, ms: 400, how: 'rst' },
    { is: 'cut-literal', literal: 1, part: 0.9, how: 'fin' },
  ];
  const proxy = await chaosProxy({
    to: { host, port },
    schedule: (connection) => faults[connection - 1] ?? { is: 'none' },
    strip: ['UIDPLUS', 'LITERAL+'],
  });
  const append = async (subject: string): Promise<{ uid?: number } | false | 'cut'> => {
    const client = new ImapFlow({
      ...{ host: '127.0.0.1', port: proxy.port, secure: false, doSTARTTLS: false, logger: false },
      auth: { user, pass: password },
    });
    client.on('error', () => {});
    await client.connect();
    try {
      const bytes = Buffer.from(`Subject: ${subject}\r\n\r\n${'Une ligne de lettre.\r\n'.repeat(5000)}`);
      return await client.append('INBOX', bytes, ['\\Seen'], new Date(Date.UTC(2019, 2, 1)));
    } catch {
      return 'cut';
    } finally {
      client.close();
    }
  };
  const subjects = async (): Promise<string[]> =>
    (await readImap({ host, port, user, password })).map((each) => each.subject).sort();
  try {
    const acknowledged = await append('acknowledged');
    assert.ok(acknowledged && acknowledged !== 'cut' && acknowledged.uid === undefined, 'no UIDPLUS is seen');
    assert.equal(await append('landed'), 'cut');
    assert.equal(await append('late'), 'cut');
    assert.deepEqual(await subjects(), ['acknowledged', 'landed'], 'a search at once says absent');
    assert.equal(await append('not landed'), 'cut');
    await delay(900);
    assert.deepEqual(await subjects(), ['acknowledged', 'landed', 'late']);
    assert.deepEqual(
      proxy.happened.map((each) => each.fault.is),
      ['swallow-ok', 'late', 'cut-literal'],
    );
  } finally {
    await proxy.close();
    await server.stop();
  }
});

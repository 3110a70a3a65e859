import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startImapServer } from '../../test/servers/imap.ts';
import { startPop3Server } from '../../test/servers/pop3.ts';
import { Trouble } from '../trouble.ts';
import { connect as connectImap } from './imap/index.ts';
import { connect as connectPop3 } from './pop3/index.ts';
import { fixedToken, type Tokens } from './tokens.ts';
import { fails } from './wire.fixture.ts';

/** Gives these, one after the other; remembers what was refused. */
function inTurn(...texts: string[]): Tokens & { refused: (string | undefined)[] } {
  const refused: (string | undefined)[] = [];
  return {
    refused,
    async token(last) {
      refused.push(last);
      return texts[Math.min(refused.length, texts.length) - 1]!;
    },
  };
}

const where = (port: number, tokens: Tokens) =>
  ({ host: '127.0.0.1', port, security: 'none', auth: { by: 'xoauth2', user: 'marie', tokens } }) as const;

for (const protocol of ['imap', 'pop3'] as const) {
  const start = async () =>
    protocol === 'imap'
      ? startImapServer({ tokens: { marie: 'good' } })
      : startPop3Server({ tokens: { marie: 'good' }, capabilities: ['SASL XOAUTH2'] });
  const connect = (port: number, tokens: Tokens) =>
    protocol === 'imap' ? connectImap(where(port, tokens)) : connectPop3(where(port, tokens));

  test(`${protocol}: a refused token is followed by another, once`, async () => {
    await using server = await start();
    const second = inTurn('ended', 'good');
    (await connect(server.port, second)).destroy();
    assert.deepEqual(second.refused, [undefined, 'ended']);
    const third = inTurn('ended', 'ended too', 'good');
    await fails(connect(server.port, third), 'denied');
    assert.deepEqual(third.refused, [undefined, 'ended']);
  });

  test(`${protocol}: where there is no other, the refusal is told, and the server is not asked twice`, async () => {
    await using server = await start();
    await fails(connect(server.port, fixedToken('ended')), 'denied', /status/);
    assert.equal(server.connections, 1);
  });

  test(`${protocol}: what the tokens throw is told, and nobody is asked`, async () => {
    await using server = await start();
    const none: Tokens = {
      token: () => Promise.reject(new Trouble('busy', { tried: 'sign-in', on: 'x', retryAfterMs: 9 })),
    };
    assert.equal((await fails(connect(server.port, none), 'busy')).retryAfterMs, 9);
    assert.equal(server.connections, 0);
  });
}

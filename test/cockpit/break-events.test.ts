/** Events: whom they name, who may hear them, and what listeners that do not read, or do nothing else, cost. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { LiveMove } from '../../src/app/project/live.ts';
import type { Id } from '../../src/records/facts.ts';
import { type Here, openHere, type Place } from './here.ts';
import { waited } from './project.ts';

/** As many as one operator may have open (`src/cockpit/server/events.ts`). */
const LISTENING_MAX = 50;
const OPERATORS = 10;

describe('events', { timeout: 600_000 }, () => {
  let here: Here;
  let place: Place;
  let all: string;
  let own: string;

  before(async () => {
    here = await openHere();
    place = await here.place('Mistral');
    const { organisation, site } = place;
    all = await here.operator('reads', { role: 'auditor', organisation, site: null });
    own = await here.operator('lyon', { role: 'site-correspondent', organisation, site });
  });
  after(() => here.close());

  const events = () => `/api/v1/organisations/${place.organisation}/events`;
  const put = (person: Id, name: string) =>
    here.serving.project.live.put(place.organisation, moveOf(person, name, place.wave));
  const heardOf = (heard: { text: string }, what: string) =>
    waited(
      async () => heard.text,
      (text) => text.includes(what),
    );

  it('a correspondent hears of the own site alone, also when somebody comes to it or leaves it', async () => {
    const heard = await listen(here, own, events());
    put(place.person, 'Ines');
    put(place.otherPerson, 'Hugo');
    await heardOf(heard, 'Ines');
    assert.ok(!heard.text.includes('Hugo') && !heard.text.includes(place.otherPerson), heard.text);
    await send(place.otherPerson, place.site);
    await heardOf(heard, 'Hugo');
    await send(place.otherPerson, place.otherSite);
    await waited(
      async () => heard.text.split('event: ').findLast((one) => one.includes('"whole":true')),
      (last) => !last?.includes('Hugo'),
    );
    const before = heard.text.length;
    put(place.otherPerson, 'Hugo again');
    put(place.person, 'Ines again');
    await heardOf(heard, 'Ines again');
    assert.ok(!heard.text.slice(before).includes('Hugo again'));
    heard.close();
  });

  async function send(person: Id, site: Id): Promise<void> {
    const { project } = here.serving;
    await project.records.write('test', async (change) => {
      const { version } = await change.person(place.organisation, person);
      await change.changePerson(place.organisation, person, version, { site });
    });
    project.live.changed(place.organisation, 'people');
  }

  it('are refused to nobody and to those of elsewhere, and are not there of what is not', async () => {
    const elsewhere = await here.place('Tramontane');
    assert.equal((await here.ask(null, 'GET', events())).status, 401);
    const path = `/api/v1/organisations/${elsewhere.organisation}/events`;
    for (const token of [all, own]) assert.equal((await here.ask(token, 'GET', path)).status, 403);
    const consultant = await here.operator('boss', { role: 'consultant', organisation: null, site: null });
    const nothing = await here.ask(consultant, 'GET', '/api/v1/organisations/nowhereatall12/events');
    assert.equal(nothing.status, 404);
  });

  it('a head is answered at once and leaves no listener behind', async () => {
    const listeners = counted(here, place.organisation);
    for (let n = 0; n < 20; n++) {
      const { status, text } = await here.ask(all, 'HEAD', events());
      assert.deepEqual([status, text], [200, '']);
    }
    assert.equal(listeners.now(), 0);
    listeners.stop();
  });

  it('one operator opens so many at once and no more; five hundred of many hear all the same', async () => {
    const tokens: string[] = [];
    for (let n = 0; n < OPERATORS; n++) {
      const role = { role: 'auditor' as const, organisation: place.organisation, site: null };
      tokens.push(await here.operator(`reader ${n}`, role));
    }
    const heard = await Promise.all(
      tokens.flatMap((token) => Array.from({ length: LISTENING_MAX }, () => listen(here, token, events()))),
    );
    assert.equal((await here.ask(tokens[0]!, 'GET', events())).status, 429);
    put(place.person, 'for all of them');
    for (const one of heard) await heardOf(one, 'for all of them');
    const road = await here.ask(all, 'GET', `/api/v1/organisations/${place.organisation}/road`);
    assert.equal(road.status, 200);
    for (const one of heard) one.close();
    // Whose pages are closed may open others.
    const tried = async () => {
      const next = await listen(here, tokens[0]!, events()).catch(() => null);
      next?.close();
      return next;
    };
    await waited(tried, (next) => next !== null);
  });

  it('who never reads is let go, and keeps nobody waiting', async () => {
    const listeners = counted(here, place.organisation);
    const isOne = () =>
      waited(
        async () => listeners.now(),
        (now) => now === 1,
      );
    const deaf = await neverReads(here, all, events());
    await isOne();
    const heard = await listen(here, all, events());
    const name = 'x'.repeat(20_000);
    for (let n = 0; listeners.now() > 1 && n < 4_000; n++) {
      put(place.person, `${n} ${name}`);
      here.serving.project.live.end(place.organisation, place.otherPerson);
      if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await isOne();
    put(place.person, 'still heard');
    await heardOf(heard, 'still heard');
    // It was cut off: what it finds when it reads at last does not reach the end.
    const read: Buffer[] = [];
    deaf.on('data', (piece: Buffer) => read.push(piece)).resume();
    await waited(
      async () => deaf.closed,
      (closed) => closed,
    );
    assert.ok(!Buffer.concat(read).toString('latin1').includes('still heard'));
    heard.close();
    listeners.stop();
  });
});

function moveOf(person: Id, name: string, wave: Id): LiveMove {
  return {
    ...{ person, name, address: 'x@mistral.example', wave, pass: 'p', kind: 'first', state: 'running' },
    ...{ stage: 'carry', entries: 1, done: 0, waiting: 1, bytes: 0, ofBytes: 0, messagesPerSecond: 0 },
    ...{
      bytesPerSecond: 0,
      remainingMs: null,
      folder: null,
      account: null,
      restUntilMs: null,
      trouble: null,
    },
  };
}

/** How many listen now. */
function counted({ serving }: Here, organisation: Id) {
  const { live } = serving.project;
  const original = live.listen;
  let now = 0;
  live.listen = (of, listener) => {
    const stop = original.call(live, of, listener);
    if (of === organisation) now++;
    let stopped = false;
    return () => {
      if (of === organisation && !stopped) now--;
      stopped = true;
      stop();
    };
  };
  const stop = (): void => {
    live.listen = original;
  };
  return { now: () => now, stop };
}

async function listen(here: Here, token: string, path: string) {
  const aborting = new AbortController();
  const response = await fetch(new URL(path, here.serving.origin), {
    headers: { authorization: `Bearer ${token}` },
    signal: aborting.signal,
  });
  if (response.status !== 200) {
    aborting.abort();
    throw new Error(`${response.status}`);
  }
  const heard = { text: '', close: () => aborting.abort() };
  const decoder = new TextDecoder();
  void (async () => {
    for await (const piece of response.body!)
      heard.text += decoder.decode(piece as Uint8Array, { stream: true });
  })().catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
  return heard;
}

async function neverReads(here: Here, token: string, path: string): Promise<Socket & { closed: boolean }> {
  const { port } = new URL(here.serving.origin);
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  return socket as never;
}

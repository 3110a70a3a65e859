/** Two who do something to the same thing at once: one is told, nothing of the other is lost. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Answer, type Here, openHere, type Place } from './here.ts';

const AT_ONCE = 6;

describe('two at once', { timeout: 300_000 }, () => {
  let here: Here;
  let place: Place;
  const tokens: string[] = [];

  before(async () => {
    here = await openHere();
    place = await here.place('Mistral');
    const role = { role: 'it-manager' as const, organisation: place.organisation, site: null };
    for (let n = 0; n < AT_ONCE; n++) tokens.push(await here.operator(`it ${n}`, role));
  });
  after(() => here.close());

  const at = (path: string): string => `/api/v1/organisations/${place.organisation}${path}`;
  const get = async (path: string) => JSON.parse((await here.ask(tokens[0]!, 'GET', at(path))).text);
  const all = (work: (token: string, n: number) => Promise<Answer>): Promise<Answer[]> =>
    Promise.all(tokens.map(work));

  /** One was done, all others were told so. */
  function oneOf(answers: readonly Answer[], what: string): number {
    const done = answers.filter(({ status }) => status === 200);
    assert.equal(done.length, 1, `${what}: ${answers.map(({ status }) => status)}`);
    for (const { status, text } of answers.filter(({ status }) => status !== 200)) {
      assert.equal(status, 409, `${what}: ${text}`);
      assert.equal(JSON.parse(text).trouble.answer, 'changed-meanwhile', what);
    }
    return answers.indexOf(done[0]!);
  }

  it('whatever has a version is changed by one; what that one wrote stands', async () => {
    const things: [
      what: string,
      path: string,
      field: string,
      seen: () => Promise<Record<string, unknown>>,
    ][] = [
      ['organisation', '', 'name', () => get('')],
      ['site', `/sites/${place.site}`, 'name', async () => byId(await get('/sites'), place.site)],
      ['wave', `/waves/${place.wave}`, 'name', () => get(`/waves/${place.wave}`)],
      ['person', `/people/${place.person}`, 'title', () => get(`/people/${place.person}`)],
      [
        'account',
        `/people/${place.person}/accounts/${place.account}`,
        'address',
        async () => byId((await get(`/people/${place.person}`)).accounts, place.account),
      ],
    ];
    for (const [what, path, field, seen] of things) {
      const { version } = await seen();
      const values = tokens.map((_, n) =>
        field === 'address' ? `imap://ines@127.0.0.1:${n + 1}/?lanes=2` : `${what} ${n}`,
      );
      const answers = await all((token, n) =>
        here.ask(token, 'PATCH', at(path), { version, [field]: values[n] }),
      );
      const winner = oneOf(answers, what);
      const now = await seen();
      assert.equal(now[field], values[winner], what);
      assert.equal(now.version, Number(version) + 1, what);
    }
  });

  it('an operator’s role, and a decision on a wave', async () => {
    const { version } = byId(await get('/operators'), place.operator);
    const changed = await all((token, n) =>
      here.ask(token, 'PATCH', at(`/operators/${place.operator}`), {
        version,
        role: 'it-manager',
        disabled: n % 2 === 0,
      }),
    );
    oneOf(changed, 'operator');
    const wave = await get(`/waves/${place.wave}`);
    const decided = await all((token, n) =>
      here.ask(token, 'POST', at(`/waves/${place.wave}/decision`), {
        version: wave.version,
        go: n % 2 === 0,
        note: `by ${n}`,
      }),
    );
    const winner = oneOf(decided, 'decision');
    assert.equal((await get(`/waves/${place.wave}`)).decision.note, `by ${winner}`);
  });

  it('what is made by several under one name is made once', async () => {
    const site = { name: 'Brest', zone: 'Europe/Paris', hours: [], closed: [], lineBytesPerSecond: null };
    for (const [path, body] of [
      ['/sites', site],
      ['/waves', { name: 'Trois' }],
      ['/people', { displayName: 'Zoé', address: 'zoe@mistral.example' }],
      [`/people/${place.person}/accounts`, { role: 'target', address: 'imap://ines@127.0.0.1:9/' }],
    ] as const) {
      const answers = await all((token) => here.ask(token, 'POST', at(path), body));
      assert.equal(answers.filter(({ status }) => status === 200).length, 1, path);
      for (const { status, text } of answers)
        if (status !== 200)
          assert.match(`${status} ${JSON.parse(text).trouble.answer}`, /^409 (name|address|target)-taken$/);
    }
  });

  it('nobody and nothing is removed from under a move: person, wave, site', async () => {
    for (const path of [`/people/${place.person}`, `/waves/${place.wave}`, `/sites/${place.site}`]) {
      const before = here.everything();
      const answers = await all((token) => here.ask(token, 'DELETE', at(path)));
      for (const { status, text } of answers)
        assert.equal(`${status} ${JSON.parse(text).trouble.answer}`, '409 in-use', path);
      assert.equal(here.everything(), before, path);
    }
  });

  it('the order of the road, and who is in which wave, are whole whoever comes last', async () => {
    const waves: string[] = (await get('/waves')).map(({ id }: { id: string }) => id);
    await all((token, n) =>
      here.ask(token, 'PUT', at('/waves/order'), { waves: n % 2 ? waves : waves.toReversed() }),
    );
    const after = await get('/waves');
    assert.deepEqual(
      after.map(({ position }: { position: number }) => position),
      waves.map((_, n) => n),
    );
    const people = [place.person, place.otherPerson];
    await all((token, n) =>
      here.ask(token, 'POST', at(`/waves/${n % 2 ? place.wave : place.emptyWave}/people`), { people }),
    );
    const [one, other] = [await get(`/people/${place.person}`), await get(`/people/${place.otherPerson}`)];
    assert.equal(one.wave, other.wave);
  });
});

function byId<T extends { id: string }>(some: readonly T[], id: string): T & Record<string, unknown> {
  return some.find((one) => one.id === id) as T & Record<string, unknown>;
}

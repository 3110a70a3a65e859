/** Everybody who may ask, at every route: what they may and nothing more, and nothing is changed by what was refused. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RouteName, routes } from '../../src/cockpit/contract/routes.ts';
import type { OperatorRole } from '../../src/records/facts.ts';
import { ASKED, asked } from './asked.ts';
import { type Answer, type Here, openHere, type Place } from './here.ts';

const NAMES = Object.keys(routes) as RouteName[];
const isRefused = ({ status }: Answer): boolean => status === 401 || status === 403;
/** What is of somebody else is as if it were not there, or is refused; never done. */
const isKept = ({ status }: Answer): boolean => [401, 403, 404, 409].includes(status);

describe('who may what', { timeout: 600_000 }, () => {
  let here: Here;
  let place: Place;
  let elsewhere: Place;
  const tokens = new Map<string, string | null>([['N', null]]);

  before(async () => {
    here = await openHere();
    place = await here.place('Mistral');
    elsewhere = await here.place('Tramontane');
    const { organisation, site } = place;
    const roles: Record<string, OperatorRole> = {
      C: { role: 'consultant', organisation: null, site: null },
      1: { role: 'consultant', organisation, site: null },
      I: { role: 'it-manager', organisation, site: null },
      S: { role: 'site-correspondent', organisation, site },
      A: { role: 'auditor', organisation, site: null },
    };
    for (const [name, role] of Object.entries(roles))
      tokens.set(name, await here.operator(`who ${name}`, role));
  });
  after(() => here.close());

  const ask = (
    who: string,
    name: RouteName,
    of: Place,
    more: Record<string, string> = {},
  ): Promise<Answer> => {
    const { method, path, body } = asked(name, of, more);
    return here.ask(tokens.get(who)!, method, path, body);
  };

  /** And nothing may have changed. */
  async function refused(tried: () => Promise<Answer>, as: string, is = isRefused): Promise<void> {
    const before = here.everything();
    const answer = await tried();
    assert.ok(is(answer), `${as}: ${answer.status} ${answer.text.slice(0, 300)}`);
    assert.ok(here.everything() === before, `${as}: refused, and something was changed`);
  }

  it('those who may are let in, the others are not', async () => {
    for (const name of NAMES)
      for (const who of tokens.keys()) {
        const as = `${who} ${name}`;
        if (!ASKED[name].who.includes(who)) await refused(() => ask(who, name, place), as);
        else {
          const answer = await ask(who, name, place);
          assert.ok(!isRefused(answer) && answer.status < 500, `${as}: ${answer.status} ${answer.text}`);
          if (!name.endsWith('/import')) assert.notEqual(answer.status, 400, `${as}: ${answer.text}`);
        }
      }
  });

  it('of another organisation nobody but a consultant of all sees or changes anything', async () => {
    for (const name of NAMES.filter((one) => one.includes('{organisation}')))
      for (const who of ['1', 'I', 'S', 'A'])
        await refused(() => ask(who, name, elsewhere), `${who} ${name}`);
  });

  it('ids of another organisation are not there, in whichever place of a path', async () => {
    const ids = ['site', 'wave', 'person', 'account', 'operator'] as const;
    for (const name of NAMES)
      for (const id of ids.filter((one) => name.includes(`{${one}}`)))
        for (const who of ['C', 'I'])
          await refused(() => ask(who, name, place, { [id]: elsewhere[id] }), `${who} ${name} ${id}`, isKept);
  });

  it('ids of another organisation are not there in bodies either', async () => {
    const of = `/api/v1/organisations/${place.organisation}`;
    const person = { displayName: 'Zoé', address: 'zoe@mistral.example' };
    const tries: [method: string, path: string, body: unknown][] = [
      ['POST', '/people', { ...person, site: elsewhere.site }],
      ['POST', '/people', { ...person, wave: elsewhere.wave }],
      ['PATCH', `/people/${place.person}`, { version: 1, site: elsewhere.site }],
      ['PATCH', `/people/${place.person}`, { version: 1, wave: elsewhere.wave }],
      ['PUT', '/waves/order', { waves: [elsewhere.wave] }],
      ['POST', '/waves/none/people', { people: [elsewhere.person] }],
      ['POST', `/waves/${place.wave}/people`, { people: [place.person, elsewhere.person] }],
      ['POST', '/findings/accept', { findings: [elsewhere.finding], reason: 'mine now' }],
      ['POST', '/findings/accept', { findings: [place.finding, elsewhere.finding], reason: 'mine now' }],
      [
        'POST',
        '/invitations',
        { role: 'site-correspondent', site: elsewhere.site, email: 'x@x.example', language: 'fr' },
      ],
      [
        'PATCH',
        `/operators/${place.operator}`,
        { version: 1, role: 'site-correspondent', site: elsewhere.site },
      ],
    ];
    for (const [method, path, body] of tries)
      await refused(
        () => here.ask(tokens.get('I')!, method, `${of}${path}`, body),
        `${method} ${path}`,
        isKept,
      );
  });

  it('what finds nothing of another organisation does nothing there', async () => {
    const of = `/api/v1/organisations/${place.organisation}`;
    const before = here.everything();
    const nothing: [method: string, path: string, body: unknown, count: string][] = [
      ['POST', '/findings/retry', { person: elsewhere.person }, '"people":0'],
      ['POST', '/findings/retry', { wave: elsewhere.wave }, '"people":0'],
      ['POST', '/inventory/survey', { site: elsewhere.site }, '"asked":0'],
      [
        'POST',
        '/findings/accept',
        { group: { person: elsewhere.person, is: 'left', code: null, cause: 'too large' }, reason: 'x' },
        '"accepted":0',
      ],
      ['GET', `/findings?person=${elsewhere.person}`, undefined, '"total":0'],
      ['GET', `/people?site=${elsewhere.site}`, undefined, '"total":0'],
      ['GET', `/people?wave=${elsewhere.wave}`, undefined, '"total":0'],
      ['GET', `/inventory?site=${elsewhere.site}`, undefined, '[]'],
    ];
    for (const [method, path, body, count] of nothing) {
      const { status, text } = await here.ask(tokens.get('I')!, method, `${of}${path}`, body);
      assert.ok(status === 200 && text.includes(count), `${path}: ${status} ${text}`);
    }
    assert.equal(here.everything(), before);
  });

  it('nothing that a correspondent is answered names anybody of another site', async () => {
    for (const name of NAMES.filter((one) => one.startsWith('GET ') && ASKED[one].who.includes('S'))) {
      const { text } = await ask('S', name, place);
      for (const foreign of [place.otherPerson, place.otherSite, 'hugo', 'lettre de'])
        assert.ok(!text.includes(foreign), `${name} tells of ${foreign}: ${text}`);
    }
    const other = { person: place.otherPerson };
    for (const name of NAMES.filter((one) => one.includes('{person}')))
      await refused(() => ask('S', name, place, other), name, isKept);
    const { text } = await here.ask(
      tokens.get('S')!,
      'GET',
      `/api/v1/organisations/${place.organisation}/people?site=${place.otherSite}`,
    );
    assert.match(text, /"total":0/);
  });

  it('a token may no more than its owner may today, and nothing once the owner is let in no longer', async () => {
    const { organisation, site } = place;
    const { project, signIn } = here.serving;
    const it: OperatorRole = { role: 'it-manager', organisation, site: null };
    const narrow = await here.operator('narrow', it);
    const asAuditor = signIn.tokens.make({
      ...{ name: 'reads', owner: 'narrow', expiresMs: null },
      roles: [{ role: 'auditor', organisation, site: null }],
    }).text;
    const sites = `/api/v1/organisations/${organisation}/sites`;
    const lyon = { name: 'Lyon', zone: 'Europe/Paris', hours: [], closed: [], lineBytesPerSecond: null };
    assert.equal((await here.ask(narrow, 'POST', sites, lyon)).status, 409);
    await refused(() => here.ask(asAuditor, 'POST', sites, lyon), 'a token that only reads');
    const change = async (changes: object): Promise<void> => {
      const own = (await project.records.operatorOf('narrow'))!;
      await project.records.write('test', (one) => one.changeOperator(own.id, own.version, changes));
    };
    await change({ roles: [{ role: 'site-correspondent', organisation, site }] });
    await refused(() => here.ask(narrow, 'POST', sites, lyon), 'owner may no more');
    await refused(() => here.ask(narrow, 'GET', `/api/v1/organisations/${organisation}/audit`), 'nor read');
    const people = await here.ask(asAuditor, 'GET', `/api/v1/organisations/${organisation}/people`);
    assert.ok(people.text.includes(place.person) && !people.text.includes(place.otherPerson), people.text);
    await change({ disabled: true });
    for (const token of [narrow, asAuditor])
      for (const path of [sites, '/api/v1/me', `/api/v1/organisations/${organisation}/events`])
        await refused(() => here.ask(token, 'GET', path), `${path} of a disabled owner`);
  });

  it('somebody who is let in no longer is out at once: pages, sign-in, and the events that are open', async () => {
    const { organisation } = place;
    const browser = await here.signedIn('luc', { role: 'auditor', organisation, site: null });
    assert.equal((await browser.ask('/api/v1/me')).status, 200);
    const gone = await listening(here, organisation, { cookie: browser.cookie });
    const operators = await here.ask(
      tokens.get('I')!,
      'GET',
      `/api/v1/organisations/${organisation}/operators`,
    );
    const luc = JSON.parse(operators.text).find(({ name }: { name: string }) => name === 'luc');
    const path = `/api/v1/organisations/${organisation}/operators/${luc.id}`;
    const shut = await here.ask(tokens.get('I')!, 'PATCH', path, { version: luc.version, disabled: true });
    assert.equal(shut.status, 200, shut.text);
    assert.ok([401, 403].includes((await browser.ask('/api/v1/me')).status));
    await gone.ended;
    const again = await browser.ask('/api/auth/sign-in/email', {
      body: { email: 'luc@mistral.example', password: 'diligence de midi 1837' },
    });
    assert.equal(again.status, 403);
  });

  it('events end with the session or the token by which they were asked for', async () => {
    const { organisation } = place;
    const { signIn, project } = here.serving;
    const browser = await here.signedIn('eva', { role: 'auditor', organisation, site: null });
    const bySession = await listening(here, organisation, { cookie: browser.cookie });
    const eva = (await project.records.operators()).find(({ name }) => name === 'eva')!;
    await signIn.endSessions(eva.user);
    await bySession.ended;
    const { text, token } = signIn.tokens.make({
      name: 'x',
      owner: eva.user,
      roles: eva.roles,
      expiresMs: null,
    });
    const byToken = await listening(here, organisation, { authorization: `Bearer ${text}` });
    signIn.tokens.revoke(token.id);
    await byToken.ended;
  });
});

/** Events that have begun; `ended` when the server has ended them. */
async function listening(here: Here, organisation: string, headers: Record<string, string>) {
  const response = await fetch(`${here.serving.origin}/api/v1/organisations/${organisation}/events`, {
    headers,
  });
  assert.equal(response.status, 200);
  const reader = response.body!.getReader();
  await reader.read();
  return { ended: untilDone(reader) };
}

async function untilDone(reader: ReadableStreamDefaultReader): Promise<void> {
  for (let next = await reader.read(); !next.done; next = await reader.read());
}

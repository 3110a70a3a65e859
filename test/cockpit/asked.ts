/** Every route of the contract as somebody could ask it, and who may: written by hand, so that a route or a right that is added must be thought of here too. */
import type { RouteName } from '../../src/cockpit/contract/routes.ts';
import type { Place } from './here.ts';

/**
 * Who may: `C` a consultant of all organisations, `1` a consultant of this one, `I` its IT manager, `S` the correspondent of the site
 * that is asked about, `A` an auditor, `T` whoever holds a token, `N` nobody at all.
 */
export interface Asking {
  who: string;
  /** What stands in the path besides ids of the place; another id of the place by its name. */
  at?: Record<string, string>;
  body?: (place: Place) => unknown;
  query?: string;
}

/** No version is as high: whoever may is told that somebody else was faster, and nothing changes. */
const version = 999_999;
const NOW = 'C1I';
const READ = 'C1IA';
const seen = { body: () => ({ version }) };
const OF = '/organisations/{organisation}';

export const ASKED: Record<RouteName, Asking> = {
  'GET /me': { who: 'C1ISA' },
  // A token does not change who gave it.
  'PATCH /me': { who: '', body: () => ({ name: 'Somebody else' }) },
  'GET /organisations': { who: 'C1ISA' },
  'POST /organisations': {
    who: 'C',
    body: () => ({
      ...{ name: 'Mistral', language: 'fr', suite: 'open', domains: ['x.example'] },
      ...{ targetTemplate: null, movesAtOnce: 1 },
    }),
  },
  [`GET ${OF}` as const]: { who: 'C1ISA' },
  [`PATCH ${OF}` as const]: { who: NOW, ...seen },
  [`GET ${OF}/road` as const]: { who: 'C1ISA' },
  [`GET ${OF}/sites` as const]: { who: 'C1ISA' },
  [`POST ${OF}/sites` as const]: {
    who: NOW,
    body: () => ({ name: 'Lyon', zone: 'Europe/Paris', hours: [], closed: [], lineBytesPerSecond: null }),
  },
  [`PATCH ${OF}/sites/{site}` as const]: { who: NOW, ...seen },
  [`DELETE ${OF}/sites/{site}` as const]: { who: NOW },
  [`GET ${OF}/audit` as const]: { who: READ },
  [`GET ${OF}/schedule` as const]: { who: READ },
  [`PUT ${OF}/schedule` as const]: { who: NOW, body: () => ({ deltaEveryHours: 24 }) },
  [`GET ${OF}/notices` as const]: { who: NOW },
  [`PUT ${OF}/notices` as const]: { who: NOW, body: () => [] },

  [`GET ${OF}/people` as const]: { who: 'C1ISA' },
  [`POST ${OF}/people` as const]: {
    who: NOW,
    body: ({ site }) => ({ displayName: 'Ines', address: 'ines@mistral.example', site }),
  },
  [`GET ${OF}/people/{person}` as const]: { who: 'C1ISA' },
  [`PATCH ${OF}/people/{person}` as const]: { who: NOW, ...seen },
  [`DELETE ${OF}/people/{person}` as const]: { who: NOW, at: { person: 'nobodyatall123' } },
  [`POST ${OF}/people/{person}/accounts` as const]: {
    who: NOW,
    body: () => ({ role: 'source', address: 'imap://ines@127.0.0.1:1/', secret: 'known' }),
  },
  [`PATCH ${OF}/people/{person}/accounts/{account}` as const]: { who: NOW, ...seen },
  [`DELETE ${OF}/people/{person}/accounts/{account}` as const]: {
    who: NOW,
    at: { account: 'nothingatall12' },
  },
  [`PUT ${OF}/people/{person}/accounts/{account}/secret` as const]: {
    who: 'C1IS',
    body: () => ({ secret: null }),
  },
  [`POST ${OF}/people/{person}/check` as const]: { who: 'C1IS' },
  [`POST ${OF}/people/{person}/run` as const]: { who: NOW, body: () => ({ kind: 'first' }) },
  [`POST ${OF}/people/{person}/pause` as const]: { who: NOW },
  [`POST ${OF}/people/{person}/resume` as const]: { who: NOW },
  [`GET ${OF}/groups` as const]: { who: READ },
  [`GET ${OF}/import/template` as const]: { who: READ },
  [`POST ${OF}/import` as const]: { who: NOW, query: '?name=a.csv', body: () => ({}) },
  [`GET ${OF}/import/{import}` as const]: { who: NOW },
  [`GET ${OF}/import/{import}/rows` as const]: { who: NOW },
  [`PATCH ${OF}/import/{import}/rows/{line}` as const]: { who: NOW, body: () => ({ cell: 0, text: 'a' }) },
  [`POST ${OF}/import/{import}/confirm` as const]: {
    who: NOW,
    body: () => ({ createSites: true, createWaves: true }),
  },
  [`GET ${OF}/export` as const]: { who: READ },
  [`GET ${OF}/people/{person}/link` as const]: { who: 'C1ISA' },
  [`POST ${OF}/people/{person}/link` as const]: { who: NOW, body: () => ({ days: 1 }) },
  [`DELETE ${OF}/people/{person}/link` as const]: { who: NOW },

  [`GET ${OF}/waves` as const]: { who: READ },
  [`POST ${OF}/waves` as const]: { who: NOW, body: () => ({ name: 'Un' }) },
  [`PUT ${OF}/waves/order` as const]: { who: NOW, body: ({ wave }) => ({ waves: [wave] }) },
  [`GET ${OF}/waves/{wave}` as const]: { who: READ },
  [`PATCH ${OF}/waves/{wave}` as const]: { who: NOW, ...seen },
  [`DELETE ${OF}/waves/{wave}` as const]: { who: NOW },
  [`POST ${OF}/waves/none/people` as const]: { who: NOW, body: () => ({ people: ['nobodyatall123'] }) },
  [`POST ${OF}/waves/{wave}/people` as const]: { who: NOW, body: ({ person }) => ({ people: [person] }) },
  [`PUT ${OF}/waves/{wave}/gates/{gate}` as const]: {
    who: NOW,
    body: () => ({ is: 'open', note: '' }),
  },
  [`POST ${OF}/waves/{wave}/decision` as const]: { who: NOW, body: () => ({ version, go: true, note: '' }) },
  [`POST ${OF}/waves/{wave}/start` as const]: { who: NOW, ...seen },
  [`POST ${OF}/waves/{wave}/pause` as const]: { who: NOW, ...seen },
  [`POST ${OF}/waves/{wave}/resume` as const]: { who: NOW, ...seen },
  [`POST ${OF}/waves/{wave}/pass` as const]: { who: NOW, body: () => ({ version, kind: 'delta' }) },
  [`POST ${OF}/waves/{wave}/end` as const]: { who: NOW, ...seen },
  [`POST ${OF}/waves/{wave}/roll-back` as const]: { who: NOW, body: () => ({ version, note: 'no' }) },
  [`POST ${OF}/waves/{wave}/check` as const]: { who: NOW, at: { wave: 'emptyWave' } },

  [`GET ${OF}/finding-groups` as const]: { who: READ },
  [`GET ${OF}/findings` as const]: { who: READ },
  [`POST ${OF}/findings/accept` as const]: {
    who: NOW,
    body: () => ({ findings: ['999999'], reason: 'fine' }),
  },
  [`POST ${OF}/findings/retry` as const]: { who: NOW, body: () => ({ is: 'nothing-is-so' }) },
  [`GET ${OF}/certificates` as const]: { who: READ },
  [`GET ${OF}/certificates/{of}/{id}` as const]: { who: READ, at: { of: 'person', id: 'nobodyatall123' } },
  [`GET ${OF}/inventory` as const]: { who: READ },
  [`POST ${OF}/inventory/survey` as const]: { who: NOW, body: () => ({ site: 'nowhereatall12' }) },

  'GET /first': { who: 'C1ISAN' },
  'POST /first/{token}': {
    who: 'C1ISAN',
    body: () => ({ name: 'A', email: 'a@x.example', password: 'diligence de midi', language: 'fr' }),
  },
  'GET /invited/{token}': { who: 'C1ISAN' },
  'POST /invited/{token}': {
    who: 'C1ISAN',
    body: () => ({ name: 'A', password: 'diligence de midi', language: 'fr' }),
  },
  [`GET ${OF}/operators` as const]: { who: NOW },
  // A token that lets somebody in, or makes another, would outlive its own end.
  [`POST ${OF}/invitations` as const]: {
    who: '',
    body: () => ({ role: 'auditor', site: null, email: 'new@x.example', language: 'fr' }),
  },
  [`PATCH ${OF}/operators/{operator}` as const]: { who: NOW, ...seen },
  [`DELETE ${OF}/operators/{operator}/sessions` as const]: { who: NOW },
  [`GET ${OF}/tokens` as const]: { who: NOW },
  [`POST ${OF}/tokens` as const]: { who: '', body: () => ({ name: 'a', role: 'auditor', days: 1 }) },
  [`DELETE ${OF}/tokens/{token}` as const]: { who: NOW },
  'GET /portal/{token}': { who: 'C1ISAN' },
  'PUT /portal/{token}/accounts/{account}/secret': { who: 'C1ISAN', body: () => ({ secret: 'x' }) },
  'POST /portal/{token}/help': { who: 'C1ISAN', body: () => ({ text: 'help' }) },
};

/** Ids of a place where the path names them; what it has none of leads nowhere. */
export function asked(name: RouteName, place: Place, more: Record<string, string> = {}) {
  const { at = {}, body, query = '' } = ASKED[name];
  const [method, path] = name.split(' ') as [string, string];
  const of = place as unknown as Record<string, string>;
  const named = Object.entries(at).map(([one, value]) => [one, of[value] ?? value]);
  const ids: Record<string, string> = { ...of, ...Object.fromEntries(named), ...more };
  const filled = path.replace(/\{(\w+)\}/g, (_, one: string) => ids[one] ?? 'nowhere-at-all');
  return { method, path: `/api/v1${filled}${query}`, body: body?.(place) };
}

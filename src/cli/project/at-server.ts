import path from 'node:path';
import { type FolderFacts, folderFacts, type ProjectParts } from '../../app/project/folder/facts.ts';
import { secretText } from '../../app/secret.ts';
import { usage } from '../../app/usage.ts';
import type { Id } from '../../records/facts.ts';
import { isLoopback } from '../../wire/address.ts';
import type { Context } from '../command.ts';
import { type Client, openClient } from './client.ts';
import type { Desk, PreviewRow, Read, WaveAct, WaveDetail } from './desk.ts';

const PAGE = 500;
/** Verdicts and severities: rows that somebody may want to read. */
const VERDICTS = 'create,change,refuse,ask,warn';

/** Of a server that serves the project, by a token of its API. */
export async function openServerDesk(context: Context): Promise<Desk> {
  const { options, person, signal } = context;
  const server = new URL(options.server!).origin;
  if (options.wait) throw usage('wait-at-server', '--wait');
  const token = await tokenOf(options.token, server, context);
  const { protocol, hostname } = new URL(server);
  if (protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, '')))
    person.warn({ code: 'clear-text', on: server });
  const client = openClient(server, { authorization: `Bearer ${token}` }, signal);
  return {
    organisations: () => client.ask('GET /organisations'),
    road: (organisation) =>
      client.ask('GET /organisations/{organisation}/road', { params: { organisation } }),
    waves: (organisation) =>
      client.ask('GET /organisations/{organisation}/waves', { params: { organisation } }),
    wave: (organisation, wave) =>
      client.ask('GET /organisations/{organisation}/waves/{wave}', { params: { organisation, wave } }),
    act: (organisation, wave, act, last) => actOn(client, organisation, wave, act, last),
    read: (organisation, name, bytes) => readFile(client, organisation, name, bytes),
    confirm: (organisation, read) =>
      client.ask('POST /organisations/{organisation}/import/{import}/confirm', {
        params: { organisation, import: read.id },
        body: { createSites: true, createWaves: true },
      }),
    folder: async (organisation) => {
      const facts = await factsOf(client, organisation);
      const { language } = facts.organisation;
      const asking = { params: { organisation }, query: { as: 'csv' as const, language } };
      const people = await client.download('GET /organisations/{organisation}/export', asking);
      return { facts, people: people.bytes };
    },
    ...{ importFolder: null, move: null },
    close: async () => {},
  };
}

async function tokenOf(given: string | undefined, server: string, { person }: Context): Promise<string> {
  const [, by, name = ''] = /^(env|file):(.+)$/s.exec(given ?? '') ?? [];
  if (by === undefined) throw usage('no-token', '--token');
  const at = by === 'env' ? ({ by, name } as const) : ({ by: 'file', path: path.resolve(name) } as const);
  return (await secretText(at, 'token', server, person)).trim();
}

async function actOn(
  client: Client,
  organisation: Id,
  { id, version }: WaveDetail,
  act: WaveAct,
  last: boolean,
): Promise<void> {
  const params = { organisation, wave: id };
  if (act === 'check') await client.ask('POST /organisations/{organisation}/waves/{wave}/check', { params });
  else if (act === 'pass') {
    const body = { version, kind: last ? ('last' as const) : ('delta' as const) };
    await client.ask('POST /organisations/{organisation}/waves/{wave}/pass', { params, body });
  } else
    await client.ask(`POST /organisations/{organisation}/waves/{wave}/${act}`, {
      params,
      body: { version },
    });
}

async function readFile(client: Client, organisation: Id, name: string, bytes: Uint8Array): Promise<Read> {
  const file = { type: 'application/octet-stream', bytes: new Uint8Array(bytes) };
  const asking = { params: { organisation }, query: { name } };
  const preview = await client.send('POST /organisations/{organisation}/import', asking, file);
  const rows: PreviewRow[] = [];
  for (;;) {
    const page = await client.ask('GET /organisations/{organisation}/import/{import}/rows', {
      params: { organisation, import: preview.id },
      query: { offset: rows.length, limit: PAGE, verdict: VERDICTS },
    });
    rows.push(...page.rows);
    if (page.rows.length === 0 || rows.length >= page.total) return { ...preview, rows };
  }
}

async function factsOf(client: Client, id: Id): Promise<FolderFacts> {
  const params = { organisation: id };
  const organisation = await client.ask('GET /organisations/{organisation}', { params });
  const { deltaEveryHours } = await client.ask('GET /organisations/{organisation}/schedule', { params });
  const sites = await client.ask('GET /organisations/{organisation}/sites', { params });
  const waves: ProjectParts['waves'][number][] = [];
  for (const { id: wave } of await client.ask('GET /organisations/{organisation}/waves', { params })) {
    const detail = await client.ask('GET /organisations/{organisation}/waves/{wave}', {
      params: { organisation: id, wave },
    });
    waves.push({ ...detail, ticks: detail.gates.flatMap(tickOf) });
  }
  return folderFacts({ organisation, deltaEveryHours, sites, waves });
}

function tickOf({ code, how, by, atMs, note }: WaveDetail['gates'][number]) {
  if (by === null || atMs === null) return [];
  const is = how === 'ticked' ? ('ticked' as const) : ('overridden' as const);
  return [{ gate: code, is, by, atMs, note: note ?? '' }];
}

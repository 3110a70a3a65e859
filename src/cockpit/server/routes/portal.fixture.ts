/** What the tests of people's own pages stand on: a cockpit that is served, people in it, and who asks over the network. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Id, OperatorRole } from '../../../records/facts.ts';
import { type Serving, serve } from '../serve.ts';
import type { Rates } from '../shell/limits.ts';
import { readAllowList } from '../shell/reach.ts';

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed, where it is JSON. */
  body: ReturnType<JSON['parse']>;
}

export interface Sent {
  headers?: Record<string, string>;
  body?: unknown;
}

export class Standing {
  readonly root = mkdtempSync(join(tmpdir(), 'malleposte-portal-'));
  readonly lines: string[] = [];
  serving!: Serving;
  organisation!: Id;
  lyon!: Id;
  readonly tokens = new Map<string, string>();

  async start(rates: Partial<Rates> = {}): Promise<void> {
    const pages = join(this.root, 'pages');
    mkdirSync(pages, { recursive: true });
    writeFileSync(join(pages, 'index.html'), '<!doctype html><title>x</title>');
    this.serving = await serve({
      ...{ data: join(this.root, 'data'), host: '127.0.0.1', port: 0, publicAddress: null, oidc: null },
      ...{ allow: readAllowList('127.0.0.0/8'), movesAtOnce: 2, language: 'fr', pages, strict: true, rates },
      write: (line) => void this.lines.push(line),
    });
  }

  async people(): Promise<void> {
    const { records } = this.serving.project;
    await records.write('Claire', async (change) => {
      const { id } = await change.addOrganisation({
        ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
        ...{ targetTemplate: null, movesAtOnce: 2 },
      });
      this.organisation = id;
      const place = { zone: 'Europe/Paris', hours: [], closed: [], lineBytesPerSecond: null };
      this.lyon = (await change.addSite(id, { ...place, name: 'Lyon' })).id;
    });
    await this.operator('claire', { role: 'it-manager', organisation: this.organisation, site: null });
    await this.operator('luc', {
      role: 'site-correspondent',
      organisation: this.organisation,
      site: this.lyon,
    });
  }

  async operator(name: string, role: OperatorRole): Promise<void> {
    const { project, signIn } = this.serving;
    await project.records.write('malleposte', (change) =>
      change.addOperator({
        ...{ user: name, name, email: `${name}@mistral.example`, language: 'fr' },
        ...{ roles: [role], disabled: false },
      }),
    );
    const facts = { name: 'test', owner: name, roles: [role], expiresMs: null };
    this.tokens.set(name, signIn.tokens.make(facts).text);
  }

  async person(login: string, accounts: readonly [role: 'source' | 'target', address: string][] = []) {
    return this.serving.project.records.write('Claire', async (change) => {
      const { id } = await change.addPerson(this.organisation, {
        ...{ kind: 'person', givenName: login, familyName: 'Roux', displayName: `${login} Roux` },
        ...{ address: `${login}@mistral.example`, aliases: [], site: this.lyon, wave: null },
        ...{ language: null, title: '', mobile: '' },
      });
      for (const [position, [role, address]] of accounts.entries())
        await change.addAccount(this.organisation, {
          ...{ person: id, role, address, position, needsSecret: /^imaps?:/.test(address) },
        });
      return id;
    });
  }

  /** The code of a new link. */
  async link(person: Id): Promise<string> {
    const { body } = await this.as('claire', 'POST', `/people/${person}/link`, {});
    return body.link.split('/').at(-1);
  }

  /** An operator, by a token. */
  as(name: string, method: string, path: string, body?: unknown): Promise<Answer> {
    const authorization = `Bearer ${this.tokens.get(name)}`;
    return this.ask(method, `/api/v1/organisations/${this.organisation}${path}`, {
      headers: { authorization },
      ...(body === undefined ? {} : { body }),
    });
  }

  /** Somebody's browser, on a page of ours. */
  async ask(method: string, path: string, { headers = {}, body }: Sent = {}): Promise<Answer> {
    const { origin } = this.serving;
    const raw = body instanceof Uint8Array;
    const response = await fetch(new URL(path, origin), {
      method,
      headers: {
        ...{ origin, 'accept-language': 'fr' },
        ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  async close(): Promise<void> {
    await this.serving.close();
    rmSync(this.root, { recursive: true });
  }
}

const TUS = { 'tus-resumable': '1.0.0' };
const OCTETS = { ...TUS, 'content-type': 'application/offset+octet-stream' };

/** A client of the tus protocol, which can be cut. */
export class Sender {
  readonly stand: Standing;
  readonly token: string;
  constructor(stand: Standing, token: string) {
    this.stand = stand;
    this.token = token;
  }

  announce(name: string, bytes: number | string, more: Record<string, string> = {}): Promise<Answer> {
    const metadata = `filename ${Buffer.from(name).toString('base64')},mark ${Buffer.from('m').toString('base64')}`;
    const headers = { ...TUS, 'upload-length': `${bytes}`, 'upload-metadata': metadata, ...more };
    return this.stand.ask('POST', `/api/v1/portal/${this.token}/uploads`, { headers });
  }

  /** Where it is sent to. Must go well. */
  async begin(name: string, bytes: number): Promise<string> {
    const { status, headers, body } = await this.announce(name, bytes);
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
    return headers.get('location')!;
  }

  offset(at: string): Promise<Answer> {
    return this.stand.ask('HEAD', at, { headers: TUS });
  }

  send(at: string, offset: number, bytes: Uint8Array): Promise<Answer> {
    return this.stand.ask('PATCH', at, { headers: { ...OCTETS, 'upload-offset': `${offset}` }, body: bytes });
  }

  remove(at: string): Promise<Answer> {
    return this.stand.ask('DELETE', at, { headers: TUS });
  }

  /** Sends a part of what it says it will, and then nobody is there any more. */
  async cut(at: string, offset: number, part: Uint8Array, announced: number): Promise<void> {
    const { origin } = this.stand.serving;
    const headers = { ...OCTETS, origin, 'upload-offset': `${offset}`, 'content-length': announced };
    const sending = request(new URL(at, origin), { method: 'PATCH', headers });
    sending.on('error', () => {});
    await new Promise<void>((resolve) => sending.write(part, () => resolve()));
    for (const end = Date.now() + 30_000; Date.now() < end; ) {
      if ((await this.arrived(at)) >= offset + part.length) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    sending.destroy();
  }

  /** How much lies there, without the protocol: a HEAD would end what is being sent. */
  private async arrived(at: string): Promise<number> {
    const { body } = await this.stand.ask('GET', `/api/v1/portal/${this.token}`);
    const id = at.split('/').at(-1);
    return body.uploads.find((one: { id: string }) => one.id === id)?.arrived ?? 0;
  }
}

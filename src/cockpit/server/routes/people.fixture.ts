/** What the tests of people stand on: a real project in a folder of its own, its routes, and people who ask. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PersonFields } from '../../../app/project/people.ts';
import { openProject, type Project } from '../../../app/project/project.ts';
import type { Id, OperatorRole } from '../../../records/facts.ts';
import type { Asker, Handlers } from '../handler.ts';
import { mountRoutes } from '../mount.ts';
import { answerFault } from '../shell/faults.ts';
import { type Holder, may, sitesSeen } from '../sign-in/roles.ts';
import { peopleHandlers } from './people.ts';

export interface Standing {
  project: Project;
  root: string;
  organisation: Id;
  lyon: Id;
  nice: Id;
  /** Asks as somebody: `claire` runs the project, `luc` is the correspondent of Lyon, `ada` reads. */
  ask(as: As, method: string, path: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

export type As = 'claire' | 'luc' | 'ada';

export interface Answer {
  status: number;
  /** Parsed, where it is JSON. */
  body: ReturnType<JSON['parse']>;
  headers: Headers;
  bytes: Buffer;
}

export async function stand(template: string | null = null): Promise<Standing> {
  const root = mkdtempSync(join(tmpdir(), 'malleposte-people-'));
  const project = await openProject({
    data: root,
    reach: async () => {},
    movesAtOnce: 2,
    language: 'fr',
  });
  const [organisation, lyon, nice] = await project.records.write('Claire', async (change) => {
    const { id } = await change.addOrganisation({
      ...{ name: 'Ateliers Mistral', language: 'fr', suite: 'open', domains: ['mistral.example'] },
      ...{ targetTemplate: template, movesAtOnce: 2 },
    });
    const site = { zone: 'Europe/Paris', hours: [], closed: [], lineBytesPerSecond: null };
    const sites = [
      await change.addSite(id, { ...site, name: 'Lyon' }),
      await change.addSite(id, { ...site, name: 'Nice' }),
    ];
    return [id, sites[0]!.id, sites[1]!.id];
  });
  const askers: Record<As, Asker> = {
    claire: asker('Claire', { role: 'it-manager', organisation, site: null }),
    luc: asker('Luc', { role: 'site-correspondent', organisation, site: lyon }),
    ada: asker('Ada', { role: 'auditor', organisation, site: null }),
  };
  const app = mountRoutes(peopleHandlers(project) as Handlers, {
    askerOf: async (request) => askers[request.headers.get('x-as') as As] ?? null,
    strict: true,
  });
  app.onError(answerFault(() => {}));
  return {
    ...{ project, root, organisation, lyon, nice },
    async ask(as, method, path, body) {
      const raw = body instanceof Uint8Array;
      const response = await app.request(`/organisations/${organisation}${path}`, {
        method,
        headers: { 'x-as': as, ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: raw ? new Uint8Array(body) : JSON.stringify(body) }),
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      const isJson = response.headers.get('content-type')?.includes('json');
      return {
        ...{ status: response.status, headers: response.headers, bytes },
        body: isJson ? JSON.parse(bytes.toString()) : undefined,
      };
    },
    async close() {
      await project.close();
      rmSync(root, { recursive: true });
    },
  };
}

function asker(name: string, role: OperatorRole): Asker {
  const holder: Holder = { roles: [role], disabled: false };
  return {
    ...{ name, email: `${name}@mistral.example`, user: name, language: 'fr', holder, session: null },
    may: (action, on) => may(holder, action, on),
    sites: (organisation) => sitesSeen(holder, organisation),
  };
}

export function somebody(address: string, more: Partial<PersonFields> = {}): PersonFields {
  return {
    ...{ kind: 'person', givenName: 'Zoé', familyName: 'Roux', displayName: `Zoé ${address}`, address },
    ...{ aliases: [], site: null, wave: null, language: null, title: '', mobile: '' },
    ...more,
  };
}

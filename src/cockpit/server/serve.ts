import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { dataFolder } from '../../app/data.ts';
import { holdProject } from '../../app/project/alone.ts';
import { openProject, type Project } from '../../app/project/project.ts';
import { startSchedule } from '../../app/project/schedule.ts';
import { openUploads, type Uploads } from '../../app/project/uploads.ts';
import { sealingKeys } from '../../app/vault/key.ts';
import { ownVersion } from '../../app/version.ts';
import type { Language } from '../../records/facts.ts';
import { Trouble } from '../../trouble.ts';
import { askerOf, isStillIn } from './askers.ts';
import { mountEvents } from './events.ts';
import type { Handlers } from './handler.ts';
import { mountRoutes } from './mount.ts';
import { openNotices } from './notices.ts';
import { mountPages } from './pages.ts';
import { findingHandlers } from './routes/findings.ts';
import { operatorHandlers } from './routes/operators.ts';
import { organisationHandlers } from './routes/organisations.ts';
import { peopleHandlers } from './routes/people.ts';
import { openLink, portalHandlers } from './routes/portal.ts';
import { waveHandlers } from './routes/waves.ts';
import type { BodyRule } from './shell/bodies.ts';
import { credentials } from './shell/credentials.ts';
import type { ShellEnv } from './shell/env.ts';
import { openLimits, type Rates, usualRates } from './shell/limits.ts';
import type { WriteLine } from './shell/log.ts';
import { type AllowList, mayReach } from './shell/reach.ts';
import { cockpitSentence } from './shell/sentences.ts';
import { serverOptions, wrapInShell } from './shell/shell.ts';
import { signInHandler, type Told } from './sign-in/handler.ts';
import type { Link } from './sign-in/links.ts';
import type { Oidc } from './sign-in/oidc.ts';
import { openSignIn, type SignIn } from './sign-in/sign-in.ts';
import { mountUploads, uploadBody, uploadLimitMs } from './uploads.ts';

export interface ServeFacts {
  /** `--data`. */
  data: string | undefined;
  host: string;
  /** 0: any that is free. */
  port: number;
  /** Under which people open it; null: this machine alone, `http://localhost:PORT`. */
  publicAddress: string | null;
  allow: AllowList;
  oidc: Oidc | null;
  movesAtOnce: number;
  language: Language;
  /** Folder of the built pages. */
  pages: string;
  /** The log: a JSON line each. */
  write: WriteLine;
  /** For tests: other rates, and answers are held to the contract. */
  rates?: Partial<Rates>;
  strict?: boolean;
}

/** A cockpit that is being served. */
export interface Serving {
  origin: string;
  /** For the first operator; null: somebody has signed up. */
  firstLink: Link | null;
  project: Project;
  signIn: SignIn;
  /** What runs stops at its next safe point. Twice is once. */
  close(): Promise<void>;
}

/**
 * Opens the project and serves its cockpit.
 *
 * @throws Trouble of the project's files; `busy` (`open-records`): another process has its folder; `denied`, `busy` (`start-server`): the
 * port cannot be had
 */
export async function serve(facts: ServeFacts): Promise<Serving> {
  // Two servers on one folder would each believe that what runs is theirs.
  const letGo = await holdProject(dataFolder(facts.data));
  try {
    const serving = await serveAlone(facts);
    let closed: Promise<void> | undefined;
    return {
      ...serving,
      close() {
        closed ??= serving.close().finally(letGo);
        return closed;
      },
    };
  } catch (error) {
    letGo();
    throw error;
  }
}

async function serveAlone(facts: ServeFacts): Promise<Serving> {
  const app = new Hono<ShellEnv>();
  const server = createServer(serverOptions, getRequestListener(app.fetch));
  const port = await listen(server, facts);
  const origins = originsOf(facts, port);
  const project = await openProject({
    ...{ data: facts.data, movesAtOnce: facts.movesAtOnce, language: facts.language },
    reach: async (host, to) => void (await mayReach(host, to, facts.allow)),
  }).catch((error: unknown) => closeAnd(server, error));
  try {
    const signIn = await openSignIn({
      ...{
        folder: project.data.root,
        keys: (await sealingKeys(project.data, true))!,
        oidc: facts.oidc,
        origins,
      },
      mayEnter: async (user) => (await project.records.operatorOf(user))?.disabled === false,
      log: (level, message) => facts.write(JSON.stringify({ at: new Date().toISOString(), level, message })),
    });
    const uploads = await openUploads(project);
    await compose(app, facts, origins, project, signIn, uploads);
    const notices = openNotices(project, { allow: facts.allow, write: facts.write });
    const schedule = startSchedule(project, (message) =>
      facts.write(JSON.stringify({ at: new Date().toISOString(), level: 'warn', message })),
    );
    await project.runs.start();
    const close = async (): Promise<void> => {
      server.close();
      server.closeAllConnections();
      notices.close();
      schedule.close();
      await uploads.close();
      await project.close();
      signIn.close();
    };
    return {
      ...{ origin: origins[0], firstLink: await signIn.firstLink(), project, signIn },
      close,
    };
  } catch (error) {
    await project.close();
    return closeAnd(server, error);
  }
}

async function compose(
  app: Hono<ShellEnv>,
  facts: ServeFacts,
  origins: readonly [string, ...string[]],
  project: Project,
  signIn: SignIn,
  uploads: Uploads,
): Promise<void> {
  const limits = openLimits({ ...usualRates, ...facts.rates });
  wrapInShell(app, {
    origins,
    limits,
    write: facts.write,
    bodyOf,
    limitOf: (_, path) => (WRITES_ALL.test(path) ? WRITE_ALL_MS : uploadLimitMs(path)),
  });
  app.use('/api/*', credentials(signIn, limits));
  const told = (event: Told) => noteSignIn(project, event);
  app.all('/api/auth/*', signInHandler({ signIn, limits, origin: origins[0], told }));
  const handlers: Handlers = {
    ...organisationHandlers(project, signIn),
    ...peopleHandlers(project),
    ...waveHandlers(project),
    ...findingHandlers(project),
    ...operatorHandlers(project, signIn),
    ...portalHandlers({ project, signIn, uploads, limits, origin: origins[0] }),
  };
  const whoAsks = (request: Request) => askerOf(project, request);
  const api = mountRoutes(handlers, { askerOf: whoAsks, strict: facts.strict ?? false });
  api.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Malleposte', version: ownVersion() },
    servers: [{ url: '/api/v1' }],
  });
  const listening = new Hono<ShellEnv>();
  mountEvents(listening, project, {
    askerOf: async (request) =>
      (await isStillIn(signIn, request, project.nowMs())) ? whoAsks(request) : null,
    tellingOf:
      ({ language }) =>
      (trouble) =>
        cockpitSentence(
          { ...trouble, answer: trouble.answer ?? undefined } as Parameters<typeof cockpitSentence>[0],
          language,
        ),
  });
  mountUploads(
    listening,
    uploads,
    async (token) => (await openLink({ project, signIn, limits }, token)).link,
  );
  app.route('/api/v1', listening);
  app.route('/api/v1', api);
  await mountPages(app, facts.pages);
}

/** Ten thousand people with accounts and passwords in one transaction. */
const WRITES_ALL = /^\/api\/v1\/organisations\/[^/]+\/import\/[^/]+\/confirm$/;
const WRITE_ALL_MS = 10 * 60_000;

const PREPARED: BodyRule = { maxBytes: 64 * 1024 * 1024, types: ['*/*', '*'] };

function bodyOf(method: string, path: string): BodyRule | null {
  if (method === 'POST' && /^\/api\/v1\/organisations\/[^/]+\/import$/.test(path)) return PREPARED;
  return uploadBody(path);
}

/** Who came in, and who did not: for those who must answer for it. */
async function noteSignIn({ records }: Project, { is, userId, email, address }: Told): Promise<void> {
  const operator = userId === null ? null : await records.operatorOf(userId);
  const by = operator?.name ?? email ?? 'malleposte';
  const organisations = new Set(operator?.roles.map(({ organisation }) => organisation) ?? [null]);
  for (const organisation of organisations)
    await records.write(by, (change) =>
      change.noteAudit({
        organisation,
        action: `operator.${is}`,
        on: operator?.email ?? email ?? '',
        details: { address },
      }),
    );
}

function originsOf({ publicAddress, host }: ServeFacts, port: number): [string, ...string[]] {
  const own = [`http://localhost:${port}`, `http://127.0.0.1:${port}`];
  const named = /^(localhost|127\.0\.0\.1|::1?|0\.0\.0\.0)$/.test(host)
    ? []
    : [`http://${host.includes(':') ? `[${host}]` : host}:${port}`];
  const first = publicAddress === null ? own[0]! : new URL(publicAddress).origin;
  return [first, ...own.filter((origin) => origin !== first), ...named];
}

async function listen(server: Server, { host, port }: ServeFacts): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const kind = cause.code === 'EADDRINUSE' ? 'busy' : 'denied';
      reject(
        new Trouble(kind, { tried: 'start-server', on: `${host}:${port}`, answer: cause.message, cause }),
      );
    });
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

function closeAnd(server: Server, error: unknown): never {
  server.close();
  throw error;
}

import type { IncomingMessage } from 'node:http';
import type { Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { LiveMove } from '../../app/project/live.ts';
import type { Project } from '../../app/project/project.ts';
import type { Id } from '../../records/facts.ts';
import { isTrouble } from '../../trouble.ts';
import type { Live } from '../contract/live.ts';
import type { LiveMove as ShownMove } from '../contract/organisation.ts';
import type { Asker } from './handler.ts';
import { door } from './shell/doors.ts';
import type { ShellEnv } from './shell/env.ts';

/** How a trouble is told in the language of who listens. */
export type Telling = (trouble: NonNullable<LiveMove['trouble']>) => string;

/** So that a proxy does not close what is quiet, and a page notices when the server is gone. */
const BEAT_MS = 15_000;
/** A page that does not read what it is told is let go; it comes back and is told all. */
const BEHIND_MAX = 200;
const BEHIND_MAX_CHARS = 4_000_000;
/** Whose sites or people were changed is looked up anew at most so often. */
const ANEW_MS = 2_000;
/** Pages of one operator that are open at once; a browser opens six connections. */
const LISTENING_MAX = 50;
const RETRY_MS = 5_000;

export interface Listening {
  /** As it is at this moment, also long after the request began; null: let in no longer. */
  askerOf(request: Request): Promise<Asker | null>;
  tellingOf(asker: Asker): Telling;
}

type Sees = (move: LiveMove) => boolean;

/**
 * `GET /organisations/{organisation}/events`: what happens, as server-sent events (`contract/live.ts`). Whoever sees one site only
 * hears of its people only. Who is let in no longer hears nothing more.
 */
export function mountEvents(app: Hono<ShellEnv>, project: Project, listening: Listening): void {
  const open = new Map<string, number>();
  app.get('/organisations/:organisation/events', async (context) => {
    const organisation = context.req.param('organisation');
    const asker = await listening.askerOf(context.req.raw);
    if (asker === null) throw door('not-signed-in');
    if (!asker.may('visit', { organisation })) throw door('not-allowed');
    await project.records.organisation(organisation);
    const sees = await seesOf(project, asker, organisation);
    // Nobody reads what follows a head.
    if (context.req.method === 'HEAD')
      return context.body(null, 200, { 'content-type': 'text/event-stream' });
    const others = open.get(asker.user) ?? 0;
    if (others >= LISTENING_MAX) throw door('too-many', { retryAfterMs: RETRY_MS });
    open.set(asker.user, others + 1);
    return streamSSE(context, async (stream) => {
      const ear = { context, organisation, asker, sees };
      await listen(project, listening, ear, stream).finally(() => {
        const left = open.get(asker.user)! - 1;
        if (left > 0) open.set(asker.user, left);
        else open.delete(asker.user);
      });
    });
  });
}

interface Ear {
  context: Context<ShellEnv>;
  organisation: Id;
  asker: Asker;
  sees: Sees;
}

type Stream = Parameters<Parameters<typeof streamSSE>[1]>[0];

/** Until the page goes, falls behind, or its operator is let in no longer. */
async function listen(project: Project, listening: Listening, ear: Ear, stream: Stream): Promise<void> {
  const { context, organisation } = ear;
  const telling = listening.tellingOf(ear.asker);
  const gone = Promise.withResolvers<void>();
  stream.onAbort(() => gone.resolve());
  const tell = teller(context, stream, gone.resolve);
  const tellMoves = (moves: LiveMove[], whole: boolean): void =>
    tell({ is: 'moves', moves: moves.filter(ear.sees).map((move) => shown(move, telling)), whole });
  let changed = false;
  const lookAnew = async (): Promise<void> => {
    const now = await listening.askerOf(context.req.raw);
    if (now === null || !now.may('visit', { organisation })) return gone.resolve();
    if (!changed) return;
    changed = false;
    ear.sees = await seesOf(project, now, organisation);
    tellMoves(project.live.moves(organisation), true);
  };
  const stop = project.live.listen(organisation, {
    moves: tellMoves,
    speed: (speed) => tell({ is: 'speed', ...speed }),
    changed(what) {
      changed ||= ear.asker.sites(organisation) !== 'all' && what.some((one) => WHO.has(one));
      tell({ is: 'changed', what });
    },
  });
  const beat = setInterval(() => tell({ is: 'changed', what: [] }), BEAT_MS);
  const anew = setInterval(() => {
    lookAnew().catch((error: unknown) => {
      // Not let in any more, or a disk that is busy: the page comes back and is told which.
      if (!isTrouble(error)) throw error;
      gone.resolve();
    });
  }, ANEW_MS);
  await gone.promise;
  clearInterval(beat);
  clearInterval(anew);
  stop();
}

/** What may change who sees whom. */
const WHO: ReadonlySet<string> = new Set(['operators', 'people', 'sites']);

function teller(context: Context<ShellEnv>, stream: Stream, gone: () => void): (live: Live) => void {
  let [behind, chars] = [0, 0];
  return (live) => {
    const { is, ...data } = live;
    const text = JSON.stringify(data);
    behind++;
    chars += text.length;
    if (behind > BEHIND_MAX || chars > BEHIND_MAX_CHARS) {
      // It would be waited for until it reads to the end.
      incomingOf(context)?.destroy();
      return gone();
    }
    const told = (): void => {
      behind--;
      chars -= text.length;
    };
    void stream.writeSSE({ event: is, data: text }).then(told, gone);
  };
}

function incomingOf(context: Context<ShellEnv>): IncomingMessage | undefined {
  return (context.env as { incoming?: IncomingMessage } | undefined)?.incoming;
}

async function seesOf(project: Project, asker: Asker, organisation: Id): Promise<Sees> {
  const sites = asker.sites(organisation);
  if (sites === 'all') return () => true;
  const own = new Set<string>();
  for (const site of sites) {
    const { rows } = await project.records.people(organisation, { site, offset: 0, limit: PEOPLE_MAX });
    for (const { id } of rows) own.add(id);
  }
  return ({ person }) => own.has(person);
}

const PEOPLE_MAX = 100_000;

/** A move as pages get it. */
export function shown(move: LiveMove, telling: Telling): ShownMove {
  return { ...move, trouble: move.trouble === null ? null : telling(move.trouble) };
}

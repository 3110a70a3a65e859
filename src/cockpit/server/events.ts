import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { LiveMove } from '../../app/project/live.ts';
import type { Project } from '../../app/project/project.ts';
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

export interface Listening {
  askerOf(request: Request): Promise<Asker | null>;
  tellingOf(asker: Asker): Telling;
}

/**
 * `GET /organisations/{organisation}/events`: what happens, as server-sent events (`contract/live.ts`). Whoever sees one site only
 * hears of its people only.
 */
export function mountEvents(app: Hono<ShellEnv>, project: Project, listening: Listening): void {
  app.get('/organisations/:organisation/events', async (context) => {
    const organisation = context.req.param('organisation');
    const asker = await listening.askerOf(context.req.raw);
    if (asker === null) throw door('not-signed-in');
    if (!asker.may('visit', { organisation })) throw door('not-allowed');
    const seen = await peopleSeen(project, asker, organisation);
    const telling = listening.tellingOf(asker);
    return streamSSE(context, async (stream) => {
      let behind = 0;
      const gone = Promise.withResolvers<void>();
      const tell = (live: Live): void => {
        if (++behind > BEHIND_MAX) gone.resolve();
        const { is, ...data } = live;
        void stream.writeSSE({ event: is, data: JSON.stringify(data) }).then(() => behind--, gone.resolve);
      };
      const stop = project.live.listen(organisation, {
        moves: (moves, whole) =>
          tell({ is: 'moves', moves: moves.filter(seen).map((move) => shown(move, telling)), whole }),
        speed: (speed) => tell({ is: 'speed', ...speed }),
        changed: (what) => tell({ is: 'changed', what }),
      });
      const beat = setInterval(() => tell({ is: 'changed', what: [] }), BEAT_MS);
      stream.onAbort(() => gone.resolve());
      await gone.promise;
      clearInterval(beat);
      stop();
    });
  });
}

async function peopleSeen(
  project: Project,
  asker: Asker,
  organisation: string,
): Promise<(move: LiveMove) => boolean> {
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

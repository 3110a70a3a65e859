import { hash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { z } from 'zod';
import { nullIfMissing } from '../../app/data.ts';
import type { Project } from '../../app/project/project.ts';
import type { AuditEntry, Id } from '../../records/facts.ts';
import { isTrouble, writeTrouble } from '../../trouble.ts';
import type { WriteLine } from './shell/log.ts';
import { type AllowList, mayReach, type Reachable, type Resolve } from './shell/reach.ts';

/** Where operators are told what happens: as it is set in an organisation's settings. */
const Notices = z.array(z.object({ url: z.url(), events: z.array(z.string()) }));
type Notice = z.infer<typeof Notices>[number];

const LOOK_MS = 2_000;
const ANSWER_MS = 10_000;
const AT_ONCE = 100;
/** Who was away for longer than this many lines reads the audit itself. */
const LINES_MAX = 10_000;
/** Of one look, so that settings that change are seen. */
const TELLING_MAX_MS = 20_000;
const REST_FIRST_MS = 5_000;
const REST_MAX_MS = 30 * 60_000;
/** Who did not answer for so long is told what happens from then on. */
const AWAY_MAX_MS = 24 * 3_600_000;

export interface NoticesFacts {
  allow: AllowList;
  write: WriteLine;
  /** The system's own where it is left out. */
  resolve?: Resolve;
  /** Milliseconds until somebody who did not answer is asked again, at first. */
  restMs?: number;
}

/**
 * Tells what stands new in the audit to the addresses that want to hear it (webhooks: a POST of JSON), in its order. The last line told
 * to each is kept: a start tells nothing again but what was on its way when the server was killed, and what happens while the other
 * side is away is told when it is back.
 */
export function openNotices(project: Project, facts: NoticesFacts): { close(): void } {
  const closing = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let room: Room | undefined;
  const look = async (): Promise<void> => {
    room ??= {
      ...{ project, facts, closing: closing.signal, resting: new Map() },
      told: await openTold(path.join(project.data.root, 'notices-told.json')),
    };
    for (const { id } of await project.records.organisations())
      if (!closing.signal.aborted) await tellNew(room, id);
  };
  const again = (): void => {
    if (closing.signal.aborted) return;
    timer = setTimeout(() => {
      look()
        .catch((error: unknown) => {
          // The disk is full or busy: looked at again.
          if (!isTrouble(error)) throw error;
          warn(facts.write, { message: error.message });
        })
        .finally(again);
    }, LOOK_MS);
    timer.unref();
  };
  again();
  return {
    close() {
      closing.abort();
      clearTimeout(timer);
    },
  };
}

interface Room {
  project: Project;
  facts: NoticesFacts;
  closing: AbortSignal;
  told: ToldFile;
  resting: Map<string, Rest>;
}

/** By a clock that only goes forward. */
interface Rest {
  sinceMs: number;
  untilMs: number;
  failures: number;
}

async function tellNew(room: Room, organisation: Id): Promise<void> {
  const { records } = room.project;
  const wanted = Notices.safeParse(await records.setting(organisation, 'notices'));
  if (!wanted.success || wanted.data.length === 0) return;
  const { rows } = await records.audit(organisation, { offset: 0, limit: 1 });
  const newest = rows[0]?.id ?? 0;
  // Beside each other: who is away keeps nobody waiting.
  await Promise.all(wanted.data.map((notice) => tellOne(room, organisation, notice, newest)));
}

async function tellOne(room: Room, organisation: Id, notice: Notice, newest: number): Promise<void> {
  const { told, resting, project } = room;
  const key = `${organisation} ${hash('sha256', notice.url).slice(0, 16)}`;
  const last = told.of(key);
  // Only what happens from now on: nobody wants the history of a year.
  if (last === null) return told.keep(key, newest);
  const rest = resting.get(key);
  const nowMs = performance.now();
  if (newest <= last || (rest !== undefined && nowMs < rest.untilMs)) return;
  if (rest !== undefined && nowMs - rest.sinceMs > AWAY_MAX_MS) {
    resting.delete(key);
    return told.keep(key, newest);
  }
  for (const entry of await since(project.records, organisation, last)) {
    if (isWanted(notice, entry) && !(await post(notice.url, entry, room))) {
      resting.set(key, longer(rest, room.facts.restMs ?? REST_FIRST_MS));
      return;
    }
    await told.keep(key, entry.id);
    if (performance.now() - nowMs > TELLING_MAX_MS) return;
  }
  resting.delete(key);
}

function isWanted({ events }: Notice, { action }: AuditEntry): boolean {
  return events.length === 0 || events.some((event) => action.startsWith(event));
}

function longer(rest: Rest | undefined, firstMs: number): Rest {
  const nowMs = performance.now();
  const failures = (rest?.failures ?? 0) + 1;
  const ms = Math.min(REST_MAX_MS, firstMs * 2 ** (failures - 1));
  return { sinceMs: rest?.sinceMs ?? nowMs, untilMs: nowMs + ms, failures };
}

/** Oldest first. */
async function since(records: Project['records'], organisation: Id, last: number): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (let offset = 0; offset < LINES_MAX; offset += AT_ONCE) {
    const { rows } = await records.audit(organisation, { offset, limit: AT_ONCE });
    const fresh = rows.filter(({ id }) => id > last);
    entries.push(...fresh);
    if (fresh.length < AT_ONCE) break;
  }
  return entries.reverse();
}

/** Whether it was taken. Never throws but for bugs. */
async function post(url: string, entry: AuditEntry, { facts, closing }: Room): Promise<boolean> {
  const to = new URL(url);
  const { atMs, by, action, on, details } = entry;
  const body = JSON.stringify({ at: new Date(atMs).toISOString(), by, action, on, details });
  try {
    const port = Number(to.port || (to.protocol === 'https:' ? 443 : 80));
    const reachable = await mayReach(
      to.hostname,
      port,
      facts.allow,
      ...(facts.resolve ? [facts.resolve] : []),
    );
    const signal = AbortSignal.any([closing, AbortSignal.timeout(ANSWER_MS)]);
    const status = await send(to, reachable, body, signal);
    if (status >= 200 && status < 300) return true;
    warn(facts.write, { notice: to.host, status });
  } catch (error) {
    if (!isTrouble(error) && !(error instanceof Error && ('code' in error || error.name === 'AbortError')))
      throw error;
    warn(facts.write, { notice: to.host, message: error.message });
  }
  return false;
}

/**
 * To the very address that was checked, whatever the name says a moment later. A redirect is an answer like another: who may be told is
 * what stands in the settings.
 */
function send(to: URL, { address, family }: Reachable, body: string, signal: AbortSignal): Promise<number> {
  const { request } = to.protocol === 'https:' ? https : http;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const sending = request(to, {
    ...{ method: 'POST', agent: false, signal },
    headers: {
      'content-type': 'application/json',
      'user-agent': 'malleposte',
      'content-length': Buffer.byteLength(body),
    },
    lookup: (_host, { all }, done) => (all ? done(null, [{ address, family }]) : done(null, address, family)),
  });
  sending.on('error', reject);
  sending.on('response', (response) => {
    resolve(response.statusCode ?? 0);
    // Nothing of what it says is read.
    response.destroy();
  });
  sending.end(body);
  return promise;
}

function warn(write: WriteLine, facts: object): void {
  write(JSON.stringify({ at: new Date().toISOString(), level: 'warn', ...facts }));
}

interface ToldFile {
  /** The last line of the audit that was told. Null: nothing yet. */
  of(key: string): number | null;
  keep(key: string, last: number): Promise<void>;
}

const ToldText = z.record(z.string(), z.number());

/**
 * Beside the records: what is told is no change of the project. Written beside and renamed: whole at any moment. What cannot be read
 * counts as nothing told.
 */
async function openTold(file: string): Promise<ToldFile> {
  const text = await readFile(file, 'utf8').catch((cause) => nullIfMissing(file, cause));
  const told = ToldText.safeParse(text === null ? {} : jsonOf(text)).data ?? {};
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    try {
      await writeFile(`${file}.new`, JSON.stringify(told), { mode: 0o600, flush: true });
      await rename(`${file}.new`, file);
    } catch (cause) {
      throw writeTrouble(file, cause);
    }
  };
  return {
    of: (key) => told[key] ?? null,
    keep(key, last) {
      if (told[key] === last) return writing;
      told[key] = last;
      // One after the other; a failed one is made good by the next.
      writing = writing.then(write, write);
      return writing;
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

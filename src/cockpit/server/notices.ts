import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { nullIfMissing } from '../../app/data.ts';
import type { Project } from '../../app/project/project.ts';
import type { AuditEntry, Id } from '../../records/facts.ts';
import { isTrouble, writeTrouble } from '../../trouble.ts';
import type { WriteLine } from './shell/log.ts';
import { type AllowList, mayReach } from './shell/reach.ts';

/** Where operators are told what happens: as it is set in an organisation's settings. */
const Notices = z.array(z.object({ url: z.url(), events: z.array(z.string()) }));

const LOOK_MS = 2_000;
const ANSWER_MS = 10_000;
const AT_ONCE = 100;
/** Who was away for longer than this many lines reads the audit itself. */
const LINES_MAX = 10_000;
const RETRIES = 3;

/**
 * Tells what stands new in the audit to the addresses that want to hear it (webhooks: a POST of JSON). Each organisation's last
 * told line is kept, so that nothing is told twice after a start, and nothing is left out while the other side was away.
 */
export function openNotices(project: Project, allow: AllowList, write: WriteLine): { close(): void } {
  let closing = false;
  let timer: NodeJS.Timeout | undefined;
  let told: ToldFile | undefined;
  const look = async (): Promise<void> => {
    told ??= await openTold(path.join(project.data.root, 'notices-told.json'));
    for (const { id } of await project.records.organisations())
      if (!closing) await tellNew(project, id, told, allow, write);
  };
  const again = (): void => {
    if (closing) return;
    timer = setTimeout(() => {
      look()
        .catch((error: unknown) => {
          // The disk is full or busy: looked at again.
          if (!isTrouble(error)) throw error;
          write(JSON.stringify({ at: new Date().toISOString(), level: 'warn', message: error.message }));
        })
        .finally(again);
    }, LOOK_MS);
    timer.unref();
  };
  again();
  return {
    close() {
      closing = true;
      clearTimeout(timer);
    },
  };
}

/** The last line of the audit that was told, by organisation. Beside the records: what is told is no change of the project. */
type Told = Record<Id, number>;

async function tellNew(
  { records }: Project,
  organisation: Id,
  told: ToldFile,
  allow: AllowList,
  write: WriteLine,
): Promise<void> {
  const wanted = Notices.safeParse(await records.setting(organisation, 'notices'));
  if (!wanted.success || wanted.data.length === 0) return;
  const last = told.of(organisation);
  const { rows } = await records.audit(organisation, { offset: 0, limit: 1 });
  const newest = rows[0]?.id ?? 0;
  // Only what happens from now on: nobody wants the history of a year.
  if (last === null) return told.keep(organisation, newest);
  if (newest <= last) return;
  for (const entry of await since(records, organisation, last))
    for (const { url, events } of wanted.data)
      if (events.length === 0 || events.some((event) => entry.action.startsWith(event)))
        await post(url, entry, allow, write);
  await told.keep(organisation, newest);
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

interface ToldFile {
  /** Null: nothing yet. */
  of(organisation: Id): number | null;
  keep(organisation: Id, last: number): Promise<void>;
}

const ToldText = z.record(z.string(), z.number());

/** Written beside and renamed: whole at any moment. What cannot be read counts as nothing told. */
async function openTold(file: string): Promise<ToldFile> {
  const text = await readFile(file, 'utf8').catch((cause) => nullIfMissing(file, cause));
  const told: Told = ToldText.safeParse(text === null ? {} : jsonOf(text)).data ?? {};
  return {
    of: (organisation) => told[organisation] ?? null,
    async keep(organisation, last) {
      told[organisation] = last;
      try {
        await writeFile(`${file}.new`, JSON.stringify(told), { mode: 0o600, flush: true });
        await rename(`${file}.new`, file);
      } catch (cause) {
        throw writeTrouble(file, cause);
      }
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

async function post(url: string, entry: AuditEntry, allow: AllowList, write: WriteLine): Promise<void> {
  const to = new URL(url);
  for (let attempt = 1; attempt <= RETRIES; attempt++) {
    try {
      await mayReach(to.hostname, Number(to.port || (to.protocol === 'https:' ? 443 : 80)), allow);
      const { atMs, by, action, on, details } = entry;
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_MS),
        headers: { 'content-type': 'application/json', 'user-agent': 'malleposte' },
        body: JSON.stringify({ at: new Date(atMs).toISOString(), by, action, on, details }),
      });
      await response.body?.cancel();
      if (response.ok) return;
      write(
        JSON.stringify({
          at: new Date().toISOString(),
          level: 'warn',
          notice: to.host,
          status: response.status,
        }),
      );
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      write(JSON.stringify({ at: new Date().toISOString(), level: 'warn', notice: to.host, message }));
    }
  }
}

import { z } from 'zod';
import type { Project } from '../../app/project/project.ts';
import type { AuditEntry, Id } from '../../records/facts.ts';
import { isTrouble } from '../../trouble.ts';
import type { WriteLine } from './shell/log.ts';
import { type AllowList, mayReach } from './shell/reach.ts';

/** Where operators are told what happens: as it is set in an organisation's settings. */
const Notices = z.array(z.object({ url: z.url(), events: z.array(z.string()) }));

const LOOK_MS = 2_000;
const ANSWER_MS = 10_000;
const AT_ONCE = 50;
const RETRIES = 3;

/**
 * Tells what stands new in the audit to the addresses that want to hear it (webhooks: a POST of JSON). Each organisation's last
 * told line is kept, so that nothing is told twice after a start, and nothing is left out while the other side was away.
 */
export function openNotices(project: Project, allow: AllowList, write: WriteLine): { close(): void } {
  let closing = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    for (const { id } of await project.records.organisations())
      if (!closing) await tellNew(project, id, allow, write);
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

const TOLD = 'notices-told';

async function tellNew(
  { records }: Project,
  organisation: Id,
  allow: AllowList,
  write: WriteLine,
): Promise<void> {
  const wanted = Notices.safeParse(await records.setting(organisation, 'notices'));
  if (!wanted.success || wanted.data.length === 0) return;
  const { rows } = await records.audit(organisation, { offset: 0, limit: AT_ONCE });
  const told = z.number().safeParse(await records.setting(organisation, TOLD));
  const last = rows[0]?.id ?? 0;
  // Only what happens from now on: nobody wants the history of a year.
  if (!told.success) return keepTold(records, organisation, last);
  const fresh = rows.filter(({ id, action }) => id > told.data && action !== 'setting.changed').reverse();
  for (const entry of fresh)
    for (const { url, events } of wanted.data)
      if (events.length === 0 || events.some((event) => entry.action.startsWith(event)))
        await post(url, entry, allow, write);
  if (last > told.data && fresh.length > 0) await keepTold(records, organisation, last);
}

async function keepTold(records: Project['records'], organisation: Id, last: number): Promise<void> {
  await records.write('malleposte', (change) => change.setSetting(organisation, TOLD, last));
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

import type { Folder } from '../../stores/entry.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import { type Account, readAccount } from '../accounts.ts';
import { publicName } from '../address.ts';
import type { Person } from '../secret.ts';
import type { JobOf } from './job.ts';
import type { Checked } from './messages.ts';

/**
 * Signs in to each account and lists its folders, nothing more: whether it is there, and lets us in. All at once, each within
 * its limit; what one of them says is an answer, not the end. Throws only what is a bug.
 */
export async function checkAccounts(
  job: JobOf<'check'>,
  person: Person,
  signal: AbortSignal,
): Promise<Checked[]> {
  const asked = [
    ...job.from.map((text) => ({ text, as: 'source' as const })),
    ...(job.to === null ? [] : [{ text: job.to, as: 'target' as const }]),
  ];
  return Promise.all(asked.map((one) => checkOne(one, job, person, signal)));
}

async function checkOne(
  { text, as }: { text: string; as: Checked['as'] },
  { data, options }: JobOf<'check'>,
  person: Person,
  signal: AbortSignal,
): Promise<Checked> {
  const account = publicName(text);
  try {
    const opened = await readAccount(text, person, data);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(options.limitMs)]);
    return { is: 'ok', account: opened.name, as, ...(await look(opened, as, limit)) };
  } catch (error) {
    if (!isTrouble(error)) throw error;
    return { is: 'trouble', account, as, ...factsOf(error) };
  }
}

/** A Trouble as plain data. */
export function factsOf({ kind, tried, on, answer, retryAfterMs }: Trouble) {
  return { kind, tried, on, answer: answer ?? null, retryAfterMs: retryAfterMs ?? null };
}

type Looked = Pick<Checked & { is: 'ok' }, 'folders' | 'messages' | 'inbox' | 'quota'>;

async function look(account: Account, as: Checked['as'], limit: AbortSignal): Promise<Looked> {
  const store = as === 'source' ? await account.openSource() : await account.openTarget();
  const late = Promise.withResolvers<never>();
  const expired = (): void =>
    late.reject(
      new Trouble('lost', { tried: 'list-folders', on: account.name, answer: 'no answer in time' }),
    );
  limit.addEventListener('abort', expired, { once: true });
  if (limit.aborted) expired();
  try {
    const folders = await Promise.race([store.folders(), late.promise]);
    const quota =
      'quota' in store ? await Promise.race([toldQuota(() => store.quota()), late.promise]) : null;
    return { ...counted(folders), quota };
  } finally {
    limit.removeEventListener('abort', expired);
    // Also ends what is still under way there.
    await store.close();
  }
}

function counted(folders: readonly Folder[]): Omit<Looked, 'quota'> {
  const told = folders.filter(({ selectable }) => selectable).map(({ messages }) => messages);
  const all = told.every((messages) => messages !== null);
  return {
    folders: folders.length,
    messages: all ? told.reduce<number>((sum, messages) => sum + (messages ?? 0), 0) : null,
    inbox: folders.some(({ role, path }) => role === 'inbox' || (path.length === 1 && path[0] === 'INBOX')),
  };
}

/** A target that does not tell its room lets us in all the same. */
async function toldQuota(ask: () => Promise<Looked['quota']>): Promise<Looked['quota']> {
  try {
    return await ask();
  } catch (error) {
    if (!isTrouble(error, 'refused', 'missing')) throw error;
    return null;
  }
}

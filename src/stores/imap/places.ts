/** The target's folders: finding, making and naming them. */
import type { Role } from '../../mail/role.ts';
import { isTrouble, Trouble } from '../../trouble.ts';
import { type Connection, create, type Selected, select, status, subscribe } from '../../wire/imap/index.ts';
import type { Folder } from '../entry.ts';
import type { Place } from '../target.ts';
import { leaveFolder, positionOf, STATUS_ITEMS, stateWhenOpened } from './folders.ts';
import { apart, type Caution, fold, handleFor, isInboxPath, type Naming, pathOf } from './names.ts';
import type { ImapReader } from './reader.ts';

const CAUTIONS: readonly Caution[] = ['usual', 'strict', 'flat'];

const USE: Partial<Record<Role, string>> = {
  sent: '\\Sent',
  drafts: '\\Drafts',
  trash: '\\Trash',
  junk: '\\Junk',
  archive: '\\Archive',
};

/** A folder that was made ready once; what may change is asked again each time. */
interface Ready {
  folder: Folder;
  keeps: Place['keeps'];
}

export class Places {
  readonly #reader: ImapReader;
  #naming: Naming | null = null;
  /** By handle. */
  readonly #folders = new Map<string, Folder>();
  /** Whose a handle is, letters' case and accents aside: the path it was made for. */
  readonly #owners = new Map<string, string>();
  readonly #ready = new Map<string, Promise<Ready>>();
  #listing: Promise<void> | null = null;

  constructor(reader: ImapReader) {
    this.#reader = reader;
  }

  async prepare(path: readonly string[], role: Role | null, wanted: boolean): Promise<Place> {
    if (path.length === 0)
      throw new Trouble('refused', { tried: 'create-folder', on: '', answer: 'a folder needs a name' });
    this.#listing ??= this.#list();
    await this.#listing;
    const key = path.join('\0');
    let ready = this.#ready.get(key);
    if (!ready) {
      ready = this.#make(path, role, wanted);
      this.#ready.set(key, ready);
      ready.catch(() => this.#ready.delete(key));
      const { folder, keeps } = await ready;
      return { ...folder, keeps };
    }
    return this.#asItIs(await ready, wanted);
  }

  /** What LIST told is newer than what we know. */
  learn(folders: readonly Folder[], naming: Naming): void {
    this.#naming = naming;
    this.#listing = Promise.resolve();
    for (const folder of folders) this.#folders.set(folder.handle, folder);
  }

  async #list(): Promise<void> {
    try {
      const { folders, naming } = await this.#reader.listing();
      this.learn(folders, naming);
    } catch (error) {
      this.#listing = null;
      throw error;
    }
  }

  /** Prepared before: its position and state are asked again. */
  async #asItIs({ folder, keeps }: Ready, wanted: boolean): Promise<Place> {
    return this.#with(async (conn) => {
      void leaveFolder(conn);
      const [told] = await Promise.all([
        status(conn, folder.handle, STATUS_ITEMS),
        wanted && !folder.subscribed ? subscribe(conn, folder.handle) : null,
      ]);
      folder.subscribed ||= wanted;
      const now = {
        uidValidity: told.uidValidity,
        uidNext: told.uidNext,
        exists: told.messages ?? 0,
        highestModseq: told.highestModseq,
      };
      return {
        ...folder,
        keeps,
        messages: told.messages,
        state: stateWhenOpened(now),
        position: positionOf(told.uidValidity, told.uidNext),
      };
    });
  }

  async #make(path: readonly string[], role: Role | null, wanted: boolean): Promise<Ready> {
    let refusal: unknown;
    for (const caution of CAUTIONS) {
      const handle = this.#choose(path, caution);
      try {
        return await this.#with((conn) => this.#open(conn, handle, role, wanted));
      } catch (error) {
        if (!isTrouble(error, 'refused', 'missing')) throw error;
        this.#owners.delete(fold(handle));
        refusal ??= error;
      }
    }
    throw refusal;
  }

  /** A handle that no other path has, nor one that only looks different. */
  #choose(path: readonly string[], caution: Caution): string {
    const wanted = path.join('\0');
    const handle = handleFor(path, this.#naming!, caution);
    for (const each of [handle, apart(handle, path)]) {
      const there = this.#folders.has(each) ? null : this.#lookAlike(each);
      const owner = this.#owners.get(fold(each));
      if ((owner ?? wanted) !== wanted || (there !== null && !isInboxPath(path))) continue;
      this.#owners.set(fold(each), wanted);
      return each;
    }
    return apart(handle, path);
  }

  /** A folder there whose name differs in case or accents alone. */
  #lookAlike(handle: string): string | null {
    const wanted = fold(handle);
    for (const each of this.#folders.keys()) if (fold(each) === wanted) return each;
    return null;
  }

  /** CREATE of all that is missing, SUBSCRIBE and SELECT in one write. */
  async #open(conn: Connection, handle: string, role: Role | null, wanted: boolean): Promise<Ready> {
    const naming = this.#naming!;
    const there = this.#folders.get(handle);
    const isThere = there?.selectable === true || handle === 'INBOX';
    const parents = isThere ? [] : this.#missingParents(handle, naming);
    const steps: Promise<unknown>[] = parents.map((parent) => create(conn, parent).catch(tolerated));
    const made = isThere ? null : createAs(conn, handle, role);
    const opening = select(conn, handle);
    const subscribing =
      wanted && there?.subscribed !== true ? subscribe(conn, handle).catch(tolerated) : null;
    const [opened, creating] = await Promise.allSettled([opening, made, subscribing, ...steps]);
    // Whatever CREATE said: what can be opened is there.
    const selected =
      opened.status === 'fulfilled'
        ? opened.value
        : await this.#afterAll(conn, handle, creating, opened.reason);
    for (const parent of parents) this.#remember(bare(parent, pathOf(parent, naming)));
    const folder = describe(there ?? bare(handle, pathOf(handle, naming)), selected, role, wanted);
    this.#remember(folder);
    return { folder, keeps: keepsOf(selected) };
  }

  /** CREATE took a second try, so the SELECT behind the first one came too early; or it was refused for good. */
  async #afterAll(
    conn: Connection,
    handle: string,
    creating: PromiseSettledResult<unknown> | undefined,
    reason: unknown,
  ): Promise<Selected> {
    if (creating?.status === 'rejected') throw creating.reason;
    if (!isTrouble(reason, 'missing', 'refused')) throw reason;
    return select(conn, handle);
  }

  #remember(folder: Folder): void {
    if (!this.#folders.get(folder.handle)?.selectable) this.#folders.set(folder.handle, folder);
  }

  #missingParents(handle: string, { prefix, delimiter }: Naming): string[] {
    if (delimiter === null) return [];
    const parents: string[] = [];
    for (
      let at = handle.indexOf(delimiter, prefix.length);
      at > 0;
      at = handle.indexOf(delimiter, at + delimiter.length)
    ) {
      const parent = handle.slice(0, at);
      if (parent.toUpperCase() !== 'INBOX' && !this.#folders.has(parent)) parents.push(parent);
    }
    return parents;
  }

  async #with<T>(job: (conn: Connection) => Promise<T>): Promise<T> {
    const lease = await this.#reader.pool.acquire(null);
    try {
      return await job(lease.conn);
    } finally {
      lease.release();
    }
  }
}

/** A special use that is taken or unknown is no reason to go without the folder. */
async function createAs(conn: Connection, handle: string, role: Role | null): Promise<void> {
  const use = role === null ? undefined : USE[role];
  if (use === undefined) return create(conn, handle);
  try {
    await create(conn, handle, { use });
  } catch (error) {
    if (!isTrouble(error, 'refused')) throw error;
    await create(conn, handle);
  }
}

/** A parent that cannot be made or a subscription that is refused: whether it matters, SELECT tells. */
function tolerated(error: unknown): void {
  if (!isTrouble(error, 'refused', 'missing')) throw error;
}

function bare(handle: string, path: readonly string[]): Folder {
  return {
    path,
    handle,
    role: null,
    roleBy: null,
    selectable: true,
    subscribed: false,
    messages: null,
    state: null,
    position: null,
  };
}

function describe(folder: Folder, opened: Selected, role: Role | null, subscribed: boolean): Folder {
  return {
    ...folder,
    role: folder.role ?? role,
    roleBy: folder.roleBy ?? (role === null ? null : 'name'),
    selectable: true,
    subscribed: folder.subscribed || subscribed,
    messages: opened.exists,
    state: stateWhenOpened(opened),
    position: positionOf(opened.uidValidity, opened.uidNext),
  };
}

/** RFC 9051 §7.1: without PERMANENTFLAGS all flags last. */
function keepsOf({ permanentFlags }: Selected): Place['keeps'] {
  if (permanentFlags === null || permanentFlags.includes('\\*')) return 'any';
  return permanentFlags.filter((flag) => flag !== '\\Recent');
}

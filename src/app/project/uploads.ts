import { open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Id } from '../../records/facts.ts';
import { isTrouble, Trouble, writeTrouble } from '../../trouble.ts';
import { makeFolder, nullIfMissing } from '../data.ts';
import type { Project } from './project.ts';
import { type Looked, lookAt } from './upload-look.ts';
import { uploadName } from './upload-name.ts';

/** As large as Outlook lets a PST grow. */
export const UPLOAD_MAX_BYTES = 50 * 1024 ** 3;
/** An upload that nobody goes on with is removed after so long. */
export const UPLOAD_KEPT_MS = 14 * 24 * 3_600_000;
/** What must stay free for everything else: records, ledgers, certificates. */
const ROOM_KEPT_BYTES = 1_000_000_000;
const ARRIVING_MAX = 10;
const UPLOADS_MAX = 200;
const SWEEP_MS = 5 * 60_000;

/** Why a file is not even begun with: `answer` of the Trouble. */
export type AdmissionCode =
  | 'upload-ending'
  | 'upload-empty'
  | 'upload-too-large'
  | 'upload-too-many'
  | 'upload-no-room';

const Sheet = z.object({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  organisation: z.string(),
  person: z.string(),
  name: z.string(),
  bytes: z.number().int().positive(),
  mark: z.string(),
  state: z.enum(['arriving', 'looking', 'taken', 'refused']),
  madeMs: z.number(),
  changedMs: z.number(),
  sha256: z.string().nullable(),
  account: z.string().nullable(),
  because: z.enum(['no-mail', 'zipped-pst', 'same-again', 'unreadable', 'cut']).nullable(),
});

/**
 * A file that a person sends. `arriving`: not whole yet; `looking`: whole, being hashed and looked into; `taken`: an account of that
 * person; `refused`: there was no mail in it that can be read, and the file is gone.
 */
export type Upload = z.infer<typeof Sheet>;
export type UploadRefusal = NonNullable<Upload['because']>;

export interface Owner {
  organisation: Id;
  person: Id;
}

export interface NewUpload {
  /** As `admit` answered it. */
  name: string;
  bytes: number;
  /** By which the sender's browser knows the same file again. */
  mark: string;
}

/** Files that people send, in `uploads/PERSON` of the data folder; nobody else may read them. */
export interface Uploads {
  /** `uploads` of the data folder. */
  readonly root: string;
  /**
   * Before anything arrives: answers what the file is called here. Throws Trouble `refused`, `full` (`write-file`), its answer an
   * `AdmissionCode`.
   */
  admit(owner: Owner, name: string, bytes: number): Promise<string>;
  /** Makes an empty file at `partOf`, and its sheet. Throws Trouble of the disk. */
  begin(id: string, owner: Owner, one: NewUpload): Promise<Upload>;
  /** Oldest first. */
  of(owner: Owner): Upload[];
  find(owner: Owner, id: string): Upload | null;
  /** Where it arrives, below `root`. */
  partOf(owner: Owner, id: string): string;
  /** By that place. */
  ofPart(part: string): Upload | null;
  /** How much has arrived. */
  arrived(one: Upload): Promise<number>;
  /** All of it has arrived: looked at from now on, by itself. */
  whole(one: Upload): Promise<void>;
  /** One that is not taken. Throws Trouble `refused` (`write-file`, `in-use`). */
  remove(one: Upload): Promise<void>;
  /** Removes what nobody goes on with, looks at what a server that ended has left. Happens by itself now and then. */
  sweep(): Promise<void>;
  /** Settles when nothing is looked at: for tests. */
  quiet(): Promise<void>;
  /** What is being looked at is looked at again by the next server. Twice is once. */
  close(): Promise<void>;
}

/** Reads what is there. Throws Trouble of the disk. */
export async function openUploads(
  project: Project,
  freeBytes: (folder: string) => Promise<number> = freeOf,
): Promise<Uploads> {
  const root = path.join(project.data.root, 'uploads');
  await makeFolder(root);
  const sheets = await readSheets(root);
  const closing = new AbortController();
  let looks: Promise<void> = Promise.resolve();
  const queued = new Set<string>();

  const keyOf = ({ person, id }: Upload): string => `${person}/${id}`;
  const partOf = ({ person }: Owner, id: string): string => path.join(person, `${id}.part`);
  const folderOf = ({ person, id }: Upload): string => path.join(root, person, id);

  async function save(one: Upload, changes: Partial<Upload> = {}): Promise<Upload> {
    const next = { ...one, ...changes, changedMs: project.nowMs() };
    await writeSheet(path.join(root, one.person, `${one.id}.json`), next);
    sheets.set(keyOf(next), next);
    return next;
  }

  const ofOwner = ({ organisation, person }: Owner): Upload[] =>
    [...sheets.values()]
      .filter((one) => one.person === person && one.organisation === organisation)
      .toSorted((a, b) => a.madeMs - b.madeMs);

  async function forget(one: Upload): Promise<void> {
    sheets.delete(keyOf(one));
    await removeFiles(one);
    await removed(path.join(root, one.person, `${one.id}.json`));
  }

  async function removeFiles(one: Upload): Promise<void> {
    await removed(path.join(root, partOf(one, one.id)));
    await removed(folderOf(one));
  }

  async function arrived(one: Upload): Promise<number> {
    if (one.state !== 'arriving') return one.bytes;
    return (await statOf(path.join(root, partOf(one, one.id))))?.size ?? 0;
  }

  /** Free now, less what is still to come of files that were admitted. */
  async function room(): Promise<number> {
    let awaited = 0;
    for (const one of sheets.values())
      if (one.state === 'arriving') awaited += one.bytes - (await arrived(one));
    return (await freeBytes(root)) - awaited - ROOM_KEPT_BYTES;
  }

  /** One after the other: disks read one file faster than two. */
  function lookLater(one: Upload): void {
    if (queued.has(keyOf(one))) return;
    queued.add(keyOf(one));
    looks = looks.then(async () => {
      try {
        if (!closing.signal.aborted && sheets.get(keyOf(one))?.state === 'looking') await look(one);
      } catch (error) {
        // The server ends, or its disk is full or busy: looked at again by the next, or when it is swept.
        if (!closing.signal.aborted && !isTrouble(error)) throw error;
      } finally {
        queued.delete(keyOf(one));
      }
    });
  }

  async function look(one: Upload): Promise<void> {
    const file = path.join(folderOf(one), one.name);
    if ((await statOf(file)) === null) {
      await makeFolder(folderOf(one));
      await onDisk(file, () => rename(path.join(root, partOf(one, one.id)), file)).catch((error: unknown) => {
        if (!isTrouble(error, 'missing')) throw error;
      });
    }
    const looked = (await statOf(file)) === null ? null : await lookAt(file, closing.signal);
    const because = whyNot(one, looked);
    if (because === null) await take(one, looked!);
    else {
      await removeFiles(one);
      await save(one, { state: 'refused', sha256: looked?.sha256 ?? null, because });
    }
    project.live.changed(one.organisation, 'people', 'waves');
  }

  function whyNot(one: Upload, looked: Looked | null): UploadRefusal | null {
    if (looked === null) return 'unreadable';
    if (looked.bytes !== one.bytes) return 'cut';
    const same = [...sheets.values()].some(
      ({ person, state, sha256 }) => person === one.person && state === 'taken' && sha256 === looked.sha256,
    );
    return same ? 'same-again' : looked.because;
  }

  async function take(one: Upload, { sha256, address }: Looked): Promise<void> {
    const account = await addAccountOf(project, one, address!, sha256).catch((error: unknown) => {
      if (!isTrouble(error, 'missing')) throw error;
      return null;
    });
    // Nobody is left whose mail this could be.
    if (account === null) await forget(one);
    else await save(one, { state: 'taken', sha256, account });
  }

  async function sweep(): Promise<void> {
    const oldMs = project.nowMs() - UPLOAD_KEPT_MS;
    for (const one of [...sheets.values()]) {
      if (one.state === 'looking') lookLater(one);
      if (one.state === 'refused' && one.changedMs < oldMs) await forget(one);
      if (one.state !== 'arriving') continue;
      const stats = await statOf(path.join(root, partOf(one, one.id)));
      if (stats?.size === one.bytes) await whole(one);
      else if (Math.max(stats?.mtimeMs ?? 0, one.madeMs) < oldMs) await forget(one);
    }
  }

  /** The last byte and the sweep may tell of the same one at once. */
  const ending = new Map<string, Promise<void>>();
  function whole(one: Upload): Promise<void> {
    const key = keyOf(one);
    const known = ending.get(key) ?? end(one).finally(() => ending.delete(key));
    ending.set(key, known);
    return known;
  }

  async function end(one: Upload): Promise<void> {
    if (sheets.get(keyOf(one))?.state !== 'arriving') return;
    await synced(path.join(root, partOf(one, one.id)));
    lookLater(await save(one, { state: 'looking' }));
    project.live.changed(one.organisation, 'people');
  }

  const sweeping = sweepNowAndThen(sweep, closing.signal);
  return {
    ...{ root, partOf, arrived, whole, sweep },
    async admit(owner, given, bytes) {
      const name = uploadName(given);
      if (name === null) throw notAdmitted('upload-ending');
      if (bytes === 0) throw notAdmitted('upload-empty');
      if (bytes > UPLOAD_MAX_BYTES) throw notAdmitted('upload-too-large');
      const own = ofOwner(owner);
      if (own.length >= UPLOADS_MAX || own.filter(({ state }) => state === 'arriving').length >= ARRIVING_MAX)
        throw notAdmitted('upload-too-many');
      if ((await room()) < bytes) throw notAdmitted('upload-no-room');
      return name;
    },
    async begin(id, { organisation, person }, { name, bytes, mark }) {
      if (!/^[\w-]{1,64}$/.test(person)) throw new Error(`no id of a person: ${person}`);
      const madeMs = project.nowMs();
      const one = Sheet.parse({
        ...{ id, organisation, person, name, bytes, mark, state: 'arriving', madeMs, changedMs: madeMs },
        ...{ sha256: null, account: null, because: null },
      });
      await makeFolder(path.join(root, person));
      const part = path.join(root, partOf(one, id));
      await onDisk(part, () => writeFile(part, '', { mode: 0o600, flag: 'wx' }));
      return save(one);
    },
    of: ofOwner,
    find({ organisation, person }, id) {
      const one = sheets.get(`${person}/${id}`);
      return one?.organisation === organisation ? one : null;
    },
    ofPart: (part) => sheets.get(part.replace(/\.part$/, '').replaceAll(path.sep, '/')) ?? null,
    async remove(one) {
      if (one.state === 'taken' || one.state === 'looking')
        throw new Trouble('refused', { tried: 'write-file', on: one.name, answer: 'in-use' });
      await forget(one);
      project.live.changed(one.organisation, 'people');
    },
    async quiet() {
      await looks;
    },
    async close() {
      closing.abort();
      await sweeping;
      await looks;
    },
  };
}

async function addAccountOf(
  { records }: Project,
  { organisation, person, name, bytes }: Upload,
  address: string,
  sha256: string,
): Promise<Id> {
  const { address: by } = await records.person(organisation, person);
  return records.write(by, async (change) => {
    const { accounts } = await change.person(organisation, person);
    // A server that was killed between this and the sheet.
    const known = accounts.find((account) => account.address === address);
    if (known !== undefined) return known.id;
    const positions = accounts.filter(({ role }) => role === 'source').map(({ position }) => position);
    const { id } = await change.addAccount(organisation, {
      ...{ person, role: 'source', address, needsSecret: false },
      position: Math.max(-1, ...positions) + 1,
    });
    await change.noteAudit({
      ...{ organisation, action: 'person.sent-file', on: by },
      details: { file: name, bytes, sha256 },
    });
    return id;
  });
}

function notAdmitted(answer: AdmissionCode): Trouble {
  const kind = answer === 'upload-no-room' ? 'full' : 'refused';
  return new Trouble(kind, { tried: 'write-file', on: 'uploads', answer });
}

async function sweepNowAndThen(sweep: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sweep().catch((error: unknown) => {
      // A full or busy disk: another time.
      if (!isTrouble(error)) throw error;
    });
    await wait(SWEEP_MS, undefined, { signal, ref: false }).catch(() => {});
  }
}

/** By `PERSON/ID`. What is no sheet of ours stays where it lies, and is not looked at. */
async function readSheets(root: string): Promise<Map<string, Upload>> {
  const sheets = new Map<string, Upload>();
  for (const entry of await onDisk(root, () => readdir(root, { withFileTypes: true }))) {
    if (!entry.isDirectory()) continue;
    const folder = path.join(root, entry.name);
    for (const name of await onDisk(folder, () => readdir(folder))) {
      if (!/^[0-9a-f]{32}\.json$/.test(name)) continue;
      const sheet = readSheet(await onDisk(folder, () => readFile(path.join(folder, name), 'utf8')));
      if (sheet !== null && sheet.person === entry.name && `${sheet.id}.json` === name)
        sheets.set(`${sheet.person}/${sheet.id}`, sheet);
    }
  }
  return sheets;
}

function readSheet(text: string): Upload | null {
  try {
    return Sheet.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

/** Whole or not at all. */
async function writeSheet(file: string, sheet: Upload): Promise<void> {
  const fresh = `${file}.new`;
  await onDisk(file, async () => {
    await writeFile(fresh, JSON.stringify(sheet), { mode: 0o600, flush: true });
    await rename(fresh, file);
  });
}

async function synced(file: string): Promise<void> {
  await onDisk(file, async () => {
    const handle = await open(file, 'r+');
    await handle.datasync().finally(() => handle.close());
  });
}

function removed(name: string): Promise<void> {
  return onDisk(name, () => rm(name, { recursive: true, force: true }));
}

function statOf(file: string) {
  return stat(file).catch((cause) => nullIfMissing(file, cause));
}

async function onDisk<T>(on: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === undefined ? cause : writeTrouble(on, cause);
  }
}

async function freeOf(folder: string): Promise<number> {
  const { bavail, bsize } = await onDisk(folder, () => statfs(folder));
  return bavail * bsize;
}

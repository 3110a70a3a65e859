import { createHash, randomBytes } from 'node:crypto';
import { glob, mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { ROOT, viteConfig } from './config.ts';

const BUILT = path.join(ROOT, '.cache/web');
/** Everything that the built pages come from. */
const SOURCES = [
  'src/cockpit/web/**/*',
  'src/cockpit/build/*.ts',
  'src/words/cockpit/*.ts',
  'src/words/figures.ts',
  'package-lock.json',
];
/** Not part of the pages. */
const NOT_BUILT = /\.(test|suite)\.tsx?$/;
/** Another server may still serve what was built before; older ones are removed. */
const KEPT = 3;

/**
 * The folder of the built pages (`index.html`, `assets/` with hashed names). Built when the sources changed since, which `building`
 * is told before, as it takes some seconds; else it is there at once. Two that ask at the same time both build, and one of the two
 * results stays.
 */
export async function builtPages(building: () => void = () => {}, cache = BUILT): Promise<string> {
  const folder = path.join(cache, await digestOfSources());
  if (await isFolder(folder)) {
    const now = new Date();
    await utimes(folder, now, now);
    return folder;
  }
  building();
  const making = `${folder}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await buildInto(making);
    await rename(making, folder);
  } catch (cause) {
    await rm(making, { recursive: true, force: true });
    // Somebody else was first with the same sources.
    if (!(await isFolder(folder))) throw cause;
  }
  await removeOld(cache, path.basename(folder));
  return folder;
}

async function buildInto(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  // Loading Vite takes longer than everything else here; most starts need none of it.
  const { build } = await import('vite');
  await build(await viteConfig(folder));
}

/** Of names and contents of all sources, and of the Node that builds them. */
export async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  for (const name of await sourceFiles()) {
    hash.update(`\0${name.replaceAll(path.sep, '/')}\0`);
    hash.update(await readFile(path.join(ROOT, name)));
  }
  return hash.digest('hex').slice(0, 20);
}

async function sourceFiles(): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of glob(SOURCES, { cwd: ROOT, withFileTypes: true })) {
    if (entry.isFile() && !NOT_BUILT.test(entry.name))
      found.push(path.relative(ROOT, path.join(entry.parentPath, entry.name)));
  }
  return [...new Set(found)].sort();
}

async function removeOld(cache: string, current: string): Promise<void> {
  const names = (await readdir(cache)).filter((name) => name !== current && !name.includes('.'));
  const aged = await Promise.all(
    names.map(async (name) => ({
      name,
      // Another start may have removed it meanwhile.
      atMs: (await stat(path.join(cache, name)).catch(() => null))?.mtimeMs ?? 0,
    })),
  );
  const old = aged.sort((one, other) => other.atMs - one.atMs).slice(KEPT - 1);
  for (const { name } of old) await rm(path.join(cache, name), { recursive: true, force: true });
}

async function isFolder(name: string): Promise<boolean> {
  try {
    return (await stat(name)).isDirectory();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw cause;
  }
}

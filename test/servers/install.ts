/**
 * The mail servers that live tests need, from Debian's packages. What is installed is used; what is not is unpacked
 * into a cache directory of ours and run from there: no system service starts, nothing of the system changes, and
 * servers whose packages conflict with each other lie side by side.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

export type ServerKind = 'dovecot' | 'dovecot-pop3' | 'cyrus' | 'courier' | 'courier-pop3';

/** Where a server's files lie. */
export interface Tree {
  /** `/` for installed ones, else the directory that stands for it. */
  root: string;
  /** What its processes need in their environment to find their libraries; empty for installed ones. */
  env: Record<string, string>;
}

export type Availability = { is: 'here'; tree: Tree } | { is: 'absent'; because: string };

interface Recipe {
  packages: readonly string[];
  /** Present means: installed or unpacked. */
  program: string;
  libraries: readonly string[];
  /** Its place in the cache where that is not its name. */
  tree?: string;
}

const TRIPLET = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';

const recipes: Record<ServerKind, Recipe> = {
  dovecot: {
    packages: ['dovecot-core', 'dovecot-imapd', 'dovecot-pop3d'],
    program: 'usr/lib/dovecot/imap',
    libraries: ['usr/lib/dovecot'],
  },
  'dovecot-pop3': {
    packages: ['dovecot-core', 'dovecot-imapd', 'dovecot-pop3d'],
    program: 'usr/lib/dovecot/pop3',
    libraries: ['usr/lib/dovecot'],
    tree: 'dovecot',
  },
  cyrus: { packages: ['cyrus-common', 'cyrus-imapd'], program: 'usr/lib/cyrus/bin/imapd', libraries: [] },
  courier: {
    packages: ['courier-base', 'courier-authlib', 'courier-imap', 'gamin', 'libgamin0'],
    program: 'usr/bin/imapd',
    libraries: ['usr/lib/courier-authlib'],
  },
  'courier-pop3': {
    packages: ['courier-base', 'courier-authlib', 'courier-pop', 'gamin', 'libgamin0'],
    program: 'usr/lib/courier/courier/courierpop3d',
    libraries: ['usr/lib/courier-authlib'],
  },
};

/** Dependencies that no server here needs in order to run. */
const UNWANTED = /^(exim4|gawk|.*-dev$|db5|db-util|adduser|debconf|lsb-|ssl-cert|perl)/;
const COMMAND_MS = 180_000;
const run = promisify(execFile);

/** Tells where the server is, fetching it first where that is possible (Debian, Ubuntu; no root needed). */
export async function available(kind: ServerKind): Promise<Availability> {
  const recipe = recipes[kind];
  if (process.platform !== 'linux') return { is: 'absent', because: `no packages for ${process.platform}` };
  if (!kind.startsWith('courier') && existsSync(join('/', recipe.program)))
    return { is: 'here', tree: { root: '/', env: {} } };
  const root = join(cacheDir(), recipe.tree ?? kind);
  if (!existsSync(join(root, recipe.program))) {
    if (!existsSync('/usr/bin/apt-get')) return { is: 'absent', because: 'no apt-get here' };
    try {
      await unpack(recipe, root);
    } catch (error) {
      return { is: 'absent', because: String(error instanceof Error ? error.message : error).slice(0, 300) };
    }
  }
  return { is: 'here', tree: { root, env: { LD_LIBRARY_PATH: libraryPath(root, recipe.libraries) } } };
}

function cacheDir(): string {
  return join(process.env.MALLEPOSTE_CACHE ?? tmpdir(), 'malleposte-servers');
}

function libraryPath(root: string, own: readonly string[]): string {
  return [...own, `usr/lib/${TRIPLET}`, `lib/${TRIPLET}`, 'usr/lib']
    .map((path) => join(root, path))
    .join(delimiter);
}

/** Whole or not at all: several test processes may want the same server at once. */
async function unpack(recipe: Recipe, root: string): Promise<void> {
  await mkdir(cacheDir(), { recursive: true });
  const work = await mkdtemp(join(cacheDir(), '.unpacking-'));
  try {
    const debs = join(work, 'debs');
    await mkdir(debs);
    await run('apt-get', ['download', ...(await missing(recipe.packages))], {
      cwd: debs,
      timeout: COMMAND_MS,
    });
    for (const deb of await readdir(debs))
      await run('dpkg', ['-x', join(debs, deb), join(work, 'root')], { timeout: COMMAND_MS });
    await rename(join(work, 'root'), root).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    if (!existsSync(join(root, recipe.program)))
      throw new Error(`${root} holds no ${recipe.program}: remove it`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The packages asked for and what they need that is not installed. */
async function missing(packages: readonly string[]): Promise<string[]> {
  const simulate = (): Promise<{ stdout: string }> =>
    run('apt-get', ['install', '-s', '--no-install-recommends', ...packages], { timeout: COMMAND_MS });
  const { stdout } = await simulate().catch(async (error: unknown) => {
    if (process.getuid?.() !== 0) throw error;
    await run('apt-get', ['update'], { timeout: COMMAND_MS });
    return simulate();
  });
  const needed = [...stdout.matchAll(/^Inst (\S+)/gm)]
    .map((match) => match[1]!)
    .filter((name) => !UNWANTED.test(name));
  return [...new Set([...packages, ...needed])];
}

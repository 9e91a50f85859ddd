/** Installs the dependencies when they are missing or not those of the lock file. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project's folder, with a slash at the end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const LOCK = `${ROOT}package-lock.json`;
/** npm writes this one last: what it installed. */
const INSTALLED = `${ROOT}node_modules/.package-lock.json`;

/**
 * How what needs compiling is: SQLite at the highest level of optimisation takes more than twice as
 * long to compile, and is no quicker at what it does here. Compilers take the last level they read.
 */
export const COMPILING = { CFLAGS: lightly('CFLAGS'), CXXFLAGS: lightly('CXXFLAGS') };

/** @param {string} name of a variable with what compilers are told */
function lightly(name) {
  return `-O1 ${process.env[name] ?? ''}`.trim();
}

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean,
 *   peer?: boolean, extraneous?: boolean }} LockedPackage
 */

/** Runs what is needed for everything else; throws with a plain sentence when it cannot. */
export function ensureInstalled() {
  ensurePackages();
  if (!isCompiled()) runNpm('rebuild');
}

/**
 * The packages themselves, without what is compiled for this machine. Throws with a plain sentence
 * when they cannot be had.
 * @returns {string[] | null} the command that compiles the rest, `null` where nothing is left
 */
export function ensurePackages() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Node 20.19 or newer is needed; this is ${process.versions.node}.`);
  }
  if (!isInstalled()) {
    console.log('Installing dependencies; the first time takes a minute or two …');
    runNpm('ci', '--ignore-scripts');
  }
  const npm = npmCommand();
  return isCompiled() ? null : [npm.command, ...npm.args, 'rebuild', '--loglevel=error'];
}

/** Whether the one package that takes a minute to compile, and so is ready last, is there. */
function isCompiled() {
  return existsSync(`${ROOT}node_modules/better-sqlite3/build/Release/better_sqlite3.node`);
}

/** @param {string[]} args */
function runNpm(...args) {
  const npm = npmCommand();
  const result = spawnSync(npm.command, [...npm.args, ...args, '--loglevel=error'], {
    cwd: ROOT,
    env: { ...process.env, ...COMPILING },
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: npm.shell,
  });
  if (result.status !== 0) {
    throw new Error('The dependencies could not be installed; what npm said stands above.');
  }
}

/** How to call npm: the one running this script, else the one on the path. */
function npmCommand() {
  const running = process.env['npm_execpath'];
  if (running?.endsWith('.js')) return { command: process.execPath, args: [running], shell: false };
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}

/** Whether node_modules is newer than the lock file or holds the very same packages. */
function isInstalled() {
  if (!existsSync(INSTALLED)) return false;
  if (statSync(INSTALLED).mtimeMs >= statSync(LOCK).mtimeMs) return true;
  const installed = packagesIn(INSTALLED);
  return Object.entries(packagesIn(LOCK)).every(([path, locked]) => {
    if (!path.startsWith('node_modules/') || locked.link || locked.extraneous) return true;
    const found = installed[path];
    if (!found) return Boolean(locked.optional || locked.peer);
    return found.version === locked.version && found.integrity === locked.integrity;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage>}
 */
function packagesIn(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

/** The client's static build: made when it is missing or its sources have changed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Where the build lies. */
export const BUILD_FOLDER = join(ROOT, 'build');
/** Dot files are not served. */
const STAMP = join(BUILD_FOLDER, '.sources');

const SOURCE_FOLDERS = ['web', 'protocol/src'];
const SOURCE_FILES = ['package-lock.json', 'svelte.config.js', 'vite.config.ts'];

/** A digest of everything the build is made from. */
function digestSources(): string {
  const hash = createHash('sha256');
  const found = SOURCE_FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const path of [...found.sort(), ...SOURCE_FILES.map((name) => join(ROOT, name))]) {
    const content = readFileSync(path);
    hash.update(`${path.slice(ROOT.length)} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/** A build under way. */
export interface Build {
  /** Resolves when the build is there; rejects, with what was said, when it fails. */
  readonly done: Promise<void>;
  /** Whether anything is being built. */
  readonly isNeeded: boolean;
  /** Ends it. */
  stop(): void;
}

/** Nothing to build. */
export const NO_BUILD: Build = {
  done: Promise.resolve(),
  isNeeded: false,
  stop: () => undefined,
};

function runVite(): { child: ChildProcess; done: Promise<void> } {
  const command = join(ROOT, 'node_modules/vite/bin/vite.js');
  const child = spawn(process.execPath, [command, 'build'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const done = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The client could not be built:\n${output.trimEnd()}`));
    });
  });
  return { child, done };
}

/** Builds the client unless the build in place is of these very sources. */
export function ensureBuild(): Build {
  const digest = digestSources();
  const isFresh = existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest;
  if (isFresh) return NO_BUILD;
  const { child, done } = runVite();
  return {
    isNeeded: true,
    done: done.then(() => {
      writeFileSync(STAMP, digest);
    }),
    stop: () => child.kill('SIGTERM'),
  };
}

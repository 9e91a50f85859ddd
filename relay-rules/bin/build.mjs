/**
 * Builds the command `realyield` into relay-rules/dist: plain JavaScript that starts at once.
 * Run by `npm run build`, and by realyield.mjs when the source is newer than what was built.
 */
import { readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DIST = join(ROOT, 'relay-rules/dist');

/** What the command line imports: `main`. */
export const ENTRY = join(DIST, 'realyield.mjs');

const SOURCES = ['relay-rules/src', 'protocol/src', 'relay-rules/bin'];

/** @param {string} path */
function changedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Whether what was built is at least as new as every source file. */
export function isBuilt() {
  const builtMs = changedMs(ENTRY);
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return [join(ROOT, 'package-lock.json'), ...files].every((file) => changedMs(file) <= builtMs);
}

/**
 * Puts each file in its place, what the command line imports last, so that whoever starts
 * meanwhile finds all of one build.
 * @param {string} folder
 */
async function install(folder) {
  await mkdir(DIST, { recursive: true });
  const built = await readdir(folder);
  const isEntry = (/** @type {string} */ name) => ENTRY.endsWith(name);
  for (const name of built.sort((a, b) => Number(isEntry(a)) - Number(isEntry(b)))) {
    await rename(join(folder, name), join(DIST, name));
  }
  const old = (await readdir(DIST)).filter((name) => !built.includes(name));
  await Promise.all(old.map((name) => rm(join(DIST, name), { force: true })));
}

/** Builds beside the final folder, then moves; prints nothing. */
export async function build() {
  const { build: viteBuild } = await import('vite');
  const folder = await mkdtemp(join(ROOT, 'relay-rules/.dist-'));
  try {
    await viteBuild({
      root: ROOT,
      configFile: false,
      // The root's own rests on what SvelteKit generates, which a fresh clone has not.
      tsconfig: join(ROOT, 'protocol/tsconfig.json'),
      publicDir: false,
      logLevel: 'silent',
      resolve: { conditions: ['@realyield/source', 'module', 'node'] },
      ssr: {
        target: 'node',
        noExternal: true,
        external: ['better-sqlite3', 'ws'],
        resolve: { conditions: ['@realyield/source', 'module', 'node'] },
      },
      build: {
        ssr: join(ROOT, 'relay-rules/src/realyield.ts'),
        outDir: folder,
        emptyOutDir: false,
        target: 'node20',
        rollupOptions: {
          output: { entryFileNames: 'realyield.mjs', chunkFileNames: '[name]-[hash].mjs' },
        },
      },
    });
    await install(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();

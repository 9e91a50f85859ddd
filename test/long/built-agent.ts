/**
 * The agent as one file of JavaScript: the long suite starts it hundreds of times, and what it is
 * made of need not be translated anew each time.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** As deep as the module that names the compiled signature library by its path. */
const FOLDER = 'node_modules/.cache/real-yield/agent';
const CONDITIONS = ['@realyield/source', 'node', 'import', 'module', 'default'];

/** Builds it; resolves with the command line that Node runs it by. */
export async function buildAgent(): Promise<readonly string[]> {
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    // The root's own rests on what SvelteKit generates, which a fresh clone has not.
    tsconfig: join(ROOT, 'protocol/tsconfig.json'),
    ssr: { noExternal: ['@realyield/protocol'], resolve: { conditions: CONDITIONS } },
    build: { ssr: 'web/lib/agent/main.ts', outDir: FOLDER, target: 'node20', emptyOutDir: true },
  });
  return [join(ROOT, FOLDER, 'main.js')];
}

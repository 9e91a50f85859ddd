/** What a visitor's browser must have before the landing page runs: its statically imported JS. */
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Most the landing page may import statically, KiB gzipped. */
export const LANDING_BUDGET_KIB = 120;

/** A file of the page's own program with its size as it travels. */
export interface Script {
  readonly path: string;
  readonly gzipBytes: number;
}

/** `import … from`, `export … from` and bare imports; never `import(…)`. */
const STATIC_IMPORT = /(?:^|[;}\s])(?:import|export)\s*(?:[\w$*{}\s,]+from)?\s*["'](\.[^"']+)["']/g;
/** What the page preloads, and what its inline script imports to begin with. */
const ENTRY = /(?:href="|import\(["'])\.?\/?([^"']+\.js)["']/g;

/** Every script that the page of this file loads before it runs, largest first. */
export function staticScripts(folder: string, page: string): readonly Script[] {
  const found = new Map<string, Script>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    const source = readFileSync(join(folder, path), 'utf8');
    found.set(path, { path, gzipBytes: gzipSync(source, { level: 9 }).length });
    for (const [, specifier = ''] of source.matchAll(STATIC_IMPORT)) {
      visit(posix.join(dirname(path), specifier));
    }
  };
  const html = readFileSync(join(folder, page), 'utf8');
  for (const [, path = ''] of html.matchAll(ENTRY)) visit(path);
  if (found.size === 0) throw new Error(`${page} loads no script.`);
  return [...found.values()].sort((a, b) => b.gzipBytes - a.gzipBytes);
}

/** What the landing page of a build imports statically, KiB gzipped. */
export function landingKib(folder: string): number {
  const scripts = staticScripts(folder, 'index.html');
  return scripts.reduce((sum, script) => sum + script.gzipBytes, 0) / 1_024;
}

/**
 * Which way imports may point: protocol ← relay-rules, protocol ← web; those two never meet;
 * tests may import everything. And what lies at the top level.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesUnder, importsOf, isTest, ROOT, type SourceFile } from './source.ts';

const CODE = ['.ts', '.svelte', '.js', '.mjs'];
const PROTOCOL = /^@realyield\/protocol(\/|$)/;
const PROTOCOL_MAY = /^(zod(\/.*)?|nostr-tools(\/.*)?|@(noble|scure)\/.*)$/;
const PROTOCOL_TESTS_MAY = /^(vitest|fast-check|node:.*)$/;

/** Where a specifier leads: a path from the root, or the name of a package. */
function resolve(file: SourceFile, specifier: string): string {
  if (specifier.startsWith('$lib')) return posix.join('web/lib', specifier.slice(4));
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file.path), specifier);
  return specifier;
}

function isLocal(target: string): boolean {
  return /^(protocol|relay-rules|web|test|specs)\//.test(target);
}

/** Imports from a folder's files that the rule does not allow, as "file → target". */
function forbidden(
  folder: string,
  allows: (target: string, file: SourceFile) => boolean,
): readonly string[] {
  return filesUnder(folder, CODE).flatMap((file) =>
    importsOf(file)
      .map(({ specifier }) => resolve(file, specifier))
      .filter((target) => !allows(target, file))
      .map((target) => `${file.path} → ${target}`),
  );
}

describe('imports', () => {
  it('protocol imports itself, zod, noble, scure and nostr-tools', () => {
    const found = forbidden('protocol/src', (target, file) => {
      if (target.startsWith('protocol/src/') || PROTOCOL_MAY.test(target)) return true;
      return isTest(file.path) && PROTOCOL_TESTS_MAY.test(target);
    });
    expect(found).toEqual([]);
  });

  it('protocol declares every package it imports', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'protocol/package.json'), 'utf8'));
    const declared = Object.keys((manifest as { dependencies: object }).dependencies);
    const used = filesUnder('protocol/src', CODE)
      .filter((file) => !isTest(file.path))
      .flatMap((file) => importsOf(file).map(({ specifier }) => specifier))
      .filter((specifier) => !specifier.startsWith('.'))
      .map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier);
    expect(declared).toEqual(expect.arrayContaining([...new Set(used)]));
  });

  it('relay-rules imports itself and protocol, by its name', () => {
    const own = (target: string): boolean =>
      isLocal(target) ? target.startsWith('relay-rules/') : !target.startsWith('$');
    expect(forbidden('relay-rules', own)).toEqual([]);
  });

  it('web imports itself and protocol, by its name', () => {
    const own = (target: string): boolean => !isLocal(target) || target.startsWith('web/');
    expect(forbidden('web', own)).toEqual([]);
  });

  it('only the agent and the store on SQLite know Node, and no page knows them', () => {
    const isOfNode = (path: string): boolean =>
      path.startsWith('web/lib/agent/') || path === 'web/lib/store/sqlite.ts';
    const knowsNode = (target: string): boolean =>
      /^(node:|ws$|better-sqlite3$)/.test(target) || isOfNode(target);
    const found = forbidden(
      'web',
      (target, { path }) => isOfNode(path) || isTest(path) || !knowsNode(target),
    );
    expect(found).toEqual([]);
  });

  it('plain widgets know nothing of the protocol', () => {
    expect(forbidden('web/lib/ui', (target) => !PROTOCOL.test(target))).toEqual([]);
  });

  it('protocol’s modules import each other in one direction', () => {
    const graph = new Map(
      filesUnder('protocol/src', ['.ts']).map((file) => [
        file.path,
        importsOf(file)
          .filter(({ typeOnly }) => !typeOnly)
          .map(({ specifier }) => resolve(file, specifier)),
      ]),
    );
    expect(cyclesIn(graph)).toEqual([]);
  });
});

/** Import cycles, each as the path that closes it. */
function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    done.add(path);
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}

describe('top level', () => {
  const generated = ['node_modules', 'build', 'dist', 'test-results', 'playwright-report'];
  const folders = ['protocol', 'relay-rules', 'specs', 'test', 'web'];
  const file = /^(LICENSE|README\.md|CHANGELOG\.md|[\w-]+\.json|[\w-]+\.config\.(js|ts))$/;
  const entries = readdirSync(ROOT, { withFileTypes: true }).filter(
    ({ name }) => !name.startsWith('.') && !generated.includes(name) && !name.endsWith('.log'),
  );

  it('holds exactly the five folders', () => {
    const found = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(found.sort()).toEqual(folders);
  });

  it('holds no files but configuration, licence, readme and changelog', () => {
    const found = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    expect(found.filter((name) => !file.test(name))).toEqual([]);
  });
});

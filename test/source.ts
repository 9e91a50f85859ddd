/** The project's own source as the gate tests read it: files, scripts, imports, functions. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** One source file: its path from the root with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One import or re-export: what is named, and whether types alone are taken from it. */
export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** Files below a folder of the project with one of the endings, sorted by path. */
export function filesUnder(folder: string, endings: readonly string[]): readonly SourceFile[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !/(^|\/)(node_modules|dist|build)\//.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** Whether a file holds tests or what only tests use. */
export function isTest(path: string): boolean {
  return path.startsWith('test/') || /\.test\.ts$|(^|\/)testing\.ts$/.test(path);
}

/** A Svelte file's scripts, one after another; any other file as it is. */
export function scriptOf(file: SourceFile): string {
  if (!file.path.endsWith('.svelte')) return file.text;
  const scripts = file.text.matchAll(/<script[^>]*>(.*?)<\/script>/gs);
  return [...scripts].map(([, script = '']) => script).join('\n');
}

/** Parses a file's script; syntax errors are the compiler's business. */
export function parse(file: SourceFile): ts.SourceFile {
  return ts.createSourceFile(file.path, scriptOf(file), ts.ScriptTarget.Latest, true);
}

/** What was found in a file of this text: several rules ask for the same files. */
const importsIn = new Map<string, { readonly text: string; readonly found: readonly Import[] }>();

/** Every module a file imports, statically or by a literal `import()`. */
export function importsOf(file: SourceFile): readonly Import[] {
  const known = importsIn.get(file.path);
  if (known?.text === file.text) return known.found;
  const found = findImports(file);
  importsIn.set(file.path, { text: file.text, found });
  return found;
}

function findImports(file: SourceFile): readonly Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const target = specifierOf(node);
    if (target) found.push({ specifier: target.text, typeOnly: isTypeOnly(node) });
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}

function specifierOf(node: ts.Node): ts.StringLiteral | undefined {
  let target: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) target = node.moduleSpecifier;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    target = node.argument.literal;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    target = node.arguments[0];
  }
  return target && ts.isStringLiteral(target) ? target : undefined;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  if (!ts.isImportDeclaration(node)) return ts.isImportTypeNode(node);
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name !== undefined || bindings === undefined) return false;
  return ts.isNamedImports(bindings) && bindings.elements.every((element) => element.isTypeOnly);
}

/**
 * Pins the protocol's public names in protocol/exports.txt, so that adding, renaming or dropping
 * one is a visible decision. `UPDATE_EXPORTS=1 npx vitest run test/exports.test.ts` rewrites it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { parse, ROOT } from './source.ts';

const ENTRY = 'protocol/src/index.ts';
const PINNED = join(ROOT, 'protocol/exports.txt');

/** Names a module exports, types as "type Name"; `export *` is followed. */
function exportsOf(path: string): readonly string[] {
  const source = parse({ path, text: readFileSync(join(ROOT, path), 'utf8') });
  return source.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) return reexports(path, statement);
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
    const exported = modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    return exported === true ? declaredNames(statement) : [];
  });
}

function reexports(path: string, statement: ts.ExportDeclaration): readonly string[] {
  const { exportClause, isTypeOnly, moduleSpecifier } = statement;
  const from = moduleSpecifier && ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : '';
  const target = posix.join(posix.dirname(path), from);
  if (exportClause === undefined) {
    const names = exportsOf(target);
    return isTypeOnly ? names.map((name) => `type ${name.replace('type ', '')}`) : names;
  }
  if (ts.isNamespaceExport(exportClause)) return [exportClause.name.text];
  const inTarget = from === '' ? [] : exportsOf(target);
  return exportClause.elements.map((element) => {
    const original = (element.propertyName ?? element.name).text;
    const isType = isTypeOnly || element.isTypeOnly || inTarget.includes(`type ${original}`);
    return isType ? `type ${element.name.text}` : element.name.text;
  });
}

function declaredNames(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
    return [`type ${statement.name.text}`];
  }
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
    return [statement.name?.text ?? 'default'];
  }
  return ts.isEnumDeclaration(statement) ? [statement.name.text] : [];
}

const found = existsSync(join(ROOT, ENTRY)) ? [...new Set(exportsOf(ENTRY))].sort() : [];

it('exports exactly the pinned names', () => {
  if (process.env['UPDATE_EXPORTS'] === '1') writeFileSync(PINNED, `${found.join('\n')}\n`);
  const pinned = existsSync(PINNED) ? readFileSync(PINNED, 'utf8').trim().split('\n') : [];
  expect(found, 'UPDATE_EXPORTS=1 rewrites protocol/exports.txt').toEqual(pinned);
});

it('exports at run time what it says', async () => {
  const loaded = Object.keys(await import('@realyield/protocol')).sort();
  expect(loaded).toEqual(found.filter((name) => !name.startsWith('type ')));
});

/**
 * Sizes: a file of at most 300 lines, a function of 70, a line of 100 characters. There is no
 * list of exceptions; what grows too long is split.
 */
import ts from 'typescript';
import { expect, it } from 'vitest';
import { filesUnder, isTest, parse, scriptOf } from './source.ts';

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;
const LINE_LENGTH_MAX = 100;

const FOLDERS = ['protocol/src', 'relay-rules', 'web', 'test'];
const files = FOLDERS.flatMap((folder) => filesUnder(folder, ['.ts', '.mjs', '.svelte']));

it('reads the source', () => {
  expect(files.length).toBeGreaterThan(10);
});

it(`has no file longer than ${FILE_LINES_MAX} lines`, () => {
  const found = files
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > FILE_LINES_MAX)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
  expect(found).toEqual([]);
});

it(`has no line longer than ${LINE_LENGTH_MAX} characters`, () => {
  const found = files.flatMap((file) =>
    scriptOf(file)
      .split('\n')
      .filter((line) => line.length > LINE_LENGTH_MAX)
      .map((line) => `${file.path}: ${line.trim().slice(0, 60)}…`),
  );
  expect(found).toEqual([]);
});

it(`has no function longer than ${FUNCTION_LINES_MAX} lines`, () => {
  const found = files.flatMap((file) => {
    const source = parse(file);
    const long: string[] = [];
    const visit = (node: ts.Node): void => {
      const counts = ts.isFunctionLike(node) && !(isTest(file.path) && isSuite(node));
      const lines = counts ? linesOf(source, node) : 0;
      if (lines > FUNCTION_LINES_MAX) {
        const text = node.getText(source).split('\n', 1).join('');
        long.push(`${file.path}: ${lines} lines: ${text}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return long;
  });
  expect(found).toEqual([]);
});

function linesOf(source: ts.SourceFile, node: ts.Node): number {
  const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
  return source.getLineAndCharacterOfPosition(node.end).line - first + 1;
}

/** The body of a `describe` is a list of tests, not a function to be understood at once. */
function isSuite(node: ts.Node): boolean {
  if (!ts.isCallExpression(node.parent)) return false;
  return /^(test\.)?describe\b/.test(node.parent.expression.getText());
}

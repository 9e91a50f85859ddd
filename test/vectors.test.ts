/**
 * The vectors of the specification: written from the cases in test/vectors, byte for byte the
 * files in specs/vectors, and answered by the implementation as the files say.
 * `UPDATE_VECTORS=1 npx vitest run test/vectors.test.ts` writes them anew.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { REJECT_CODES } from '@realyield/protocol';
import { describe, expect, it } from 'vitest';
import { ROOT } from './source.ts';
import { generateVectors } from './vectors/generate.ts';
import { hashText } from './vectors/hash-text.ts';
import { codesIn, expectationOf, type Vector } from './vectors/vector.ts';

const FOLDER = join(ROOT, 'specs/vectors');
const README = join(ROOT, 'specs/README.md');
const PINNED = /(SHA-256 of `vectors\/SHA256SUMS`: `)([0-9a-f]{64})`/;

/** Codes no event, fold, invoice or message yields: a client's own words. */
const CLIENT_ONLY = [
  ...['ALREADY_SIGNED', 'BLOCK_DENIED', 'BLOCK_UNKNOWN', 'MESSAGE_AUTHOR', 'PAYOUT_SIGNER'],
  ...['BOND_UNPROVEN', 'PAYOUT_UNSENT'],
  ...['WALLET_URI', 'WALLET_ANSWER'],
];

const generated = generateVectors();

function update(): void {
  rmSync(FOLDER, { recursive: true, force: true });
  for (const [path, text] of generated) {
    mkdirSync(dirname(join(FOLDER, path)), { recursive: true });
    writeFileSync(join(FOLDER, path), text);
  }
  const sums = hashText(generated.get('SHA256SUMS') ?? '');
  const readme = readFileSync(README, 'utf8');
  writeFileSync(README, readme.replace(PINNED, `$1${sums}\``));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(FOLDER, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

if (process.env['UPDATE_VECTORS'] === '1') update();
const files = filesIn(FOLDER);
const read = (path: string): string => readFileSync(join(FOLDER, path), 'utf8');
const cases = files.filter((path) => path.endsWith('.json'));

describe('the files', () => {
  it('are what the cases generate, and nothing else', () => {
    expect(files).toEqual([...generated.keys()].sort());
    const differing = files.filter((path) => read(path) !== generated.get(path));
    expect(differing, 'UPDATE_VECTORS=1 writes them anew').toEqual([]);
  });

  it('are pinned in the specification', () => {
    const pinned = PINNED.exec(readFileSync(README, 'utf8'))?.[2];
    expect(pinned).toBe(hashText(read('SHA256SUMS')));
  });

  it('show every reject code', () => {
    const shown = new Set(cases.flatMap((path) => codesIn(JSON.parse(read(path)))));
    const owed = REJECT_CODES.filter((code) => !CLIENT_ONLY.includes(code));
    expect(owed.filter((code) => !shown.has(code))).toEqual([]);
  });
});

describe('the implementation answers', () => {
  it.each(cases)('%s', (path) => {
    const { expect: expected, ...input } = JSON.parse(read(path)) as Vector;
    expect(input.requires.length).toBeGreaterThan(0);
    expect(expectationOf(input)).toEqual(expected);
  });
});

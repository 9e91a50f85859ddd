/**
 * `realyield verify FILE`: what an evidence bundle proves, what it claims and what is missing, on
 * a machine without a network. Spec: specs/bundle.md.
 */
import {
  describeEvidence,
  findingSentence,
  isBundle,
  MAX_BUNDLE_BYTES,
  readBundle,
  type BundleFinding,
  type BundleReport,
  type Evidence,
} from '@realyield/protocol';
import { readFile, stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { UsageError } from '../command.ts';
import { loadVerifier } from '../verifier.ts';

/** What `--help` prints. */
export const VERIFY_HELP = `Usage: realyield verify FILE [--as-of TIME] [--json]

Reads an evidence bundle, the signed events of one contract in one file with proofs of the Bitcoin
chain, checks every byte of it and prints what is proven, what is one side's claim and what is
missing. Nothing is asked of a network. Times are in UTC.

  --as-of TIME   balances at this time, such as 2026-03-01T12:00:00Z; else when it was written
  --json         one JSON object instead

Exit codes: 0 when nothing in it was changed and its contract is there, 1 otherwise, 2 when the
options make no sense or the file cannot be read.
`;

/** So many findings are printed; the rest are counted. */
const MOST_FINDINGS = 50;

function readTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const atMs = Date.parse(text);
  if (!(atMs >= 0)) throw new UsageError(`${text} is not a time such as 2026-03-01T12:00:00Z`);
  return Math.floor(atMs / 1_000);
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BUNDLE_BYTES) throw new Error(findingSentence('BUNDLE_SIZE'));
    return await readFile(path);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function findingLine({ line, code, event, detail }: BundleFinding): string {
  const about = event === undefined ? '' : `, event ${event}`;
  const field = detail === undefined ? '' : ` (${detail})`;
  return `  line ${line}${about}: ${findingSentence(code)} ${code}${field}`;
}

function section(title: string, sentences: readonly string[]): string[] {
  const lines = sentences.length === 0 ? ['  nothing'] : sentences.map((each) => `  – ${each}`);
  return ['', title, ...lines];
}

function linesOf(report: BundleReport, said?: Evidence) {
  const { head, eventLines, findings, proofs, stateHash } = report;
  const isWhole = findings.length === 0;
  const wrong = isBundle(report) ? 'CHANGED OR DAMAGED:' : 'NOT AN EVIDENCE FILE:';
  return [
    `Contract    ${head?.contract ?? 'unknown'}`,
    `State hash  ${stateHash ?? 'none: the contract’s terms are not in the file'}`,
    `Events      ${eventLines}`,
    `Proofs      ${proofs.length === 0 ? 'none' : proofs.length} of the Bitcoin chain`,
    `File        ${isWhole ? 'as it was written, every byte' : wrong}`,
    ...findings.slice(0, MOST_FINDINGS).map(findingLine),
    ...(findings.length > MOST_FINDINGS ? [`  and ${findings.length - MOST_FINDINGS} more`] : []),
    ...(said
      ? [
          ...section('Proven', said.proven),
          ...section('Claimed by one side', said.claimed),
          ...section('Missing', said.missing),
        ]
      : []),
  ];
}

/** Reads a bundle and prints what it comes to; resolves with the exit code. */
export async function runVerify(
  args: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, 'as-of': { type: 'string' } },
  });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new UsageError('one file is needed');
  const atSec = readTime(values['as-of']);
  const report = readBundle(await readBytes(path), await loadVerifier());
  const { head, fold, findings, eventLines, stateHash, events, proofs } = report;
  const said = fold && head && describeEvidence(fold, events, atSec ?? head.writtenAtSec, proofs);
  const counts = { eventLines, proofLines: proofs.length };
  if (values.json) print(JSON.stringify({ ...head, stateHash, ...counts, findings, ...said }));
  else print(linesOf(report, said).join('\n'));
  return fold && findings.length === 0 ? 0 : 1;
}

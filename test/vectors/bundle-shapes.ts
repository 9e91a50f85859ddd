/** Shapes of vectors of evidence bundles, and the implementation's answers. */
import { describeEvidence, readBundle, type BundleFinding } from '@realyield/protocol';
import { rememberingVerifier } from '../fixtures/keys.ts';
import type { Named } from './vector.ts';

/** The lines of a file, and single bytes of it that are changed, one file each. */
export interface BundleVector extends Named {
  /** Without their line feeds. */
  readonly bundle: readonly string[];
  /** Lines `LINE COLUMN CHARACTER`, counted from 1: what stands there instead. */
  readonly changes?: readonly string[];
}

const encoder = new TextEncoder();

function read(lines: readonly string[]) {
  return readBundle(encoder.encode(`${lines.join('\n')}\n`), rememberingVerifier);
}

const findingsOf = (findings: readonly BundleFinding[]): readonly object[] =>
  findings.map(({ line, code }) => ({ line, code }));

/** A file with one character changed. */
export function changedLines(lines: readonly string[], change: string): readonly string[] {
  const [, line, column, character] = /^(\d+) (\d+) (.)$/.exec(change) ?? [];
  if (character === undefined) throw new Error(`no change: ${change}`);
  const at = Number(column) - 1;
  return lines.map((text, index) =>
    index === Number(line) - 1 ? text.slice(0, at) + character + text.slice(at + 1) : text,
  );
}

/** What a file comes to, as it is and with each change. */
export function bundleAnswer({ bundle, changes }: BundleVector): object {
  const { fold, events, findings, head, stateHash, proofs } = read(bundle);
  if (!fold || !head) throw new Error('a vector without its terms');
  return {
    stateHash,
    findings: findingsOf(findings),
    ...describeEvidence(fold, events, head.writtenAtSec, proofs),
    ...(changes && {
      changed: changes.map((change) => findingsOf(read(changedLines(bundle, change)).findings)),
    }),
  };
}

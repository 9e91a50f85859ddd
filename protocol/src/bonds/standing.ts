/**
 * How a pledged bond stands on the chain, as far as two sources prove and say the same: a view at
 * a time, never a fact of the fold. Spec: specs/bonds.md, "Standing".
 */
import type { PledgeDocument } from '../kinds/bond.ts';
import { ok, reject, type Result } from '../result.ts';
import { certificateEndHeight } from './certificate.ts';
import { bondOf } from './check.ts';
import {
  checkInclusion,
  readBlockHeader,
  type BlockHeader,
  type MerkleBranch,
} from './inclusion.ts';
import { placeOf, type BondPlace } from './script.ts';
import { readTransaction } from './transaction.ts';

/** What a source of the chain says about an output. */
export interface OutputReport {
  /** The transaction that made it, raw hex. */
  readonly transaction: string;
  /** Where it was confirmed; absent while it waits. */
  readonly block?: {
    readonly height: number;
    readonly header: string;
    readonly branch: MerkleBranch;
  };
  readonly isSpent: boolean;
  /** Height of the source's last block. */
  readonly tipHeight: number;
}

/** One source's answer, or that there is none. */
export interface SourceAnswer {
  readonly source: string;
  /** When it answered, Unix seconds. */
  readonly atSec: number;
  /** Undefined where the source could not be asked; `none` where it knows no such output. */
  readonly report: OutputReport | 'none' | undefined;
}

/** Why a bond is neither shown as live nor as gone. */
export type UnverifiedReason = 'unreachable' | 'stale' | 'oneSource' | 'unproven' | 'disagree';

/** How a bond stands. */
export type BondStanding =
  | { readonly state: 'live'; readonly height: number; readonly confirmedAtSec: number }
  /** The sources know the output, in no block yet. */
  | { readonly state: 'unconfirmed' }
  | { readonly state: 'spent' }
  /** Its lock time has passed: the bank can take it at any moment. */
  | { readonly state: 'unlocked' }
  /** The certificate has ended. */
  | { readonly state: 'uncertified' }
  /** There is no such output, or another script or value in it. */
  | { readonly state: 'notThere' }
  | { readonly state: 'unverified'; readonly reason: UnverifiedReason };

/** Sources that must say the same. */
export const CHAIN_SOURCES_NEEDED = 2;

/** An answer is good for this long, seconds. */
export const CHAIN_ANSWER_MAX_AGE_SEC = 3_600;

/** How far the chain's own clock, the median of eleven blocks, may be from ours, seconds. */
const CHAIN_CLOCK_SEC = 7_200;

/** What one source's answer proves. */
type Finding =
  | { readonly state: 'unconfirmed' | 'spent' | 'notThere' }
  | {
      readonly state: 'unspent';
      readonly height: number;
      readonly tipHeight: number;
      readonly header: BlockHeader;
    };

/** A bond as its pledge describes it. */
interface Pledged {
  readonly document: PledgeDocument;
  readonly place: BondPlace;
}

function findIn({ document, place }: Pledged, report: OutputReport): Result<Finding> {
  const { network, outpoint, valueSat } = document;
  const transaction = readTransaction(report.transaction);
  if (!transaction.ok) return transaction;
  const { outputs, txid } = transaction.value;
  if (txid !== outpoint.txid) return reject('CHAIN_TRANSACTION', 'another one');
  const output = outputs[outpoint.vout];
  // BD-14: "A client MUST show a bond as not there whose output is none, or has another script or
  // value than its pledge…"
  const isPledged =
    output?.valueSat === BigInt(valueSat) && output.scriptPubKey === place.scriptPubKey;
  if (!isPledged) return ok({ state: 'notThere' });
  if (!report.block) return ok({ state: report.isSpent ? 'spent' : 'unconfirmed' });
  const header = readBlockHeader(report.block.header);
  if (!header.ok) return header;
  const { branch, height } = report.block;
  const proven = checkInclusion(transaction.value, branch, header.value, network);
  if (!proven.ok) return proven;
  if (report.isSpent) return ok({ state: 'spent' });
  const { tipHeight } = report;
  return ok({ state: 'unspent', height, tipHeight, header: header.value });
}

function isSame(a: Finding, b: Finding): boolean {
  if (a.state === 'unspent' && b.state === 'unspent') return a.header.hash === b.header.hash;
  return a.state === b.state;
}

const unverified = (reason: UnverifiedReason): BondStanding => ({ state: 'unverified', reason });

/** What the sources that could be asked prove together. */
function agreed(pledged: Pledged, answers: readonly SourceAnswer[]): BondStanding | Finding {
  const findings: Finding[] = [];
  for (const { report } of answers) {
    if (report === undefined) continue;
    const found = report === 'none' ? ok({ state: 'notThere' } as const) : findIn(pledged, report);
    if (!found.ok) return unverified('unproven');
    findings.push(found.value);
  }
  const [first, ...others] = findings;
  if (!first) return unverified('unreachable');
  // BD-13: "A client MUST show a bond as unverified, with the reason, unless two sources have
  // answered within the last 3,600 seconds, what they answered proves what it says, and they say
  // the same…"
  if (!others.every((each) => isSame(each, first))) return unverified('disagree');
  return findings.length < CHAIN_SOURCES_NEEDED ? unverified('oneSource') : first;
}

/**
 * How the bond of a pledge stands at a time, by what sources of the chain answered. One answer a
 * source; the bank is the pledge's author.
 */
export function bondStanding(
  document: PledgeDocument,
  bank: string,
  answers: readonly SourceAnswer[],
  nowSec: number,
): BondStanding {
  const script = bondOf(document, bank);
  if (!script) return { state: 'notThere' };
  const recent = answers.filter(({ atSec }) => nowSec - atSec <= CHAIN_ANSWER_MAX_AGE_SEC);
  if (recent.length === 0 && answers.length > 0) return unverified('stale');
  const found = agreed({ document, place: placeOf(script, document.network) }, recent);
  if (found.state !== 'unspent') return found;
  const { header, height, tipHeight } = found;
  // BD-15: "A client MUST count a bond as live only until two hours before its lock time, by when
  // the chain's clock may have let the bank take it, and before the end of its certificate."
  if (nowSec + CHAIN_CLOCK_SEC >= document.lockTimeSec) return { state: 'unlocked' };
  if (tipHeight >= certificateEndHeight(document.certificate)) return { state: 'uncertified' };
  return { state: 'live', height, confirmedAtSec: header.timeSec };
}

/**
 * Whether the blocks that steps of a case name are on the chain, as far as sources prove and say
 * the same: a view, which changes nothing of the fold. Spec: specs/disputes.md, "Blocks".
 */
import type { BitcoinNetwork } from '../bonds/bond.ts';
import { isWorked, readBlockHeader } from '../bonds/inclusion.ts';
import { CHAIN_SOURCES_NEEDED } from '../bonds/standing.ts';
import type { DisputeDocument } from '../kinds/dispute.ts';
import type { ParsedDispute } from '../parsed.ts';

/** A block as a step names it. */
export type NamedBlock = Extract<DisputeDocument, { readonly block: unknown }>['block'];

/** What a source of the chain says of a height. */
export interface BlockReport {
  /** Height of its last block. */
  readonly tipHeight: number;
  /** Its block there; absent where it has none. */
  readonly block?: { readonly header: string; readonly medianTimeSec: number };
}

/** Why a block is neither shown as checked nor as one there is not. */
export type UncheckedReason = 'unreachable' | 'oneSource' | 'disagree' | 'unproven' | 'ahead';

/** Why there is no such block: another one there, another time, or far above the last one. */
export type DeniedReason = 'otherBlock' | 'otherTime' | 'beyond';

/** How a named block stands. */
export type BlockStanding =
  | { readonly state: 'checked' }
  | { readonly state: 'denied'; readonly reason: DeniedReason }
  | { readonly state: 'unchecked'; readonly reason: UncheckedReason };

/** A source that is so many blocks behind has stopped following the chain. */
const MOST_BEHIND = 6;

const CHECKED: BlockStanding = { state: 'checked' };
const denied = (reason: DeniedReason): BlockStanding => ({ state: 'denied', reason });
const unchecked = (reason: UncheckedReason): BlockStanding => ({ state: 'unchecked', reason });

function findIn(named: NamedBlock, report: BlockReport, network: BitcoinNetwork): BlockStanding {
  const { block, tipHeight } = report;
  if (!block) {
    if (tipHeight >= named.height) return unchecked('unproven');
    return named.height - tipHeight > MOST_BEHIND ? denied('beyond') : unchecked('ahead');
  }
  const header = readBlockHeader(block.header);
  if (!header.ok || !isWorked(header.value, network)) return unchecked('unproven');
  if (header.value.hash !== named.hash) return denied('otherBlock');
  return block.medianTimeSec === named.medianTimeSec ? CHECKED : denied('otherTime');
}

const isSame = (a: BlockStanding, b: BlockStanding): boolean =>
  a.state === b.state && ('reason' in a ? a.reason : '') === ('reason' in b ? b.reason : '');

/** How a block stands by one answer a source; undefined is a source that did not answer. */
export function blockStanding(
  named: NamedBlock,
  network: BitcoinNetwork,
  reports: readonly (BlockReport | undefined)[],
): BlockStanding {
  const given = reports.filter((report) => report !== undefined);
  const all = given.map((report) => findIn(named, report, network));
  if (all.length === 0) return unchecked('unreachable');
  // One that has not seen the block yet says nothing against it.
  const isAhead = (each: BlockStanding): boolean => isSame(each, unchecked('ahead'));
  const found = all.filter((each) => !isAhead(each));
  const [first, ...others] = found;
  if (!first) return unchecked('ahead');
  // DI-33: "A client MUST show a block that a step names as not checked, with the reason, unless
  // two of its sources have answered, and what they answered proves what it says and is the same…"
  if (found.some((each) => isSame(each, unchecked('unproven')))) return unchecked('unproven');
  if (!others.every((each) => isSame(each, first))) return unchecked('disagree');
  return found.length < CHAIN_SOURCES_NEEDED ? unchecked('oneSource') : first;
}

/** The block a step names, if it names one. */
export function blockOf({ document }: Pick<ParsedDispute, 'document'>): NamedBlock | undefined {
  return 'block' in document ? document.block : undefined;
}

/** What a step that starts a clock, or money on its way, rests on. */
export interface StepBasis {
  /** The case. */
  readonly dispute: string;
  /** The arbiter's list. */
  readonly admitted?: readonly string[];
  readonly taken?: string | undefined;
  readonly outcome?: string | undefined;
}

/** The first of the steps it rests on whose block there is not; undefined where there is none. */
export function deniedBasis(
  { dispute, admitted = [], taken, outcome }: StepBasis,
  isDenied: (id: string) => boolean,
): string | undefined {
  // DI-34: "A client MUST refuse as `BLOCK_DENIED` to sign a `join`, `taken`, `ruling`, `fallback`
  // or `payout` that rests on the opening, a taking or a ruling with a block that there is not, or
  // admits a step with one…"
  const named = [dispute, ...admitted, taken, outcome];
  return named.find((id) => id !== undefined && isDenied(id));
}

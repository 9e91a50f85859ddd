/**
 * Who stands behind contract keys, as far as it was opened, and how concentrated a book is.
 * Spec: specs/figures.md, "Counterparties".
 */
import { computeCommitment } from '../contract/build.ts';
import { amountRate, sumOf, type AmountRate } from './rates.ts';
import type { ContractSummary } from './summary.ts';

/** An investor's opened commitment: whose contract key it is. */
export interface Opening {
  /** Root of the contract. */
  readonly contract: string;
  readonly mainKey: string;
  readonly salt: string;
}

/** A party's share of a book. */
export interface PartyShare {
  readonly pubkey: string;
  readonly contracts: number;
  readonly disbursedUnits: bigint;
  readonly outstandingUnits: bigint;
}

/** Investors behind a book: keys, and those of whom it is known whose they are. */
export interface Counterparties {
  /** Distinct investor keys: never "investors". */
  readonly contractKeys: number;
  /** Main keys shown to stand behind contract keys, largest first. */
  readonly disclosed: readonly PartyShare[];
  readonly undisclosedContracts: number;
  readonly undisclosedUnits: bigint;
  /** Contracts opened to the key of a bank or business of this book: money lent to oneself. */
  readonly ownMoneyContracts: number;
  /** Openings of contracts of this book that do not fit their commitment. */
  readonly refusedOpenings: number;
}

const HEX_32 = /^[0-9a-f]{64}$/;

function isOpening(summary: ContractSummary, opening: Opening): boolean {
  // F-14: "An opening counts only when main key and salt are 32 bytes in lower-case hex and their
  // commitment is the contract's…"
  if (!HEX_32.test(opening.mainKey) || !HEX_32.test(opening.salt)) return false;
  return computeCommitment(opening.mainKey, opening.salt) === summary.commitment;
}

/** Shares by one key of each contract, largest outstanding first, then disbursed, then key. */
export function sharesBy(
  summaries: readonly ContractSummary[],
  keyOf: (summary: ContractSummary) => string | undefined,
): PartyShare[] {
  const shares = new Map<string, PartyShare>();
  for (const summary of summaries) {
    const pubkey = keyOf(summary);
    if (pubkey === undefined) continue;
    const known = shares.get(pubkey);
    shares.set(pubkey, {
      pubkey,
      contracts: (known?.contracts ?? 0) + 1,
      disbursedUnits: (known?.disbursedUnits ?? 0n) + summary.disbursedUnits,
      outstandingUnits: (known?.outstandingUnits ?? 0n) + summary.outstandingUnits,
    });
  }
  return [...shares.values()].sort((a, b) => {
    if (a.outstandingUnits !== b.outstandingUnits)
      return a.outstandingUnits > b.outstandingUnits ? -1 : 1;
    if (a.disbursedUnits !== b.disbursedUnits) return a.disbursedUnits > b.disbursedUnits ? -1 : 1;
    return a.pubkey < b.pubkey ? -1 : 1;
  });
}

/**
 * The largest share of a total, in one of its amounts.
 * F-16: "Concentration is the largest business's share of outstanding, and of disbursed,
 * principal."
 */
export function largestShare(
  shares: readonly PartyShare[],
  amountOf: (share: PartyShare) => bigint,
): AmountRate {
  const most = shares.reduce((top, share) => (amountOf(share) > top ? amountOf(share) : top), 0n);
  return amountRate(most, sumOf(shares, amountOf));
}

/** Investors of a book's contracts in effect. */
export function findCounterparties(
  summaries: readonly ContractSummary[],
  openings: readonly Opening[],
): Counterparties {
  const byRoot = new Map(summaries.map((summary) => [summary.root, summary]));
  const mainKeys = new Map<string, string>();
  let refusedOpenings = 0;
  for (const opening of openings) {
    const summary = byRoot.get(opening.contract);
    if (!summary) continue;
    if (isOpening(summary, opening)) mainKeys.set(opening.contract, opening.mainKey);
    else refusedOpenings += 1;
  }
  const undisclosed = summaries.filter(({ root }) => !mainKeys.has(root));
  const insiders = new Set(summaries.flatMap(({ bank, business }) => [bank, business]));
  // F-15: "A contract opened to the main key of a bank or a business of the book is counted as own
  // money."
  const own = [...mainKeys.values()].filter((mainKey) => insiders.has(mainKey));
  return {
    contractKeys: new Set(summaries.map(({ investor }) => investor)).size,
    disclosed: sharesBy(summaries, ({ root }) => mainKeys.get(root)),
    undisclosedContracts: undisclosed.length,
    undisclosedUnits: sumOf(undisclosed, ({ disbursedUnits }) => disbursedUnits),
    ownMoneyContracts: own.length,
    refusedOpenings,
  };
}

/**
 * The bank's share of each repayment: how much of what it was paid counts, and how what is owed is
 * shared between investor and bank. Spec: specs/fees.md, "Servicing".
 */
import { floorToWhole, maximum, minimum } from '../money.ts';
import { BPS } from '../params.ts';

/** What was repaid so far, msat. */
export interface Serviced {
  /** On the leg `repayment`. */
  readonly repaymentUnits: bigint;
  /** On the leg `servicing`. */
  readonly servicingUnits: bigint;
}

/** What is payable on the two legs, whole satoshis, msat. */
export interface DueShares {
  readonly repaymentUnits: bigint;
  readonly servicingUnits: bigint;
}

/** Of what the bank was paid, what counts as repaid. */
export function countedServicing(
  { repaymentUnits, servicingUnits }: Serviced,
  bps: number,
): bigint {
  // FE-5: "A payment of `servicing` counts as repaid by the business as far as all of them come to
  // at most floor(repaid × `servicingBps` / (10,000 − `servicingBps`)), repaid being the sum of
  // `repayment`, both by the end of the day…"
  const most = (repaymentUnits * BigInt(bps)) / (BPS - BigInt(bps));
  return minimum(servicingUnits, most);
}

/** Shares an amount that is owed between the two legs. */
export function shareDue(owedUnits: bigint, paid: Serviced, bps: number, whole: bigint): DueShares {
  if (bps === 0) return { repaymentUnits: floorToWhole(owedUnits, whole), servicingUnits: 0n };
  const counted = countedServicing(paid, bps);
  const part = (totalUnits: bigint): bigint => (totalUnits * BigInt(bps)) / BPS;
  const repaidUnits = paid.repaymentUnits + counted;
  // FE-6: "…what the bank was paid too early counts as the investor is repaid…"
  const early = maximum(minimum(paid.servicingUnits, part(repaidUnits + owedUnits)) - counted, 0n);
  const wholeUnits = floorToWhole(maximum(owedUnits - early, 0n), whole);
  // FE-6: "…the bank's share is floor(T × `servicingBps` / 10,000) less what it was paid, rounded
  // down to a whole satoshi, T being all that will then be repaid; the rest is the investor's…"
  const share = part(repaidUnits + early + wholeUnits) - paid.servicingUnits;
  const servicingUnits = minimum(floorToWhole(maximum(share, 0n), whole), wholeUnits);
  const repaymentUnits = wholeUnits - servicingUnits;
  const after = {
    repaymentUnits: paid.repaymentUnits + repaymentUnits,
    servicingUnits: paid.servicingUnits + servicingUnits,
  };
  const leftUnits = repaidUnits + owedUnits - after.repaymentUnits - countedServicing(after, bps);
  // FE-6: "…one satoshi more where otherwise one would be left."
  return leftUnits < whole
    ? { repaymentUnits, servicingUnits }
    : { repaymentUnits: repaymentUnits + whole, servicingUnits };
}

/** What was paid on the two legs so far, day by day. */
export class ServicingAccount {
  readonly #bps: number;
  readonly #whole: bigint;
  #paid: Serviced = { repaymentUnits: 0n, servicingUnits: 0n };
  #countedUnits = 0n;

  constructor(bps: number, whole: bigint) {
    this.#bps = bps;
    this.#whole = whole;
  }

  /** Takes up a day's payments; what of servicing counts from that day on and did not before. */
  count(repaymentUnits: bigint, servicingUnits: bigint): bigint {
    const before = this.#countedUnits;
    this.#paid = {
      repaymentUnits: this.#paid.repaymentUnits + repaymentUnits,
      servicingUnits: this.#paid.servicingUnits + servicingUnits,
    };
    this.#countedUnits = countedServicing(this.#paid, this.#bps);
    return this.#countedUnits - before;
  }

  /** Servicing that does not count. */
  get excessUnits(): bigint {
    return this.#paid.servicingUnits - this.#countedUnits;
  }

  /** Shares an amount that is owed between investor and bank, in whole satoshis. */
  share(owedUnits: bigint): DueShares {
    return shareDue(owedUnits, this.#paid, this.#bps, this.#whole);
  }
}

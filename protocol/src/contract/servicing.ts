/**
 * The bank's share of each repayment: how much of what it was paid counts, and how what is owed is
 * shared between investor and bank. Spec: specs/fees.md, "Servicing".
 */
import { floorToSat, maximum, minimum } from '../money.ts';
import { BPS, DUST_MSAT } from '../params.ts';

/** What was repaid so far, msat. */
export interface Serviced {
  /** On the leg `repayment`. */
  readonly repaymentMsat: bigint;
  /** On the leg `servicing`. */
  readonly servicingMsat: bigint;
}

/** What is payable on the two legs, whole satoshis, msat. */
export interface DueShares {
  readonly repaymentMsat: bigint;
  readonly servicingMsat: bigint;
}

/** Of what the bank was paid, what counts as repaid. */
export function countedServicing({ repaymentMsat, servicingMsat }: Serviced, bps: number): bigint {
  // FE-5: "A payment of `servicing` counts as repaid by the business as far as all of them come to
  // at most floor(repaid × `servicingBps` / (10,000 − `servicingBps`)), repaid being the sum of
  // `repayment`, both by the end of the day…"
  const most = (repaymentMsat * BigInt(bps)) / (BPS - BigInt(bps));
  return minimum(servicingMsat, most);
}

/** Shares an amount that is owed between the two legs. */
export function shareDue(owedMsat: bigint, paid: Serviced, bps: number): DueShares {
  if (bps === 0) return { repaymentMsat: floorToSat(owedMsat), servicingMsat: 0n };
  const counted = countedServicing(paid, bps);
  const part = (totalMsat: bigint): bigint => (totalMsat * BigInt(bps)) / BPS;
  const repaidMsat = paid.repaymentMsat + counted;
  // FE-6: "…what the bank was paid too early counts as the investor is repaid…"
  const early = maximum(minimum(paid.servicingMsat, part(repaidMsat + owedMsat)) - counted, 0n);
  const wholeMsat = floorToSat(maximum(owedMsat - early, 0n));
  // FE-6: "…the bank's share is floor(T × `servicingBps` / 10,000) less what it was paid, rounded
  // down to a whole satoshi, T being all that will then be repaid; the rest is the investor's…"
  const share = part(repaidMsat + early + wholeMsat) - paid.servicingMsat;
  const servicingMsat = minimum(floorToSat(maximum(share, 0n)), wholeMsat);
  const repaymentMsat = wholeMsat - servicingMsat;
  const after = {
    repaymentMsat: paid.repaymentMsat + repaymentMsat,
    servicingMsat: paid.servicingMsat + servicingMsat,
  };
  const leftMsat = repaidMsat + owedMsat - after.repaymentMsat - countedServicing(after, bps);
  // FE-6: "…one satoshi more where otherwise one would be left."
  return leftMsat < DUST_MSAT
    ? { repaymentMsat, servicingMsat }
    : { repaymentMsat: repaymentMsat + DUST_MSAT, servicingMsat };
}

/** What was paid on the two legs so far, day by day. */
export class ServicingAccount {
  readonly #bps: number;
  #paid: Serviced = { repaymentMsat: 0n, servicingMsat: 0n };
  #countedMsat = 0n;

  constructor(bps: number) {
    this.#bps = bps;
  }

  /** Takes up a day's payments; what of servicing counts from that day on and did not before. */
  count(repaymentMsat: bigint, servicingMsat: bigint): bigint {
    const before = this.#countedMsat;
    this.#paid = {
      repaymentMsat: this.#paid.repaymentMsat + repaymentMsat,
      servicingMsat: this.#paid.servicingMsat + servicingMsat,
    };
    this.#countedMsat = countedServicing(this.#paid, this.#bps);
    return this.#countedMsat - before;
  }

  /** Servicing that does not count. */
  get excessMsat(): bigint {
    return this.#paid.servicingMsat - this.#countedMsat;
  }

  /** Shares an amount that is owed between investor and bank, in whole satoshis. */
  share(owedMsat: bigint): DueShares {
    return shareDue(owedMsat, this.#paid, this.#bps);
  }
}

/** Which bond an offer pins, as typed. Spec: specs/bonds.md, "Pinned". */
import type { OfferDocument, PinnedBond } from '@realyield/protocol';
import { BITCOIN } from '../../amount.ts';
import type { Pledges } from '../../engine/bonds/pledge-book.ts';
import type { FieldReader } from './read-fields.ts';

/** The bond behind an offer, as typed. */
export interface BondForm {
  /** `<pledge> <offer>` of an allocation; empty: none. */
  allocation: string;
  /** How much of it; empty: all. */
  amount: string;
}

/** What a pledge in force sets aside for an offer, published or not yet. */
export interface Allocation {
  readonly pledge: string;
  /** The identifier of the offer it is for. */
  readonly offer: string;
  readonly valueSat: bigint;
}

const SAT_MSAT = 1_000n;

/** What a bank's collateral bonds set aside now, the largest bond first. */
export function allocationsOf(
  pledges: Pledges,
  bank: string,
  network: OfferDocument['network'],
): Allocation[] {
  return pledges
    .ofBank(bank)
    .filter(({ document }) => document.holders !== undefined && document.network === network)
    .flatMap(({ document, event }) =>
      document.allocations.map(({ offer, valueSat }) => ({
        ...{ pledge: event.id, offer },
        valueSat: BigInt(valueSat),
      })),
    );
}

/** How the form names an allocation. */
export const nameOfAllocation = ({ pledge, offer }: Allocation): string => `${pledge} ${offer}`;

/** A form without a bond. */
export function emptyBondForm(): BondForm {
  return { allocation: '', amount: '' };
}

/** What a bond is pinned as, and the identifier its pledge knows the offer by. */
export interface PinRead {
  readonly bond?: PinnedBond;
  readonly identifier?: string;
}

/** Reads the bond; nothing where there is none. */
export function readPinned(
  form: BondForm,
  guarantee: OfferDocument['guarantee']['type'],
  known: readonly Allocation[],
  read: FieldReader,
): PinRead {
  const chosen = known.find((each) => nameOfAllocation(each) === form.allocation);
  if (!chosen) {
    if (form.allocation !== '') {
      read.wrong('bond.allocation', 'The bank has replaced that pledge: choose again.');
    } else if (guarantee === 'bond') {
      read.wrong('bond.allocation', 'Choose the bond that says how much the bank makes good.');
    }
    return {};
  }
  const allSat = chosen.valueSat;
  const typedMsat =
    form.amount.trim() === ''
      ? allSat * SAT_MSAT
      : read.amount('bond.amount', form.amount, BITCOIN, 'Say how much of it, or leave it empty');
  if (typedMsat > allSat * SAT_MSAT) {
    read.wrong('bond.amount', 'That is more than the pledge sets aside for it.');
  }
  return {
    bond: { pledge: chosen.pledge, allocationSat: (typedMsat / SAT_MSAT).toString() },
    identifier: chosen.offer,
  };
}

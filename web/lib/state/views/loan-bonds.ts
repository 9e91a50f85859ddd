/** The bonds behind an offer and behind one loan, with what they cover of it. */
import {
  allocatedTo,
  bondCover,
  bondShareOf,
  isCoveredUntilEnd,
  type ContractDocument,
  type ParsedOffer,
  type PinStanding,
} from '@realyield/protocol';
import { amountOfMsat } from '../../amount.ts';
import type { ParsedPledge } from '../../engine/bonds/pledge-book.ts';
import { formatShare } from '../../format.ts';
import type { Fact } from '../../ui/facts.ts';
import { allocationTo, doubtOf, msat, pledgesOf, satText, type BondsKnown } from './bond-cards.ts';
import { listed, type ListedBonds } from './bonds.ts';
import { pinningIn, pinningOf, pinWords, standingOfPin } from './pinned.ts';

/** The pledge by which what is pinned stands now, where there is one. */
function pledgeIn(standing: PinStanding | undefined): ParsedPledge | undefined {
  return standing && 'pledge' in standing ? standing.pledge : undefined;
}

/** How much of a sum lent stands behind it, in words. */
function exposureNote(coverMsat: bigint, lentUnits: bigint, isPinned: boolean): string {
  const covered = coverMsat < lentUnits ? coverMsat : lentUnits;
  return (
    `of ${satText(lentUnits)} that you lend, ${satText(covered)}` +
    `${isPinned ? '' : ' if all of it is lent'}; ${satText(lentUnits - covered)} are not covered`
  );
}

function untilEndFact(lasts: boolean): Fact {
  return {
    label: 'Covers until the end of the loan',
    text: lasts ? 'Yes' : 'No, so it does not count',
    note: lasts ? 'with time for a ruling after it' : 'a ruling on its last days comes too late',
  };
}

interface OfferedBond {
  /** The pledge as its bank signed it, before any payout. */
  readonly signed: ParsedPledge;
  readonly offer: ParsedOffer;
  readonly contract: ContractDocument | undefined;
  /** What the offer pins of this very pledge. */
  readonly pinned: ContractDocument['bond'];
}

/** What a live bond covers of a loan under an offer, in bitcoin. */
function coverFacts(pledge: ParsedPledge, about: OfferedBond): Fact[] {
  const { contract, offer, pinned, signed } = about;
  const { document } = offer;
  const soughtUnits = BigInt(document.amountSoughtUnits);
  if (!contract) return [];
  // BD-19: "…it shows how much stands behind the loan, and how much does not, before anybody
  // signs."
  const lasts = isCoveredUntilEnd(pledge.document.lockTimeSec, contract);
  if (!lasts || document.denomination.type !== 'msat' || soughtUnits === 0n) {
    return [untilEndFact(lasts)];
  }
  const [allocatedSat, leftSat] = [signed, pledge].map((each) =>
    allocatedTo(each, document.identifier),
  ) as [bigint, bigint];
  const lentUnits = BigInt(contract.principalUnits);
  const loan = { principalUnits: lentUnits, soughtUnits, pinned };
  const all = bondCover({ ...loan, principalUnits: soughtUnits }, allocatedSat, leftSat);
  return [
    {
      label: 'Covers of what is sought',
      text: formatShare(all < soughtUnits ? all : soughtUnits, soughtUnits),
      note: exposureNote(bondCover(loan, allocatedSat, leftSat), lentUnits, pinned !== undefined),
    },
    untilEndFact(lasts),
  ];
}

function offerFacts(
  pledge: ParsedPledge,
  about: OfferedBond,
  doubt: string | undefined,
): readonly Fact[] {
  if (!pledge.document.holders) return [];
  const setAside = allocationTo(pledge, about.offer.document.identifier);
  const label = 'Set aside for this offer';
  if (setAside === 0n) return [{ label, text: 'Nothing' }];
  const facts: Fact[] = [{ label, amount: amountOfMsat(setAside), note: doubt }];
  if (about.pinned) {
    facts.push({
      label: 'Named in the terms',
      amount: amountOfMsat(msat(about.pinned.allocationSat)),
      note: 'each loan keeps its share of it, whoever else lends',
    });
  }
  return doubt === undefined ? [...facts, ...coverFacts(pledge, about)] : facts;
}

/** A bank's bonds on the page of one of its offers: those set aside for it first. */
export function offerBonds(
  known: BondsKnown,
  offer: ParsedOffer,
  contract: ContractDocument | undefined,
  most: number,
): ListedBonds {
  const pinning = pinningOf(offer);
  const standing = pinning && standingOfPin(known, pinning);
  const behind = pledgeIn(standing);
  const isFor = (pledge: ParsedPledge): number =>
    Number(allocationTo(pledge, offer.document.identifier) > 0n) +
    Number(pledge.event.id === behind?.event.id);
  const pledges = [...pledgesOf(known.names, offer.event.pubkey)];
  pledges.sort((a, b) => isFor(b) - isFor(a));
  const factsOf = (pledge: ParsedPledge): readonly Fact[] => {
    const pinned = pledge.event.id === behind?.event.id ? offer.document.bond : undefined;
    const signed = known.names.catalog.listings.pledges.asSigned(pledge);
    return offerFacts(pledge, { signed, offer, contract, pinned }, doubtOf(known.check(pledge)));
  };
  const bonds = listed(known, pledges, most, factsOf, offer.document.identifier);
  return pinning && standing ? { ...bonds, pin: pinWords(pinning, standing) } : bonds;
}

function loanFacts(
  pledge: ParsedPledge,
  contract: ContractDocument,
  standing: PinStanding,
  doubt: string | undefined,
): Fact[] {
  const shareMsat = bondShareOf(contract) ?? 0n;
  const isPromised = contract.guarantee.type === 'bond';
  const facts: Fact[] = [
    {
      label: 'Of it, for this loan',
      amount: amountOfMsat(shareMsat),
      note: isPromised
        ? 'what the bank guarantees at most, and the most a ruling is paid from it'
        : 'the most a ruling is paid from it',
    },
  ];
  if (standing.state === 'replaced' || standing.state === 'wrong') {
    facts.push({
      label: 'Set aside for its offer now',
      amount: amountOfMsat(msat(standing.allocatedSat)),
    });
  }
  if (doubt !== undefined)
    return [...facts, { label: 'Covers the loan', text: 'Not known', note: doubt }];
  return [...facts, untilEndFact(isCoveredUntilEnd(pledge.document.lockTimeSec, contract))];
}

/** The bond that a contract pins, on its page; undefined where it pins none. */
export function contractBond(
  known: BondsKnown,
  contract: ContractDocument,
): ListedBonds | undefined {
  const pinning = pinningIn(contract);
  if (!pinning) return undefined;
  const standing = standingOfPin(known, pinning);
  const signed = pledgeIn(standing);
  // As payouts have left it: that is what the chain is asked about.
  const pledge = signed && known.names.catalog.listings.pledges.find(signed.event.id);
  const factsOf = (each: ParsedPledge): readonly Fact[] =>
    loanFacts(each, contract, standing, doubtOf(known.check(each)));
  const bonds = listed(known, pledge ? [pledge] : [], 1, factsOf, pinning.identifier);
  return { ...bonds, pin: pinWords(pinning, standing) };
}

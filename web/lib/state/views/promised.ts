/** What a bank has promised of a bond, and what of it is more than there is, in words. */
import {
  computeBondPromises,
  offerAddress,
  shareTakenSat,
  type AllocationsInForce,
  type BondPromises,
  type ParsedOffer,
  type PinnedBond,
  type PledgeDocument,
  type PromisedLoan,
  type PromisingOffer,
} from '@realyield/protocol';
import type { ParsedPledge } from '../../engine/bonds/pledge-book.ts';
import { cleanLine } from '../../ui/text.ts';
import { allocationTo, msat, pledgesOf, satText, type BondsKnown } from './bond-cards.ts';
import { leftUnits } from './offers.ts';
import { pinningOf, standingOfPin } from './pinned.ts';

type Known = Pick<BondsKnown, 'names' | 'nowSec'>;

/** What a bank is about to sign. */
export interface PromiseDraft {
  /** In place of the pledge's. */
  readonly allocations?: PledgeDocument['allocations'];
  /** In place of the newest version of an offer. */
  readonly offer?: {
    readonly identifier: string;
    readonly bond: PinnedBond;
    readonly soughtUnits: bigint;
  };
}

/** At most so many offers are spoken of one by one. */
const MOST_OFFERS = 3;

function inForceOf(
  { names }: Known,
  pledge: ParsedPledge,
  { allocations }: PromiseDraft,
): AllocationsInForce[] {
  const { pledges } = names.catalog.listings;
  const others = pledges
    .versionsOf(pledge)
    .filter((each) => pledges.isInForce(each))
    .filter(({ event }) => allocations === undefined || event.id !== pledge.event.id)
    .map((each) => ({
      signed: each.document.allocations,
      left: pledges.find(each.event.id)?.document.allocations ?? [],
    }));
  return allocations ? [{ signed: allocations, left: allocations }, ...others] : others;
}

function offersOf({ names, nowSec }: Known, bank: string, draft: PromiseDraft): PromisingOffer[] {
  const { catalog } = names;
  const published = catalog.offers().filter(({ event }) => event.pubkey === bank);
  const offers = published.map((offer): PromisingOffer => {
    const { amountSoughtUnits, bond, expiresAtSec, identifier, status } = offer.document;
    const isOpen = status === 'open' && expiresAtSec > nowSec;
    const openUnits = isOpen ? leftUnits(names, offer) : 0n;
    return { identifier, bond, soughtUnits: BigInt(amountSoughtUnits), openUnits };
  });
  if (!draft.offer) return offers;
  const { bond, identifier, soughtUnits } = draft.offer;
  const before = catalog.offer(offerAddress(bank, identifier));
  const lentUnits = before
    ? BigInt(before.document.amountSoughtUnits) - leftUnits(names, before)
    : 0n;
  // Given last: it takes the place of the version before.
  return [...offers, { identifier, bond, soughtUnits, openUnits: soughtUnits - lentUnits }];
}

function loansOf({ names }: Known, bank: string): PromisedLoan[] {
  const { catalog } = names;
  return catalog.rootsOfBank(bank).flatMap((root): PromisedLoan[] => {
    const state = catalog.contract(root)?.fold.state;
    if (state?.status !== 'effective' && state?.status !== 'defaulted') return [];
    const cases = catalog.cases.ofContract(root).map(({ fold }) => fold);
    const takenSat = shareTakenSat(root, cases);
    return [{ root, document: state.contract.document, takenSat }];
  });
}

/** What is promised of the bond of a pledge, by all that is known here and what is drafted. */
export function promisesOf(
  known: Known,
  pledge: ParsedPledge,
  draft: PromiseDraft = {},
): BondPromises {
  const { pledges } = known.names.catalog.listings;
  const bank = pledge.event.pubkey;
  const now = pledges.find(pledge.event.id) ?? pledge;
  const versions = pledges.versionsOf(pledge);
  const bond = {
    valueSat: BigInt(now.document.valueSat),
    inForce: inForceOf(known, pledge, draft),
    pledges: new Set(versions.map(({ event }) => event.id)),
  };
  return computeBondPromises(bond, offersOf(known, bank, draft), loansOf(known, bank));
}

/** Sentences on what is promised and not there; of one offer, or of all of them. */
export function promiseWords(
  { names }: Known,
  bank: string,
  { offers, promisedSat, valueSat }: BondPromises,
  only?: string,
): string[] {
  const text = (valueSats: bigint): string => satText(msat(valueSats));
  // BD-36: "…It MUST say in satoshis where that is more than the bond holds, and where more was
  // signed for an offer than is set aside for it…"
  const all =
    promisedSat > valueSat
      ? [
          `The bank has promised ${text(promisedSat)} of this bond, ` +
            `${text(promisedSat - valueSat)} more than it holds. ` +
            'Who is ruled on first is paid first.',
        ]
      : [];
  const short = offers
    .filter((each) => each.promisedSat > each.allocatedSat)
    .filter(({ offer }) => only === undefined || offer === only)
    .slice(0, MOST_OFFERS)
    .map(({ allocatedSat, offer, promisedSat: each }) => {
      const title = names.catalog.offer(offerAddress(bank, offer))?.document.title ?? offer;
      const aside = allocatedSat === 0n ? 'nothing is' : `${text(allocatedSat)} are`;
      return (
        `Loans under “${cleanLine(title, 60)}” are promised ${text(each)} of it, ` +
        `and ${aside} set aside for them.`
      );
    });
  return [...all, ...short];
}

/** The same of the bond behind an offer, before somebody lends under it; nothing without one. */
export function offerPromiseWords(known: Known, offer: ParsedOffer): string[] {
  const { document, event } = offer;
  const pinning = pinningOf(offer);
  const standing = pinning && standingOfPin(known, pinning);
  const pledge =
    standing && 'pledge' in standing
      ? standing.pledge
      : pledgesOf(known.names, event.pubkey).find(
          (each) => allocationTo(each, document.identifier) > 0n,
        );
  if (!pledge) return [];
  return promiseWords(known, event.pubkey, promisesOf(known, pledge), document.identifier);
}

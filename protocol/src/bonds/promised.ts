/**
 * What a bank has promised of a bond, by all that it has signed: a pledge can be replaced and an
 * offer written anew, and what was signed before stands all the same. Spec: specs/bonds.md,
 * "Promised".
 */
import { bondShareOf, computeBondShare, offerIn } from '../contract/bond-share.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { PinnedBond, PledgeDocument } from '../kinds/bond.ts';
import { divideFloor, maximum, minimum, WIRE_AMOUNT } from '../money.ts';
import { DUST_MSAT } from '../params.ts';
import { allocatedTo, type ParsedPledge } from './pinned.ts';

/** What a pledge in force sets aside. */
export interface AllocationsInForce {
  readonly signed: PledgeDocument['allocations'];
  /** Less what payouts took since. */
  readonly left: PledgeDocument['allocations'];
}

/** A bond as it lies on the chain, and what its bank has said of it. */
export interface PromisingBond {
  /** What it holds now, satoshis. */
  readonly valueSat: bigint;
  /** One, unless a bank pledges an output twice. */
  readonly inForce: readonly AllocationsInForce[];
  /** Ids of all pledges of it, replaced ones too. */
  readonly pledges: ReadonlySet<string>;
}

/** The newest version of an offer of the bank. */
export interface PromisingOffer {
  readonly identifier: string;
  readonly bond?: PinnedBond | undefined;
  readonly soughtUnits: bigint;
  /** What can still be lent under it: nothing where it is open no more. */
  readonly openUnits: bigint;
}

/** A contract of the bank that runs. */
export interface PromisedLoan {
  readonly root: string;
  readonly document: ContractDocument;
  /** What payouts took of its share, satoshis. */
  readonly takenSat: bigint;
}

/** What is promised to the loans of one offer, satoshis. */
export interface OfferPromise {
  readonly offer: string;
  readonly promisedSat: bigint;
  /** What pledges in force set aside for it. */
  readonly allocatedSat: bigint;
}

/** What is promised of a bond, satoshis. */
export interface BondPromises {
  readonly valueSat: bigint;
  readonly promisedSat: bigint;
  /** In the order of their identifiers, those that are promised something. */
  readonly offers: readonly OfferPromise[];
}

/** The identifier of the offer a contract is under; empty where it embeds none. */
function identifierIn(document: ContractDocument): string {
  const { identifier } = offerIn(document);
  return typeof identifier === 'string' ? identifier : '';
}

/** What a pledge in force sets aside for an offer: of several the most. */
function setAside(
  { inForce }: PromisingBond,
  identifier: string,
  which: keyof AllocationsInForce,
): bigint {
  const found = inForce
    .flatMap((each) => each[which])
    .filter(({ offer }) => offer === identifier)
    .map(({ valueSat }) => BigInt(valueSat));
  return found.reduce(maximum, 0n);
}

/** The share of a principal in an allocation, msat: never more than all of it. */
function shareOf(allocatedSat: bigint, principalUnits: bigint, sought: unknown): bigint {
  if (typeof sought !== 'string' || !WIRE_AMOUNT.test(sought) || sought === '0') return 0n;
  const soughtUnits = BigInt(sought);
  const lentUnits = minimum(principalUnits, soughtUnits);
  return computeBondShare(allocatedSat.toString(), lentUnits, soughtUnits);
}

/** What a running contract can still ask of a bond by what was signed, satoshis. */
function loanSat(bond: PromisingBond, { document, takenSat }: PromisedLoan): bigint {
  const { bond: pinned, principalUnits } = document;
  if (pinned && !bond.pledges.has(pinned.pledge)) return 0n;
  const { amountSoughtUnits: sought } = offerIn(document);
  const shareMsat = pinned
    ? (bondShareOf(document) ?? 0n)
    : shareOf(setAside(bond, identifierIn(document), 'signed'), BigInt(principalUnits), sought);
  return maximum(shareMsat / DUST_MSAT - takenSat, 0n);
}

/** What loans that an offer still invites would be promised, satoshis. */
function openSat(bond: PromisingBond, offer: PromisingOffer): bigint {
  const { bond: pinned, openUnits, soughtUnits } = offer;
  if (!pinned || !bond.pledges.has(pinned.pledge) || soughtUnits <= 0n) return 0n;
  const lentUnits = minimum(maximum(openUnits, 0n), soughtUnits);
  return divideFloor(BigInt(pinned.allocationSat) * lentUnits, soughtUnits);
}

/**
 * What is promised of a bond, whatever order and however often what was signed is given in;
 * contracts in a currency are given a share of no bond.
 */
export function computeBondPromises(
  bond: PromisingBond,
  offers: readonly PromisingOffer[],
  loans: readonly PromisedLoan[],
): BondPromises {
  const signedSat = new Map<string, bigint>();
  const add = (identifier: string, valueSat: bigint): void => {
    signedSat.set(identifier, (signedSat.get(identifier) ?? 0n) + valueSat);
  };
  for (const offer of new Map(offers.map((each) => [each.identifier, each])).values()) {
    add(offer.identifier, openSat(bond, offer));
  }
  for (const loan of new Map(loans.map((each) => [each.root, each])).values()) {
    const isBitcoin = loan.document.denomination.type === 'msat';
    if (isBitcoin) add(identifierIn(loan.document), loanSat(bond, loan));
  }
  for (const { offer } of bond.inForce.flatMap(({ left }) => left)) add(offer, 0n);
  const promised = [...signedSat].map(([offer, valueSat]): OfferPromise => {
    const allocatedSat = setAside(bond, offer, 'left');
    // BD-36: "…the larger of what a pledge in force sets aside for it and what was signed for it…"
    return { offer, allocatedSat, promisedSat: maximum(allocatedSat, valueSat) };
  });
  const some = promised.filter(({ promisedSat }) => promisedSat > 0n);
  return {
    valueSat: bond.valueSat,
    promisedSat: some.reduce((sum, { promisedSat }) => sum + promisedSat, 0n),
    offers: some.sort((a, b) => (a.offer < b.offer ? -1 : 1)),
  };
}

/**
 * The most that rulings pay a contract out of a pledged bond, msat, before any payout; undefined
 * where they pay it nothing. The pledge is as its bank signed it.
 */
export function payableShareMsat(
  document: ContractDocument,
  pledge: ParsedPledge,
): bigint | undefined {
  const { bond, denomination, network, parties, principalUnits } = document;
  const { document: pledged, event } = pledge;
  // BD-37: "A payout MUST pay a contract nothing out of a bond that is not its bank's on its
  // network, is time-locked, or is pledged by another event than the one it pins…"
  const isItsBanks = event.pubkey === parties.bank.pubkey && pledged.network === network;
  if (!isItsBanks || !pledged.holders || denomination.type !== 'msat') return undefined;
  if (bond && bond.pledge !== event.id) return undefined;
  // BD-37: "…and no more than its share of what that pledge sets aside for its offer, whatever the
  // contract says."
  const allocatedSat = allocatedTo(pledge, identifierIn(document));
  const namedSat = bond ? minimum(BigInt(bond.allocationSat), allocatedSat) : allocatedSat;
  if (namedSat === 0n) return undefined;
  return shareOf(namedSat, BigInt(principalUnits), offerIn(document)['amountSoughtUnits']);
}

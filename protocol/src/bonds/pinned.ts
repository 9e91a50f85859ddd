/**
 * Whether what an offer or contract pins of a bond is what its bank pledged, and still does: a
 * view of the pledges that are known. Spec: specs/bonds.md, "Pinned".
 */
import type { PinnedBond, PledgeDocument } from '../kinds/bond.ts';
import type { OfferDocument } from '../kinds/listings.ts';
import type { ParsedBond } from '../parsed.ts';

/** A pledge that was read. */
export type ParsedPledge = ParsedBond & { readonly document: PledgeDocument };

/** Which offer pins a bond, and whose it is. */
export interface PinningOffer extends Pick<OfferDocument, 'identifier' | 'network'> {
  readonly bank: string;
}

/** Why what is pinned is not what the bank pledged. */
export type WrongPin = 'noPledge' | 'otherBank' | 'otherNetwork' | 'timeLocked' | 'less';

/** How what is pinned stands by the pledges that are known. */
export type PinStanding =
  /** The event that is pinned has not been seen: nothing is known of it. */
  | { readonly state: 'unseen' }
  | {
      readonly state: 'wrong';
      readonly reason: WrongPin;
      /** What it allocates to the offer all the same. */
      readonly allocatedSat: bigint;
      /** Where it is one of this bank on this network. */
      readonly pledge?: ParsedPledge;
    }
  | { readonly state: 'kept'; readonly pledge: ParsedPledge; readonly allocatedSat: bigint }
  /** The bank has said something else since: the pledge in force, of several the one of least. */
  | { readonly state: 'replaced'; readonly pledge: ParsedPledge; readonly allocatedSat: bigint };

function isPledge(parsed: ParsedBond): parsed is ParsedPledge {
  return parsed.document.type === 'pledge';
}

/** What a pledge allocates to an offer, satoshis. */
export function allocatedTo({ document }: ParsedPledge, identifier: string): bigint {
  const found = document.allocations.find(({ offer }) => offer === identifier);
  return BigInt(found?.valueSat ?? 0);
}

/** What took the place of a pledge and is in force: itself where nothing did. */
function inForceAfter(pledge: ParsedPledge, own: readonly ParsedPledge[]): ParsedPledge[] {
  const after = new Map<string, ParsedPledge[]>();
  for (const each of own) {
    const { replaces } = each.document;
    if (replaces === undefined) continue;
    const known = after.get(replaces);
    if (known) known.push(each);
    else after.set(replaces, [each]);
  }
  const inForce: ParsedPledge[] = [];
  const waiting = [pledge];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const successors = after.get(next.event.id);
    if (successors) waiting.push(...successors);
    else inForce.push(next);
  }
  return inForce;
}

const isFor = ({ document }: ParsedPledge, { network }: PinningOffer): boolean =>
  document.network === network && document.holders !== undefined;

/**
 * How what an offer pins stands; `known` are the pledges that have been seen, at least those of
 * its bank.
 */
export function pinStanding(
  pinned: PinnedBond,
  offer: PinningOffer,
  known: readonly ParsedBond[],
): PinStanding {
  // BD-33: "A client MUST show what is pinned as unverified as long as it has not seen the pledge;
  // as wrong, in words, where the event is no pledge of that bank on that network, is of a
  // time-locked bond, or allocates less to that offer than is pinned…"
  const found = known.find(({ event }) => event.id === pinned.pledge);
  if (!found) return { state: 'unseen' };
  const wrong = (reason: WrongPin): PinStanding => ({ state: 'wrong', reason, allocatedSat: 0n });
  if (!isPledge(found)) return wrong('noPledge');
  if (found.event.pubkey !== offer.bank) return wrong('otherBank');
  if (found.document.network !== offer.network) return wrong('otherNetwork');
  if (!found.document.holders) return wrong('timeLocked');
  const allocatedSat = allocatedTo(found, offer.identifier);
  if (allocatedSat < BigInt(pinned.allocationSat)) {
    return { state: 'wrong', reason: 'less', allocatedSat, pledge: found };
  }
  // BD-33: "…and, where the bank has replaced it since, with what the pledge in force allocates to
  // that offer, never as if nothing had changed."
  const own = known.filter(isPledge).filter(({ event }) => event.pubkey === offer.bank);
  const [pledge = found, ...others] = inForceAfter(found, own);
  if (pledge === found) return { state: 'kept', pledge, allocatedSat };
  const allocations = [pledge, ...others].map((each) => ({
    pledge: each,
    allocatedSat: isFor(each, offer) ? allocatedTo(each, offer.identifier) : 0n,
  }));
  const least = allocations.reduce((a, b) => (b.allocatedSat < a.allocatedSat ? b : a));
  return { state: 'replaced', ...least };
}

/** Whether an offer's funding is reached, for one contract. Spec: specs/notices.md, "Funding". */
import type { ParsedEvent, ParsedNotice } from '../events.ts';
import { Kind } from '../kinds.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { reject, type Reject } from '../result.ts';
import { offerAddress } from '../tags.ts';
import type { Draft } from './draft.ts';
import type { Cohort, Equivocation, FundingStatus } from './state.ts';

/** The address of the offer a contract rests on. */
export function offerAddressOf({ bases, parties }: ContractDocument): string {
  const offer = bases.find(({ event }) => event.kind === Kind.offer);
  return offerAddress(parties.bank.pubkey, String(offer?.event.content['identifier']));
}

/** The bank says that funding of the contract's offer is reached, or has failed. */
export function applyFunding(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const notice = parsed as ParsedNotice;
  const { document, event } = notice;
  if (!('offer' in document)) return reject('OFFER_MISMATCH');
  const terms = draft.contract.document;
  // N-7: "A notice about funding counts for a contract that it names and that rests on a version of
  // the offer at its address; otherwise it is refused as `OFFER_MISMATCH`…"
  if (document.offer.address !== offerAddressOf(terms)) return reject('OFFER_MISMATCH', 'offer');
  const { deadlineAtSec = Infinity } = terms.funding;
  // N-8: "A `fundingReached` dated after the contract's deadline is refused as `FUNDING_LATE`."
  const isLate = document.type === 'fundingReached' && event.created_at > deadlineAtSec;
  if (isLate) return reject('FUNDING_LATE', String(deadlineAtSec));
  draft.funding.push(notice);
  return undefined;
}

/** Least (time, id) of the notices of a type that count. */
function firstOf(draft: Draft, type: 'fundingReached' | 'fundingFailed'): ParsedNotice | undefined {
  return draft.funding.find(({ document }) => document.type === type);
}

/** How funding stands, and whether the bank said both. */
export function resolveFunding(draft: Draft): {
  readonly funding: FundingStatus;
  readonly contradictions: readonly Equivocation[];
} {
  const reached = firstOf(draft, 'fundingReached');
  const failed = firstOf(draft, 'fundingFailed');
  const contradictions: Equivocation[] = [];
  if (reached && failed) {
    const [least, most] = [reached.event.id, failed.event.id].sort() as [string, string];
    const { pubkey: author } = failed.event;
    contradictions.push({ reason: 'contradictory funding', author, events: [least, most] });
  }
  // N-9: "Funding that is required has failed when a `fundingFailed` counts, whatever else the bank
  // says; otherwise it is reached when a `fundingReached` counts. A contract for which both count
  // is reported with the least (`created_at`, id) of each as `contradictory funding`."
  const stated = failed ? 'failed' : reached ? 'reached' : 'open';
  const { required } = draft.contract.document.funding;
  return { funding: required ? stated : 'notRequired', contradictions };
}

/** Who is paid out in step with a contract; undefined while no notice says so. */
export function cohortOf(draft: Draft): Cohort | undefined {
  // P-26: "…The cohort of a contract is the list of contracts of the `fundingReached` notice with
  // the least (`created_at`, id) of those that count for it…"
  const reached = firstOf(draft, 'fundingReached')?.document;
  if (reached?.type !== 'fundingReached') return undefined;
  return { contracts: reached.contracts, totalUnits: BigInt(reached.totalUnits) };
}

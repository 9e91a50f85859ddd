/** What business and bank check before they countersign a proposal. */
import {
  checkAgainstOffer,
  offerAddress,
  reject,
  type ParsedContract,
  type ParsedOffer,
  type Reject,
} from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';
import { feeProblem } from './fee-check.ts';

/** How far a proposal's start may lie from its own date, and ahead of our clock. */
const START_TOLERANCE_SEC = 900;

/** Principal of the contracts in effect under an offer, msat, without one of them. */
function fundedUnits(desk: Desk, offer: ParsedOffer, except: string): bigint {
  return desk.catalog
    .contractsOf(offer)
    .filter(({ root }) => root !== except)
    .map(({ fold }) => fold.state)
    .filter((state) => state.effectiveAtSec !== undefined)
    .reduce((sum, state) => sum + BigInt(state.contract.document.principalUnits), 0n);
}

function startProblem(desk: Desk, parsed: ParsedContract): Reject | undefined {
  const driftSec = Math.abs(parsed.document.startAtSec - parsed.event.created_at);
  const ageSec = desk.clock.nowSec() - parsed.document.startAtSec;
  const isOff = driftSec > START_TOLERANCE_SEC || ageSec < -START_TOLERANCE_SEC;
  return isOff ? reject('CONTENT_TERMS', 'startAtSec') : undefined;
}

/**
 * Why a proposal should not be signed: its terms are not the newest offer's, its start is off,
 * or it would take more than is sought. Undefined when nothing stands against it.
 */
export function proposalProblem(desk: Desk, contract: OwnContract): Reject | undefined {
  const parsed = contract.view.fold.state.contract;
  const base = parsed.document.bases.find((entry) => entry.as === 'offer');
  const offer = desk.catalog.offer(base?.event.id ?? '');
  if (!offer) return reject('OFFER_MISMATCH', 'unknown offer version');
  const checked = checkAgainstOffer(parsed, offer);
  if (!checked.ok) return checked;
  const unpayable = feeProblem(parsed.document);
  if (unpayable) return unpayable;
  const address = offerAddress(offer.event.pubkey, offer.document.identifier);
  if (desk.catalog.offer(address)?.event.id !== offer.event.id) {
    return reject('OFFER_MISMATCH', 'a newer version of the offer is published');
  }
  const leftUnits =
    BigInt(offer.document.amountSoughtUnits) - fundedUnits(desk, offer, contract.view.root);
  if (BigInt(parsed.document.principalUnits) > leftUnits) {
    return reject('CONTENT_TERMS', 'amountSoughtUnits');
  }
  return startProblem(desk, parsed);
}

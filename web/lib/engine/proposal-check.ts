/** What business and bank check before they countersign a proposal. */
import {
  canonicalize,
  checkAgainstOffer,
  offerAddress,
  rebuildContract,
  reject,
  type ParsedContract,
  type ParsedOffer,
  type Reject,
} from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';

/** How far a proposal's start may lie from its own date, and ahead of our clock. */
const START_TOLERANCE_SEC = 900;

/** Principal of the contracts in effect under an offer, in ledger units, without one of them. */
function fundedUnits(desk: Desk, offer: ParsedOffer, except: string): bigint {
  return desk.catalog
    .contractsOf(offer)
    .filter(({ root }) => root !== except)
    .map(({ fold }) => fold.state)
    .filter((state) => state.effectiveAtSec !== undefined)
    .reduce((sum, state) => sum + BigInt(state.contract.document.principalUnits), 0n);
}

function startProblem(desk: Desk, parsed: ParsedContract): Reject | undefined {
  const { startAtSec, counters } = parsed.document;
  const driftSec = Math.abs(startAtSec - parsed.event.created_at);
  const ageSec = desk.clock.nowSec() - startAtSec;
  // A counter-proposal keeps the dates of the proposal it answers, which were looked at then.
  const isDrifted = counters === undefined && driftSec > START_TOLERANCE_SEC;
  const isOff = isDrifted || ageSec < -START_TOLERANCE_SEC;
  return isOff ? reject('CONTENT_TERMS', 'startAtSec') : undefined;
}

/** Why a counter-proposal is none that this client can show whole, or answers nothing. */
function counterProblem(desk: Desk, { document }: ParsedContract, offer: ParsedOffer) {
  const answered = desk.catalog.contract(document.counters ?? '')?.fold.state;
  if (answered?.contract.document.startAtSec !== document.startAtSec) {
    return reject('OFFER_MISMATCH', 'counters');
  }
  // Both would be owed: the first is in force.
  if (answered.effectiveAtSec !== undefined) return reject('STATE_FORBIDS', 'counters');
  const rebuilt = rebuildContract(document, offer);
  if (!rebuilt.ok) return rebuilt;
  const { rateBps, dayCount, plan, default: terms } = document;
  const changed = { ...rebuilt.value, rateBps, dayCount, plan, default: terms };
  const isSame = canonicalize(changed) === canonicalize(document);
  return isSame ? undefined : reject('OFFER_MISMATCH');
}

/** Why terms are not what the offer makes of them, or of what a counter-proposal may change. */
function termsProblem(desk: Desk, parsed: ParsedContract, offer: ParsedOffer): Reject | undefined {
  if (parsed.document.counters !== undefined) return counterProblem(desk, parsed, offer);
  const checked = checkAgainstOffer(parsed, offer);
  return checked.ok ? undefined : checked;
}

/**
 * Why a proposal should not be signed: it has expired, its terms are neither the newest offer's nor
 * a counter-proposal's, its start is off, or it would take more than is sought. Undefined when
 * nothing stands against it.
 */
export function proposalProblem(desk: Desk, contract: OwnContract): Reject | undefined {
  const parsed = contract.view.fold.state.contract;
  const base = parsed.document.bases.find((entry) => entry.as === 'offer');
  const offer = desk.catalog.offer(base?.event.id ?? '');
  if (!offer) return reject('OFFER_MISMATCH', 'unknown offer version');
  const { expiresAtSec } = parsed.document;
  const isExpired = desk.clock.nowSec() > expiresAtSec;
  if (isExpired) return reject('PROPOSAL_EXPIRED', String(expiresAtSec));
  const wrong = termsProblem(desk, parsed, offer);
  if (wrong) return wrong;
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

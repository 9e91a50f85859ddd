/**
 * Checks a schema cannot express: terms of one document that must agree with each other.
 * Spec: specs/listings.md "Terms", specs/contract.md "Terms", specs/payments.md "Terms".
 * Each function names the first contradiction, or returns undefined.
 */
import { wholeOf } from './denomination.ts';
import { legalContradiction } from './legal.ts';
import { badPinnedBond, bondShareOf, computeBondShare } from './contract/bond-share.ts';
import { guaranteeLimit } from './contract/guarantee.ts';
import { withheldFee } from './contract/legs.ts';
import { lastDueAtSec, leastTermDaysOf } from './contract/plan.ts';
import { DAY_SEC, MAX_TICKS, REGISTER_START } from './params.ts';
import { badContractPlan, badOfferPlan } from './plan-terms.ts';
import { Kind } from './kinds.ts';
import { reject, type Reject } from './result.ts';
import type { ContractDocument, SignatureDocument } from './kinds/agreement.ts';
import type { Denomination } from './kinds/denomination.ts';
import type { OfferDocument } from './kinds/listings.ts';
import type { NoticeDocument, ReceiptDocument, RequestDocument } from './kinds/money-events.ts';
import type { PriceDocument } from './kinds/price.ts';
import type { TenderAnswerDocument, TenderDocument } from './kinds/tender.ts';
import { contractUndertakings, offerUndertakings } from './undertakings.ts';

const terms = (detail: string): Reject => reject('CONTENT_TERMS', detail);

function isWhole(amount: string, denomination: Denomination): boolean {
  return BigInt(amount) > 0n && BigInt(amount) % wholeOf(denomination) === 0n;
}

function badOracles(denomination: Denomination, parties: readonly string[]): Reject | undefined {
  if (denomination.type === 'msat') return undefined;
  const { oracles, quorum } = denomination;
  // PR-3: "A reader MUST refuse an offer or contract as `CONTENT_TERMS` the quorum of which is not
  // more than half of its oracles or more than all of them, or an oracle of which is a party."
  if (quorum * 2 <= oracles.length || quorum > oracles.length) return terms('quorum');
  return oracles.some((key) => parties.includes(key)) ? terms('oracles') : undefined;
}

function badDay(network: string, daySec: number): boolean {
  // L-1: "A reader MUST refuse an offer or contract whose `daySec` is not 86,400, unless its
  // network is regtest…"
  return network !== 'regtest' && daySec !== DAY_SEC;
}

function countTicks(tranches: readonly { readonly ticks: number }[]): number {
  return tranches.reduce((sum, tranche) => sum + tranche.ticks, 0);
}

function isEmptyGuarantee(
  { guarantee: terms, denomination }: OfferDocument | ContractDocument,
  principalUnits: string,
): boolean {
  // What a bond stands for is looked at where it is pinned.
  if (terms.type === 'none' || terms.type === 'bond') return false;
  const lent = BigInt(principalUnits);
  const claim = { disbursedUnits: lent, outstandingUnits: lent, interestOwedUnits: 0n };
  // D-1: "A reader MUST refuse an offer or contract as `CONTENT_TERMS` whose guarantee would be
  // less than one satoshi of the smallest loan under it."
  return guaranteeLimit(terms, claim, wholeOf(denomination)) === 0n;
}

/** The share of an offer's smallest loan in the bond it pins. */
function leastBondShare({ bond, ...offer }: OfferDocument): bigint | undefined {
  if (!bond) return undefined;
  const { amountSoughtUnits, minimumTicketUnits } = offer;
  return computeBondShare(
    bond.allocationSat,
    BigInt(minimumTicketUnits),
    BigInt(amountSoughtUnits),
  );
}

/** Contradictions within an offer. */
export function offerContradiction(document: OfferDocument): Reject | undefined {
  if (badDay(document.network, document.daySec)) return terms('daySec');
  // L-2: "…is not a positive whole number of satoshis, or whose minimums exceed the amount
  // sought…"
  for (const field of ['amountSoughtUnits', 'minimumTicketUnits', 'minimumTotalUnits'] as const) {
    if (!isWhole(document[field], document.denomination)) return terms(field);
  }
  const badPrices = badOracles(document.denomination, [document.business.pubkey]);
  if (badPrices) return badPrices;
  const sought = BigInt(document.amountSoughtUnits);
  if (BigInt(document.minimumTicketUnits) > sought) return terms('minimumTicketUnits');
  if (BigInt(document.minimumTotalUnits) > sought) return terms('minimumTotalUnits');
  const wrong = badOfferPlan(document);
  if (wrong !== undefined) return terms(wrong);
  const termDays = leastTermDaysOf(document.plan);
  // L-7: "A reader MUST refuse an offer whose attester is the business…"
  if (document.attester === document.business.pubkey) return terms('attester');
  const badLegal = legalContradiction(document.legal);
  if (badLegal !== undefined) return terms(badLegal);
  if (isEmptyGuarantee(document, document.minimumTicketUnits)) return terms('guarantee');
  const badBond = badPinnedBond(document, leastBondShare(document));
  if (badBond !== undefined) return terms(badBond);
  let shares = 0;
  let lastDay = 0;
  for (const tranche of document.tranches) {
    shares += tranche.shareBps;
    // L-4: "…a tranche starts before the stream of the one before it ends, streams longer than its
    // window, or has a window that ends after the last due day."
    if (tranche.streamDays > tranche.windowDays) return terms('streamDays');
    if (tranche.startDay < lastDay) return terms('startDay');
    lastDay = tranche.startDay + tranche.streamDays;
    if (tranche.startDay + tranche.windowDays > termDays) return terms('windowDays');
    // J-5: "…with a tranche that lapses within the cooling-off period counted from the start…"
    if (tranche.startDay + tranche.windowDays <= document.coolingOffDays) {
      return terms('coolingOffDays');
    }
    // L-5: "…a tick of the minimum ticket, what is withheld taken off, would be less than one
    // satoshi, or which has more than 100,000 ticks in all."
    const least = (BigInt(document.minimumTicketUnits) * BigInt(tranche.shareBps)) / 10_000n;
    const streamed = least - withheldFee(least, document);
    if (streamed < BigInt(tranche.ticks) * wholeOf(document.denomination)) return terms('ticks');
  }
  // L-3: "A reader MUST refuse an offer whose tranche shares do not add up to 10,000…"
  if (shares !== 10_000) return terms('shareBps');
  if (countTicks(document.tranches) > MAX_TICKS) return terms('ticks');
  return offerUndertakings(document);
}

const BASE_KINDS = {
  offer: Kind.offer,
  attestation: Kind.attestation,
  consent: Kind.signature,
  appointment: Kind.signature,
} as const;

function badBases(bases: ContractDocument['bases']): Reject | undefined {
  const ids = bases.map((base) => base.event.id);
  if (new Set(ids).size !== ids.length) return terms('bases');
  const isRight = bases.every((base) => base.event.kind === BASE_KINDS[base.as]);
  return isRight ? undefined : terms('bases');
}

function badParties({ parties, attester }: ContractDocument): Reject | undefined {
  const keys = Object.values(parties).map((party) => party.pubkey);
  // C-1: "A reader MUST refuse a contract in which one key holds two roles…"
  if (new Set(keys).size !== keys.length) return terms('parties');
  // C-28: "A reader MUST refuse a contract whose attester is its investor or business…"
  const isParty = [parties.investor.pubkey, parties.business.pubkey].some(
    (key) => key === attester,
  );
  return isParty ? terms('attester') : undefined;
}

/** Contradictions within a contract. */
export function contractContradiction(document: ContractDocument): Reject | undefined {
  if (badDay(document.network, document.daySec)) return terms('daySec');
  const parties = Object.values(document.parties).map(({ pubkey }) => pubkey);
  const badForm = badParties(document) ?? badOracles(document.denomination, parties);
  if (badForm) return badForm;
  const wrong = badContractPlan(document);
  if (wrong !== undefined) return terms(wrong);
  // C-2: "…exactly one base `offer`, signed by the contract's bank, embeds no event twice, and
  // every base is of the kind it claims…"
  const badBase = badBases(document.bases);
  if (badBase) return badBase;
  const offers = document.bases.filter((base) => base.as === 'offer');
  const offer = offers[0]?.event;
  if (offers.length !== 1 || !offer) return terms('bases');
  if (offer.pubkey !== document.parties.bank.pubkey) return terms('bank');
  const badLegal = legalContradiction(document.legal);
  if (badLegal !== undefined) return terms(badLegal);
  if (isEmptyGuarantee(document, document.principalUnits)) return terms('guarantee');
  const badBond = badPinnedBond(document, bondShareOf(document));
  if (badBond !== undefined) return terms(badBond);
  const coolingOffSec = document.coolingOffDays * document.daySec;
  // C-4: "…unless the principal and each tranche are positive whole numbers of satoshis, the
  // tranches add up to the principal, each has at least one satoshi per tick beside what is
  // withheld of it (FE-2)…"
  if (!isWhole(document.principalUnits, document.denomination)) return terms('principalUnits');
  let total = 0n;
  let lastSec = document.startAtSec;
  for (const tranche of document.tranches) {
    total += BigInt(tranche.amountUnits);
    if (!isWhole(tranche.amountUnits, document.denomination)) return terms('amountUnits');
    const amount = BigInt(tranche.amountUnits);
    const streamed = amount - withheldFee(amount, document);
    if (streamed < BigInt(tranche.ticks) * wholeOf(document.denomination)) return terms('ticks');
    // C-5: "…unless each tranche begins no earlier than the start and the end of the one before
    // it, ends after it begins, lapses no earlier than it ends, and lapses no later than the last
    // due date."
    if (tranche.fromSec < lastSec || tranche.toSec <= tranche.fromSec) return terms('fromSec');
    if (tranche.lapsesAtSec < tranche.toSec) return terms('lapsesAtSec');
    if (tranche.lapsesAtSec > lastDueAtSec(document)) return terms('lapsesAtSec');
    if (tranche.lapsesAtSec <= document.startAtSec + coolingOffSec) {
      return terms('coolingOffDays');
    }
    lastSec = tranche.toSec;
  }
  if (total !== BigInt(document.principalUnits)) return terms('tranches');
  if (countTicks(document.tranches) > MAX_TICKS) return terms('ticks');
  return contractUndertakings(document);
}

/** Contradictions within a signature: only a bank's acceptance carries its register. */
export function signatureContradiction(document: SignatureDocument): Reject | undefined {
  if (document.type !== 'acceptance') return undefined;
  const { register, role } = document;
  // C-11: "…unless it carries a register exactly when its role is bank, with serial 1 exactly when
  // nothing came before."
  if ((role === 'bank') !== (register !== undefined)) return terms('register');
  if (register && (register.serial === 1) !== (register.previous === REGISTER_START)) {
    return terms('register');
  }
  return undefined;
}

function isBadVia(
  { msat }: RequestDocument,
  { netMsat }: NonNullable<RequestDocument['via']>,
): boolean {
  // FW-1: "A reader MUST refuse a request as `CONTENT_TERMS` with another number of `netMsat` than
  // of parts, or one of 0 or above the part's `msat`."
  if (netMsat.length !== msat.length) return true;
  return netMsat.some((net, at) => net === '0' || BigInt(net) > BigInt(msat[at] ?? '0'));
}

/** Contradictions within a payment request. */
export function requestContradiction(document: RequestDocument): Reject | undefined {
  // P-3: "A reader MUST refuse a request whose columns differ in length, that has an amount of 0
  // or uses a payment hash twice…"
  if (document.msat.length !== document.n.length) return terms('msat');
  if (document.paymentHash.length !== document.n.length) return terms('paymentHash');
  if (new Set(document.paymentHash).size !== document.n.length) return terms('paymentHash');
  if (document.msat.some((amount) => BigInt(amount) === 0n)) return terms('msat');
  if (document.via && isBadVia(document, document.via)) return terms('netMsat');
  if (document.priced === undefined) return undefined;
  const { units, prices } = document.priced;
  // PR-5: "A reader MUST refuse a request as `CONTENT_TERMS` with another number of units than of
  // parts, units of 0, or prices that are not rising by their authors' keys."
  if (units.length !== document.n.length) return terms('units');
  if (units.some((amount) => BigInt(amount) === 0n)) return terms('units');
  const isRising = prices.every(({ pubkey }, at) => (prices[at - 1]?.pubkey ?? '') < pubkey);
  return isRising ? undefined : terms('prices');
}

/** Contradictions within a receipt. */
export function receiptContradiction(document: ReceiptDocument): Reject | undefined {
  // P-5: "A reader MUST refuse a receipt with another number of preimages than parts…"
  return document.preimage.length === document.n.length ? undefined : terms('preimage');
}

/** Contradictions within a tender. */
export function tenderContradiction({ n, units }: TenderDocument): Reject | undefined {
  // TE-1: "A reader MUST refuse a tender with another number of units than of parts, or units of 0,
  // and an answer with another number of invoices than its request has parts, as `CONTENT_TERMS`."
  if (units.length !== n.length) return terms('units');
  return units.some((amount) => BigInt(amount) === 0n) ? terms('units') : undefined;
}

/** Contradictions within an answer to a tender. */
export function tenderAnswerContradiction(document: TenderAnswerDocument): Reject | undefined {
  const parts = document.request.content['n'];
  const isWhole = Array.isArray(parts) && parts.length === document.invoices.length;
  return isWhole ? undefined : terms('invoices');
}

/** Contradictions within a notice: a recovery adds up. */
export function noticeContradiction(document: NoticeDocument): Reject | undefined {
  if (document.type !== 'recovery') return undefined;
  const { contracts, shareUnits, grossUnits, costsUnits } = document;
  // D-6: "A reader MUST refuse a recovery as `CONTENT_TERMS` that has another number of shares than
  // of contracts, or the shares of which do not add up to what is left of the gross amount after
  // costs, or of which nothing is left."
  if (contracts.length !== shareUnits.length) return terms('shareUnits');
  const netUnits = BigInt(grossUnits) - BigInt(costsUnits);
  if (netUnits <= 0n) return terms('costsUnits');
  const sharedUnits = shareUnits.reduce((sum, share) => sum + BigInt(share), 0n);
  return sharedUnits === netUnits ? undefined : terms('shareUnits');
}

/** Contradictions within a price. */
export function priceContradiction(document: PriceDocument): Reject | undefined {
  // PR-4: "A reader MUST refuse a price of 0 as `CONTENT_TERMS`…"
  return document.price === '0' ? terms('price') : undefined;
}

/**
 * Builds a contract from an offer: pure, so that bank and business recompute what an investor
 * proposes. Spec: specs/contract.md, "Building".
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalize } from '../canonical.ts';
import { embed, type ParsedContract, type ParsedOffer } from '../events.ts';
import { dayOf } from '../interest.ts';
import { contractSchema, type ContractDocument, type Tranche } from '../kinds/agreement.ts';
import { offerSchema, type OfferDocument } from '../kinds/listings.ts';
import { wholeOf } from '../denomination.ts';
import { mayInvestFrom } from '../legal.ts';
import { floorToWhole } from '../money.ts';
import { ok, reject, type Reject, type Result } from '../result.ts';
import { readDocument } from '../schema.ts';
import { basesMismatch } from '../crosscheck.ts';
import { contractContradiction, offerContradiction } from '../terms.ts';
import { buildPlan } from './plan.ts';

/** What an investor chooses; everything else follows from the offer. */
export interface ContractChoice {
  readonly principalUnits: bigint;
  readonly investor: {
    readonly pubkey: string;
    readonly relays: readonly string[];
    /** May replace and revoke the investor's keys in this contract. */
    readonly recovery?: string | undefined;
    /** Where the investor is paid on the chain once it has been silent for long. */
    readonly fallbackAddress?: string | undefined;
  };
  /** computeCommitment(main key, salt). */
  readonly commitment: string;
  /** 32 random bytes, hex. */
  readonly nonce: string;
  readonly startAtSec: number;
  /** Where the investor says they live, two letters; checked here and written nowhere. */
  readonly livesIn?: string | undefined;
  /** Until when the others may accept, Unix seconds. */
  readonly expiresAtSec: number;
  /** The proposal this one answers. */
  readonly counters?: string | undefined;
  /** What it rests on beside the offer: consent, appointments, attestations, embedded. */
  readonly bases?: ContractDocument['bases'] | undefined;
}

type Party = ContractDocument['parties']['business'];

function partyOf(pubkey: string, relays: readonly string[], recovery: string | undefined): Party {
  return { pubkey, relays: [...relays], ...(recovery === undefined ? {} : { recovery }) };
}

/** The parties: two as the offer names them, the investor as chosen. */
function buildParties(offer: ParsedOffer, { investor }: ContractChoice) {
  const { business, relays, recoveryKeys = {} } = offer.document;
  const { fallbackAddress } = investor;
  return {
    investor: {
      ...partyOf(investor.pubkey, investor.relays, investor.recovery),
      ...(fallbackAddress === undefined ? {} : { fallbackAddress }),
    },
    business: partyOf(business.pubkey, business.relays, recoveryKeys.business),
    bank: partyOf(offer.event.pubkey, relays, recoveryKeys.bank),
  };
}

/** Sections an offer and its contracts share word for word, where the offer has them. */
function sharedSections(offer: OfferDocument) {
  const { attester, appointees, silenceDays, tillShare, bond } = offer;
  return {
    ...(attester === undefined ? {} : { attester }),
    ...(appointees === undefined ? {} : { appointees }),
    ...(silenceDays === undefined ? {} : { silenceDays }),
    ...(tillShare === undefined ? {} : { tillShare }),
    ...(bond === undefined ? {} : { bond }),
  };
}

/**
 * The salted commitment to an investor's main key: SHA-256 of
 * `realyield:commitment:<main key hex>:<salt hex>`.
 */
export function computeCommitment(mainPublicKey: string, saltHex: string): string {
  return bytesToHex(sha256(utf8ToBytes(`realyield:commitment:${mainPublicKey}:${saltHex}`)));
}

function buildTranches(offer: ParsedOffer['document'], choice: ContractChoice): Tranche[] {
  const { daySec } = offer;
  let left = choice.principalUnits;
  return offer.tranches.map((tranche, index) => {
    // C-7: "Every tranche but the last is its share of the principal rounded down to a whole
    // satoshi; the last takes the remainder."
    const isLast = index === offer.tranches.length - 1;
    const exact = (choice.principalUnits * BigInt(tranche.shareBps)) / 10_000n;
    const share = floorToWhole(exact, wholeOf(offer.denomination));
    const amount = isLast ? left : share;
    left -= amount;
    // C-8: "A tranche's `fromSec` is the start plus `startDay` days, its `toSec` and `lapsesAtSec`
    // are `streamDays` and `windowDays` days after that…"
    const fromSec = choice.startAtSec + tranche.startDay * daySec;
    return {
      amountUnits: amount.toString(),
      fromSec,
      toSec: fromSec + tranche.streamDays * daySec,
      lapsesAtSec: fromSec + tranche.windowDays * daySec,
      ticks: tranche.ticks,
      ...(tranche.milestone === undefined ? {} : { milestone: tranche.milestone }),
    };
  });
}

/** Whether the terms and choices are ones a contract can be made of. */
function choiceMismatch(terms: OfferDocument, choice: ContractChoice): Reject | undefined {
  const { principalUnits, startAtSec } = choice;
  // E-13: "…or has one of the wrong type or range, as `CONTENT_SCHEMA`."
  const shaped = readDocument(offerSchema, terms);
  if (!shaped.ok) return reject('CONTENT_SCHEMA', shaped.field);
  if (principalUnits < 0n) return reject('CONTENT_SCHEMA', 'principalUnits');
  // C-6: "A writer MUST build a contract only from an offer that is open at the start, with a
  // principal from its minimum ticket up to the amount sought…"
  if (terms.status !== 'open') return reject('CONTENT_TERMS', 'status');
  if (startAtSec > terms.expiresAtSec) return reject('CONTENT_TERMS', 'expiresAtSec');
  if (principalUnits < BigInt(terms.minimumTicketUnits)) return reject('CONTENT_TERMS', 'minimum');
  if (principalUnits > BigInt(terms.amountSoughtUnits)) return reject('CONTENT_TERMS', 'maximum');
  // J-6: "A writer MUST NOT propose a contract for an investor who lives outside `countries`, where
  // empty stands for everywhere…"
  const { livesIn } = choice;
  if (livesIn !== undefined && !mayInvestFrom(terms.legal, livesIn)) {
    return reject('COUNTRY_EXCLUDED', livesIn);
  }
  // What an offer promises must hold together before it is made absolute: shares that do not add up
  // would vanish in the last tranche.
  return offerContradiction(terms);
}

/**
 * The complete terms of a contract under an offer; CONTENT_TERMS and CONTENT_SCHEMA name what does
 * not fit.
 */
export function buildContract(
  offer: ParsedOffer,
  choice: ContractChoice,
): Result<ContractDocument> {
  const terms = offer.document;
  const { principalUnits, startAtSec } = choice;
  const wrong = choiceMismatch(terms, choice);
  if (wrong) return wrong;
  const document: ContractDocument = {
    v: 1,
    network: terms.network,
    daySec: terms.daySec,
    bases: [{ as: 'offer', event: embed(offer.event) }, ...(choice.bases ?? [])],
    parties: buildParties(offer, choice),
    commitment: choice.commitment,
    nonce: choice.nonce,
    denomination: terms.denomination,
    principalUnits: principalUnits.toString(),
    rateBps: terms.rateBps,
    dayCount: terms.dayCount,
    fees: terms.fees,
    startAtSec,
    plan: buildPlan(terms.plan, dayOf(startAtSec, terms.daySec), terms.daySec),
    tranches: buildTranches(terms, choice),
    ...sharedSections(terms),
    default: terms.default,
    guarantee: terms.guarantee,
    legal: terms.legal,
    coolingOffDays: terms.coolingOffDays,
    expiresAtSec: choice.expiresAtSec,
    ...(choice.counters === undefined ? {} : { counters: choice.counters }),
    funding: terms.funding,
  };
  return refusalOfTerms(document) ?? ok(document);
}

/**
 * How every reader would refuse terms, however they were written: CONTENT_SCHEMA, CONTENT_TERMS, or
 * what they rest on, with what does not fit; undefined where none would. Asked before they are
 * signed.
 */
export function refusalOfTerms(document: ContractDocument): Reject | undefined {
  const written = readDocument(contractSchema, document);
  if (!written.ok) return reject('CONTENT_SCHEMA', written.field);
  return contractContradiction(document) ?? basesMismatch(document);
}

/** What an offer makes of the choices a contract's document says; OFFER_MISMATCH where nothing. */
export function rebuildContract(
  document: ContractDocument,
  offer: ParsedOffer,
): Result<ContractDocument> {
  const rebuilt = buildContract(offer, {
    principalUnits: BigInt(document.principalUnits),
    investor: document.parties.investor,
    commitment: document.commitment,
    nonce: document.nonce,
    startAtSec: document.startAtSec,
    expiresAtSec: document.expiresAtSec,
    counters: document.counters,
    bases: document.bases.filter(({ as }) => as !== 'offer'),
  });
  return rebuilt.ok ? rebuilt : reject('OFFER_MISMATCH', rebuilt.detail);
}

/**
 * Whether a contract is exactly what its offer makes of the investor's choices; a difference is
 * a counter-proposal and answers OFFER_MISMATCH.
 */
export function checkAgainstOffer(
  contract: ParsedContract,
  offer: ParsedOffer,
): Result<ContractDocument> {
  const { document } = contract;
  const base = document.bases.find((entry) => entry.as === 'offer');
  if (base?.event.id !== offer.event.id) return reject('OFFER_MISMATCH', 'offer');
  // C-9: "Before signing, a party MUST rebuild the contract from the offer it embeds and treat any
  // difference as a counter-proposal…"
  const rebuilt = rebuildContract(document, offer);
  if (!rebuilt.ok) return rebuilt;
  const same = canonicalize(rebuilt.value) === canonicalize(document);
  return same ? ok(document) : reject('OFFER_MISMATCH');
}

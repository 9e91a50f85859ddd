/**
 * The key-facts sheet: what a contract means for those who sign it, on one page, computed from
 * its terms alone. Its hash is in every acceptance. Spec: specs/key-facts.md.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalize } from '../canonical.ts';
import { bondShareOf } from '../contract/bond-share.ts';
import { dayOf } from '../interest.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { PartyRole } from '../kinds/fields.ts';
import { formatMsat } from '../money.ts';
import { BPS } from '../params.ts';
import { expectedFlows, type ExpectedFlow } from './flows.ts';
import { lateFeeExample, type LateFeeExample } from './late-example.ts';
import { yearlyRateBps } from './rate.ts';
import { sentencesOf, type SentenceId } from './sentences.ts';

/** Several payments in one direction; amounts in ledger units as decimal strings. */
export interface PaymentFacts {
  readonly totalUnits: string;
  readonly count: number;
  readonly firstAtSec: number;
  readonly lastAtSec: number;
  readonly leastUnits: string;
  readonly mostUnits: string;
}

/** What one party pays and receives if everything goes as planned. */
export interface PartyFacts {
  /** Undefined where the party pays nothing. */
  readonly pays?: PaymentFacts;
  readonly receives?: PaymentFacts;
  /** Yearly rate, basis points: what it costs the business, what it yields the investor. */
  readonly rateBps?: number;
}

/** The sheet as it is hashed: plain data, integers, ids of sentences. */
export interface KeyFacts {
  readonly v: 1;
  readonly network: ContractDocument['network'];
  readonly daySec: number;
  readonly startAtSec: number;
  /** What all amounts are in. */
  readonly denomination: ContractDocument['denomination'];
  readonly principalUnits: string;
  /** Nominal rate and day count of the contract. */
  readonly nominal: { readonly rateBps: number; readonly dayCount: ContractDocument['dayCount'] };
  readonly investor: PartyFacts;
  readonly business: PartyFacts;
  readonly bank: PartyFacts;
  /** What the loan costs the business: all it pays less all it receives. */
  readonly costUnits: string;
  readonly interestUnits: string;
  /** What the bank charges, and what it comes to. */
  readonly fees: ContractDocument['fees'];
  readonly originationUnits: string;
  readonly servicingUnits: string;
  /** Estimate of the tax withheld from the investor's interest. */
  readonly taxUnits: string;
  readonly coolingOffDays: number;
  readonly graceDays: number;
  /** What one instalment would cost if it is paid late; undefined without a late fee. */
  readonly lateFee?: LateFeeExample;
  readonly guarantee: ContractDocument['guarantee'];
  /** The pledge that is pinned, and the loan's share of it, msat; undefined where none is. */
  readonly bond?: { readonly pledge: string; readonly shareMsat: string };
  /** What of each sale at the till repays it; undefined without a till share. */
  readonly tillShare?: NonNullable<ContractDocument['tillShare']>;
  readonly default: ContractDocument['default'];
  readonly costCapBps: number;
  readonly ifNotPaid: readonly SentenceId[];
  readonly rights: readonly SentenceId[];
  readonly notCovered: readonly SentenceId[];
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);

function describe(flows: readonly ExpectedFlow[]): PaymentFacts | undefined {
  const [first] = flows;
  if (!first) return undefined;
  let { amountUnits: least, amountUnits: most, atSec: firstAtSec, atSec: lastAtSec } = first;
  for (const { amountUnits, atSec } of flows) {
    if (amountUnits < least) least = amountUnits;
    if (amountUnits > most) most = amountUnits;
    firstAtSec = Math.min(firstAtSec, atSec);
    lastAtSec = Math.max(lastAtSec, atSec);
  }
  return {
    totalUnits: formatMsat(sum(flows.map(({ amountUnits }) => amountUnits))),
    count: flows.length,
    firstAtSec,
    lastAtSec,
    leastUnits: formatMsat(least),
    mostUnits: formatMsat(most),
  };
}

/** The yearly rate of a party's flows; the business's are seen from those it owes. */
function rateOf(
  role: PartyRole,
  flows: readonly ExpectedFlow[],
  document: ContractDocument,
): number | undefined {
  const firstDay = dayOf(document.startAtSec, document.daySec);
  const lender = role === 'business' ? 'payee' : 'payer';
  // K-4: "…what the investor pays and what the business receives is negative, what the investor
  // receives and what the business pays is positive…"
  return yearlyRateBps(
    flows
      .filter(({ payer, payee }) => payer === role || payee === role)
      .map((flow) => ({
        day: dayOf(flow.atSec, document.daySec) - firstDay,
        amountUnits: flow[lender] === role ? -flow.amountUnits : flow.amountUnits,
      })),
  );
}

function partyFacts(
  role: PartyRole,
  flows: readonly ExpectedFlow[],
  rateBps: number | undefined,
): PartyFacts {
  const pays = describe(flows.filter(({ payer }) => payer === role));
  const receives = describe(flows.filter(({ payee }) => payee === role));
  return {
    ...(pays ? { pays } : {}),
    ...(receives ? { receives } : {}),
    ...(rateBps === undefined ? {} : { rateBps }),
  };
}

function bondFacts(document: ContractDocument): Pick<KeyFacts, 'bond'> {
  const shareMsat = bondShareOf(document);
  if (!document.bond || shareMsat === undefined) return {};
  return { bond: { pledge: document.bond.pledge, shareMsat: formatMsat(shareMsat) } };
}

/** The sheet of a contract; the same terms make the same sheet, whoever the parties are. */
export function buildKeyFacts(document: ContractDocument): KeyFacts {
  const { flows, interestUnits } = expectedFlows(document);
  const { legal } = document;
  const totalOf = (isOf: (flow: ExpectedFlow) => boolean): bigint =>
    sum(flows.filter(isOf).map(({ amountUnits }) => amountUnits));
  const costUnits =
    totalOf(({ payer }) => payer === 'business') - totalOf(({ payee }) => payee === 'business');
  // K-10: "…the sum over all instalments of floor(interest × `withholdingTax.bps` / 10,000)."
  const taxUnits = sum(
    interestUnits.map((each) => (each * BigInt(legal.withholdingTax.bps)) / BPS),
  );
  const lateFee = lateFeeExample(document);
  const investorBps = rateOf('investor', flows, document);
  // Where nothing goes to or comes from the bank, one party's flows are the other's.
  const isMirrored = flows.every(({ payer, payee }) => payer !== 'bank' && payee !== 'bank');
  const businessBps = isMirrored ? investorBps : rateOf('business', flows, document);
  return {
    v: 1,
    network: document.network,
    daySec: document.daySec,
    startAtSec: document.startAtSec,
    denomination: document.denomination,
    principalUnits: document.principalUnits,
    nominal: { rateBps: document.rateBps, dayCount: document.dayCount },
    investor: partyFacts('investor', flows, investorBps),
    business: partyFacts('business', flows, businessBps),
    bank: partyFacts('bank', flows, undefined),
    costUnits: formatMsat(costUnits),
    interestUnits: formatMsat(sum(interestUnits)),
    fees: document.fees,
    originationUnits: formatMsat(totalOf(({ leg }) => leg === 'originationFee')),
    servicingUnits: formatMsat(totalOf(({ leg }) => leg === 'servicing')),
    taxUnits: formatMsat(taxUnits),
    coolingOffDays: document.coolingOffDays,
    graceDays: document.plan.graceDays,
    ...(lateFee ? { lateFee } : {}),
    guarantee: document.guarantee,
    ...bondFacts(document),
    ...(document.tillShare ? { tillShare: document.tillShare } : {}),
    default: document.default,
    costCapBps: legal.mandate.costCapBps,
    ifNotPaid: sentencesOf(document, 'ifNotPaid'),
    rights: sentencesOf(document, 'rights'),
    notCovered: sentencesOf(document, 'notCovered'),
  };
}

/** Hashes by document: a document never changes, and a sheet takes a schedule to compute. */
const hashes = new WeakMap<ContractDocument, string>();

/** SHA-256 of a contract's sheet, hex: what its acceptances carry. */
export function keyFactsHash(document: ContractDocument): string {
  const known = hashes.get(document);
  if (known !== undefined) return known;
  // K-1: "The hash of a sheet is the SHA-256, in hex, of the canonical JSON of the object below…"
  const hash = bytesToHex(sha256(utf8ToBytes(canonicalize(buildKeyFacts(document)))));
  hashes.set(document, hash);
  return hash;
}

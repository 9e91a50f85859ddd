/**
 * What a contract's events prove, what is one side's word, and what is not there: in sentences a
 * reader needs nothing else to understand. Spec: specs/bundle.md, "What it says".
 */
import type { Fold } from '../contract/fold.ts';
import { wholeOf } from '../denomination.ts';
import { ledgerOf } from '../contract/standing.ts';
import { LEGS, PARTY_ROLES, type ContractState, type Notice } from '../contract/state.ts';
import type { ParsedEvent } from '../events.ts';
import type { Leg } from '../kinds/fields.ts';
import { bondSentences } from './bonds.ts';
import { caseSentences, foldCases } from './cases.ts';
import type { BundleProof } from './report.ts';
import { amountText, countText, refusedTexts, timeText } from './text.ts';

/** Sentences in three lists. */
export interface Evidence {
  /** Follows from signatures, payment proofs and the terms alone. */
  readonly proven: readonly string[];
  /** Rests on what one party says. */
  readonly claimed: readonly string[];
  /** Cited and not there, or never part of such a file. */
  readonly missing: readonly string[];
}

/** What the sentences are made of. */
interface Case {
  readonly fold: Fold;
  readonly state: ContractState;
  /** Everything read, embedded events among it. */
  readonly events: readonly ParsedEvent[];
  readonly asOfSec: number;
  readonly amount: (units: bigint) => string;
}

const LEG_NAMES: Readonly<Record<Leg, string>> = {
  disbursement: 'Paid out by the investor',
  repayment: 'Repaid by the business',
  originationFee: 'Origination fee paid to the bank',
  servicing: 'Servicing share paid to the bank',
  guarantee: 'Paid by the bank under its guarantee',
  handedOn: 'Handed on by the investor after a guarantee',
  recovery: 'Passed on by the bank of what it recovered',
  tillShare: 'Passed on by the bank of sales at the till it runs',
  takings: 'Paid on to the business of the takings at the till the bank runs',
};

const NOTICE_NAMES: Readonly<Record<Notice['type'], string>> = {
  arrears: 'in arrears',
  default: 'in default',
  acceleration: 'due at once as a whole',
  writeOff: 'written off',
};

function signatures({ state }: Case): string[] {
  return PARTY_ROLES.flatMap((role) => {
    const signature = state.signatures[role];
    if (!signature) return [];
    const dated = timeText(signature.effectiveAtSec);
    return [`The ${role} signed the terms; its signature is dated ${dated}.`];
  });
}

function terms({ state, amount }: Case): string[] {
  const { document } = state.contract;
  const principal = `The terms speak of a principal of ${amount(BigInt(document.principalUnits))}.`;
  const later = state.versions.length - 1;
  const changed = `All three signed ${countText(later, 'change')} of the terms since.`;
  const { effectiveAtSec } = state;
  return [
    principal,
    ...(effectiveAtSec === undefined
      ? []
      : [`The contract has been in effect since ${timeText(effectiveAtSec)}.`]),
    ...(later > 0 ? [changed] : []),
  ];
}

function chainText(onChain: number): string {
  if (onChain === 0) return '';
  const which = onChain === 1 ? 'for 1 payment' : `for ${onChain} payments`;
  return `, or, ${which}, a Bitcoin transaction to its fallback address with proof of its block`;
}

function paidOn({ state, amount }: Case, leg: Leg): string[] {
  const payments = state.payments.filter((payment) => payment.leg === leg);
  if (payments.length === 0) return [];
  const sum = payments.reduce((units, { amountUnits }) => units + amountUnits, 0n);
  const [first, last] = [payments[0], payments.at(-1)].map((payment) =>
    timeText(payment?.settledAtSec ?? 0),
  );
  const received = payments.filter(({ class: proof }) => proof.includes('acknow')).length;
  const onChain = payments.filter(({ class: proof }) => proof === 'chain').length;
  const acknowledged =
    received === payments.length
      ? 'all of which the payee acknowledged too'
      : `${countText(received, 'payment')} of which the payee acknowledged too`;
  return [
    `${LEG_NAMES[leg]}: ${amount(sum)} in ${countText(payments.length, 'payment')}, from ` +
      `${first} to ${last}, ${acknowledged}. For each there is a preimage that fits the payment ` +
      `hash in a request the ${LEGS[leg].payee} signed${chainText(onChain)}.`,
  ];
}

function balances({ state, asOfSec, amount }: Case): string[] {
  if (state.effectiveAtSec === undefined) return [];
  const { outstandingUnits, dueNowUnits, payoffUnits } = ledgerOf(state, asOfSec);
  // F-5: "…principal of less than 1,000 msat is not outstanding."
  const isDust = outstandingUnits < wholeOf(state.contract.document.denomination);
  const principal = isDust ? 'no principal was' : `${amount(outstandingUnits)} of principal were`;
  const least =
    isDust && outstandingUnits > 0n
      ? ` What is left of it, ${amount(outstandingUnits)}, is too little to be asked for.`
      : '';
  return [
    `By these terms and payments, ${principal} outstanding at ${timeText(asOfSec)}; ` +
      `${amount(dueNowUnits)} had fallen due and were not paid; ${amount(payoffUnits)} would ` +
      `have repaid everything.${least}`,
  ];
}

function outcomes({ state }: Case): string[] {
  const final = state.notices
    .filter(({ id }) => state.finalEvents.includes(id))
    .map(
      ({ type, author, asOfSec }) =>
        `The ${author} declared the contract ${NOTICE_NAMES[type]} as of ${timeText(asOfSec)}; ` +
        'the events it rests on bear that out.',
    );
  const closed = state.status === 'closed' ? ['The contract is repaid and closed.'] : [];
  const contradictions = state.equivocations.map(
    ({ author, events, reason }) =>
      `The key ${author} signed two statements that contradict each other (${reason}): ` +
      `${events[0]} and ${events[1]}.`,
  );
  const left =
    state.status === 'withdrawn' ? ['The contract was withdrawn before it took effect.'] : [];
  return [...final, ...closed, ...left, ...contradictions];
}

function noticesSaid({ state }: Case): string[] {
  return state.notices
    .filter(({ id }) => !state.finalEvents.includes(id))
    .map(
      ({ type, author, asOfSec, contested }) =>
        `The ${author} gave notice that the contract was ${NOTICE_NAMES[type]} as of ` +
        `${timeText(asOfSec)}${contested ? '; payments it does not rest on contradict it' : ''}.`,
    );
}

function milestonesSaid({ state }: Case): string[] {
  return state.milestones.flatMap(({ tranche, status, decidedAtSec }) => {
    const which = `the milestone of tranche ${tranche + 1}`;
    if (status === 'claimed')
      return [`The business says ${which} is reached; nobody decided on it.`];
    if (decidedAtSec === undefined || status === 'open') return [];
    const said = status === 'approved' ? 'is reached' : 'is not reached';
    return [`Who attests milestones says ${which} ${said}, ${timeText(decidedAtSec)}.`];
  });
}

function moneySaid({ state, amount }: Case): string[] {
  const contested = state.payments.filter(({ timeContested }) => timeContested).length;
  return [
    ...(contested > 0
      ? [`Payer and payee give different times for ${countText(contested, 'payment')}.`]
      : []),
    ...(state.unprovenPrices.length > 0
      ? [
          `${countText(state.unprovenPrices.length, 'request')} was paid at a price that too few ` +
            'of the agreed sources gave: it stands between payer and payee.',
        ]
      : []),
    ...state.recoveries.map(
      ({ grossUnits, costsUnits, recoveredAtSec }) =>
        `The bank says it recovered ${amount(grossUnits)} with costs of ${amount(costsUnits)}, ` +
        `${timeText(recoveredAtSec)}.`,
    ),
  ];
}

function othersSaid({ state, amount }: Case): string[] {
  const { takeover } = state;
  return [
    ...state.tenders.map(
      ({ leg, units, atSec, answer }) =>
        `The ${LEGS[leg].payer} says it could not pay ${amount(units)} for want of a request, ` +
        `${timeText(atSec)}${answer ? '; the payee answered' : ''}.`,
    ),
    ...state.reports.map(
      ({ units, fromSec, toSec }) =>
        `Sales of ${amount(units)} are reported from ${timeText(fromSec)} to ${timeText(toSec)}.`,
    ),
    ...(takeover
      ? [`The backup servicer says the bank was silent and took over, ${timeText(takeover.atSec)}.`]
      : []),
  ];
}

function documentsNamed({ events }: Case): number {
  const hashes = events.flatMap((parsed) => {
    if (parsed.name === 'offer' || parsed.name === 'attestation') return parsed.document.documents;
    return parsed.name === 'milestone' && 'evidence' in parsed.document
      ? parsed.document.evidence
      : [];
  });
  return new Set(hashes.map(({ sha256 }) => sha256)).size;
}

function absent(one: Case): string[] {
  const { fold, state } = one;
  const unsigned = PARTY_ROLES.filter((role) => !state.signatures[role]);
  const documents = documentsNamed(one);
  return [
    ...unsigned.map((role) => `There is no signature of the ${role} that counts.`),
    ...fold.missing.map((id) => `A party cites the event ${id}, and it is not there.`),
    ...refusedTexts(fold.rejects, 'event'),
    ...(documents > 0
      ? [
          `${countText(documents, 'document')} named by fingerprint: the files themselves are ` +
            'kept by their owners. Whether a file is the one named, its SHA-256 shows.',
        ]
      : []),
  ];
}

/**
 * What the events of a contract come to, each sentence complete and in English, with times in UTC.
 * `events` are those read, embedded ones among them; balances are those of `asOfSec`; `proofs` are
 * the bundle's, of the chain.
 */
export function describeEvidence(
  fold: Fold,
  events: readonly ParsedEvent[],
  asOfSec: number,
  proofs: readonly BundleProof[] = [],
): Evidence {
  const { state } = fold;
  const amount = (units: bigint) => amountText(units, state.contract.document.denomination);
  const one: Case = { fold, state, events, asOfSec, amount };
  const legs = Object.keys(LEGS) as Leg[];
  // EB-8: "A reader folds the cases of which a bundle holds steps…"
  const found = foldCases(state, events);
  const cases = caseSentences(state, found);
  const ids = new Set(found.cases.map(({ id }) => id));
  const bonds = bondSentences(state, events, ids, proofs);
  // EB-7: "A reader that says what a bundle comes to keeps three things apart…"
  return {
    proven: [
      ...terms(one),
      ...signatures(one),
      ...legs.flatMap((leg) => paidOn(one, leg)),
      ...balances(one),
      ...outcomes(one),
      ...bonds.proven,
      ...cases.proven,
    ],
    claimed: [...noticesSaid(one), ...milestonesSaid(one), ...moneySaid(one), ...othersSaid(one)],
    missing: [...absent(one), ...bonds.missing, ...cases.missing],
  };
}

/** A case as its page and the lists show it: where it stands, until when, and every step. */
import {
  type Award,
  type ContractState,
  type DisputeDocument,
  type DisputeOutcome,
  type OwedAward,
  type ParsedDispute,
  type PartyRole,
} from '@realyield/protocol';
import { amountOf, amountText, type Amount, type AmountUnit } from '../../amount.ts';
import type { PersonView, StatusView } from '../../components/models.ts';
import type { CaseView } from '../../engine/cases/case-book.ts';
import type { NamedFile } from '../../engine/cases/cases.ts';
import { formatLocalTime, shortId } from '../../format.ts';
import type { Fact } from '../../ui/facts.ts';
import { ARBITER_WORDS, HOLDER_WORDS, payerWords, STEP_WORDS } from './case-words.ts';
import { holderOf, paidOutText } from './payout-words.ts';
import { nameOf, personView, type Names } from './people.ts';

/** A step as it is told. */
export interface CaseStepView {
  readonly id: string;
  readonly type: DisputeDocument['type'];
  readonly who: PersonView;
  readonly did: string;
  readonly atSec: number;
  readonly text: string;
  readonly documents: readonly NamedFile[];
  /** How it stands with who decides, where that is said. */
  readonly admission: StatusView | undefined;
  /** What it proposes or awards. */
  readonly awards: readonly AwardView[];
  readonly payBySec: number | undefined;
}

/** An amount somebody is to pay. */
export interface AwardView {
  readonly payer: string;
  readonly amount: Amount;
}

/** The state of the case's first contract. */
export function openerState({ fold, states }: CaseView): ContractState {
  const state = states.get(fold.contract);
  if (!state) throw new Error('a case without its contract');
  return state;
}

/** What amounts of a contract of the case are counted in. */
export function unitOf(view: CaseView, contract: string): AmountUnit {
  const { document } = (view.states.get(contract) ?? openerState(view)).contract;
  return document.denomination;
}

/** Who decides a case, as a person. */
export function arbiterView(names: Names, view: CaseView, role = view.fold.governing): PersonView {
  const key = openerState(view).contract.document.appointees?.[role] ?? '';
  return personView(names, key, ARBITER_WORDS[role]);
}

function roleIn(state: ContractState | undefined, key: string): PartyRole | undefined {
  return state?.keys.find((each) => each.key === key)?.role;
}

function authorOf(names: Names, view: CaseView, { document, event }: ParsedDispute): PersonView {
  const state = view.states.get(document.contract);
  const role = roleIn(state, event.pubkey);
  if (role && state) {
    const { pubkey } = state.contract.document.parties[role];
    // Who lends acts by a key of this contract alone, which only they themselves know to be theirs.
    return personView(names, role === 'investor' ? event.pubkey : pubkey, role);
  }
  const holder = 'pledge' in document ? holderOf(document.pledge.content, event.pubkey) : undefined;
  if (holder) return personView(names, event.pubkey, HOLDER_WORDS[holder]);
  const isFirst = openerState(view).contract.document.appointees?.arbiter === event.pubkey;
  return personView(names, event.pubkey, ARBITER_WORDS[isFirst ? 'arbiter' : 'fallbackArbiter']);
}

const ADMISSIONS: Readonly<Record<string, StatusView>> = {
  pending: { text: 'not decided on yet', tone: 'plain' },
  admitted: { text: 'admitted', tone: 'done' },
  notAdmitted: { text: 'not admitted', tone: 'problem' },
};

function textOf(document: DisputeDocument): string {
  if (document.type === 'ruling') return document.findings;
  if (document.type === 'paidOut') return paidOutText(document);
  return 'statement' in document ? document.statement : '';
}

function awardViews(view: CaseView, document: DisputeDocument): AwardView[] {
  if (document.type !== 'proposal' && document.type !== 'ruling') return [];
  return inClaimOrder(view, document.awards, ({ contract }) => contract).map((award) => {
    const amount = { units: BigInt(award.units), denomination: unitOf(view, award.contract) };
    return { payer: awardWords(view, award), amount };
  });
}

/** Steps that count, the newest first. */
export function caseSteps(names: Names, view: CaseView): CaseStepView[] {
  return [...view.steps].reverse().map((parsed) => {
    const { document, event } = parsed;
    const admission = view.fold.admissions[event.id];
    return {
      id: event.id,
      type: document.type,
      who: authorOf(names, view, parsed),
      did: STEP_WORDS[document.type],
      atSec: event.created_at,
      text: textOf(document),
      documents: 'documents' in document ? document.documents : [],
      admission: admission === undefined ? undefined : ADMISSIONS[admission],
      awards: awardViews(view, document),
      payBySec: 'payBySec' in document ? document.payBySec : undefined,
    };
  });
}

/** Somebody as the subject of a sentence, with the verbs that fit. */
function subjectOf(names: Names, key: string) {
  const isOwn = names.own.has(key);
  const verbs = isOwn ? { is: 'are', has: 'have' } : { is: 'is', has: 'has' };
  return { who: isOwn ? 'You' : nameOf(names, key), ...verbs };
}

/** What an outcome did: nothing is awarded where all sides settled. */
const decidedWord = ({ type }: DisputeOutcome): string =>
  type === 'ruling' ? 'awarded' : 'settled';

/** A time that somebody has, and what follows when it is over. */
export interface Deadline {
  readonly atSec: number;
  readonly sentence: string;
}

/** Times that still matter, soonest first. Nothing is decided by their passing alone. */
export function deadlinesOf(names: Names, view: CaseView, nowSec: number): Deadline[] {
  const { fold } = view;
  const { outcome, ruleBySec, takeBySec, respondBySec } = fold;
  if (['withdrawn', 'closed', 'complied'].includes(fold.status)) return [];
  if (outcome) {
    const when = formatLocalTime(outcome.payBySec);
    const was = nowSec > outcome.payBySec ? 'was' : 'is';
    const what = `What was ${decidedWord(outcome)} ${was} to be paid by ${when}`;
    const unpaid = nowSec > outcome.payBySec ? ', and is not' : '';
    return [{ atSec: outcome.payBySec, sentence: `${what}${unpaid}.` }];
  }
  const { who: arbiter, is, has } = subjectOf(names, arbiterView(names, view).publicKey);
  const other = nameOf(names, arbiterView(names, view, 'fallbackArbiter').publicKey);
  const isLast = fold.governing === 'fallbackArbiter';
  const call = isLast ? '' : ` After that either side may call ${other} instead.`;
  const isCalled = fold.fallbackCalled && !isLast;
  const calling = isLast ? '' : ` Either side may call ${other} now.`;
  const called = isCalled ? ` ${other} was called and may take it.` : calling;
  const due = (atSec: number, before: string, after: string): Deadline => ({
    atSec,
    sentence: nowSec <= atSec ? before : after,
  });
  const until = formatLocalTime;
  const answer = due(
    respondBySec,
    `The other side can answer until ${until(respondBySec)}.`,
    `The time to answer ended on ${until(respondBySec)}; the arbiter may rule without one.`,
  );
  const take = due(
    takeBySec,
    `${arbiter} ${is} to take the case by ${until(takeBySec)}.${call}`,
    `${arbiter} ${has} not taken the case by ${until(takeBySec)}.${called}`,
  );
  const rule = due(
    ruleBySec ?? 0,
    `${arbiter} ${is} to rule by ${until(ruleBySec ?? 0)}.${call}`,
    `${arbiter} ${has} not ruled by ${until(ruleBySec ?? 0)}.${called}`,
  );
  const first = fold.responses.length === 0 ? [answer] : [];
  return [...first, ruleBySec === undefined ? take : rule].sort((a, b) => a.atSec - b.atSec);
}

/** What came of a case of which nothing is owed any more. */
function paidSentence(outcome: DisputeOutcome | undefined): string {
  if (!outcome) return 'Nothing is owed.';
  const { awards, type } = outcome;
  if (awards.length === 0) {
    return type === 'ruling'
      ? 'The claim was dismissed; nothing is owed.'
      : 'All sides settled that nothing is paid.';
  }
  const isByBond = awards.some(({ fromBondUnits }) => fromBondUnits > 0n);
  const how = isByBond ? 'paid, from the bank’s bond where nobody paid it' : 'paid';
  return `Everything that was ${decidedWord(outcome)} is ${how}.`;
}

/** Where a case stands, in a sentence. */
export function caseSentence(names: Names, view: CaseView): string {
  const { fold } = view;
  const { outcome } = fold;
  const isAnswered = fold.responses.length > 0;
  switch (fold.status) {
    case 'open':
      return isAnswered
        ? 'Opened and answered. The arbiter has not taken it yet.'
        : 'Opened. Nobody has answered, and the arbiter has not taken it yet.';
    case 'taken': {
      const { who, is } = subjectOf(names, arbiterView(names, view).publicKey);
      const answer = isAnswered ? 'The claim was answered.' : 'Nobody has answered the claim.';
      return `${who} ${is} deciding it. ${answer}`;
    }
    case 'ruled':
      return `Decided. ${owedWords(view, outcome?.awards ?? [])} is still owed.`;
    case 'settled':
      return `Settled by all sides. ${owedWords(view, outcome?.awards ?? [])} is still owed.`;
    case 'complied':
    case 'closed':
      return `${paidSentence(outcome)}${fold.status === 'closed' ? ' The case is closed.' : ''}`;
    case 'withdrawn':
      return 'The claim was withdrawn. Nothing is owed by this case.';
  }
}

/** Who pays an award, and for which claim where there are several. */
export function awardWords(view: CaseView, { contract, leg }: Award): string {
  const payer = payerWords(leg, view.states.get(contract) ?? openerState(view));
  const claim = claimNumber(view, contract);
  return claim === undefined ? payer : `${payer}, for claim ${claim}`;
}

/** Which of the claims is on a contract, from 1; undefined where there is only one. */
export function claimNumber({ fold }: CaseView, contract: string): number | undefined {
  const index = fold.claims.findIndex((claim) => claim.contract === contract);
  return fold.claims.length > 1 && index >= 0 ? index + 1 : undefined;
}

/** Awards in the order of the claims they are for. */
export function inClaimOrder<T>(
  view: CaseView,
  awards: readonly T[],
  contractOf: (award: T) => string,
): T[] {
  const place = (award: T): number => claimNumber(view, contractOf(award)) ?? 0;
  return [...awards].sort((a, b) => place(a) - place(b));
}

/** What is claimed in a case, by whom, and where a bond would pay it. */
export function claimFacts(names: Names, view: CaseView): Fact[] {
  const { claims } = view.fold;
  return claims.map(({ address, claimUnits, contract, limitUnits, role, withdrawn }, index) => {
    const key = view.states.get(contract)?.contract.document.parties[role].pubkey ?? '';
    const who = names.own.has(key) ? 'you' : `the ${role}`;
    const less = limitUnits < claimUnits ? 'of which the ledger then gave less' : undefined;
    const where = address === undefined ? undefined : `a bond would pay it to ${shortId(address)}`;
    const notes = withdrawn ? ['withdrawn'] : [less, where].filter((note) => note !== undefined);
    return {
      label: claims.length > 1 ? `Claim ${index + 1}, by ${who}` : `Claimed by ${who}`,
      amount: amountOf(claimUnits, unitOf(view, contract)),
      note: notes.length === 0 ? undefined : notes.join('; '),
    };
  });
}

/** What of awards is owed still, in one phrase; amounts of two currencies are never added. */
export function owedWords(view: CaseView, awards: readonly OwedAward[]): string {
  const sums = new Map<string, Amount>();
  for (const { award, outstandingUnits } of awards) {
    const denomination = unitOf(view, award.contract);
    const key = denomination.type === 'fiat' ? denomination.currency : 'bitcoin';
    const units = (sums.get(key)?.units ?? 0n) + outstandingUnits;
    sums.set(key, { units, denomination });
  }
  const open = [...sums.values()].filter(({ units }) => units > 0n);
  const texts = open.map(({ units, denomination }) => amountText(units, denomination, true));
  return texts.length === 0 ? 'Nothing' : texts.join(' and ');
}

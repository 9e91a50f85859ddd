/** A case as its page and the lists show it: where it stands, until when, and every step. */
import {
  claimLimit,
  type ContractState,
  type DisputeClaim,
  type DisputeDocument,
  type DisputeStepType,
  type OwedAward,
  type ParsedDispute,
  type PartyRole,
} from '@realyield/protocol';
import { amountText, type Amount, type AmountUnit } from '../../amount.ts';
import type { Calendar, DeskRow, PersonView, StatusView } from '../../components/models.ts';
import type { CaseView } from '../../engine/cases/case-book.ts';
import type { NamedFile } from '../../engine/cases/cases.ts';
import { formatLocalTime } from '../../format.ts';
import {
  ARBITER_WORDS,
  CASE_STATUS,
  HOLDER_WORDS,
  leftWords,
  payerWords,
  REASON_WORDS,
  STEP_WORDS,
} from './case-words.ts';
import { titleOf } from './contract.ts';
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
  return document.awards.map(({ contract, leg, units }) => {
    const state = view.states.get(contract) ?? openerState(view);
    const amount = { units: BigInt(units), denomination: unitOf(view, contract) };
    return { payer: payerWords(leg, state), amount };
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
    return [{ atSec: outcome.payBySec, sentence: `What was awarded is to be paid by ${when}.` }];
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
    case 'closed': {
      const end = fold.status === 'closed' ? ' The case is closed.' : '';
      if (outcome?.awards.length === 0) return `The claim was dismissed; nothing is owed.${end}`;
      const isByBond = outcome?.awards.some(({ fromBondUnits }) => fromBondUnits > 0n) === true;
      const how = isByBond ? 'paid, from the bank’s bond where nobody paid it' : 'paid';
      return `Everything that was awarded is ${how}.${end}`;
    }
    case 'withdrawn':
      return 'The claim was withdrawn. Nothing is owed by this case.';
  }
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

/** What the ledger gives for a claim now: no more than was claimed. */
export function dueOf(view: CaseView, claim: DisputeClaim, nowSec: number): bigint {
  const state = view.states.get(claim.contract);
  const limit = state ? claimLimit(state, view.fold.reason, nowSec) : 0n;
  return claim.withdrawn ? 0n : limit < claim.claimUnits ? limit : claim.claimUnits;
}

const NEXT_WORDS: readonly (readonly [DisputeStepType, string])[] = [
  ['taken', 'take the case'],
  ['ruling', 'rule'],
  ['closing', 'close the case'],
  ['response', 'answer the claim'],
  ['fallback', 'call the fallback arbiter'],
  ['compliance', 'pay what was awarded'],
];

/** Until when a step of one's own is to be taken, where it has a time. */
function timeOfStep({ fold }: CaseView, type: DisputeStepType): number | undefined {
  if (type === 'response') return fold.respondBySec;
  if (type === 'taken') return fold.governing === 'arbiter' ? fold.takeBySec : undefined;
  if (type === 'ruling') return fold.ruleBySec;
  return type === 'compliance' ? fold.outcome?.payBySec : undefined;
}

function timeCells(atSec: number, nowSec: number, calendar: Calendar) {
  const left = leftWords(atSec, nowSec, calendar.daySec);
  return {
    due: { kind: 'date' as const, atSec, calendar },
    left: { kind: 'text' as const, text: left },
  };
}

/** Cases as rows of a desk: what one can do first, then by the time it has to be done. */
export function caseRows(
  names: Names,
  cases: readonly CaseView[],
  nextOf: (view: CaseView) => ReadonlySet<DisputeStepType>,
  nowSec: number,
): DeskRow[] {
  const rows = cases.map((view) => {
    const may = nextOf(view);
    const isAnswered = view.fold.responses.length > 0;
    const step = NEXT_WORDS.find(([type]) => may.has(type) && !(type === 'response' && isAnswered));
    const deadline = deadlinesOf(names, view, nowSec)[0]?.atSec;
    const own = step && timeOfStep(view, step[0]);
    return { view, word: step?.[1], atSec: own ?? deadline ?? Infinity };
  });
  const isIdle = (word: string | undefined): number => Number(word === undefined);
  rows.sort((a, b) => isIdle(a.word) - isIdle(b.word) || (a.atSec < b.atSec ? -1 : 1));
  return rows.map(({ view, word, atSec }, order) => {
    const { document } = openerState(view).contract;
    const calendar = { startSec: document.startAtSec, daySec: document.daySec };
    const isOver = atSec === Infinity;
    const idle = {
      text: isOver ? 'nothing to do' : 'wait',
      tone: isOver ? 'done' : 'plain',
    } as const;
    return {
      id: view.id,
      href: `/cases/${view.id}`,
      next: { ...(word === undefined ? idle : { text: word, tone: 'waiting' as const }), order },
      cells: {
        reason: { kind: 'text', text: REASON_WORDS[view.fold.reason].title },
        title: { kind: 'text', text: titleOf(openerState(view)) },
        bank: { kind: 'text', text: nameOf(names, document.parties.bank.pubkey) },
        ...(isOver ? {} : timeCells(atSec, nowSec, calendar)),
        status: { kind: 'status', status: CASE_STATUS[view.fold.status] },
      },
    };
  });
}

/** Cases as rows of a desk or a portfolio. */
import type { DisputeStepType } from '@realyield/protocol';
import type { Calendar, DeskRow } from '../../components/models.ts';
import type { CaseView } from '../../engine/cases/case-book.ts';
import { proposalsIn } from '../../engine/cases/proposals.ts';
import { CASE_STATUS, leftWords, REASON_WORDS } from './case-words.ts';
import { deadlinesOf, openerState } from './cases.ts';
import { titleOf } from './contract.ts';
import { nameOf, type Names } from './people.ts';

/** What somebody can do in a case, with what asks for it beside the steps of the case's fold. */
export type CaseAct = DisputeStepType | 'accepting' | 'signingPayout' | 'finishingPayout';

/** Who looks at a case: their acts in it, and the keys they hold. */
interface Looking {
  readonly cases: { next(view: CaseView): ReadonlyMap<DisputeStepType, unknown> };
  readonly payouts: { next(view: CaseView): CaseAct | undefined };
  readonly keys: ReadonlySet<string>;
}

/** What somebody can do in a case now. */
export function actsIn(view: CaseView, { cases, payouts, keys }: Looking): ReadonlySet<CaseAct> {
  const acts = new Set<CaseAct>(cases.next(view).keys());
  const isAsked = acts.has('settlement') && proposalsIn(view, keys).some(({ isOwn }) => !isOwn);
  if (isAsked) acts.add('accepting');
  const paying = payouts.next(view);
  if (paying) acts.add(paying);
  return acts;
}

const NEXT_WORDS: readonly (readonly [CaseAct, string])[] = [
  ['taken', 'take the case'],
  ['ruling', 'rule'],
  ['closing', 'close the case'],
  ['accepting', 'read a proposal'],
  ['response', 'answer the claim'],
  ['fallback', 'call the fallback arbiter'],
  ['compliance', 'pay what was awarded'],
  ['signingPayout', 'sign the payout'],
  ['finishingPayout', 'send or record the payout'],
];

/** Until when a step of one's own is to be taken, where it has a time. */
function timeOfStep({ fold }: CaseView, type: CaseAct): number | undefined {
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
  nextOf: (view: CaseView) => ReadonlySet<CaseAct>,
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

/** What somebody has to do in their cases, until when, and how long that is. */
import { legOf, type DisputeActor, type PartyRole } from '@realyield/protocol';
import type { CaseView } from '../../engine/cases/case-book.ts';
import { formatLocalTime } from '../../format.ts';
import { cleanLine } from '../../ui/text.ts';
import { leftWords } from './case-words.ts';
import { openerState, owedWords } from './cases.ts';
import { titleOf } from './contract.ts';

/** What somebody is in a case, as far as reminders ask. */
export interface CasePart {
  readonly actor: DisputeActor;
  readonly contract: string;
  readonly role: PartyRole | 'arbiter' | 'fallbackArbiter';
}

/** Something to do in a case, with the time it has. */
export interface CaseReminder {
  /** One for each case and thing to do. */
  readonly key: string;
  readonly href: string;
  readonly sentence: string;
  readonly atSec: number;
  readonly left: string;
  /** `soon` in the last seven days of its contract, `over` after the time. */
  readonly stage: 'calm' | 'soon' | 'lastDay' | 'over';
}

const SOON_DAYS = 7;

function stageOf(atSec: number, nowSec: number, daySec: number): CaseReminder['stage'] {
  if (nowSec > atSec) return 'over';
  if (atSec - nowSec < daySec) return 'lastDay';
  return atSec - nowSec < SOON_DAYS * daySec ? 'soon' : 'calm';
}

interface Duty {
  readonly what: 'answer' | 'take' | 'rule' | 'pay';
  readonly atSec: number;
}

function dutyOf({ fold, states }: CaseView, part: CasePart, nowSec: number): Duty | undefined {
  const { outcome, status, governing } = fold;
  if (['withdrawn', 'closed', 'complied'].includes(status)) return undefined;
  if (outcome) {
    const pays = outcome.awards.some(({ award, outstandingUnits }) => {
      const document = states.get(award.contract)?.contract.document;
      const payer = document && legOf(document, award.leg).payer;
      return part.contract === award.contract && payer === part.role && outstandingUnits > 0n;
    });
    return pays ? { what: 'pay', atSec: outcome.payBySec } : undefined;
  }
  if (part.actor === 'respondent') {
    // After its time the answer may still come, and the arbiter need not wait for it.
    const isOpen = fold.responses.length === 0 && nowSec <= fold.respondBySec;
    return isOpen ? { what: 'answer', atSec: fold.respondBySec } : undefined;
  }
  if (part.actor !== governing) return undefined;
  if (fold.ruleBySec !== undefined) return { what: 'rule', atSec: fold.ruleBySec };
  return part.actor === 'arbiter' ? { what: 'take', atSec: fold.takeBySec } : undefined;
}

const DO: Readonly<Record<Duty['what'], (title: string, owed: string) => string>> = {
  answer: (title) => `Answer the claim on ${title}`,
  take: (title) => `Take the case on ${title}`,
  rule: (title) => `Rule on ${title}`,
  pay: (title, owed) => `Pay what was awarded on ${title}, ${owed}`,
};

/** What there is to do in a case for somebody with these parts in it. */
export function remindersIn(
  view: CaseView,
  parts: readonly CasePart[],
  nowSec: number,
): CaseReminder[] {
  const { daySec } = openerState(view).contract.document;
  const duties = new Map<Duty['what'], Duty>();
  for (const part of parts) {
    const duty = dutyOf(view, part, nowSec);
    if (duty) duties.set(duty.what, duty);
  }
  return [...duties.values()].map(({ what, atSec }) => {
    const title = `“${cleanLine(titleOf(openerState(view)), 60)}”`;
    const owed = owedWords(view, view.fold.outcome?.awards ?? []);
    return {
      key: `${view.id} ${what}`,
      href: `/cases/${view.id}`,
      // DI-22: "A client says when each time ends…"
      sentence: `${DO[what](title, owed)} by ${formatLocalTime(atSec)}`,
      atSec,
      left: leftWords(atSec, nowSec, daySec),
      stage: stageOf(atSec, nowSec, daySec),
    };
  });
}

/** What there is to do in cases, what is due first at the beginning. */
export function caseReminders(
  cases: readonly { readonly view: CaseView; readonly parts: readonly CasePart[] }[],
  nowSec: number,
): CaseReminder[] {
  return cases
    .flatMap(({ view, parts }) => remindersIn(view, parts, nowSec))
    .sort((a, b) => a.atSec - b.atSec);
}

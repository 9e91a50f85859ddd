/**
 * Notices: arrears, default, acceleration, write-off and closure. Each is judged on what it rests
 * on and on nothing else, so that no later event can undo it. Spec: specs/notices.md.
 */
import type { ParsedEvent, ParsedNotice } from '../events.ts';
import { dayOf } from '../interest.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { reject, type Reject } from '../result.ts';
import { signedAtSec } from './agreement.ts';
import { tendersOf, type LedgerCourse, type LedgerTender, type ReportedSales } from './course.ts';
import { roleOfKey, type AppliedNotice, type Draft } from './draft.ts';
import { computeLedger, type Ledger, type LedgerPayment } from './ledger.ts';
import type { PaidParts } from './paid.ts';
import { resolvePayments } from './payments.ts';
import { reportedSales } from './sales.ts';
import type { Notice, NoticeType, Version } from './state.ts';
import { resolveTenders } from './tenders.ts';
import { citationsOf, resolveVersions, termsAt, versionsAfter } from './versions.ts';

interface Judgement {
  /** Ids of everything the notice rests on. */
  readonly past: ReadonlySet<string>;
  /** Ids of the receipts, answers and reports among it that count by the keys it shows. */
  readonly counted: ReadonlySet<string>;
  readonly asOfSec: number;
  readonly ledger: Ledger;
  /** The terms in force at its time, of those it rests on. */
  readonly terms: ContractDocument;
  readonly course: LedgerCourse;
  readonly paid: PaidParts;
  readonly versions: readonly Version[];
}

/** What a notice rests on, and the balances that shows at its time. */
function judgementOf(draft: Draft, { event }: ParsedEvent): Judgement {
  const { past, view } = draft.basisOf(event.id);
  const paid = resolvePayments(view);
  // N-1: "A notice on a contract is judged by the ledger of the payments proven by the receipts and
  // acknowledgements it rests on, and of the sales reported in what it rests on, at its
  // `created_at` or at the latest of their settled times if that is later. What it does not rest on
  // is left out of the judgement."
  const asOfSec = Math.max(event.created_at, paid.latestSettledAtSec());
  // V-7: "A notice is judged by the versions whose signatures it rests on…"
  const signedSec = signedAtSec(draft) ?? 0;
  const { versions } = resolveVersions(view, signedSec, citationsOf(draft, paid));
  const terms = termsAt(versions, asOfSec) ?? draft.contract.document;
  const { daySec } = draft.contract.document;
  const sales = reportedSales(view.reports, daySec);
  // TE-10: "A notice is judged by the tenders and answers it rests on; what contests it are all of
  // them, each from the day on from which it covers."
  const tenders = tendersOf(resolveTenders(view));
  const course = { versions: versionsAfter(versions), sales, tenders };
  const ledger = computeLedger(draft.contract.document, paid.daily, asOfSec, course);
  const proofs = [
    ...view.receipts.map(({ receipt }) => receipt.event.id),
    ...view.chainPaid.map(({ receipt }) => receipt),
  ];
  const answers = view.acknowledgements.map(({ event: answer }) => answer.id);
  const counted = new Set([...proofs, ...answers, ...view.reports.map(({ id }) => id)]);
  return { past, counted, asOfSec, ledger, terms, course, paid, versions };
}

function addFinal(draft: Draft, { event }: ParsedEvent, judged: Judgement): void {
  const { counted, paid, versions } = judged;
  draft.finals.push({ id: event.id, createdAtSec: event.created_at, counted, paid, versions });
}

/** The bank says that the contract is repaid. */
export function applyClosure(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const judged = judgementOf(draft, parsed);
  // C-21: "A closure counts only when its ledger is repaid; otherwise it is refused as
  // `NOT_REPAID`."
  if (!judged.ledger.repaid) return reject('NOT_REPAID');
  draft.status = 'closed';
  addFinal(draft, parsed, judged);
  return undefined;
}

function isLate(ledger: Ledger, instalment: number): boolean {
  return ledger.instalments[instalment - 1]?.state === 'late';
}

/** The oldest late instalment, counted from 1; 0 when none is. */
function oldestLate(ledger: Ledger): number {
  return ledger.instalments.findIndex((each) => each.state === 'late') + 1;
}

/** Whether an arrears notice holds against a ledger. */
function arrearsMismatch(
  document: ContractDocument,
  ledger: Ledger,
  instalment: number,
): Reject | undefined {
  const late = ledger.instalments[instalment - 1];
  // N-2: "An arrears notice counts only when the instalment it names is late by more than
  // `graceDays`; otherwise it is refused as `NOT_LATE`."
  const isPastGrace = late !== undefined && late.daysPastDue > document.plan.graceDays;
  return isPastGrace ? undefined : reject('NOT_LATE', String(instalment));
}

/** Bank or investor says that an instalment is late. */
export function applyArrears(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const { document } = parsed as ParsedNotice;
  if (document.type !== 'arrears') return reject('NOT_LATE');
  const { asOfSec, ledger, terms, course } = judgementOf(draft, parsed);
  const known = { terms, course };
  const { instalment } = document;
  const refused = arrearsMismatch(terms, ledger, instalment);
  if (refused) return refused;
  draft.notices.push({ type: 'arrears', parsed, instalment, asOfSec, restsOn: [], ...known });
  return undefined;
}

/** Whether a default notice that rests on some arrears notices holds against a ledger. */
function defaultMismatch(
  contract: ContractDocument,
  ledger: Ledger,
  arrears: readonly AppliedNotice[],
): Reject | undefined {
  const { afterDays, cureDays } = contract.default;
  // N-3: "A default notice counts only when the oldest unpaid instalment is at least `afterDays`
  // past due; otherwise it is refused as `NOT_LATE`."
  if (ledger.daysPastDue < afterDays) return reject('NOT_LATE', String(ledger.daysPastDue));
  // N-4: "…more than `cureDays` days before it; otherwise it is refused as `CURE_RUNNING`."
  const day = dayOf(ledger.asOfSec, contract.daySec);
  const isOver = arrears.some(
    ({ instalment, asOfSec }) =>
      isLate(ledger, instalment) && day - dayOf(asOfSec, contract.daySec) > cureDays,
  );
  return isOver ? undefined : reject('CURE_RUNNING');
}

/** Bank or investor says that the loan is in default: final. */
export function applyDefault(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const judged = judgementOf(draft, parsed);
  const { past, asOfSec, ledger, terms, course } = judged;
  const known = { terms, course };
  const arrears = draft.notices.filter(
    (notice) => notice.type === 'arrears' && past.has(notice.parsed.event.id),
  );
  const refused = defaultMismatch(terms, ledger, arrears);
  if (refused) return refused;
  const instalment = oldestLate(ledger);
  draft.notices.push({ type: 'default', parsed, instalment, asOfSec, restsOn: arrears, ...known });
  // N-5: "A default notice that counts makes an effective contract `defaulted` and is not undone by
  // anything it does not rest on…"
  draft.status = 'defaulted';
  addFinal(draft, parsed, judged);
  return undefined;
}

/** Whether what follows a default holds against a ledger. */
function aftermathMismatch(ledger: Ledger): Reject | undefined {
  // N-21: "An acceleration or write-off counts only when by its ledger an instalment is late;
  // otherwise it is refused as `NOT_LATE`."
  return oldestLate(ledger) > 0 ? undefined : reject('NOT_LATE');
}

function applyAftermath(
  draft: Draft,
  parsed: ParsedEvent,
  type: 'acceleration' | 'writeOff',
): Reject | undefined {
  const judged = judgementOf(draft, parsed);
  const { past, asOfSec, ledger, terms, course } = judged;
  const defaults = draft.notices.filter(
    (notice) => notice.type === 'default' && past.has(notice.parsed.event.id),
  );
  // N-20: "An acceleration or write-off counts only when it rests on a default notice that counts;
  // otherwise it is refused as `DEFAULT_MISSING`."
  if (defaults.length === 0) return reject('DEFAULT_MISSING');
  const refused = aftermathMismatch(ledger);
  if (refused) return refused;
  const instalment = oldestLate(ledger);
  const known = { terms, course };
  draft.notices.push({ type, parsed, instalment, asOfSec, restsOn: defaults, ...known });
  addFinal(draft, parsed, judged);
  return undefined;
}

/** Bank or investor calls everything in: final. */
export function applyAcceleration(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  return applyAftermath(draft, parsed, 'acceleration');
}

/** The bank expects no more: final, and the debt stays. */
export function applyWriteOff(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  return applyAftermath(draft, parsed, 'writeOff');
}

function mismatchOf(
  ledger: Ledger,
  { type, instalment, restsOn, terms }: AppliedNotice,
): Reject | undefined {
  if (type === 'arrears') return arrearsMismatch(terms, ledger, instalment);
  return type === 'default' ? defaultMismatch(terms, ledger, restsOn) : aftermathMismatch(ledger);
}

/** Notices that count, and whether everything that is known contradicts them. */
export function viewNotices(
  draft: Draft,
  payments: readonly LedgerPayment[],
  sales: readonly ReportedSales[],
  tenders: readonly LedgerTender[],
): Notice[] {
  const { document } = draft.contract;
  const contested = new Map<AppliedNotice, boolean>();
  return draft.notices.map((notice) => {
    const { type, parsed, instalment, asOfSec, restsOn } = notice;
    // Whoever is no party took over from the bank.
    const author = roleOfKey(draft, parsed.event.pubkey) ?? 'bank';
    // N-6: "A notice that counts is contested when, judged by all payments proven and sales
    // reported in the set at the same time, it would be refused; an acceleration or write-off also
    // when every default notice it rests on is contested…"
    const course = { ...notice.course, sales, tenders };
    const ledger = computeLedger(document, payments, asOfSec, course);
    const refused = mismatchOf(ledger, notice);
    const isAftermath = type === 'acceleration' || type === 'writeOff';
    const isUnfounded = isAftermath && restsOn.every((each) => contested.get(each) === true);
    const isContested = refused !== undefined || isUnfounded;
    contested.set(notice, isContested);
    const { id } = parsed.event;
    return { id, type, author, instalment, asOfSec, contested: isContested };
  });
}

/** When the first notice of a type that nothing contests was judged, Unix seconds. */
export function firstOf(notices: readonly Notice[], type: NoticeType): number | undefined {
  const times = notices.filter((each) => each.type === type && !each.contested);
  return times.length === 0 ? undefined : Math.min(...times.map(({ asOfSec }) => asOfSec));
}

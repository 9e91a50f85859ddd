/**
 * Tenders: a debtor that cannot be asked for what it owes says that it would pay, and is not late
 * for it. Resolved from sets, without a clock. Spec: specs/tenders.md.
 */
import { checkInvoice } from '../delivery.ts';
import type { ParsedEvent, ParsedTender, ParsedTenderAnswer } from '../events.ts';
import { dayOf } from '../interest.ts';
import { TENDER_ANSWER_DAYS, TENDER_DAYS } from '../params.ts';
import { reject, type Reject } from '../result.ts';
import { actsFor, payeeStanding, roleOfActor, roleOfKey, type Draft } from './draft.ts';
import { parentsOf } from './graph.ts';
import { settledAtSec } from './evidence.ts';
import { requestMismatch } from './payments.ts';
import { unitsOf } from './prices.ts';
import { LEGS, PARTY_ROLES, type Tender } from './state.ts';
import type { AppliedTenderAnswer, Witness } from './tender-facts.ts';

/** A debtor offers parts. */
export function applyTender(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  draft.tenders.push(parsed as ParsedTender);
  return undefined;
}

/** Whether an answer's request asks for just what was tendered, for long enough. */
function requestProblem(draft: Draft, entry: AppliedTenderAnswer): Reject | undefined {
  const { request, tender, answer } = entry;
  const { document } = request;
  const units = unitsOf(document);
  const offered = tender.document;
  // TE-4: "An answer counts only when its request asks for the very parts of the tender, otherwise
  // it is refused as `PART_UNKNOWN`, in their amounts, otherwise as `PART_AMOUNT`…"
  const isOfIt = document.leg === offered.leg && document.n.join() === offered.n.join();
  if (!isOfIt) return reject('PART_UNKNOWN', offered.n.join());
  if (units.join() !== offered.units.join()) return reject('PART_AMOUNT');
  // TE-4: "…not by way of the bank, otherwise as `FORWARD_MISSING`…"
  if (document.via) return reject('FORWARD_MISSING');
  const mismatch = requestMismatch(draft.contract.document, document);
  if (mismatch) return mismatch;
  // TE-4: "…and can be paid from its date on for three contract days, otherwise as `PART_WINDOW`."
  const atSec = answer.event.created_at;
  const { daySec } = draft.contract.document;
  const isOpen =
    document.notBeforeSec <= atSec && document.expiresAtSec >= atSec + TENDER_ANSWER_DAYS * daySec;
  return isOpen ? undefined : reject('PART_WINDOW');
}

/** A creditor answers, in public. */
export function applyTenderAnswer(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const answer = parsed as ParsedTenderAnswer;
  const { event, document } = answer;
  const tender = draft.tenders.find((each) => each.event.id === document.tender);
  const request = draft.requests.get(document.request.id);
  // TE-3: "…An answer counts only to a tender that counts, otherwise it is refused as
  // `TENDER_UNKNOWN`, and only from a key of the payee, as must its request; otherwise it is
  // refused as `AUTHOR_ROLE` or `KEY_REVOKED`."
  if (!tender) return reject('TENDER_UNKNOWN', document.tender);
  if (!request) return reject('REQUEST_UNKNOWN', document.request.id);
  const { payee } = LEGS[tender.document.leg];
  const standing = payeeStanding(draft, event, payee);
  if (standing === 'ended') return reject('KEY_REVOKED', payee);
  const isPayees = standing === 'held' && actsFor(draft, request.event.pubkey, payee);
  if (!isPayees) return reject('AUTHOR_ROLE', payee);
  const entry = { answer, tender, request };
  const refused = requestProblem(draft, entry);
  if (refused) return refused;
  for (const [index, invoice] of document.invoices.entries()) {
    // TE-5: "An answer counts only when each of its invoices would be paid by a payer (T-6 to T-9)
    // at its date; otherwise it is refused as what is wrong with the invoice."
    const checked = checkInvoice(draft, request, index, invoice, event.created_at);
    if (!checked.ok) return checked;
  }
  draft.tenderAnswers.push(entry);
  return undefined;
}

/** Which events of parties name which answers to tenders. */
export function witnessesIn(
  draft: Draft,
  acts: readonly ParsedEvent[],
): ReadonlyMap<string, readonly Witness[]> {
  const found = new Map<string, Witness[]>();
  for (const act of acts) if (act.name === 'tenderAnswer') found.set(act.event.id, []);
  if (found.size === 0) return found;
  for (const act of acts) {
    const role = roleOfActor(draft, act.event.pubkey);
    if (!role) continue;
    for (const id of parentsOf(act)) {
      found.get(id)?.push({ id: act.event.id, role, atSec: act.event.created_at });
    }
  }
  return found;
}

/** What tenders are resolved of: a set, or what a notice rests on. */
type Known = Pick<
  Draft,
  'contract' | 'tenders' | 'tenderAnswers' | 'witnesses' | 'receipts' | 'notices' | 'keys'
> & { readonly pastOf: Draft['pastOf'] };

/** When an answer counts, Unix seconds; undefined while only its payee speaks of it. */
function answeredAtSec(
  { witnesses }: Known,
  { answer, tender }: AppliedTenderAnswer,
): number | undefined {
  // TE-8: "An answer is effective once the debtor, or the party that is neither debtor nor payee,
  // names it: at the latest of its date, its tender's and the earliest of theirs…"
  const { payee } = LEGS[tender.document.leg];
  const times = (witnesses.get(answer.event.id) ?? [])
    .filter(({ role }) => role !== payee)
    .map(({ atSec }) => atSec);
  if (times.length === 0) return undefined;
  return Math.max(answer.event.created_at, tender.event.created_at, Math.min(...times));
}

/** Whether the debtor held a request with unpaid parts that it could have paid. */
function couldPay({ receipts, tenderAnswers, pastOf }: Known, tender: ParsedTender): boolean {
  const { id, created_at: atSec } = tender.event;
  const { leg } = tender.document;
  const past = tenderAnswers.length > 0 ? pastOf(id) : new Set<string>();
  // TE-6: "A tender is void when its debtor had what it needs: a request on the leg that could be
  // paid at its date and has a part that no receipt proves to be settled by then, which a receipt
  // dated no later than it embeds, or an answer that it names, directly or not."
  const held = new Map(
    [
      ...receipts.filter(({ receipt }) => receipt.event.created_at <= atSec),
      ...tenderAnswers.filter(({ answer }) => past.has(answer.event.id)),
    ].map(({ request }) => [request.event.id, request] as const),
  );
  return [...held.values()].some(({ event, document }) => {
    const isOpen = document.notBeforeSec <= atSec && document.expiresAtSec > atSec;
    if (document.leg !== leg || !isOpen) return false;
    const settled = receipts
      .filter(({ request }) => request.event.id === event.id)
      .filter(({ receipt }) => settledAtSec(receipt.event.created_at, document) <= atSec)
      .flatMap(({ receipt }) => receipt.document.n);
    return document.n.some((n) => !settled.includes(n));
  });
}

/** The first day a tender covers. */
function fromDayOf({ notices, keys, pastOf, contract }: Known, { event, document }: ParsedTender) {
  const { daySec } = contract.document;
  const { payer, payee } = LEGS[document.leg];
  const third = PARTY_ROLES.find((role) => role !== payer && role !== payee);
  // TE-9: "A tender dated no later than an arrears or default notice by the party that is neither
  // debtor nor payee, which that notice does not rest on, covers from the day after the notice's on
  // only…"
  const days = notices
    .filter(({ type, parsed, asOfSec }) => {
      const author = roleOfKey({ keys }, parsed.event.pubkey) ?? 'bank';
      const isJudgement = type === 'arrears' || type === 'default';
      const isEarlier = event.created_at <= asOfSec && !pastOf(parsed.event.id).has(event.id);
      return isJudgement && author === third && isEarlier;
    })
    .map(({ asOfSec }) => dayOf(asOfSec, daySec) + 1);
  return Math.max(dayOf(event.created_at, daySec), ...days);
}

/** Tenders that count, by date and id, each with the days it covers and what becomes of it. */
export function resolveTenders(known: Known): readonly Tender[] {
  const { daySec } = known.contract.document;
  const answers = known.tenderAnswers
    .map((entry) => ({ ...entry, atSec: answeredAtSec(known, entry) }))
    .sort((a, b) => (a.atSec ?? Infinity) - (b.atSec ?? Infinity));
  return known.tenders.map((tender): Tender => {
    const { event, document } = tender;
    const { leg, n, units } = document;
    const fromDay = fromDayOf(known, tender);
    // TE-7: "A tender that is not void covers what it offers from its day on, and seven days with
    // it…"
    let toDay = dayOf(event.created_at, daySec) + TENDER_DAYS - 1;
    let dueAfterDay = -1;
    let isAnswered = false;
    for (const { atSec, tender: answered } of answers) {
      if (atSec === undefined || answered.document.leg !== leg) continue;
      const day = dayOf(atSec, daySec);
      // TE-8: "…Tenders on the leg dated by then that cover its day cover up to three days after it
      // and no more, and later ones only what fell due after it…"
      if (event.created_at > atSec) dueAfterDay = Math.max(dueAfterDay, day);
      else if (!isAnswered && toDay >= day) toDay = day + TENDER_ANSWER_DAYS;
      isAnswered ||= event.created_at <= atSec;
    }
    const own = answers.find((entry) => entry.tender === tender);
    return {
      id: event.id,
      leg,
      n,
      units: units.reduce((sum, each) => sum + BigInt(each), 0n),
      atSec: event.created_at,
      fromDay,
      toDay,
      dueAfterDay,
      isVoid: couldPay(known, tender),
      ...(own ? { answer: { id: own.answer.event.id, atSec: own.atSec } } : {}),
    };
  });
}

/**
 * Tenders: a business says in public what it would pay while nobody asks for it, and whoever it
 * owes answers. Spec: specs/tenders.md, "Clients".
 */
import {
  buildTender,
  buildTenderAnswer,
  dayOf,
  LEGS,
  ledgerOf,
  MAX_TENDERED_PARTS,
  TENDER_ANSWER_DAYS,
  TENDER_LEGS,
  type BookChunk,
  type ParsedTenderAnswer,
  type Tender,
  type TenderAnswerDocument,
} from '@realyield/protocol';
import { embedOwn, nextEventTimeSec, ownContract, ownHeads } from './desk.ts';
import type { Desk, OwnContract } from './desk.ts';
import type { JournalEntry } from './journal.ts';
import { OpenRequests, type OpenRequest } from './open-requests.ts';
import type { Payer } from './payer.ts';
import { publishTried } from './tried.ts';

type TenderLeg = (typeof TENDER_LEGS)[number];

/** How long a payee is asked before its payer tenders, seconds; less where days are short. */
const SILENT_SEC = 600;
/** However short days are, a question takes its time, seconds. */
const LEAST_SILENT_SEC = 10;
/** What an answer's request lasts, contract days. */
const ANSWER_DAYS = 7;
/** Days pass without anything being said: a tenth of one, in these bounds. */
const LOOK_AGAIN_MS = { least: 1_000, most: 60_000 };

/** What tenders are told by their crew. */
export interface TenderOrders {
  readonly mayRun: () => boolean;
  readonly isPaused: (root: string) => boolean;
  readonly payerOf: (root: string, leg: TenderLeg) => Payer | undefined;
  /** Signs and sends requests in advance; yields their number. */
  readonly fill: (root: string, chunk: BookChunk) => Promise<number>;
}

/** The last tender of a leg, where it is of these parts. */
export function tenderOf(
  tenders: readonly Tender[],
  leg: string,
  parts: readonly number[],
): Tender | undefined {
  const last = tenders.findLast((each) => each.leg === leg && !each.isVoid);
  return last && parts.every((n) => last.n.includes(n)) ? last : undefined;
}

/** Tenders and answers of one person. */
export class Tenders {
  readonly #desk: Desk;
  readonly #orders: TenderOrders;
  readonly #open: OpenRequests;
  readonly #roots = new Set<string>();
  readonly #taken = new Set<string>();
  #working: Promise<void> | undefined;
  #again = false;
  #stopTimer: (() => void) | undefined;
  #stopped = false;

  constructor(desk: Desk, orders: TenderOrders) {
    this.#desk = desk;
    this.#orders = orders;
    this.#open = new OpenRequests(desk);
  }

  /** Something about a contract changed. */
  attend(root: string): void {
    this.#roots.add(root);
    this.#look();
  }

  /** Begins nothing more; resolves when what is under way is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopTimer?.();
    await this.#working;
  }

  #look(): void {
    this.#again = true;
    if (this.#stopped) return;
    this.#working ??= this.#work()
      .catch((error: unknown) => {
        console.error(error);
      })
      .finally(() => {
        this.#working = undefined;
        if (this.#stopped) return;
        this.#stopTimer?.();
        this.#stopTimer = this.#desk.clock.after(this.#lookAgainMs(), () => {
          this.#look();
        });
      });
  }

  #lookAgainMs(): number {
    const days = [...this.#roots].map((root) => {
      const state = this.#desk.catalog.contract(root)?.fold.state;
      return (state?.contract.document.daySec ?? Infinity) * 100;
    });
    const { least, most } = LOOK_AGAIN_MS;
    return Math.max(least, Math.min(most, ...days));
  }

  #mayGoOn(): boolean {
    return !this.#stopped && this.#orders.mayRun();
  }

  async #work(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      for (const root of this.#roots) {
        if (!this.#mayGoOn()) break;
        const contract = ownContract(this.#desk, root);
        if (!contract?.own.money) continue;
        for (const leg of TENDER_LEGS) {
          if (contract.own.role === LEGS[leg].payer) await this.#tender(contract, leg);
          if (contract.own.role === LEGS[leg].payee) await this.#answer(contract, leg);
        }
      }
    }
  }

  /** Parts that the payee was asked for in vain for long enough. */
  #unasked({ view }: OwnContract, leg: TenderLeg): readonly JournalEntry[] {
    const { daySec } = view.fold.state.contract.document;
    const patienceMs = Math.max(LEAST_SILENT_SEC, Math.min(SILENT_SEC, daySec / 4)) * 1_000;
    const open = this.#desk.journal.unproven(view.root, leg);
    // TE-11: "…It tenders nothing that has a request it could pay or a payment under way."
    const untilMs = this.#desk.clock.nowMs() - patienceMs;
    const isInVain = ({ step, askedAtMs, updatedAtMs, request }: JournalEntry): boolean => {
      if (step === 'wanted') return askedAtMs > 0 && updatedAtMs <= untilMs;
      // The wallet has said that nothing left, and tries again.
      return step === 'failed' && (request?.created_at ?? Infinity) * 1_000 <= untilMs;
    };
    return open.every(isInVain) ? open.slice(0, MAX_TENDERED_PARTS) : [];
  }

  async #tender(contract: OwnContract, leg: TenderLeg): Promise<void> {
    const { own, view } = contract;
    const { root } = view;
    const { state } = view.fold;
    await this.#takeAnswers(contract, leg);
    const parts = this.#unasked(contract, leg);
    if (parts.length === 0 || !own.money || this.#orders.isPaused(root)) return;
    const nowSec = this.#desk.clock.nowSec();
    const { dueNow } = ledgerOf(state, nowSec);
    const dueUnits = leg === 'repayment' ? dueNow.repaymentUnits : dueNow.servicingUnits;
    // TE-11: "A debtor's client tenders the parts of an order that its payee was asked for and did
    // not hand out, or handed out so that they could not be paid, from the due day on…"
    if (dueUnits === 0n) return;
    const n = parts.map((part) => part.n);
    const known = tenderOf(state.tenders, leg, n);
    // TE-11: "…then again in time before what it said ends…"
    const today = dayOf(nowSec, state.contract.document.daySec);
    if (known && (known.toDay > today + 1 || known.answer?.atSec !== undefined)) return;
    const units = parts.map((part) => part.amountUnits);
    const prev = ownHeads(this.#desk, root, own);
    const document = { v: 1, type: 'tender', contract: root, leg, n, units, prev } as const;
    const template = buildTender(document, nextEventTimeSec(this.#desk, root));
    await publishTried(this.#desk, root, own.money, template);
  }

  /** Takes what the payee answered in public as it takes a delivery. */
  async #takeAnswers({ view }: OwnContract, leg: TenderLeg): Promise<void> {
    const { root } = view;
    const { tenders } = view.fold.state;
    if (tenders.length === 0) return;
    const payer = this.#orders.payerOf(root, leg);
    for (const parsed of this.#desk.catalog.eventsOf(root)) {
      if (parsed.name !== 'tenderAnswer' || this.#taken.has(parsed.event.id) || !payer) continue;
      if (!isOf(tenders, parsed, leg)) continue;
      this.#taken.add(parsed.event.id);
      // TE-13: "A debtor's client that finds an answer in public checks and pays it like a
      // delivery…"
      const { request, invoices } = parsed.document;
      const type = 'requestDelivery' as const;
      await payer.deliver({ v: 1, type, contract: root, request, invoices });
    }
  }

  async #answer(contract: OwnContract, leg: TenderLeg): Promise<void> {
    const { state } = contract.view.fold;
    const paid = state.paid.numbers(leg);
    const tender = state.tenders.findLast((each) => each.leg === leg);
    if (!tender || tender.answer || tender.n.every((n) => paid.has(n))) return;
    if (state.contract.document.denomination.type !== 'msat' || !this.#desk.wallet()) return;
    const { root } = contract.view;
    const [first = 0] = tender.n;
    const found = await this.#open.find(root, leg, first);
    if (!found) {
      // TE-12: "A payee's client that finds a tender answers it by a request for the same part, the
      // open one where there is one, or else one that lasts seven contract days, in private…"
      await this.#fill(contract, tender);
      return;
    }
    await this.#publish(contract, tender, found.request);
  }

  async #fill({ view }: OwnContract, { leg, n }: Tender): Promise<void> {
    const { root, fold } = view;
    const event = this.#desk.catalog
      .eventsOf(root)
      .findLast((each) => each.name === 'tender' && each.document.n.join() === n.join());
    if (event?.name !== 'tender') return;
    const notBeforeSec = this.#desk.clock.nowSec();
    const { units } = event.document;
    const parts = n.map((part, at) => ({ leg, n: part, amountUnits: BigInt(units[at] ?? '0') }));
    const { daySec } = fold.state.contract.document;
    const expiresAtSec = notBeforeSec + ANSWER_DAYS * daySec;
    await this.#orders.fill(root, { parts, notBeforeSec, expiresAtSec });
  }

  async #publish(contract: OwnContract, tender: Tender, request: OpenRequest): Promise<void> {
    const { own, view } = contract;
    const { daySec } = view.fold.state.contract.document;
    const nowSec = this.#desk.clock.nowSec();
    const embedded = embedOwn(request.event);
    const expiresAtSec = Number(embedded.content['expiresAtSec']);
    // TE-12: "…in public too where that is not paid a contract day after the request's date, as
    // long as the request lasts long enough."
    const isOld = nowSec >= embedded.created_at + daySec;
    const isLong = expiresAtSec >= nowSec + TENDER_ANSWER_DAYS * daySec;
    if (!isOld || !isLong || !own.money) return;
    const document: TenderAnswerDocument = {
      v: 1,
      type: 'tenderAnswer',
      contract: view.root,
      tender: tender.id,
      request: embedded,
      invoices: [...request.invoices],
      prev: ownHeads(this.#desk, view.root, own),
    };
    const atSec = nextEventTimeSec(this.#desk, view.root);
    await publishTried(this.#desk, view.root, own.money, buildTenderAnswer(document, atSec));
  }
}

function isOf(tenders: readonly Tender[], answer: ParsedTenderAnswer, leg: TenderLeg): boolean {
  return tenders.some(({ id, leg: of }) => id === answer.document.tender && of === leg);
}

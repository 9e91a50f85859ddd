/**
 * Payments to fallback addresses: what a silent payee is owed its debtor pays on the chain, by a
 * wallet of its own. The journal knows of it before the person does; no part of it is paid over
 * Lightning meanwhile; what the chain proves is published. Spec: specs/tenders.md, "Clients".
 */
import { reject, scriptOfAddress, type Result } from '@realyield/protocol';
import { ownContract, type Desk, type OwnContract } from '../desk.ts';
import { renewedEntry, type JournalEntry } from '../journal.ts';
import { Listeners } from '../listeners.ts';
import { ChainOrders, orderRow, type ChainOrder } from './orders.ts';
import type { AddressSource } from './ports.ts';
import { prove, provenHere } from './proving.ts';
import { freeEntries, LEAST_SAT, ownDebt, tenderEvent, unansweredOf } from './standing.ts';
import type { TenderLeg, Unanswered } from './standing.ts';
import { look } from './watching.ts';

/** How often sources are asked while something is awaited. */
const LOOK_MS = 20_000;
/** So long after its parts were freed an order is still looked for, seconds. */
const RELEASED_SEC = 30 * 86_400;

/** What fallback payments are told by their crew. */
export interface FallbackOrders {
  readonly mayRun: () => boolean;
  readonly wake: (root: string, leg: TenderLeg) => void;
}

/** Fallback payments of one person. */
export class Fallback {
  readonly changed = new Listeners<void>();
  readonly #desk: Desk;
  readonly #orders: FallbackOrders;
  readonly #kept: ChainOrders;
  #looking: Promise<void> | undefined;
  #stopTimer: (() => void) | undefined;
  #stopped = false;

  constructor(desk: Desk, orders: FallbackOrders) {
    this.#desk = desk;
    this.#orders = orders;
    this.#kept = new ChainOrders(desk.store);
  }

  /** Takes up what was begun before; must resolve before anything is paid. */
  async load(): Promise<void> {
    await this.#kept.load();
    // The row is there and its parts are not: whatever died in between, they are held.
    for (const order of this.#kept.all()) if (order.state === 'open') await this.#hold(order);
    this.#look();
  }

  /** Begins nothing more; resolves when what is under way is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopTimer?.();
    await this.#looking;
  }

  /** Orders of a contract, the last begun first. */
  of(root: string): readonly ChainOrder[] {
    const own = this.#kept.all().filter(({ contract }) => contract === root);
    return own.sort((a, b) => b.startedAtSec - a.startedAtSec);
  }

  /** Looks at once; resolves when the sources were asked. */
  async lookNow(): Promise<void> {
    await this.#looking;
    this.#look();
    await this.#looking;
  }

  /** Shows the person where to pay: from now on the parts are paid on the chain or not at all. */
  async begin(root: string, leg: TenderLeg): Promise<Result<ChainOrder>> {
    const contract = ownDebt(this.#desk, root);
    const nowSec = this.#desk.clock.nowSec();
    const offered = contract && unansweredOf(contract.view.fold.state, leg, nowSec);
    if (!offered || !this.#orders.mayRun()) return reject('STATE_FORBIDS', leg);
    const { address, valueSat } = offered;
    if (address === undefined) return reject('FALLBACK_ADDRESS');
    if (valueSat < LEAST_SAT) return reject('PART_AMOUNT', valueSat.toString());
    if (nowSec < offered.fromSec) return reject('FALLBACK_EARLY', String(offered.fromSec));
    // TE-21: "A debtor's client offers a payment to the fallback address only of a tender that
    // nobody answered, of parts with no payment under way, and once the median time of the newest
    // block is fourteen contract days after it…"
    const sources = await this.#desk.addressSources();
    const { network } = contract.view.fold.state.contract.document;
    const seen = await firstAnswer(sources, address, network);
    if (!seen) return reject('BLOCK_UNKNOWN');
    if (seen.medianTimeSec < offered.fromSec) {
      return reject('FALLBACK_EARLY', String(offered.fromSec));
    }
    return this.#keep(contract, offered, seen.outpoints);
  }

  /** Writes the order and holds its parts, all or none. */
  async #keep(
    contract: OwnContract,
    offered: Unanswered,
    before: readonly string[],
  ): Promise<Result<ChainOrder>> {
    const { root } = contract.view;
    const parsed = tenderEvent(this.#desk, root, offered.tender);
    if (!parsed) return reject('TENDER_UNKNOWN', offered.tender);
    const entries = await freeEntries(this.#desk, contract, offered, parsed.document);
    const known = this.#kept.of(offered.tender);
    if (!entries || known?.state === 'open') return reject('STATE_FORBIDS', 'inFlight');
    const { address = '', valueSat, leg, n } = offered;
    const { id, pubkey, created_at, kind, content, sig } = parsed.event;
    const tags = parsed.event.tags.map((tag) => [...tag]);
    const order: ChainOrder = {
      ...{ contract: root, leg, n: [...n], address, valueSat: valueSat.toString() },
      tender: { id, pubkey, created_at, kind, tags, content, sig },
      ...{ startedAtSec: this.#desk.clock.nowSec(), before: [...before], state: 'open' },
    };
    // TE-21: "…It keeps address, amount and parts in its journal, and withdraws every open request
    // for them, before it shows where to pay…"
    const held = await this.#hold(order, entries);
    if (!held) return reject('STATE_FORBIDS', 'inFlight');
    this.#kept.put(order);
    this.#orders.wake(root, leg);
    this.changed.emit();
    this.#look();
    return { ok: true, value: order };
  }

  /** Holds an order's parts that are still free; with the entries given, all or none. */
  async #hold(order: ChainOrder, given?: readonly JournalEntry[]): Promise<boolean> {
    const { journal, clock, store } = this.#desk;
    const { contract, leg, n } = order;
    const entries = given ?? n.flatMap((part) => journal.get(contract, leg, part) ?? []);
    const held = entries.map((entry): JournalEntry => {
      return { ...renewedEntry(entry, clock.nowMs()), step: 'chain' };
    });
    const isFree = (current: JournalEntry | undefined): boolean =>
      current === undefined || current.step === 'wanted' || current.step === 'failed';
    const after = await journal.change(
      held,
      (current, next) => (isFree(current) ? next : undefined),
      given ? [orderRow(order)] : [],
    );
    const isWhole = after.every((entry) => entry?.step === 'chain');
    if (isWhole || !given) return isWhole;
    // A request came in that moment and may be paid: nothing was shown, and nothing is held.
    await this.#free(order);
    await store.write([orderRow({ ...order, state: 'released' })]);
    return false;
  }

  /** Parts are to be asked for again. */
  async #free({ contract, leg, n }: ChainOrder): Promise<void> {
    const { journal, clock } = this.#desk;
    const entries = n.flatMap((part) => journal.get(contract, leg, part) ?? []);
    const freed = entries.map((entry) => renewedEntry(entry, clock.nowMs()));
    await journal.change(freed, (current, next) => (current?.step === 'chain' ? next : undefined));
    this.#orders.wake(contract, leg);
  }

  /**
   * The person says that they did not pay. Refused while a source says otherwise, or none says
   * anything; what shows later is proven all the same.
   */
  async release(tender: string): Promise<Result<undefined>> {
    const order = this.#kept.of(tender);
    if (order?.state !== 'open') return reject('STATE_FORBIDS');
    // TE-22: "…A person who says that they did not pay frees the parts, as long as a source says
    // that nothing came; an output that shows later is proven all the same…"
    const seen = await this.#ask(order);
    if (!seen) return reject('BLOCK_UNKNOWN');
    if (seen.found ?? seen.other) return reject('STATE_FORBIDS', 'inFlight');
    await this.#kept.write({ ...seen, state: 'released' });
    await this.#free(order);
    this.changed.emit();
    return { ok: true, value: undefined };
  }

  // TE-22: "…Another amount than was shown is taken only when the person says that it is theirs."
  /** The person says that an output of another amount is their payment. */
  async claim(tender: string): Promise<Result<undefined>> {
    const order = this.#kept.of(tender);
    if (!order?.other) return reject('STATE_FORBIDS');
    const { other, ...rest } = order;
    await this.#kept.write({ ...rest, found: other });
    await this.lookNow();
    return { ok: true, value: undefined };
  }

  #look(): void {
    if (this.#stopped || this.#looking) return;
    this.#stopTimer?.();
    this.#looking = this.#work()
      .catch((error: unknown) => {
        console.error(error);
      })
      .finally(() => {
        this.#looking = undefined;
        if (this.#stopped || this.#awaited().length === 0) return;
        this.#stopTimer = this.#desk.clock.after(LOOK_MS, () => {
          this.#look();
        });
      });
  }

  #mayGoOn(): boolean {
    return !this.#stopped && this.#orders.mayRun();
  }

  #awaited(): readonly ChainOrder[] {
    const sinceSec = this.#desk.clock.nowSec() - RELEASED_SEC;
    return this.#kept.all().filter(({ state, startedAtSec }) => {
      return state === 'open' || (state === 'released' && startedAtSec > sinceSec);
    });
  }

  async #work(): Promise<void> {
    for (const order of this.#awaited()) {
      if (!this.#mayGoOn()) return;
      const contract = ownContract(this.#desk, order.contract);
      if (!contract) continue;
      const proven = await provenHere(this.#desk, contract, order);
      const seen = proven ?? (await this.#ask(order));
      if (!seen || !this.#mayGoOn()) continue;
      const sources = await this.#desk.addressSources();
      const after = proven ?? (await prove(this.#desk, contract, seen, sources));
      if (JSON.stringify(after) === JSON.stringify(this.#kept.of(order.tender.id))) continue;
      await this.#kept.write(after);
      this.changed.emit();
    }
  }

  /** What the first source that answers says of an order; undefined where none does. */
  async #ask(order: ChainOrder): Promise<ChainOrder | undefined> {
    const state = this.#desk.catalog.contract(order.contract)?.fold.state;
    if (!state) return undefined;
    const counted = new Set([
      ...state.paid.chain.map(({ outpoint }) => outpoint),
      ...this.#kept.all().flatMap(({ found, tender }) => {
        return found && tender.id !== order.tender.id ? [found.outpoint] : [];
      }),
    ]);
    const { network } = state.contract.document;
    const script = scriptOfAddress(order.address, network);
    if (!script.ok) return undefined;
    for (const source of await this.#desk.addressSources()) {
      const seen = await look(source, script.value, order, counted);
      if (seen) return { ...seen, askedAtSec: this.#desk.clock.nowSec() };
    }
    return undefined;
  }
}

/** The newest block's median time and what pays to an address, by the first that says both. */
async function firstAnswer(
  sources: readonly AddressSource[],
  address: string,
  network: Parameters<typeof scriptOfAddress>[1],
): Promise<{ medianTimeSec: number; outpoints: readonly string[] } | undefined> {
  const script = scriptOfAddress(address, network);
  if (!script.ok) return undefined;
  for (const source of sources) {
    const block = await source.newestBlock();
    const outputs = block && (await source.outputsTo(address, script.value));
    if (!block || !outputs) continue;
    const outpoints = outputs.map(({ txid, vout }) => `${txid}:${vout}`);
    return { medianTimeSec: block.medianTimeSec, outpoints };
  }
  return undefined;
}

/**
 * Payments to fallback addresses: what a silent payee is owed its debtor pays on the chain, by a
 * wallet of its own. The journal knows of it before the person does; no part of it is paid over
 * Lightning meanwhile; what the chain proves is published. Spec: specs/tenders.md, "Clients".
 */
import { reject, TENDER_LEGS, type Result } from '@realyield/protocol';
import { ownContract, type Desk, type OwnContract } from '../desk.ts';
import { Listeners } from '../listeners.ts';
import { entriesOf, freeParts, holdParts } from './holding.ts';
import { ChainOrders, isBehind, isShown, withWord, type ChainOrder } from './orders.ts';
import { prove, provenHere } from './proving.ts';
import { Rounds } from './rounds.ts';
import { draftOrder, freeEntries, isMoot, ownDebt, ripeNow, tenderEvent } from './standing.ts';
import type { Ripe, TenderLeg } from './standing.ts';
import { Telling } from './telling.ts';
import { askSources, sourcesOf, unseen } from './watching.ts';

/** What fallback payments are told by their crew. */
export interface FallbackOrders {
  readonly mayRun: () => boolean;
  /** Since when nobody else paid for this person, ms. */
  readonly heldSinceMs: () => number;
  readonly wake: (root: string, leg: TenderLeg) => void;
}

/** Fallback payments of one person. */
export class Fallback {
  readonly changed = new Listeners<void>();
  readonly #desk: Desk;
  readonly #orders: FallbackOrders;
  readonly #kept: ChainOrders;
  readonly #telling: Telling;
  /** Tenders whose order is being told for the first time. */
  readonly #beginning = new Set<string>();
  readonly #rounds: Rounds;
  #isLoaded = false;
  #stopped = false;

  constructor(desk: Desk, orders: FallbackOrders) {
    this.#desk = desk;
    this.#orders = orders;
    this.#kept = new ChainOrders(desk.store);
    this.#rounds = new Rounds(desk.clock, {
      work: () => this.#work(),
      isAwaited: () => this.#kept.awaited(this.#nowSec).length > 0,
    });
    this.#telling = new Telling(desk, {
      heldSinceMs: orders.heldSinceMs,
      take: (order) => this.#kept.inTurn(() => this.#take(order)),
      heard: (root, told, hasGone) => {
        if (hasGone) this.#tellAgain(root, told);
      },
      told: (root) => {
        for (const leg of TENDER_LEGS) orders.wake(root, leg);
      },
    });
  }

  /** Takes up what was begun before; must resolve before anything is paid. */
  async load(): Promise<void> {
    await this.#kept.load();
    // The row is there and its parts are not: whatever died in between, they are held.
    for (const order of this.#kept.all()) {
      if (order.state !== 'open') continue;
      await holdParts(this.#desk, order, entriesOf(this.#desk, order), 'this device');
    }
    this.#isLoaded = true;
    this.#rounds.look();
  }

  /** Begins nothing more; resolves when what is under way is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#telling.stop();
    await this.#rounds.stop();
  }

  /** Hears of what other devices of this person begin under a contract. */
  attend(contract: OwnContract): void {
    if (this.#isLoaded && !this.#stopped) this.#telling.watch(contract);
  }

  /** Whether it is known what others had begun under a contract before this device paid. */
  isTold(root: string): boolean {
    return this.#telling.isTold(root);
  }

  /** Resolves when it is known, or relays have not said for seconds. */
  whenTold(root: string): Promise<void> {
    return this.#telling.ask(root);
  }

  /** Orders of a contract that its person may see, the last begun first. */
  of(root: string): readonly ChainOrder[] {
    const own = this.#kept.all().filter((order) => order.contract === root && isShown(order));
    return own.sort((a, b) => b.startedAtSec - a.startedAtSec);
  }

  /** Looks at once; resolves when the sources were asked. */
  lookNow(): Promise<void> {
    return this.#rounds.whole();
  }

  /** Shows the person where to pay: from now on the parts are paid on the chain or not at all. */
  async begin(root: string, leg: TenderLeg): Promise<Result<ChainOrder>> {
    // TE-23: "…it begins none and frees none before a relay has said what it has…"
    if (!(await this.#telling.hear(root))) return reject('STATE_FORBIDS', 'untold');
    if (!this.#orders.mayRun()) return reject('STATE_FORBIDS', leg);
    const ripe = await ripeNow(this.#desk, root, leg);
    return ripe.ok ? this.#kept.inTurn(() => this.#keep(ripe.value)) : ripe;
  }

  /** Writes the order and holds its parts, all or none. */
  async #keep(ripe: Ripe): Promise<Result<ChainOrder>> {
    const { contract, offered } = ripe;
    const { root } = contract.view;
    const parsed = tenderEvent(this.#desk, root, offered.tender);
    if (!parsed) return reject('TENDER_UNKNOWN', offered.tender);
    const free = await freeEntries(this.#desk, contract, offered, parsed.document);
    const known = this.#kept.of(offered.tender);
    // What was freed and has come all the same is proven, not paid again.
    const isPaid = known?.found !== undefined || known?.other !== undefined;
    if (known?.state === 'open' || isPaid) return reject('STATE_FORBIDS', 'inFlight');
    if (!free.ok) return free;
    const order = draftOrder(this.#desk, ripe, parsed.event, known);
    // TE-21: "…It keeps address, amount and parts in its journal, and withdraws every open request
    // for them, before it shows where to pay…"
    this.#beginning.add(order.tender.id);
    const isHeld = await holdParts(this.#desk, order, free.value, 'this device');
    this.#kept.put(order);
    // TE-23: "Before it shows where to pay, it tells the other devices of its person by an
    // encrypted event that a relay has taken…"
    const isTold = isHeld && (await this.#tell(contract));
    this.#beginning.delete(order.tender.id);
    if (!isTold) {
      // A request came in that moment and may be paid, or the other devices cannot know: nothing
      // was shown, and nothing is held.
      await this.#kept.takeBack(order, known);
      await this.#free(order);
      if (isHeld) await this.#tell(contract);
      return isHeld ? reject('STATE_FORBIDS', 'untold') : reject('STATE_FORBIDS', 'inFlight');
    }
    const told = { ...order, isTold: true };
    await this.#kept.write(told);
    this.#orders.wake(root, order.leg);
    this.changed.emit();
    this.#rounds.look();
    return { ok: true, value: told };
  }

  /** Another device's order, as it stands there; whether that is news. */
  async #take(told: ChainOrder): Promise<boolean> {
    const order = withWord(this.#kept.of(told.tender.id), told);
    if (this.#stopped || !order) return false;
    // TE-23: "…a client that hears of one takes it for its own, pays none of its parts over
    // Lightning, and begins none beside it…"
    if (order.state === 'open') {
      await holdParts(this.#desk, order, entriesOf(this.#desk, order), 'another');
      this.#kept.put(order);
    } else {
      await this.#kept.write(order);
      await this.#free(order);
    }
    this.#orders.wake(order.contract, order.leg);
    this.changed.emit();
    this.#rounds.look();
    return true;
  }

  // TE-23: "…and a client says again what another device's word, which did not know of it, has
  // replaced…"
  /** What another device said stands where this one's word stood: says that again. */
  #tellAgain(root: string, told: readonly ChainOrder[]): void {
    const contract = ownDebt(this.#desk, root);
    if (this.#stopped || !contract || !isBehind(told, this.#kept.awaited(this.#nowSec, root)))
      return;
    void this.#tell(contract).catch((error: unknown) => {
      console.error(error);
    });
  }

  /** Tells the person's other devices how what was begun under a contract stands. */
  #tell(contract: OwnContract): Promise<boolean> {
    return this.#telling.tell(contract, this.#kept.awaited(this.#nowSec, contract.view.root));
  }

  /** Parts are to be asked for again. */
  async #free(order: ChainOrder): Promise<void> {
    await freeParts(this.#desk, order, this.#kept.all());
    this.#orders.wake(order.contract, order.leg);
  }

  /**
   * The person says that they did not pay. Refused while a source says otherwise, or none says
   * anything; what shows later is proven all the same.
   */
  async release(tender: string): Promise<Result<undefined>> {
    const order = this.#kept.of(tender);
    if (order?.state !== 'open') return reject('STATE_FORBIDS');
    // TE-23: "…A client does not free what another device has shown again…"
    if (!(await this.#telling.hear(order.contract))) return reject('STATE_FORBIDS', 'untold');
    // TE-22: "…A person who says that they did not pay frees the parts, as long as a source says
    // that nothing came; an output that shows later is proven all the same…"
    const seen = await askSources(this.#desk, order, this.#kept.all());
    return this.#kept.inTurn(() => this.#release(order, seen));
  }

  async #release(order: ChainOrder, seen: ChainOrder | undefined): Promise<Result<undefined>> {
    const now = this.#kept.of(order.tender.id);
    const isSame = now?.state === 'open' && now.startedAtSec === order.startedAtSec;
    if (!isSame) return reject('STATE_FORBIDS', 'elsewhere');
    if (!seen) return unseen(this.#desk, order.contract);
    const hasCome = seen.found ?? seen.other ?? now.found ?? now.other;
    if (hasCome) return reject('STATE_FORBIDS', 'inFlight');
    await this.#kept.write({ ...seen, before: now.before, state: 'released' });
    await this.#free(order);
    const contract = ownDebt(this.#desk, order.contract);
    if (contract) await this.#tell(contract);
    this.changed.emit();
    return { ok: true, value: undefined };
  }

  // TE-22: "…Another amount than was shown is taken only when the person says that it is theirs."
  /** The person says that an output of another amount is their payment. */
  async claim(tender: string): Promise<Result<undefined>> {
    const isClaimed = await this.#kept.inTurn(async () => {
      const order = this.#kept.of(tender);
      if (!order?.other) return false;
      const { other, ...rest } = order;
      await this.#kept.write({ ...rest, found: other });
      const contract = ownDebt(this.#desk, order.contract);
      if (contract) await this.#tell(contract);
      return true;
    });
    if (!isClaimed) return reject('STATE_FORBIDS');
    await this.lookNow();
    return { ok: true, value: undefined };
  }

  /** Whether an order is to be paid, and its person's other devices know of it. */
  async #stands(contract: OwnContract, order: ChainOrder): Promise<boolean> {
    const { root, fold } = contract.view;
    if (!this.#kept.isLatest(order) || this.#beginning.has(order.tender.id)) return false;
    if (isMoot(fold.state, order, this.#kept.all())) {
      await this.#kept.inTurn(() => this.#drop(contract, order));
      return false;
    }
    if (isShown(order)) return true;
    // TE-23: "…One that died before it had told them tells them first, and shows nothing until
    // then…"
    if (!(await this.#telling.hear(root)) || !this.#mayGoOn()) return false;
    await this.#kept.inTurn(async () => {
      if (!this.#kept.isLatest(order) || !(await this.#tell(contract))) return;
      await this.#kept.write({ ...order, isTold: true });
      this.changed.emit();
    });
    return false;
  }

  /** Nothing is to be paid for an order any more. */
  async #drop(contract: OwnContract, order: ChainOrder): Promise<void> {
    if (!this.#kept.isLatest(order)) return;
    await this.#kept.write({ ...order, state: 'released' });
    await this.#free(order);
    if (order.isTold) await this.#tell(contract);
    this.changed.emit();
  }

  get #nowSec(): number {
    return this.#desk.clock.nowSec();
  }

  #mayGoOn(): boolean {
    return !this.#stopped && this.#orders.mayRun();
  }

  async #work(): Promise<void> {
    for (const order of this.#kept.awaited(this.#nowSec)) {
      const contract = ownContract(this.#desk, order.contract);
      if (this.#stopped || !contract) continue;
      // What others have proven is known to a device that does not pay now, too.
      const proven = await provenHere(this.#desk, contract, order);
      if (!proven && !(this.#mayGoOn() && (await this.#stands(contract, order)))) continue;
      const seen = proven ?? (await askSources(this.#desk, order, this.#kept.all()));
      if (!seen || !this.#kept.isLatest(order)) continue;
      const sources = await sourcesOf(this.#desk, order.contract);
      const after = proven ?? (await prove(this.#desk, contract, seen, sources));
      if (JSON.stringify(after) !== JSON.stringify(order)) await this.#note(order, after);
    }
  }

  /** What was seen of an order; its person may have freed it meanwhile. */
  #note(order: ChainOrder, after: ChainOrder): Promise<void> {
    return this.#kept.inTurn(async () => {
      if (!this.#kept.isLatest(order)) return;
      await this.#kept.write(after);
      this.changed.emit();
    });
  }
}

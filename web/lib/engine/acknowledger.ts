/** Acknowledges payments that the payee's own wallet confirms, many in one event. */
import { LEGS, buildAcknowledgement, type Payment } from '@realyield/protocol';
import { mapAtMost } from './at-once.ts';
import { eventRow, nextEventTimeSec, ownContract, ownHeads } from './desk.ts';
import type { Desk, OwnContract } from './desk.ts';
import { gatherMs } from './receipts.ts';

type Unanswered = Omit<Payment, 'afterFinal'>;

const RETRY_MS = 15_000;
const MOST_PARTS = 300;
const LOOKUPS_AT_ONCE = 8;

/** What an acknowledger is told by its crew. */
export interface AcknowledgerOrders {
  readonly mayRun: () => boolean;
  /** Whether the wallet has said by itself that this much came for a payment hash. */
  readonly wasToldOf: (paymentHash: string, amountMsat: bigint) => boolean;
}

/** Watches payments received under one contract. */
export class Acknowledger {
  readonly #desk: Desk;
  readonly #root: string;
  readonly #confirmed = new Set<string>();
  readonly #orders: AcknowledgerOrders;
  #stopTimer: (() => void) | undefined;
  #busy = false;
  #round: Promise<void> | undefined;
  #stopped = false;

  constructor(desk: Desk, root: string, orders: AcknowledgerOrders) {
    this.#desk = desk;
    this.#root = root;
    this.#orders = orders;
  }

  /** Something about the contract changed. */
  wake(): void {
    if (this.#stopTimer || this.#busy || this.#stopped) return;
    if (this.#unanswered().length > 0) this.#later(this.#gatherMs());
  }

  /** Stops; resolves when the round under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopTimer?.();
    await this.#round;
  }

  /** As long as receipts are gathered: what comes in one event is answered in one. */
  #gatherMs(): number {
    const contract = ownContract(this.#desk, this.#root);
    return contract ? gatherMs(contract) : RETRY_MS;
  }

  #later(delayMs: number): void {
    this.#stopTimer = this.#desk.clock.after(delayMs, () => {
      this.#stopTimer = undefined;
      this.#round = this.#run();
    });
  }

  #unanswered(): { contract: OwnContract; payment: Unanswered }[] {
    const contract = ownContract(this.#desk, this.#root);
    if (!contract?.own.money) return [];
    return contract.view.fold.state.paid
      .unacknowledged()
      .filter((payment) => LEGS[payment.leg].payee === contract.own.role)
      .map((payment) => ({ contract, payment }));
  }

  async #run(): Promise<void> {
    if (this.#stopped || !this.#orders.mayRun()) return;
    this.#busy = true;
    let waitMs = RETRY_MS;
    try {
      const waiting = this.#unanswered().slice(0, MOST_PARTS);
      const known = await mapAtMost(LOOKUPS_AT_ONCE, waiting, ({ payment }) =>
        this.#isReceived(payment),
      );
      const confirmed = waiting.filter((_item, index) => known[index]);
      const first = confirmed[0];
      if (first) {
        await this.#acknowledge(
          first.contract,
          confirmed.map((item) => item.payment),
        );
        waitMs = this.#gatherMs();
      }
    } catch (error) {
      console.error(error);
    }
    this.#busy = false;
    this.#goOn(waitMs);
  }

  #goOn(delayMs: number): void {
    if (!this.#stopped && this.#unanswered().length > 0) this.#later(delayMs);
  }

  async #isReceived(payment: Unanswered): Promise<boolean> {
    const { paymentHash, receivedMsat } = payment;
    if (this.#confirmed.has(paymentHash)) return true;
    if (this.#orders.wasToldOf(paymentHash, receivedMsat)) return true;
    const wallet = this.#desk.wallet();
    const answer = await wallet?.lookup({ paymentHash });
    const record = answer?.state === 'answered' ? answer.value : undefined;
    const isReceived =
      record?.state === 'settled' &&
      record.direction === 'incoming' &&
      record.amountMsat >= receivedMsat;
    if (isReceived) this.#confirmed.add(paymentHash);
    return isReceived;
  }

  async #acknowledge(contract: OwnContract, payments: readonly Unanswered[]): Promise<void> {
    const { own, view } = contract;
    if (!own.money) return;
    const byRequest = new Map<string, number[]>();
    for (const payment of payments) {
      byRequest.set(payment.request, [...(byRequest.get(payment.request) ?? []), payment.n]);
    }
    const items = [...byRequest]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, 100)
      .map(([request, n]) => ({ request, n: n.sort((a, b) => a - b) }));
    const event = await own.money.sign(
      buildAcknowledgement(
        {
          v: 1,
          type: 'received',
          contract: view.root,
          items,
          prev: ownHeads(this.#desk, view.root, own),
        },
        nextEventTimeSec(this.#desk, view.root),
      ),
    );
    const parcel = this.#desk.outbox.entry(
      event,
      this.#desk.directory.deliveryUrls(view.fold.state),
    );
    await this.#desk.store.write([eventRow(event, view.root), parcel]);
    await this.#desk.catalog.add([event], 'this device');
    void this.#desk.outbox.push(parcel);
  }
}

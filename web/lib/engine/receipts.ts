/** Receipts: proofs of what was paid, several parts of one request in one event. */
import {
  buildReceipt,
  templateProblem,
  type Leg,
  type SignedEvent,
  type Template,
} from '@realyield/protocol';
import { othersOf } from './cohorts.ts';
import { embedOwn, eventRow, nextEventTimeSec, ownHeads } from './desk.ts';
import type { Desk, OwnContract } from './desk.ts';
import { provenEntry, type JournalEntry } from './journal.ts';

/** A minute where a day is a day, so that one event proves many payments. */
const GATHER_SHARE = 1_440;
const LEAST_GATHER_MS = 1_500;
const NOTHING_MS = 30_000;

/** A receipt of paid parts of one request, before it is signed. */
function draft(
  desk: Desk,
  { own, view }: OwnContract,
  request: SignedEvent,
  paid: readonly JournalEntry[],
): Template {
  const { root } = view;
  const forward = paid.find((entry) => entry.forward)?.forward;
  return buildReceipt(
    {
      v: 1,
      contract: root,
      request: embedOwn(request),
      ...(forward ? { forward: embedOwn(forward) } : {}),
      n: paid.map((entry) => entry.n),
      preimage: paid.map((entry) => entry.preimage ?? ''),
      prev: ownHeads(desk, root, own),
    },
    nextEventTimeSec(desk, root),
  );
}

/** Proves paid parts of one request by one receipt, the first of them where not all fit. */
async function writeReceipt(
  desk: Desk,
  contract: OwnContract,
  all: readonly JournalEntry[],
): Promise<void> {
  const { own, view } = contract;
  const request = all[0]?.request;
  if (!request || !own.money) return;
  const { root } = view;
  let paid = all;
  let template = draft(desk, contract, request, paid);
  // P-40: "…as many as fit, and those left by another…"
  while (paid.length > 1 && templateProblem(template)?.code === 'EVENT_SIZE') {
    paid = paid.slice(0, Math.ceil(paid.length / 2));
    template = draft(desk, contract, request, paid);
  }
  const event = await own.money.sign(template);
  const parcel = desk.outbox.entry(event, desk.directory.deliveryUrls(view.fold.state));
  const proven = (current: JournalEntry | undefined, { paymentHash }: JournalEntry) =>
    current?.step === 'paid' && current.paymentHash === paymentHash
      ? provenEntry(current, desk.clock.nowMs(), event.id)
      : undefined;
  // Journal, event and outbox in one write: a receipt is never signed and forgotten.
  await desk.journal.change(paid, proven, [eventRow(event, root), parcel]);
  await desk.catalog.add([event], 'this device');
  void desk.outbox.push(parcel);
  if (paid.length < all.length) await writeReceipt(desk, contract, all.slice(paid.length));
}

/** How long paid parts wait for others of their request, ms. */
export function gatherMs({ view }: OwnContract): number {
  const { daySec } = view.fold.state.contract.document;
  return Math.max(LEAST_GATHER_MS, (daySec * 1_000) / GATHER_SHARE);
}

/** Signs the receipts of one leg: one round at a time, so that a part is proven once. */
export class Prover {
  readonly #desk: Desk;
  readonly #leg: Leg;
  #round: Promise<number> | undefined;

  constructor(desk: Desk, leg: Leg) {
    this.#desk = desk;
    this.#leg = leg;
  }

  /**
   * Proves paid parts: of a request whose parts in hand are all paid at once, else after a short
   * while. Returns how long to wait before looking again, ms.
   */
  write(contract: OwnContract): Promise<number> {
    this.#round ??= this.#write(contract).finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  async #write(contract: OwnContract): Promise<number> {
    const groups = new Map<string, { paid: JournalEntry[]; open: number }>();
    for (const entry of this.#desk.journal.unproven(contract.view.root, this.#leg)) {
      if (!entry.request) continue;
      const group = groups.get(entry.request.id) ?? { paid: [], open: 0 };
      if (entry.step === 'paid') group.paid.push(entry);
      else group.open += 1;
      groups.set(entry.request.id, group);
    }
    // P-27: "…the receipt of a tick that others may wait for is published as soon as it is paid."
    const isAwaited = this.#leg === 'disbursement' && othersOf(contract.view.fold.state).length > 0;
    const patienceMs = isAwaited ? 0 : gatherMs(contract);
    let waitMs = NOTHING_MS;
    for (const { paid, open } of groups.values()) {
      if (paid.length === 0) continue;
      const oldestMs = Math.min(...paid.map((entry) => entry.updatedAtMs));
      const leftMs = oldestMs + patienceMs - this.#desk.clock.nowMs();
      if (open === 0 || leftMs <= 0) await writeReceipt(this.#desk, contract, paid);
      else waitMs = Math.min(waitMs, leftMs);
    }
    return waitMs;
  }
}

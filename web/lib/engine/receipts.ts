/** Receipts: proofs of what was paid, several parts of one request in one event. */
import { buildReceipt, type Leg } from '@realyield/protocol';
import { othersOf } from './cohorts.ts';
import { embedOwn, eventRow, nextEventTimeSec, ownHeads } from './desk.ts';
import type { Desk, OwnContract } from './desk.ts';
import type { JournalEntry } from './journal.ts';

/** A minute where a day is a day, so that one event proves many payments. */
const GATHER_SHARE = 1_440;
const LEAST_GATHER_MS = 1_500;
const NOTHING_MS = 30_000;

async function writeReceipt(
  desk: Desk,
  contract: OwnContract,
  paid: readonly JournalEntry[],
): Promise<void> {
  const { own, view } = contract;
  const request = paid[0]?.request;
  if (!request || !own.money) return;
  const { root } = view;
  const template = buildReceipt(
    {
      v: 1,
      contract: root,
      request: embedOwn(request),
      n: paid.map((entry) => entry.n),
      preimage: paid.map((entry) => entry.preimage ?? ''),
      prev: ownHeads(desk, root, own),
    },
    nextEventTimeSec(desk, root),
  );
  const event = await own.money.sign(template);
  const parcel = desk.outbox.entry(event, desk.directory.deliveryUrls(view.fold.state));
  const done = paid.map((entry) => ({
    ...entry,
    step: 'receipted' as const,
    receipt: event.id,
    updatedAtMs: desk.clock.nowMs(),
  }));
  // Journal, event and outbox in one write: a receipt is never signed and forgotten.
  await desk.journal.write(done, [eventRow(event, root), parcel]);
  await desk.catalog.add([event], 'this device');
  void desk.outbox.push(parcel);
}

/** How long paid parts wait for others of their request, ms. */
export function gatherMs({ view }: OwnContract): number {
  const { daySec } = view.fold.state.contract.document;
  return Math.max(LEAST_GATHER_MS, (daySec * 1_000) / GATHER_SHARE);
}

/**
 * Signs receipts for paid parts: of a request whose parts in hand are all paid at once, else
 * after a short while. Returns how long to wait before looking again, ms.
 */
export async function writeReceipts(desk: Desk, contract: OwnContract, leg: Leg): Promise<number> {
  const groups = new Map<string, { paid: JournalEntry[]; open: number }>();
  for (const entry of desk.journal.entries(contract.view.root, leg)) {
    if (!entry.request) continue;
    const group = groups.get(entry.request.id) ?? { paid: [], open: 0 };
    if (entry.step === 'paid') group.paid.push(entry);
    else if (entry.step !== 'receipted') group.open += 1;
    groups.set(entry.request.id, group);
  }
  // P-27: "…the receipt of a tick that others may wait for is published as soon as it is paid."
  const isAwaited = leg === 'disbursement' && othersOf(contract.view.fold.state).length > 0;
  const patienceMs = isAwaited ? 0 : gatherMs(contract);
  let waitMs = NOTHING_MS;
  for (const { paid, open } of groups.values()) {
    if (paid.length === 0) continue;
    const oldestMs = Math.min(...paid.map((entry) => entry.updatedAtMs));
    const leftMs = oldestMs + patienceMs - desk.clock.nowMs();
    if (open === 0 || leftMs <= 0) await writeReceipt(desk, contract, paid);
    else waitMs = Math.min(waitMs, leftMs);
  }
  return waitMs;
}

/**
 * What is stored here, read at the start: listings and agreements first, because offers with what
 * is left of them can be shown from these alone; then the receipts, which are most of it, in
 * slices, so that the page stays alive meanwhile.
 */
import { Kind, readEventWith, type ParsedEvent } from '@realyield/protocol';
import type { Clock, Store } from './ports.ts';

/** Reading pauses after this long, ms. */
const SLICE_MS = 12;
const MONEY_KINDS: readonly unknown[] = [Kind.request, Kind.receipt, Kind.acknowledgement];

/** Where stored events go. */
export interface StoredOrders {
  readonly take: (parsed: ParsedEvent) => void;
  /** All but payments have been taken. */
  readonly agreed: () => void;
}

function isMoney(value: unknown): boolean {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : 0;
  return MONEY_KINDS.includes(kind);
}

/** Reads all stored events; resolves when they are in. */
export async function readStored(
  ports: { readonly store: Store; readonly clock: Clock },
  orders: StoredOrders,
): Promise<void> {
  const values = (await ports.store.all('events')).map(({ value }) => value);
  const take = (value: unknown): void => {
    // Stored events were verified before they were kept: only the signature check is spared.
    const read = readEventWith(value, () => true);
    if (read.ok) for (const parsed of read.value) orders.take(parsed);
  };
  for (const value of values) if (!isMoney(value)) take(value);
  orders.agreed();
  let pauseAtMs = ports.clock.nowMs() + SLICE_MS;
  for (const value of values) {
    if (!isMoney(value)) continue;
    if (ports.clock.nowMs() >= pauseAtMs) {
      await new Promise<void>((resolve) => ports.clock.after(0, resolve));
      pauseAtMs = ports.clock.nowMs() + SLICE_MS;
    }
    take(value);
  }
}

/**
 * Bringing a person back on a new device: the keys their signer opens, the contracts those keys
 * are in, and what was paused. Runs at the start, when a relay comes back, and when asked to.
 */
import { Kind } from '@realyield/protocol';
import type { Desk } from './desk.ts';
import type { HeldKey, Restored } from './keyring.ts';
import { Listeners } from './listeners.ts';
import type { PauseSwitch } from './pauses.ts';
import type { Filter, RelayState } from './ports.ts';

/** How restoring stands. */
export interface RestoreStatus {
  /** `opening`: the signer is being asked. `stopped`: by the person, with keys left. */
  readonly state: 'looking' | 'opening' | 'stopped' | 'done';
  /** Backups dealt with, of those this device lacked. */
  readonly done: number;
  readonly total: number;
  /** Backups the signer declined to open. */
  readonly declined: number;
  /** Relays that have not said everything they have. */
  readonly incomplete: readonly string[];
  /** Why the signer could not be asked, as a sentence. */
  readonly problem: string | undefined;
}

const AT_ONCE = 100;
/** Until relays that did not answer are asked again, and the signer that was away, ms. */
const AGAIN_MS = 30_000;

const INITIAL: RestoreStatus = {
  state: 'looking',
  done: 0,
  total: 0,
  declined: 0,
  incomplete: [],
  problem: undefined,
};

/** Restores one person. */
export class Restorer {
  readonly changed = new Listeners<void>();
  readonly #desk: Desk;
  readonly #pauses: PauseSwitch;
  readonly #onKey: (key: HeldKey) => void;
  readonly #open = new Set<string>();
  #status = INITIAL;
  #running: Promise<void> | undefined;
  #isWanted = false;
  #again = false;
  #ending = new AbortController();
  #isHalted = false;
  #stopTimer: (() => void) | undefined;
  #stopListening: (() => void) | undefined;
  #isClosed = false;

  constructor(desk: Desk, pauses: PauseSwitch, onKey: (key: HeldKey) => void) {
    this.#desk = desk;
    this.#pauses = pauses;
    this.#onKey = onKey;
  }

  /** How it stands. */
  get status(): RestoreStatus {
    return this.#status;
  }

  /** Begins, and begins again whenever a relay comes back. */
  start(): void {
    this.#stopListening = this.#desk.relays.onState((states) => {
      this.#relaysChanged(states);
    });
    this.soon();
  }

  /** Looks again as soon as what is under way is done; not while the person has stopped it. */
  soon(): void {
    if (this.#isClosed || this.#isHalted) return;
    this.#isWanted = true;
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined;
    });
  }

  /** Stops asking the signer; what has been opened stays. */
  halt(): void {
    this.#isHalted = true;
    this.#ending.abort();
  }

  /** Goes on, and asks again for what the signer declined. */
  async resume(): Promise<void> {
    await this.#running;
    this.#isHalted = false;
    this.#again = true;
    this.soon();
    await this.#running;
  }

  /** Ends for good; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopTimer?.();
    this.#stopListening?.();
    this.#ending.abort();
    await this.#running;
  }

  #relaysChanged(states: readonly RelayState[]): void {
    const open = states.filter(({ state }) => state === 'open').map(({ url }) => url);
    const isNew = open.some((url) => !this.#open.has(url));
    this.#open.clear();
    for (const url of open) this.#open.add(url);
    if (isNew) this.soon();
  }

  #say(change: Partial<RestoreStatus>): void {
    this.#status = { ...this.#status, ...change };
    this.changed.emit();
  }

  async #work(): Promise<void> {
    while (this.#isWanted && !this.#isClosed && !this.#isHalted) {
      this.#isWanted = false;
      this.#stopTimer?.();
      try {
        await this.#restore();
      } catch (error) {
        if (!this.#hasClosed()) console.error(error);
      }
    }
  }

  #hasClosed(): boolean {
    return this.#isClosed;
  }

  async #restore(): Promise<void> {
    this.#ending = new AbortController();
    const again = this.#again;
    this.#again = false;
    const restored = await this.#desk.keyring.restore({
      again,
      signal: this.#ending.signal,
      onProgress: ({ done, total }) => {
        this.#say({ state: 'opening', done, total });
      },
      // A stream that was paused must not run for the moment until that is known.
      prepare: (key) => this.#pauses.recall(key),
      onKey: this.#onKey,
    });
    await findContracts(this.#desk);
    this.#finish(restored);
  }

  #finish({ declined, left, incomplete, problem }: Restored): void {
    const { done, total } = this.#status;
    this.#say({
      state: left > 0 && this.#isHalted ? 'stopped' : 'done',
      done: left > 0 ? total - left : done,
      declined,
      incomplete,
      problem: problem?.message,
    });
    if ((incomplete.length > 0 || problem) && !this.#isClosed) {
      this.#stopTimer = this.#desk.clock.after(AGAIN_MS, () => {
        this.soon();
      });
    }
  }
}

function chunks<T>(list: readonly T[]): T[][] {
  const count = Math.ceil(list.length / AT_ONCE);
  return Array.from({ length: count }, (_, at) => list.slice(at * AT_ONCE, (at + 1) * AT_ONCE));
}

/**
 * Asks relays for contracts by the keys in hand and by the person's own, also on the relays those
 * contracts named: a general listing may have left them out.
 */
async function findContracts(desk: Desk): Promise<void> {
  const { catalog, keyring, relays, person } = desk;
  const known = new Set(
    catalog.roots().flatMap((root) => {
      const state = catalog.contract(root)?.fold.state;
      return state ? [root, state.contract.document.parties.investor.pubkey] : [];
    }),
  );
  const lacking = keyring
    .keys()
    .filter(({ publicKey, contract }) => !known.has(contract ?? publicKey));
  const kinds = [Kind.contract, Kind.signature];
  const investors = lacking.filter(({ use }) => use === 'investor');
  const roots = lacking.flatMap(({ contract }) => (contract === undefined ? [] : [contract]));
  const filters: Filter[] = [
    { kinds, '#p': [person.publicKey] },
    { kinds, authors: [person.publicKey] },
    ...chunks(investors).map((keys) => ({
      kinds,
      authors: keys.map(({ publicKey }) => publicKey),
    })),
    ...chunks(roots).flatMap((ids) => [{ ids }, { kinds, '#e': ids }]),
  ];
  const urls = [...new Set([...relays.urls, ...lacking.flatMap((key) => key.relays)])];
  const { events } = await relays.query(filters, { urls });
  await catalog.add(events, 'relays');
}

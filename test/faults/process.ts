/** One engine of a run as a process of its own: it starts on a disk, and dies at once. */
import { Lease } from '../../web/lib/engine/lease.ts';
import type { AddressSource } from '../../web/lib/engine/fallback/ports.ts';
import type { Verifier, Wallet } from '../../web/lib/engine/ports.ts';
import { Session } from '../../web/lib/engine/session.ts';
import { loadWasmSignatures } from '../../web/lib/nostr/verifier/load-wasm.ts';
import { createLocalSigner } from '../../web/lib/signer/local-signer.ts';
import { useSignatures } from '../../web/lib/signer/signatures.ts';
import { secretOf } from '../fixtures/keys.ts';
import { createLoneLease } from '../fixtures/lease.ts';
import { ProcessStore, type Disk, type DiskFaults } from './disk.ts';
import { SimRelays, type NetworkFaults, type SimRelay } from './network.ts';
import type { Random } from './random.ts';
import { ProcessClock, type Time } from './time.ts';

useSignatures(await loadWasmSignatures());

/** What all processes of a run share. */
export interface Surroundings {
  readonly time: Time;
  readonly random: Random;
  readonly relays: readonly SimRelay[];
  readonly network: NetworkFaults;
  readonly verifier: Verifier;
}

/** One window of a browser at a time, as Web Locks do: whoever waited longest is next. */
export class WindowLock {
  readonly #waiting: (() => void)[] = [];
  #isHeld = false;

  /** Runs once no other window holds the lock; the returned function lets go. */
  whenAlone(run: () => Promise<void>): () => void {
    let isOver = false;
    let isOurs = false;
    const begin = (): void => {
      if (isOver) this.#next();
      else {
        isOurs = true;
        void run();
      }
    };
    if (this.#isHeld) this.#waiting.push(begin);
    else {
      this.#isHeld = true;
      begin();
    }
    return () => {
      if (!isOver && isOurs) this.#next();
      isOver = true;
    };
  }

  #next(): void {
    const begin = this.#waiting.shift();
    this.#isHeld = begin !== undefined;
    begin?.();
  }
}

/** What one process is. */
export interface ProcessOptions {
  /** The name of a test key. */
  readonly person: string;
  readonly disk: Disk;
  readonly wallet: Wallet;
  readonly faults: DiskFaults;
  /** Whether another device of the same person may be at work. */
  readonly hasRivals: boolean;
  readonly rank?: 'person' | 'helper';
  /** What it shares with other windows of its browser, beside the disk. */
  readonly lock?: WindowLock;
  /** Who tells it of the chain. */
  readonly source?: AddressSource;
  readonly onDeath: () => void;
}

/** A running engine. */
export class SimProcess {
  readonly session: Session;
  readonly clock: ProcessClock;
  readonly #options: ProcessOptions;
  readonly #relays: SimRelays;
  readonly #store: ProcessStore;
  #isDead = false;
  #letGo: () => void = () => undefined;

  constructor(surroundings: Surroundings, options: ProcessOptions) {
    const { time, random, network, verifier } = surroundings;
    this.#options = options;
    this.clock = new ProcessClock(time);
    this.#relays = new SimRelays(surroundings.relays, { time, random, faults: network });
    this.#store = new ProcessStore(options.disk, options.faults, () => this.die());
    const person = createLocalSigner(secretOf(options.person));
    const { rank = 'person', lock = new WindowLock() } = options;
    const ports = { person, relays: this.#relays, verifier, clock: this.clock };
    this.session = new Session({
      ...ports,
      store: this.#store,
      addressSources: async () => (options.source ? [this.#whileAlive(options.source)] : []),
      rank,
      lease: options.hasRivals ? new Lease(ports, rank) : createLoneLease(),
      whenAlone: (run) => {
        this.#letGo = lock.whenAlone(run);
        return this.#letGo;
      },
    });
    void this.session.start().then(() => {
      if (!this.#isDead) this.session.useWallet(options.wallet);
    });
  }

  /** Whoever died hears no answer. */
  #whileAlive(source: AddressSource): AddressSource {
    const heard = async <T>(answer: Promise<T>): Promise<T> => {
      const value = await answer;
      return this.#isDead ? new Promise(() => undefined) : value;
    };
    return {
      newestBlock: () => heard(source.newestBlock()),
      outputsTo: (...asked) => heard(source.outputsTo(...asked)),
      prove: (...asked) => heard(source.prove(...asked)),
    };
  }

  /** kill -9. */
  die(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.clock.die();
    this.#store.isDead = true;
    this.#relays.close();
    this.#options.wallet.close();
    this.#letGo();
    this.#options.onDeath();
  }
}

/** A loan's evidence on relays, and clients of its parties, without wallets or Lightning. */
import { computeLedger, type BitcoinNetwork, type SignedEvent } from '@realyield/protocol';
import { WebSocket } from 'ws';
import {
  startRelay,
  type RelayHandle,
  type RelayOptions,
} from '../../relay-rules/src/relay/server.ts';
import type { ChainPort } from '../../web/lib/engine/bonds/ports.ts';
import { Catalog } from '../../web/lib/engine/catalog.ts';
import type { AddressSource } from '../../web/lib/engine/fallback/ports.ts';
import type { Clock, Relays, Store } from '../../web/lib/engine/ports.ts';
import type { SessionLease } from '../../web/lib/engine/lease.ts';
import { Session } from '../../web/lib/engine/session.ts';
import { createRelays } from '../../web/lib/nostr/relays.ts';
import { createInlineVerifier } from '../../web/lib/nostr/verifier/inline-verifier.ts';
import { createLocalSigner } from '../../web/lib/signer/local-signer.ts';
import { Loan, offerDocument, rememberingVerifier, secretOf } from '../fixtures/loan.ts';
import { systemClock } from '../world/system-clock.ts';
import { openSqliteStore } from '../world/sqlite-store.ts';

const webSocket = WebSocket as unknown as typeof globalThis.WebSocket;
const timings = { connectMs: 10_000, publishMs: 10_000, firstRetryMs: 20, lastRetryMs: 100 };

/** A clock that can be put forward. */
export interface MovedClock extends Clock {
  aheadSec: number;
}

/** The machine's clock, put forward as far as is said. */
export function movedClock(aheadSec = 0): MovedClock {
  const clock: MovedClock = {
    aheadSec,
    nowSec: () => systemClock.nowSec() + clock.aheadSec,
    nowMs: () => systemClock.nowMs() + clock.aheadSec * 1_000,
    // What is done once a minute is done at once.
    after: (delayMs, callback) => systemClock.after(delayMs < 60_000 ? delayMs : 50, callback),
  };
  return clock;
}

type Sources = (network: BitcoinNetwork) => Promise<readonly AddressSource[]>;

/** Relays and clients that end together. */
export class Estate {
  readonly #ends: (() => Promise<void> | void)[] = [];
  readonly verifier = createInlineVerifier(rememberingVerifier);

  /** Starts a relay. */
  async relay(options: RelayOptions = {}): Promise<RelayHandle> {
    const handle = await startRelay(options);
    this.#ends.push(() => handle.stop());
    return handle;
  }

  /** A party's client; `name` is a key of the fixtures. The same store is the same device. */
  async session(
    name: string,
    urls: readonly string[],
    clock: Clock,
    parts: Partial<{
      store: Store;
      relays: Relays;
      lease: SessionLease;
      chain: ChainPort;
      addressSources: Sources;
    }> = {},
  ): Promise<Session> {
    const { relays, store } = { ...this.#parts(urls), ...parts };
    const session = new Session({
      person: createLocalSigner(secretOf(name)),
      relays,
      store,
      verifier: this.verifier,
      clock,
      rank: 'person',
      ...(parts.lease ? { lease: parts.lease } : {}),
      ...(parts.chain ? { chain: parts.chain } : {}),
      ...(parts.addressSources ? { addressSources: parts.addressSources } : {}),
      whenAlone: (run) => {
        void run();
        return () => undefined;
      },
    });
    this.#ends.push(() => session.stop());
    await session.start();
    return session;
  }

  /** Somebody who only looks. */
  async stranger(urls: readonly string[], clock: Clock): Promise<Catalog> {
    const catalog = new Catalog({ ...this.#parts(urls), verifier: this.verifier, clock });
    this.#ends.push(() => {
      catalog.stop();
    });
    await catalog.start();
    return catalog;
  }

  /** Connections of nobody in particular. */
  relaysAt(urls: readonly string[]): Relays {
    const relays = createRelays({ urls, webSocket, timings });
    this.#ends.push(() => {
      relays.close();
    });
    return relays;
  }

  /** Ends everything, the last begun first. */
  async close(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
  }

  #parts(urls: readonly string[]) {
    const store = openSqliteStore(':memory:');
    this.#ends.push(() => store.close());
    return { relays: this.relaysAt(urls), store };
  }
}

/** A loan that was paid out and repaid in the last quarter of an hour, on the relays given. */
export function repaidLoan(urls: readonly string[]): Loan {
  const nowSec = systemClock.nowSec();
  const { business } = offerDocument();
  const loan = new Loan({
    startAtSec: nowSec - 900,
    offer: { relays: [...urls], business: { ...business, relays: [...urls] } },
    investorRelays: urls,
  });
  loan.signAll();
  const paid = loan.streamAll();
  const { request } = paid[0] ?? {};
  if (request) loan.acknowledge('business', request, [0, 1, 2, 3], nowSec - 250);
  const { contract, payments } = loan.fold().state;
  const { payoffUnits } = computeLedger(contract.document, payments, nowSec);
  loan.pay('repayment', [{ n: 0, amountUnits: payoffUnits }], nowSec - 60);
  return loan;
}

/** Puts events on a relay as if they had long been there. */
export function store(relay: RelayHandle, events: readonly SignedEvent[]): void {
  for (const event of events) relay.injectUnchecked(event);
}

/**
 * A person's engine as an unattended process: it answers requests for parts, streams what is due,
 * proves and acknowledges what was paid, and publishes evidence that relays have lost. It steps
 * back while its owner's own client is open, and goes on when that has gone.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Lease } from '../engine/lease.ts';
import type { Relays, Signer, Store, Wallet } from '../engine/ports.ts';
import { randomHex } from '../engine/random.ts';
import { Session } from '../engine/session.ts';
import { createRelays } from '../nostr/relays.ts';
import { createInlineVerifier } from '../nostr/verifier/inline-verifier.ts';
import { loadWasmSignatures } from '../nostr/verifier/load-wasm.ts';
import { useSignatures } from '../signer/signatures.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { WalletConnection } from '../wallet/connection.ts';
import { readInvoice } from '../wallet/invoices.ts';
import { createNwcWallet } from '../wallet/nwc.ts';
import type { AgentConfig } from './config.ts';
import { startFilling } from './filling.ts';
import { startHealth } from './health.ts';
import { holdOf } from './hold.ts';
import { takeLock } from './lock.ts';
import type { AgentLog } from './log.ts';
import { nodeWebSocket } from './node-web-socket.ts';
import { startRepaying } from './repaying.ts';
import { takeReport } from './report.ts';
import { systemClock } from './system-clock.ts';

/** What an agent is made of; secrets are opened by the caller. */
export interface AgentParts {
  readonly config: AgentConfig;
  readonly person: Signer;
  readonly connection: WalletConnection;
  readonly log: AgentLog;
}

const HOLDER = 'lease-holder';

/** Under which name agents of this store hold the lease: one at a time, so one name is enough. */
async function holderOf(store: Store): Promise<string> {
  const kept = await store.get('settings', HOLDER);
  if (typeof kept === 'string') return kept;
  const made = `agent-${randomHex().slice(0, 16)}`;
  await store.write([{ table: 'settings', key: HOLDER, value: made }]);
  return made;
}

/** A wallet that says in the log what it was told and what it said, without its secrets. */
function logged(wallet: Wallet, config: AgentConfig, log: AgentLog): Wallet {
  return {
    hold: holdOf(wallet, config),
    info: () => wallet.info(),
    balance: () => wallet.balance(),
    makeInvoice: (order) => wallet.makeInvoice(order),
    async pay(invoice) {
      const parsed = readInvoice(invoice);
      const paymentHash = parsed.ok ? parsed.value.paymentHash : undefined;
      const amountMsat = parsed.ok ? parsed.value.amountMsat?.toString() : undefined;
      log.info('paying', { paymentHash, amountMsat });
      const answer = await wallet.pay(invoice);
      if (answer.state === 'answered') {
        log.info('paid', { paymentHash, feesPaidMsat: answer.value.feesPaidMsat.toString() });
      } else log.problem('not paid', { paymentHash, state: answer.state, why: answer.sentence });
      return answer;
    },
    lookup: (query) => wallet.lookup(query),
    budget: () => wallet.budget(),
    onPayment: (listener) => wallet.onPayment(listener),
    close: () => {
      wallet.close();
    },
  };
}

/** Runs until stopped. */
export class Agent {
  readonly #parts: AgentParts;
  readonly #waiting = new AbortController();
  /** What to undo, the last first. */
  readonly #undo: (() => Promise<void> | void)[] = [];
  #stopping: Promise<void> | undefined;

  constructor(parts: AgentParts) {
    this.#parts = parts;
  }

  /** Resolves when the engine is at work, or was stopped before it was. Throws AgentFault. */
  async start(): Promise<void> {
    const { config, log, person, connection } = this.#parts;
    const startedAtSec = systemClock.nowSec();
    mkdirSync(config.store, { recursive: true, mode: 0o700 });
    const lock = await takeLock(config.store, systemClock, {
      signal: this.#waiting.signal,
      onWait: (holder) => {
        log.info('waiting for another agent of this store', { pid: holder?.pid });
      },
    });
    if (!lock) return;
    this.#undo.push(() => {
      lock.release();
    });
    const store = openSqliteStore(join(config.store, 'store.sqlite'));
    this.#undo.push(() => store.close());
    const relays = createRelays({ urls: config.relays, webSocket: nodeWebSocket });
    this.#undo.push(() => {
      relays.close();
    });
    const session = await this.#open(store, relays);
    this.#undo.push(() => session.stop());
    session.limits.use(config.limits);
    session.prices.use({ lastPriceMinutes: config.lastPriceMinutes });
    this.#follow(session);
    await session.start();
    const wallet = createNwcWallet(connection, { webSocket: nodeWebSocket });
    session.useWallet(logged(wallet, config, log));
    if (config.repays || config.paysDues) {
      const repaying = startRepaying(session, systemClock, log, config);
      this.#undo.push(() => repaying.stop());
    }
    if (config.fillsBooks) {
      const filling = startFilling(session, systemClock, log);
      this.#undo.push(() => filling.stop());
    }
    const health = await startHealth(config.healthPort, () =>
      takeReport(session, relays.states(), { startedAtSec, nowSec: systemClock.nowSec() }),
    );
    this.#undo.push(() => health.stop());
    lock.announce(health.port);
    log.info('ready', { publicKey: person.publicKey, healthPort: health.port });
  }

  /** Ends in good order: what was begun is in the journal for the next start. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#waiting.abort();
    for (let undo = this.#undo.pop(); undo; undo = this.#undo.pop()) await undo();
    this.#parts.log.info('stopped');
  }

  async #open(store: Store, relays: Relays): Promise<Session> {
    const { person } = this.#parts;
    const signatures = await loadWasmSignatures();
    useSignatures(signatures);
    const verifier = createInlineVerifier(signatures.verify);
    const ports = { person, relays, verifier, clock: systemClock };
    const lease = new Lease({ ...ports, holder: await holderOf(store) }, 'helper');
    return new Session({
      ...ports,
      store,
      rank: 'helper',
      lease,
      // The lock of the store is held already.
      whenAlone: (run) => {
        void run().catch((error: unknown) => {
          console.error(error);
        });
        return () => undefined;
      },
    });
  }

  /** Says what changes: activity as it is added, and how each contract stands. */
  #follow(session: Session): void {
    const { log } = this.#parts;
    const said = new Map<string, string>();
    let wasRunning: boolean | undefined;
    const stopAdded = session.activity.added.add(({ contract, level, code, sentence }) => {
      log[level === 'problem' ? 'problem' : 'info']('activity', { contract, code, sentence });
    });
    const stop = session.changed.add(() => {
      if (session.isRunning !== wasRunning) {
        wasRunning = session.isRunning;
        log.info(wasRunning ? 'pays now' : 'stands back');
      }
      for (const { view } of session.contracts()) {
        const status = session.payerStatus(view.root);
        if (!status || said.get(view.root) === status.sentence) continue;
        said.set(view.root, status.sentence);
        const { level, code, sentence, untilSec } = status;
        const write = level === 'problem' ? 'problem' : 'info';
        log[write]('contract', { contract: view.root, code, sentence, untilSec });
      }
    });
    this.#undo.push(stop, stopAdded);
  }
}

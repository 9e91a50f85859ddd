/**
 * A persona nobody plays: the engine in this process, with its own store, wallet and relays, and
 * a policy that decides. It acts only while its session holds the lease, so it steps back when
 * the persona's own client opens and comes back when that has gone.
 */
import { createHash } from 'node:crypto';
import { sentenceFor, type Result } from '@realyield/protocol';
import { Lease } from '../../web/lib/engine/lease.ts';
import type { ClaimOrder } from '../../web/lib/engine/milestones.ts';
import { Session } from '../../web/lib/engine/session.ts';
import type { EngineParts } from './engine-parts.ts';
import { decide, type Facts, type Step } from './policies.ts';
import { systemClock } from './system-clock.ts';

/** What a helper works with; it closes all of it when it stops. */
export interface HelperParts extends EngineParts {
  readonly name: string;
  /** Whether it leaves repaying to whoever plays the persona. */
  readonly isStruggling: boolean;
}

const GATHER_MS = 100;
/** A lease can run out without a word, so a helper looks again after this long at the latest. */
const LONGEST_WAIT_MS = 5_000;

/** Runs the policy over a session until stopped. */
export class Helper {
  readonly session: Session;
  readonly #parts: HelperParts;
  #timer: { readonly atMs: number; readonly stop: () => void } | undefined;
  #stopListening: (() => void) | undefined;
  #working: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: HelperParts) {
    this.#parts = parts;
    const lease = { person: parts.person, relays: parts.relays, verifier: parts.verifier };
    this.session = new Session({
      person: parts.person,
      relays: parts.relays,
      store: parts.store,
      verifier: parts.verifier,
      clock: systemClock,
      rank: 'helper',
      // A world that was killed comes back to its own leases.
      lease: new Lease({ ...lease, clock: systemClock, holder: 'helper' }, 'helper'),
      // One helper a persona: nobody else works on this store.
      whenAlone: (run) => {
        void run().catch((error: unknown) => {
          this.#complain(error);
        });
        return () => undefined;
      },
    });
  }

  /** Resolves when the engine is at work. */
  async start(): Promise<void> {
    this.#stopListening = this.session.changed.add(() => {
      this.#lookIn(GATHER_MS);
    });
    await this.session.start();
    this.session.useWallet(this.#parts.wallet);
    this.#lookIn(GATHER_MS);
  }

  /** Stops after the step under way, and closes everything. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#timer?.stop();
    this.#stopListening?.();
    await this.#working;
    await this.session.stop();
    this.#parts.relays.close();
    await this.#parts.store.close();
  }

  #complain(error: unknown): void {
    if (!this.#stopped) console.error(`${this.#parts.name}:`, error);
  }

  /** Looks after a delay, or sooner if that was already planned. */
  #lookIn(delayMs: number): void {
    const atMs = systemClock.nowMs() + delayMs;
    if (this.#stopped || (this.#timer && this.#timer.atMs <= atMs)) return;
    this.#timer?.stop();
    const stop = systemClock.after(delayMs, () => {
      this.#timer = undefined;
      // One look at a time; changes in the meantime are looked at after it.
      this.#working = (this.#working ?? Promise.resolve()).then(() => this.#look());
    });
    this.#timer = { atMs, stop };
  }

  async #look(): Promise<void> {
    if (this.#stopped) return;
    let waitMs = LONGEST_WAIT_MS;
    try {
      waitMs = await this.#takeSteps();
    } catch (error) {
      this.#complain(error);
    }
    this.#lookIn(waitMs);
  }

  #mayAct(): boolean {
    return !this.#stopped && this.session.isRunning;
  }

  /** Takes what is due; returns how long to wait before the next look, ms. */
  async #takeSteps(): Promise<number> {
    if (!this.#mayAct()) return LONGEST_WAIT_MS;
    const { steps, lookAgainAtSec } = decide(await this.#facts());
    for (const step of steps) {
      if (!this.#mayAct()) return LONGEST_WAIT_MS;
      await this.#take(step);
    }
    if (lookAgainAtSec === undefined) return LONGEST_WAIT_MS;
    const untilMs = lookAgainAtSec * 1_000 - systemClock.nowMs();
    return Math.min(LONGEST_WAIT_MS, Math.max(GATHER_MS, untilMs));
  }

  async #facts(): Promise<Facts> {
    const { session } = this;
    const { isStruggling } = this.#parts;
    const proposals = (await session.agreements.proposals()).map(({ contract, problem }) => ({
      root: contract.view.root,
      role: contract.own.role,
      isSound: problem === undefined,
      // The bank signs last: changed terms wait for the investor too.
      hasBusinessSignature: (['investor', 'business'] as const).every(
        (role) => contract.view.fold.state.signatures[role] !== undefined,
      ),
    }));
    const claims = session.agreements.milestones.open().map(({ view, claim }) => ({
      root: view.root,
      claim: claim.event.id,
      claimedAtSec: claim.event.created_at,
      daySec: view.fold.state.contract.document.daySec,
    }));
    const contracts = session.contracts().map(({ view, own }) => {
      const { state } = view.fold;
      const proven = state.payments.filter((payment) => payment.leg === 'repayment');
      const done = new Set(proven.map((payment) => payment.n));
      // Not by the journal's step: a receipt is in the journal a moment before it is in the fold.
      const openOrders = session
        .journalEntries(view.root, 'repayment')
        .filter((entry) => !done.has(entry.n)).length;
      return { root: view.root, role: own.role, state, openOrders, isStruggling };
    });
    return { proposals, claims, contracts, nowSec: systemClock.nowSec() };
  }

  async #take(step: Step): Promise<void> {
    const result = await this.#act(step);
    const { act, root } = step;
    if (!result.ok) this.#complain(`${act} ${root.slice(0, 8)}: ${sentenceFor(result.code)}`);
  }

  #act(step: Step): Promise<Result<unknown>> {
    const { agreements, repayments } = this.session;
    const { root } = step;
    switch (step.act) {
      case 'countersign':
        return agreements.countersign(root);
      case 'close':
        return agreements.close(root);
      case 'repay':
        return repayments.repay(root, step.amountUnits);
      case 'claim':
        return agreements.milestones.claim(root, claimOf(step.root, step.tranche));
      case 'approve':
        return agreements.milestones.decide(root, step.claim, 'approval', APPROVED);
    }
  }
}

const APPROVED = 'We were there and saw it, and we have the papers.';

/** What a business nobody plays says and shows. */
function claimOf(root: string, tranche: number): ClaimOrder {
  const name = 'Receipt of the works.pdf';
  const sha256 = createHash('sha256').update(`${root} ${tranche} ${name}`).digest('hex');
  const statement = 'It is done as agreed. The bank was sent the receipt and has seen it.';
  return { tranche, statement, evidence: [{ name, sha256 }] };
}

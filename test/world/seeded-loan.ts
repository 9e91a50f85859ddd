/** One loan of the market's past, lived through by the engines of its three parties. */
import {
  computeLedger,
  floorToWhole,
  minuteOf,
  planFees,
  planTicks,
  wholeOf,
  type Denomination,
  type Leg,
  type Result,
} from '@realyield/protocol';
import { notAccepted } from '../../web/lib/engine/agreement/undertakings.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import type { EngineParts } from './engine-parts.ts';
import type { LeapingClock } from './leaping-clock.ts';
import { whole } from './listings.ts';
import type { MarketLoan } from './market.ts';
import type { Oracles } from './oracles.ts';
import { PROFILES } from './profiles.ts';
import { systemClock } from './system-clock.ts';

const DAY_SEC = 86_400;
const PATIENCE_MS = 120_000;
const LOOK_MS = 10;
/** A due day ends half a day after its noon. */
const AT_NOON_SEC = DAY_SEC / 2;

/** A persona whose engine runs on the leaping clock. */
export interface Actor {
  readonly session: Session;
  readonly parts: EngineParts;
}

/** The parties of a loan. */
export interface LoanActors {
  readonly investor: Actor;
  readonly business: Actor;
  readonly bank: Actor;
}

/** By what a loan in a currency is priced. */
export interface LoanPricing {
  readonly oracles: Oracles;
  readonly denomination: Denomination;
}

/** Something that happens at a time. */
export interface Happening {
  /** Unix seconds; undefined when nothing more happens here. */
  nextAtSec(): number | undefined;
  /** Sees to what must be there when that time comes. */
  prepare?(atSec: number): Promise<void>;
  happen(): Promise<void>;
}

/** Waits, on the wall's clock, until something is so. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const giveUpMs = Date.now() + PATIENCE_MS;
  while (!isSo()) {
    if (Date.now() > giveUpMs) throw new Error(`The market's past waited in vain: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** The value of a result that cannot but be good. */
export function must<T>(result: Result<T>, what: string): T {
  if (result.ok) return result.value;
  throw new Error(`The market's past: ${what} was refused, ${result.code} ${result.detail ?? ''}`);
}

/** What is lent, in units of the contract's ledger. */
function principalOf(plan: MarketLoan): bigint {
  return 'principalSat' in plan
    ? BigInt(plan.principalSat) * 1_000n
    : BigInt(whole(plan.principalWhole));
}

/** One loan, from proposal to where it stands today. */
export class Loan implements Happening {
  readonly #plan: MarketLoan;
  readonly #actors: LoanActors;
  readonly #startSec: number;
  readonly #clock: LeapingClock;
  readonly #pricing: LoanPricing | undefined;
  #root: string | undefined;
  #repayments = 0;
  #troubles = 0;

  constructor(
    plan: MarketLoan,
    actors: LoanActors,
    clock: LeapingClock,
    pricing: LoanPricing | undefined,
  ) {
    this.#pricing = pricing;
    this.#plan = plan;
    this.#actors = actors;
    this.#clock = clock;
    this.#startSec = systemClock.nowSec() - plan.startedDaysAgo * DAY_SEC;
  }

  nextAtSec(): number | undefined {
    if (this.#root === undefined) return this.#startSec;
    if (this.#state(this.#actors.bank).status === 'closed') return undefined;
    const tick = this.#ticks()[this.#count('disbursement')];
    const { repaidOnDays } = this.#plan;
    const times = [
      tick?.dueAtSec,
      this.#repaysAtSec(),
      this.#troublesAtSec(),
      this.#isOver() ? this.#startSec + ((repaidOnDays.at(-1) ?? 0) + 1) * DAY_SEC : undefined,
    ].filter((atSec) => atSec !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Whoever asks for money at that time must know the prices of that minute. */
  async prepare(atSec: number): Promise<void> {
    if (!this.#pricing) return;
    const { oracles, denomination } = this.#pricing;
    await oracles.publish(atSec);
    if (this.#root === undefined || denomination.type === 'msat') return;
    await until('the prices of a minute', () =>
      Object.values(this.#actors).every(({ session }: Actor) =>
        session.prices.book.at(denomination, minuteOf(atSec)),
      ),
    );
  }

  async happen(): Promise<void> {
    if (this.#root === undefined) return this.#begin();
    const nowSec = this.#clock.nowSec();
    const { investor, business, bank } = this.#actors;
    const due = this.#ticks().filter((tick) => tick.dueAtSec <= nowSec).length;
    const isPaid = (): boolean =>
      [investor, business].every((actor) => this.#count('disbursement', actor) >= due);
    await until(`tick ${due} of ${this.#plan.identifier}`, isPaid);
    await this.#untilCharged();
    if ((this.#repaysAtSec() ?? Infinity) <= nowSec) await this.#repay();
    else if ((this.#troublesAtSec() ?? Infinity) <= nowSec) await this.#trouble();
    else if (this.#isOver()) {
      // The bank counts what its own client has heard of.
      await until('the bank to know', () => this.#ledger(bank).repaid);
      must(await bank.session.agreements.close(this.#root), 'a closure');
    }
  }

  /** When the business repays next, Unix seconds. */
  #repaysAtSec(): number | undefined {
    const { repaidOnDays, repaidInstalments = 0 } = this.#plan;
    const day = repaidOnDays[this.#repayments];
    if (day !== undefined) return this.#startSec + day * DAY_SEC;
    if (this.#repayments >= repaidInstalments) return undefined;
    const instalment = this.#ledger(this.#actors.business).instalments[this.#repayments];
    return instalment && instalment.dueAtSec - AT_NOON_SEC;
  }

  /** When the bank acts next on a loan that is not repaid, Unix seconds. */
  #troublesAtSec(): number | undefined {
    const next = this.#plan.troubles?.[this.#troubles];
    return next && this.#startSec + next.onDay * DAY_SEC;
  }

  async #trouble(): Promise<void> {
    const next = this.#plan.troubles?.[this.#troubles];
    const root = this.#root ?? '';
    if (!next) return;
    this.#troubles += 1;
    if (next.type === 'paysOn') return this.#payOn(root);
    const { notices } = this.#actors.bank.session.agreements;
    if (next.type !== 'recovery') {
      must(await notices.give(root, next.type, next.statement), next.type);
      return;
    }
    const recovered = {
      grossUnits: BigInt(next.grossSat) * 1_000n,
      costsUnits: BigInt(next.costsSat) * 1_000n,
      recoveredAtSec: this.#clock.nowSec(),
      statement: next.statement,
    };
    must(await notices.recoveries.state(root, recovered), 'a recovery');
  }

  /** The bank pays the investor's share of what it recovered. */
  async #payOn(root: string): Promise<void> {
    const { investor, bank } = this.#actors;
    await until('the recovery', () => this.#state(bank).recoveries.length > 0);
    must(await bank.session.repayments.payDue(root, 'recovery'), 'a share of a recovery');
    await until('the share of a recovery', () =>
      [investor, bank].every((actor) => this.#count('recovery', actor) > 0),
    );
  }

  async #begin(): Promise<void> {
    const { identifier } = this.#plan;
    const { investor, business, bank } = this.#actors;
    const find = () =>
      investor.session.catalog.offers().find(({ document }) => document.identifier === identifier);
    await until(`offer ${identifier}`, () => find() !== undefined);
    const offer = find();
    if (!offer) return;
    const { agreements, catalog } = investor.session;
    await until('the appointments', () => notAccepted(catalog, offer).length === 0);
    const livesIn = PROFILES.find(({ id }) => id === this.#plan.investor)?.place.country;
    const root = must(
      await agreements.invest(offer, principalOf(this.#plan), { livesIn }),
      identifier,
    );
    for (const actor of [business, bank]) {
      await until(`the proposal on ${identifier}`, () => {
        const state = actor.session.ownContract(root)?.view.fold.state;
        return state !== undefined && (actor !== bank || state.signatures.business !== undefined);
      });
      must(await actor.session.agreements.countersign(root), 'a countersignature');
    }
    const isEffective = (actor: Actor): boolean =>
      actor.session.ownContract(root)?.view.fold.state.status === 'effective';
    await until('all signatures', () => [investor, business, bank].every(isEffective));
    this.#root = root;
  }

  async #repay(): Promise<void> {
    const { investor, business, bank } = this.#actors;
    const ledger = this.#ledger(business);
    const { denomination, plan } = this.#state(bank).contract.document;
    const isBullet = plan.type === 'bullet';
    const least = wholeOf(denomination);
    const partsLeft = BigInt(this.#plan.repaidOnDays.length - this.#repayments);
    const shareUnits =
      partsLeft > 1n ? floorToWhole(ledger.payoffUnits / partsLeft, least) : ledger.payoffUnits;
    const amountUnits = isBullet ? shareUnits : ledger.dueNowUnits;
    this.#repayments += 1;
    const paid = this.#count('repayment') + 1;
    must(await business.session.repayments.repay(this.#root ?? '', amountUnits), 'a repayment');
    const isPaid = (): boolean =>
      [investor, business].every((actor) => this.#count('repayment', actor) >= paid);
    await until(`repayment ${paid} of ${this.#plan.identifier}`, isPaid);
    if (this.#state(bank).contract.document.fees.servicingBps === 0) return;
    const isShared = (): boolean =>
      [business, bank].every((actor) => this.#count('servicing', actor) >= paid);
    await until(`the bank's share ${paid} of ${this.#plan.identifier}`, isShared);
  }

  /** Until the bank has what it charges for what was paid out. */
  async #untilCharged(): Promise<void> {
    const { investor, bank } = this.#actors;
    const { contract, milestones } = this.#state(bank);
    const nowSec = this.#clock.nowSec();
    const due = planFees(contract.document, milestones).filter(
      ({ dueAtSec, isHeld }) => dueAtSec <= nowSec && !isHeld,
    );
    const isPaid = (): boolean =>
      [investor, bank].every((actor) => this.#count('originationFee', actor) >= due.length);
    await until(`${due.length} fees of ${this.#plan.identifier}`, isPaid);
  }

  /** Whether everybody has acknowledged what came. */
  get isQuiet(): boolean {
    const { payments } = this.#state(this.#actors.bank);
    return payments.every((payment) => payment.class === 'preimage+acknowledgement');
  }

  /** Ticks that no milestone holds back. */
  #ticks() {
    const { contract, milestones } = this.#state(this.#actors.bank);
    return planTicks(contract.document, milestones).filter(({ isHeld }) => !isHeld);
  }

  #isOver(): boolean {
    return this.#ledger(this.#actors.business).repaid;
  }

  #ledger(actor: Actor) {
    const { contract, payments } = this.#state(actor);
    return computeLedger(contract.document, payments, this.#clock.nowSec());
  }

  #count(leg: Leg, actor = this.#actors.business): number {
    return this.#state(actor).payments.filter((payment) => payment.leg === leg).length;
  }

  #state(actor: Actor) {
    const state = actor.session.ownContract(this.#root ?? '')?.view.fold.state;
    if (!state) throw new Error(`A loan on ${this.#plan.identifier} is gone.`);
    return state;
  }
}

/** Loans up to their first final event, and what anybody adds to them after it. */
import {
  ledgerOf,
  planTicks,
  type ParsedContract,
  type PartyRole,
  type SignedEvent,
} from '@realyield/protocol';
import fc from 'fast-check';
import { accept, acceptAll, amendment, revoke } from '../fixtures/agreements.ts';
import { hashOf, Loan, sparedSigning } from '../fixtures/loan.ts';
import { equalPlan, NO_LATE_FEE } from '../fixtures/plans.ts';
import { give } from '../fixtures/steps.ts';
import { report } from '../fixtures/till.ts';

/** When the loan begins, Unix seconds. */
export const START = 1_800_000_000;
/** A contract day, seconds. */
export const DAY = 60;
const ROLES: readonly PartyRole[] = ['investor', 'business', 'bank'];

/** Something anybody of the three adds; numbers choose among what there is. */
interface Extra {
  readonly type:
    | ('object' | 'again' | 'sameHash' | 'repay' | 'received' | 'report')
    | ('sign' | 'resign' | 'revoke' | 'final');
  readonly pick: number;
  readonly day: number;
  readonly sat: number;
}

/** A loan up to its first final event, and what is added to it. */
export interface Scene {
  readonly rateBps: number;
  readonly lateFeeBps: number;
  /** Whether it is a revenue share, which bears no rate and is not amended here. */
  readonly isShare: boolean;
  /** Rival amendments of the first terms, each with its rate. */
  readonly rivals: readonly number[];
  /** For each payment its day, satoshis and the place of the terms it names. */
  readonly paid: readonly (readonly [day: number, sat: number, cited: number])[];
  readonly objected: readonly number[];
  readonly isClosed: boolean;
  readonly finalDay: number;
  /** Every so manieth event is left out of what the final event rests on. */
  readonly leftOut: number;
  readonly extras: readonly Extra[];
}

const extra: fc.Arbitrary<Extra> = fc.record({
  type: fc.constantFrom(
    ...(['object', 'object', 'again', 'again', 'sameHash', 'sameHash', 'repay'] as const),
    ...(['received', 'sign', 'resign', 'revoke', 'final', 'report'] as const),
  ),
  pick: fc.nat({ max: 60 }),
  day: fc.nat({ max: 120 }),
  sat: fc.integer({ min: 1, max: 700_000 }),
});

/** Any scene. */
export const scenes: fc.Arbitrary<Scene> = fc.record({
  rateBps: fc.constantFrom(0, 1_200, 50_000),
  lateFeeBps: fc.constantFrom(0, 20_000),
  isShare: fc.nat({ max: 3 }).map((number) => number === 0),
  rivals: fc.array(fc.constantFrom(0, 2_000, 90_000), { maxLength: 2 }),
  paid: fc.array(
    fc.tuple(fc.integer({ min: 4, max: 80 }), fc.integer({ min: 1, max: 300_000 }), fc.nat(2)),
    { maxLength: 4 },
  ),
  objected: fc.array(fc.nat({ max: 30 }), { maxLength: 2 }),
  isClosed: fc.boolean(),
  finalDay: fc.integer({ min: 85, max: 110 }),
  leftOut: fc.integer({ min: 3, max: 40 }),
  extras: fc.array(extra, { minLength: 8, maxLength: 14 }),
});

/** A payment that was signed, with all that is needed to speak of it again. */
interface Signed {
  readonly leg: 'disbursement' | 'repayment';
  readonly request: SignedEvent;
  readonly part: { readonly n: number; readonly amountUnits: bigint; readonly preimage: string };
  readonly atSec: number;
}

const payerOf = ({ leg }: Signed): PartyRole => (leg === 'disbursement' ? 'investor' : 'business');
const payeeOf = ({ leg }: Signed): PartyRole => (leg === 'disbursement' ? 'business' : 'investor');

/** Wide windows: what dates can claim is bounded by nothing else. */
const window = (atSec: number) => ({
  notBeforeSec: atSec - 40 * DAY,
  expiresAtSec: atSec + 40 * DAY,
});

/** A loan and what was signed on it. */
export class Play {
  readonly loan: Loan;
  readonly terms: ParsedContract[];
  readonly signed: Signed[] = [];

  constructor({ rateBps: agreedBps, lateFeeBps, isShare, rivals: offered }: Scene) {
    const lateFee =
      lateFeeBps === 0 ? NO_LATE_FEE : { flatUnits: '5000000', rateBps: lateFeeBps, capBps: 9_000 };
    const equal = equalPlan(3, 20, 15, 1);
    const share = { type: 'revenueShare', shareBps: 2_000, capBps: 13_000, floorBps: 900 } as const;
    const plan = isShare
      ? { due: equal.due, graceDays: equal.graceDays, ...share, lateFee }
      : { ...equal, lateFee };
    const rateBps = isShare ? 0 : agreedBps;
    const rivals = isShare ? [] : offered;
    const tranches = [{ shareBps: 10_000, startDay: 0, streamDays: 3, windowDays: 9, ticks: 4 }];
    const offer = { rateBps, plan, tranches, default: { afterDays: 6, cureDays: 2 } };
    this.loan = new Loan({ signing: sparedSigning, offer });
    this.loan.signAll();
    this.terms = [this.loan.contract];
    for (const [place, rate] of rivals.entries()) {
      const amended = amendment(this.loan, { rateBps: rate }, START + (5 + place) * DAY);
      acceptAll(this.loan, amended, START + (6 + place) * DAY);
      this.terms.push(amended);
    }
  }

  pay(leg: Signed['leg'], n: number, amountUnits: bigint, atSec: number, cited = 0): void {
    const part = { n, amountUnits, preimage: hashOf(`preimage ${this.signed.length}`) };
    this.#prove({ leg, part, atSec }, atSec, cited);
  }

  #prove(paid: Omit<Signed, 'request'>, receiptSec: number, cited: number): void {
    const terms = this.terms[cited % this.terms.length];
    const version = cited === 0 || !terms ? {} : { version: terms.event.id };
    const { leg, part, atSec } = paid;
    const request = this.loan.request(leg, [part], atSec, { ...window(atSec), ...version });
    const entry = { ...paid, request };
    this.loan.receipt(request, [part], receiptSec, payerOf(entry));
    this.signed.push(entry);
  }

  object(pick: number, atSec: number): void {
    const paid = this.signed[pick % Math.max(1, this.signed.length)];
    if (!paid) return;
    const statedSec = paid.atSec + ((pick * 7) % 39) * DAY;
    this.loan.object(payeeOf(paid), paid.request, [paid.part.n], atSec, statedSec);
  }

  /** One more event that nothing rests on yet. */
  add({ type, pick, day, sat }: Extra): void {
    const { loan } = this;
    const atSec = START + day * DAY + pick;
    const paid = this.signed[pick % Math.max(1, this.signed.length)];
    const role = ROLES[pick % 3] ?? 'bank';
    const amended = this.terms[1 + (pick % Math.max(1, this.terms.length - 1))];
    if (type === 'object') this.object(pick, atSec);
    if (type === 'repay') this.pay('repayment', 50 + pick, BigInt(sat) * 1_000n, atSec, pick % 3);
    if (type === 'again' && paid) loan.receipt(paid.request, [paid.part], atSec, payerOf(paid));
    if (type === 'received' && paid)
      loan.acknowledge(payeeOf(paid), paid.request, [paid.part.n], atSec);
    if (type === 'sameHash' && paid) {
      const isTick = paid.leg === 'disbursement';
      const amountUnits = isTick ? paid.part.amountUnits : BigInt(sat) * 1_000n;
      const part = { ...paid.part, amountUnits, n: isTick ? pick % 4 : paid.part.n + pick };
      this.#prove({ leg: paid.leg, part, atSec: paid.atSec - pick }, atSec, pick % 3);
    }
    if (type === 'sign') loan.sign(role, START + (pick % 3), undefined, []);
    // The business's word is its own.
    if (type === 'resign' && amended) accept(loan, amended, pick % 2 ? 'bank' : 'investor', atSec);
    if (type === 'report') this.report(pick, atSec, sat);
    if (type === 'revoke') revoke(loan, role, role, atSec);
    if (type === 'final') this.final(pick % 2 === 0, atSec + 60 * DAY, 2 + (pick % 5));
  }

  /** The till's report of one sale, or of several; some speak of the same serials. */
  report(pick: number, atSec: number, sat: number): void {
    const totalMsat = (BigInt(sat) * 9_000n).toString();
    const serials = { firstSerial: 1 + (pick % 7), count: 1 + (pick % 2) };
    const said = { ...serials, totalMsat, previous: hashOf('before') };
    // A report is of some time: nothing is reported in the second of the start.
    report(this.loan, { ...said, atSec: atSec + 1 });
  }

  /** A closure or a default on the grounds of some of what there is. */
  final(isClosed: boolean, atSec: number, leftOut: number): void {
    const { loan } = this;
    const ids = [...new Set(loan.parsed.map(({ event }) => event.id))];
    const rests = ids.filter((_, index) => (index + 1) % leftOut !== 0).slice(-60);
    if (isClosed) loan.close(atSec, [...new Set([...rests, loan.root])]);
    else give(loan, 'default', atSec, { rests });
  }
}

/** Plays a scene; `known` is how many events there were before anything was added. */
export function playScene(scene: Scene): { readonly play: Play; readonly known: number } {
  const play = new Play(scene);
  const { loan } = play;
  for (const { n, amountUnits } of planTicks(loan.contract.document)) {
    play.pay('disbursement', n, amountUnits, START + (1 + n) * DAY);
  }
  for (const [n, [day, sat, cited]] of scene.paid.entries()) {
    play.pay('repayment', n, BigInt(sat) * 1_000n, START + day * DAY, cited);
  }
  if (scene.isClosed) {
    const { payoffUnits } = ledgerOf(loan.fold().state, START + 82 * DAY);
    if (payoffUnits > 0n) play.pay('repayment', 40, payoffUnits, START + 82 * DAY);
  }
  for (const pick of scene.objected) play.report(pick, START + (60 + pick) * DAY, 1 + pick * 9_000);
  for (const pick of scene.objected) play.object(pick, START + 83 * DAY);
  give(loan, 'arrears', START + 75 * DAY, { instalment: 3 });
  play.final(scene.isClosed, START + scene.finalDay * DAY, scene.leftOut);
  const known = loan.parsed.length;
  for (const each of scene.extras) play.add(each);
  return { play, known };
}

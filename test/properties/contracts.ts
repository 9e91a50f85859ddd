/** Random contracts of every plan, due rule and day count, none of which contradicts itself. */
import {
  buildPlan,
  contractContradiction,
  dueDates,
  type ContractDocument,
  type DayCount,
  type Fees,
  type LedgerCourse,
  type OfferDue,
  type OfferPlan,
} from '@realyield/protocol';
import fc from 'fast-check';
import { hashOf, Loan, sparedSigning } from '../fixtures/loan.ts';
import { NO_LATE_FEE } from '../fixtures/plans.ts';
import { dollars } from '../fixtures/prices.ts';

/** Seconds of the days these contracts count. */
export const DAY = 86_400;

const { document: usual } = new Loan({ signing: sparedSigning, offer: { daySec: DAY } }).contract;
/** The first day of a start, since the epoch: 2027-01-01. */
const FIRST_DAY = 20_819;

const count = fc.integer({ min: 1, max: 30 });
const due: fc.Arbitrary<OfferDue> = fc.oneof(
  fc.record({
    rule: fc.constant('days' as const),
    firstDay: fc.integer({ min: 1, max: 90 }),
    everyDays: fc.constantFrom(1, 7, 30, 91),
    count,
  }),
  fc.record(
    {
      rule: fc.constant('months' as const),
      firstMonth: fc.integer({ min: 1, max: 6 }),
      everyMonths: fc.integer({ min: 1, max: 3 }),
      anchorDay: fc.integer({ min: 1, max: 31 }),
      count,
    },
    { requiredKeys: ['rule', 'firstMonth', 'everyMonths', 'count'] },
  ),
  fc
    .uniqueArray(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 12 })
    .map((days) => ({ rule: 'list' as const, days: days.sort((a, b) => a - b) })),
);

const lateFee = fc.oneof(
  fc.constant(NO_LATE_FEE),
  fc.record({
    flatUnits: fc.constantFrom('0', '1000', '250000'),
    rateBps: fc.integer({ min: 1, max: 5_000 }),
    capBps: fc.integer({ min: 1, max: 3_000 }),
  }),
);

const numberOf = (rule: OfferDue): number => (rule.rule === 'list' ? rule.days.length : rule.count);

interface Dice {
  readonly type: OfferPlan['type'];
  readonly prepayment: 'nextDue' | 'shorten' | 'reduce';
  readonly principal: number;
  readonly interest: number;
  readonly shareBps: number;
  readonly capBps: number;
  readonly floorBps: number;
}

const dice: fc.Arbitrary<Dice> = fc.record({
  type: fc.constantFrom('bullet', 'interestOnly', 'equalPrincipal', 'annuity', 'revenueShare'),
  prepayment: fc.constantFrom('nextDue', 'shorten', 'reduce'),
  principal: fc.nat(5),
  interest: fc.nat(5),
  shareBps: fc.nat(10_000),
  capBps: fc.integer({ min: 10_000, max: 50_000 }),
  floorBps: fc.nat(2_000),
});

/** A plan of the type thrown, or the nearest that its due dates allow. */
const plan: fc.Arbitrary<OfferPlan> = fc
  .tuple(due, lateFee, fc.nat({ max: 20 }), dice)
  .map(([rule, fee, graceDays, thrown]) => {
    const common = { due: rule, lateFee: fee, graceDays };
    const { type, prepayment, shareBps, capBps, floorBps } = thrown;
    const last = numberOf(rule) - 1;
    const moratorium = { principalMoratorium: Math.min(thrown.principal, last) };
    if (type === 'revenueShare') return { type, ...common, shareBps, capBps, floorBps };
    if (type === 'annuity') return { type, ...common, prepayment, ...moratorium };
    if (type === 'interestOnly' && last > 0) return { type, ...common, prepayment };
    if (type === 'bullet' && last === 0) return { type, ...common };
    const interestMoratorium = Math.min(thrown.interest, last);
    return { type: 'equalPrincipal', ...common, prepayment, ...moratorium, interestMoratorium };
  });

/** Parts of the principal, each lapsing in its own part of the term. */
function tranchesOf(sats: readonly string[], startAtSec: number, lastSec: number) {
  const lengthSec = Math.floor((lastSec - startAtSec) / sats.length);
  return sats.map((amount, index) => ({
    amountUnits: amount,
    fromSec: startAtSec + index * lengthSec,
    toSec: startAtSec + index * lengthSec + Math.max(1, Math.floor(lengthSec / 3)),
    lapsesAtSec: startAtSec + (index + 1) * lengthSec,
    ticks: 1,
  }));
}

/** What the bank guarantees, and what of a bond is pinned: often more than is lent, or nothing. */
const undertakings = fc.record({
  guarantee: fc.oneof(
    fc.constant({ type: 'none' } as const),
    fc.record({
      type: fc.constant('firstLoss' as const),
      shareBps: fc.integer({ min: 1, max: 10_000 }),
    }),
    fc.record({ type: fc.constant('full' as const), capBps: fc.integer({ min: 1, max: 20_000 }) }),
    fc.constant({ type: 'bond' } as const),
  ),
  payDays: fc.nat({ max: 365 }),
  allocationSat: fc.option(fc.bigInt({ min: 1n, max: 30_000_000n }), { nil: undefined }),
  /** How often the principal is sought. */
  times: fc.integer({ min: 1, max: 40 }),
});

type Undertaking = typeof undertakings extends fc.Arbitrary<infer Thrown> ? Thrown : never;

/** The guarantee and the bond of a contract, and of the offer that it embeds. */
function undertakenIn(
  document: ContractDocument,
  { guarantee, payDays, allocationSat, times }: Undertaking,
): ContractDocument {
  const terms = guarantee.type === 'none' ? guarantee : { ...guarantee, payDays };
  if (allocationSat === undefined) return { ...document, guarantee: terms };
  const bond = { pledge: hashOf('pledge'), allocationSat: allocationSat.toString() };
  const { denomination, principalUnits } = document;
  const amountSoughtUnits = (BigInt(principalUnits) * BigInt(times) + 1_000n).toString();
  const bases = document.bases.map(({ as, event }) => {
    return {
      as,
      event: { ...event, content: { ...event.content, bond, denomination, amountSoughtUnits } },
    };
  });
  return { ...document, bases, bond, guarantee: terms };
}

/** A contract. */
export const contracts: fc.Arbitrary<ContractDocument> = fc
  .record({
    offerPlan: plan,
    dayCount: fc.constantFrom<DayCount>('ACT/365F', 'ACT/360', '30E/360'),
    rateBps: fc.oneof(fc.constant(0), fc.nat(20_000)),
    startDay: fc.integer({ min: FIRST_DAY, max: FIRST_DAY + 1_500 }),
    fees: fc.record({
      originationBps: fc.constantFrom(0, 1, 250, 5_000),
      servicingBps: fc.constantFrom(0, 1, 100, 3_333, 5_000),
    }),
    onTop: fc.boolean(),
    undertaken: undertakings,
    /** A satoshi, or a cent of a contract in dollars. */
    whole: fc.constantFrom('000', '000', '000000'),
    sats: fc.array(
      fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 3_000_000 })),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
  })
  .map(({ offerPlan, dayCount, rateBps, startDay, sats, fees, onTop, whole, undertaken }) => {
    const startAtSec = startDay * DAY;
    const origination: Fees['origination'] =
      onTop && fees.originationBps > 0 ? 'onTop' : 'withheld';
    const isInCurrency = whole === '000000';
    const flatUnits = `${offerPlan.lateFee.flatUnits}${isInCurrency ? '000' : ''}`;
    const lateFee = { ...offerPlan.lateFee, flatUnits: BigInt(flatUnits).toString() };
    const built = buildPlan({ ...offerPlan, lateFee }, startDay, DAY);
    const lastSec = dueDates({ plan: built, daySec: DAY }).at(-1) ?? startAtSec;
    const terms = {
      ...usual,
      fees: { ...fees, origination },
      startAtSec,
      dayCount,
      rateBps: built.type === 'revenueShare' ? 0 : rateBps,
      ...(isInCurrency ? { denomination: dollars() } : {}),
      principalUnits: `${sats.reduce((sum, amount) => sum + amount, 0)}${whole}`,
      tranches: tranchesOf(
        sats.map((amount) => `${amount}${whole}`),
        startAtSec,
        lastSec,
      ),
      plan: built,
    };
    return undertakenIn(terms, undertaken);
  })
  .filter((document) => contractContradiction(document) === undefined);

/** Terms that follow: later dates, another rate, day count and way of prepaying. */
function successor(document: ContractDocument, rateBps: number, days: number): ContractDocument {
  const { plan: terms } = document;
  const atSec = dueDates(document).map((sec) => sec + days * DAY);
  if (terms.type === 'revenueShare') return document;
  const changed = { ...terms, due: { rule: 'list' as const, atSec } };
  return { ...document, rateBps, dayCount: 'ACT/360', plan: changed };
}

/** What may happen to a contract's terms: sales, acceleration, new terms, or nothing. */
export function coursesOf(document: ContractDocument): fc.Arbitrary<LedgerCourse> {
  const startDay = Math.floor(document.startAtSec / DAY);
  const endDay = Math.floor((dueDates(document).at(-1) ?? 0) / DAY) + 30;
  const day = fc.integer({ min: startDay + 1, max: endDay });
  const version = fc
    .record({
      ...{ fromDay: day, rateBps: fc.nat(20_000), days: fc.nat(200) },
      arrears: fc.constantFrom<'stay' | 'fold'>('stay', 'fold'),
    })
    .map(({ fromDay, rateBps, days, arrears }) => ({
      ...{ document: successor(document, rateBps, days), fromDay, arrears },
    }));
  const sale = fc.record({
    instalment: fc.integer({ min: 1, max: 12 }),
    reportedDay: day,
    revenueUnits: fc.bigInt({ min: 0n, max: 5_000_000_000n }),
  });
  return fc.record(
    {
      versions: fc
        .array(version, { maxLength: 2 })
        .map((list) => list.sort((a, b) => a.fromDay - b.fromDay)),
      acceleratedDay: day,
      sales: fc.array(sale, { maxLength: 8 }),
    },
    { requiredKeys: [] },
  );
}

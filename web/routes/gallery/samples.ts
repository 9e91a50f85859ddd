/** Sample view models for the gallery, hostile text among them. Shown nowhere else. */
import type {
  BankView,
  Calendar,
  InstalmentState,
  InstalmentView,
  OfferCardView,
  PersonView,
  ScheduleView,
} from '$lib/components/models.ts';

/** A moment everything in the gallery is told at. */
export const NOW_SEC = 1_772_532_000;
const DAY_SEC = 86_400;

function key(seed: number): string {
  return Array.from({ length: 32 }, (_, index) =>
    ((seed * 73 + index * (31 + seed * 2) + 17) % 256).toString(16).padStart(2, '0'),
  ).join('');
}

/** The people of the gallery. */
export const people = {
  bakery: { publicKey: key(1), name: 'Panadería Aurora', role: 'business' },
  bank: {
    publicKey: key(2),
    name: 'Banco Solidario de Izalco',
    role: 'bank',
    nip05: 'solidario.example',
  },
  investor: { publicKey: key(3), role: 'investor' },
  arbiter: { publicKey: key(4), name: 'Kammer für Streitfragen', role: 'arbiter' },
  mill: { publicKey: key(5), name: 'Molino San Juan', role: 'business' },
  twin: { publicKey: key(6), name: 'Panadería Aurora', role: 'business' },
  hostile: {
    publicKey: key(7),
    name: `\u202eevil\u202c ${'Longest'.repeat(30)} Z̷̧̛̖̗̘̙̜̝̞̟̠̤̥̦̩̪̫̬̭̮̯̰̱̲̳̹̺̻̼͇͈͉͍͎̀́̂̃̄`,
    role: 'business',
  },
} satisfies Record<string, PersonView>;

/** Banks with much, little and no record. */
export const banks = {
  old: {
    bank: people.bank,
    href: '/gallery',
    onTimeCount: 214,
    dueCount: 223,
    par30Bps: 140,
    basis:
      '23 loans over 19 months; 8 contract keys disclosed of 41, first signed before block 871 204',
  },
  young: {
    bank: { publicKey: key(9), name: 'Raiffeisen Ostalb', role: 'bank' },
    onTimeCount: 0,
    dueCount: 0,
    basis: '2 loans over 3 weeks; age not proven',
  },
  unknown: { bank: { publicKey: key(10), role: 'bank' }, basis: 'its events could not be loaded' },
} satisfies Record<string, BankView>;

/** Offers: plain, full, late and hostile. */
export const offers: readonly OfferCardView[] = [
  {
    href: '/gallery',
    business: people.bakery,
    place: 'Izalco, El Salvador',
    purpose: 'A second oven, so that the bread does not run out before noon',
    soughtMsat: 5_000_000_000n,
    raisedMsat: 1_800_000_000n,
    rateBps: 950,
    term: '12 months',
    plan: 'equal instalments',
    bank: banks.old,
    bond: 'covers 20 % of this loan until March 2027',
    status: { text: 'open', tone: 'active' },
  },
  {
    href: '/gallery',
    business: people.mill,
    place: 'Sonsonate, El Salvador',
    purpose: 'Working capital for the maize harvest',
    soughtMsat: 12_400_000_000n,
    raisedMsat: 12_400_000_000n,
    rateBps: 1225,
    term: '90 days',
    plan: 'all at the end',
    bank: banks.young,
    bond: 'none',
    status: { text: 'fully funded', tone: 'done' },
  },
  {
    href: '/gallery',
    business: people.hostile,
    place: 'Nowhere\u0007\u202e',
    purpose: `<script>alert(1)</script> ${'W'.repeat(300)}`,
    soughtMsat: 2_100_000_000_000_000_000n,
    raisedMsat: 1n,
    rateBps: 999_999,
    term: 'm'.repeat(60),
    plan: 'p'.repeat(60),
    bank: banks.unknown,
    bond: 'B'.repeat(200),
    status: { text: 'closes in 3 days', tone: 'waiting' },
  },
];

function instalments(
  count: number,
  calendar: Calendar,
  stateOf: (index: number) => InstalmentState,
): InstalmentView[] {
  const principalMsat = 416_667_000n;
  return Array.from({ length: count }, (_, index) => {
    const state = stateOf(index);
    const interestMsat = (BigInt(count - index) * 39_583_000n) / 12n;
    const feesMsat = state === 'late' ? 5_000_000n : 0n;
    const totalMsat = principalMsat + interestMsat + feesMsat;
    return {
      number: index + 1,
      dueAtSec: calendar.startSec + (index + 1) * 30 * calendar.daySec,
      principalMsat,
      interestMsat,
      feesMsat,
      totalMsat,
      paidMsat: state === 'paid' ? totalMsat : state === 'partPaid' ? 200_000_000n : 0n,
      state,
      daysLate: state === 'late' ? 11 : undefined,
    };
  });
}

const calendar: Calendar = { startSec: NOW_SEC - 190 * DAY_SEC, daySec: DAY_SEC };

/** A schedule under way, with every state in it. */
export const running: ScheduleView = {
  calendar,
  instalments: instalments(12, calendar, (index) => {
    if (index < 4) return 'paid';
    const rest: readonly InstalmentState[] = ['late', 'partPaid', 'tendered', 'due'];
    return rest[index - 4] ?? 'upcoming';
  }),
};

/** A plan nobody has signed, in a calendar whose day lasts two seconds. */
export const planned: ScheduleView = {
  calendar: { startSec: NOW_SEC, daySec: 2 },
  instalments: instalments(6, { startSec: NOW_SEC, daySec: 2 }, () => 'upcoming'),
};

/** Half a year of weekly instalments, all paid. */
export const weekly: ScheduleView = {
  calendar,
  instalments: instalments(48, calendar, () => 'paid'),
};

/** More sample view models for the gallery: contracts, streams, desks. */
import type {
  BalancesView,
  ContractHeadView,
  DeskColumn,
  DeskRow,
  PersonaView,
  ProspectusView,
  RejectedView,
  StreamModel,
  TermsView,
  TimelineEventView,
  WalletView,
} from '$lib/components/models.ts';
import { banks, NOW_SEC, people } from './samples.ts';

const ID = '7f3a90cc1e2b4d5f60718293a4b5c6d7e8f90123456789abcdef0123456789ab';

/** A contract that is repaying. */
export const head: ContractHeadView = {
  id: ID,
  title: 'A second oven, so that the bread does not run out before noon',
  place: 'Izalco, El Salvador',
  status: { text: 'repaying', tone: 'active' },
  sentence: 'Repaying, 4 of 12. Instalment 5 is 11 days late; next 443 056 sat on 3 March.',
  parties: [people.bakery, people.bank, people.investor, people.arbiter],
};

/** Its balances. */
export const balances: BalancesView = {
  principalMsat: 5_000_000_000n,
  disbursedMsat: 4_600_000_000n,
  outstandingMsat: 2_933_332_000n,
  accruedInterestMsat: 12_345_678n,
  repaidMsat: 1_812_300_000n,
  daysPastDue: 11,
  asOfSec: NOW_SEC,
};

/** A stream under way. */
export const stream: StreamModel = {
  from: people.investor,
  to: people.bakery,
  tickMsat: 16_667_000n,
  tickSec: 12,
  paidMsat: 1_200_024_000n,
  totalMsat: 5_000_000_000n,
  ticksPaid: 72,
  ticksTotal: 300,
  state: 'flowing',
  nextTickAtSec: NOW_SEC + 7,
};

/** Signed events with every kind of check. */
export const events: readonly TimelineEventView[] = [
  {
    id: ID,
    atSec: NOW_SEC - 3600,
    title: 'Receipt for instalment 4',
    amountMsat: 449_652_000n,
    flow: 'in',
    who: people.bakery,
    tone: 'done',
    checks: [
      { label: 'Signature of the business', state: 'ok' },
      { label: 'The preimage opens the hash the investor signed', state: 'ok' },
      {
        label: 'Acknowledged by the investor',
        state: 'unknown',
        detail: 'Received, but not yet acknowledged. The preimage alone is proof of payment.',
      },
    ],
    raw: JSON.stringify({ id: ID, kind: 2813, content: '{"v":1,"parts":[[4,"9f…"]]}' }, null, 2),
  },
  {
    id: ID.replace('7', '8'),
    atSec: NOW_SEC - 900,
    title: 'Notice of arrears for instalment 5',
    detail: 'The bank says that the oven was delivered late and that it has spoken to the owner.',
    who: people.bank,
    tone: 'problem',
    checks: [
      { label: 'Signature of the bank', state: 'ok' },
      { label: 'The block it names is not on the chain we see', state: 'failed' },
    ],
    raw: '{"hostile":"</pre><script>alert(1)</' + 'script>' + 'x'.repeat(400) + '"}',
  },
  {
    id: ID.replace('7', '9'),
    atSec: NOW_SEC - 9_000_000,
    title: 'Contract signed by all',
    who: people.bank,
    checks: [{ label: 'All three signatures', state: 'ok' }],
    raw: '{}',
  },
];

/** Refused events. */
export const rejected: readonly RejectedView[] = [
  {
    id: ID,
    code: 'ROLE_MISMATCH',
    sentence: 'Signed by somebody who has no part in this contract.',
    atSec: NOW_SEC - 60,
    who: people.hostile,
  },
];

/** Terms in plain words. */
export const terms: TermsView = {
  payMsat: 1_000_000_000n,
  payHow: 'In 60 payments, one every 12 hours. You can pause; what is not paid never left you.',
  backMsat: 1_052_416_000n,
  backHow: 'In 12 equal instalments, the last on 3 March 2027.',
  when: 'The first instalment is due 30 days after the first payment.',
  ifNot: [
    'The bank must call a default after 30 days, and recovers at the till of the bakery.',
    'Its bond covers up to 200 000 sat of your loan.',
  ],
  notProven: ['How old the bank is.', 'That payer and payee are different people.'],
};

/** A prospectus. */
export const prospectus: ProspectusView = {
  title: 'A second oven, so that the bread does not run out before noon',
  place: 'Izalco, El Salvador',
  business: people.bakery,
  bank: banks.old,
  story: [
    'Aurora has baked for the market of Izalco since 2009. The one oven holds sixty loaves; on',
    'market days the shelf is empty by eleven, and two hotels that asked for daily deliveries',
    'were turned away.\n\nThe bank visited in January, saw the books of three years and the offer',
    'of the oven builder, and found takings of about 38 000 sat a day. With a second oven the',
    'family expects half as much again.',
  ].join(' '),
  status: { text: 'open, closes in 12 days', tone: 'active' },
  documents: [
    { name: 'Books 2023 to 2025, checked by the bank', sha256: ID },
    { name: 'Offer of the oven builder', sha256: ID.replace('7', 'a') },
  ],
  protects: [
    {
      label: 'Paid out step by step',
      text: 'In 60 payments; the second half only after the oven stands.',
    },
    {
      label: 'A bond of the bank',
      text: 'Covers 20 % of this loan until March 2027. Two of three trustees can move it.',
    },
  ],
  exposes: [
    { label: 'The bakery may fail', text: 'Beyond the bond nothing is guaranteed.' },
    {
      label: 'The age of the bank is not proven',
      text: 'Its first anchored event is 19 months old.',
    },
  ],
};

/** A wallet with limits. */
export const wallet: WalletView = {
  alias: 'Kitchen wallet',
  network: 'regtest',
  balanceMsat: 2_481_337_000n,
  budget: { totalMsat: 1_000_000_000n, usedMsat: 312_000_000n, renewal: 'a month' },
  cannot: ['It cannot hold a payment until it is settled, so it cannot be a bank’s wallet.'],
  state: 'connected',
};

/** Personas of the local world. */
export const personas: readonly PersonaView[] = [
  {
    id: 'a',
    person: { ...people.investor, name: 'Ingrid' },
    story: 'A nurse in Tromsø with some savings. Lends to two businesses, watches one pay late.',
    state: 'current',
  },
  {
    id: 'b',
    person: people.bank,
    story: 'Checks businesses, publishes offers and chases what is late.',
    state: 'free',
  },
  {
    id: 'c',
    person: people.bakery,
    story: 'Borrows for a second oven and repays from the till.',
    state: 'taken',
  },
];

/** A desk. */
export const deskColumns: readonly DeskColumn[] = [
  { key: 'who', label: 'Business' },
  { key: 'outstanding', label: 'Outstanding' },
  { key: 'rate', label: 'Rate' },
  { key: 'due', label: 'Next due' },
  { key: 'late', label: 'Days late' },
];

const world = { startSec: NOW_SEC, daySec: 86_400 };

/** Its rows. */
export const deskRows: readonly DeskRow[] = [
  {
    id: '1',
    href: '/gallery#one',
    next: { text: 'Send notice of arrears', tone: 'problem', order: 0 },
    cells: {
      who: { kind: 'person', person: people.bakery },
      outstanding: { kind: 'money', amountMsat: 2_933_332_000n },
      rate: { kind: 'rate', bps: 950 },
      due: { kind: 'date', atSec: NOW_SEC - 11 * 86_400, calendar: world },
      late: { kind: 'count', count: 11 },
    },
  },
  {
    id: '2',
    href: '/gallery#two',
    next: { text: 'Countersign', tone: 'waiting', order: 1 },
    cells: {
      who: { kind: 'person', person: people.mill },
      outstanding: { kind: 'money', amountMsat: 12_400_000_000n },
      rate: { kind: 'rate', bps: 1225 },
      due: { kind: 'date', atSec: NOW_SEC + 86_400, calendar: world },
      late: { kind: 'count', count: 0 },
    },
  },
  {
    id: '3',
    href: '/gallery#three',
    next: { text: 'Nothing to do', tone: 'plain', order: 9 },
    cells: {
      who: { kind: 'person', person: people.hostile },
      outstanding: { kind: 'money', amountMsat: 1n },
      late: { kind: 'count', count: 0 },
    },
  },
];

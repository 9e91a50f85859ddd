/** Random histories of a loan: honest steps, mistakes, forks and attacks in any order. */
import {
  computeLedger,
  type Leg,
  type PartyRole,
  type RequestDocument,
  type SignedEvent,
} from '@realyield/protocol';
import fc from 'fast-check';
import { hashOf, Loan, sparedSigning } from '../fixtures/loan.ts';

const START = 1_800_000_000;
const DAY = 60;
const ROLES: readonly PartyRole[] = ['investor', 'business', 'bank'];
const ACTORS = [...ROLES, 'investor phone', 'business phone', 'stranger'];

/** One step; numbers choose among what there is when it is taken. */
export interface Action {
  readonly type:
    'accept' | 'withdraw' | 'pay' | 'again' | 'received' | 'object' | 'settle' | 'close';
  readonly actor: number;
  readonly pick: number;
  readonly amountSat: number;
  readonly day: number;
  readonly windowSec: number;
  /** The author names nothing it knew. */
  readonly forked: boolean;
  readonly honest: boolean;
}

/** Steps after the three acceptances, or instead of them. */
export const actions: fc.Arbitrary<readonly Action[]> = fc.array(
  fc.record({
    type: fc.constantFrom(
      ...(['accept', 'withdraw', 'pay', 'pay', 'pay', 'again', 'received'] as const),
      ...(['object', 'object', 'settle', 'close', 'close'] as const),
    ),
    actor: fc.nat({ max: 5 }),
    pick: fc.nat({ max: 30 }),
    amountSat: fc.integer({ min: 1, max: 200_000 }),
    day: fc.oneof(fc.nat({ max: 4 }), fc.nat({ max: 120 })),
    windowSec: fc.integer({ min: 1, max: 600 }),
    forked: fc.nat({ max: 3 }).map((number) => number === 0),
    honest: fc.nat({ max: 3 }).map((number) => number > 0),
  }),
  { maxLength: 24, size: 'max' },
);

interface Paid {
  readonly request: SignedEvent;
  readonly part: { readonly n: number; readonly amountMsat: bigint; readonly preimage: string };
  readonly payer: string;
  readonly payee: string;
}

function payOnce(loan: Loan, paid: Paid[], action: Action, atSec: number): void {
  const leg: Leg = action.pick % 5 === 0 ? 'repayment' : 'disbursement';
  const isTick = leg === 'disbursement' && action.honest;
  const amountMsat = isTick ? 100_000_000n : BigInt(action.amountSat) * 1_000n;
  const usual = leg === 'disbursement' ? ['investor', 'business'] : ['business', 'investor'];
  const suffix = action.windowSec % 4 === 0 ? ' phone' : '';
  const payer = action.honest ? `${usual[0] ?? ''}${suffix}` : (ACTORS[action.actor] ?? 'stranger');
  const payee = `${usual[1] ?? ''}${action.windowSec % 5 === 0 ? ' phone' : ''}`;
  // Few preimages, so that hashes are reused.
  const preimage = hashOf(`preimage ${action.honest ? paid.length : action.pick % 4}`);
  const part = { n: action.pick % 4, amountMsat, preimage };
  const options = {
    payee,
    notBeforeSec: atSec - action.windowSec,
    expiresAtSec: atSec + action.windowSec,
    ...(action.forked ? { seen: [] } : {}),
  };
  const request = loan.request(leg, [part], atSec, options);
  loan.receipt(request, [part], atSec, payer, action.forked ? [] : undefined);
  paid.push({ request, part, payer, payee });
}

/** Repays all that is owed at a time after every tick has lapsed. */
function settle(loan: Loan, atSec: number): void {
  const { state } = loan.fold();
  const { payoffMsat } = computeLedger(state.contract.document, state.payments, atSec);
  if (payoffMsat === 0n) return;
  loan.pay('repayment', [{ n: loan.events.length, amountMsat: payoffMsat }], atSec);
}

function close(loan: Loan, action: Action, atSec: number): void {
  const known = loan.parsed.map((entry) => entry.event.id);
  const some = [...new Set(known)].filter((_, index) => (index * 7 + action.pick) % 5 < 2);
  const rests = action.honest ? undefined : [...new Set([loan.root, ...some])].slice(0, 60);
  const all = loan.heads('investor', 'business', 'bank');
  const name = action.actor < 5 ? 'bank' : (ACTORS[action.pick % 6] ?? 'bank');
  loan.close(atSec, rests ?? (all.length > 0 ? undefined : [loan.root]), name);
}

function act(loan: Loan, paid: Paid[], action: Action): void {
  const atSec = START + action.day * DAY + action.pick;
  const actor = ACTORS[action.actor] ?? 'stranger';
  const known = paid[action.pick % Math.max(1, paid.length)];
  switch (action.type) {
    case 'accept': {
      const role = ROLES[action.actor % 3] ?? 'bank';
      const delegate = action.honest ? `${role} phone` : 'investor phone';
      loan.signAs(action.honest ? role : actor, role, atSec, delegate, []);
      return;
    }
    case 'withdraw':
      loan.withdraw(actor, atSec);
      return;
    case 'pay':
      payOnce(loan, paid, action, atSec);
      return;
    case 'again':
      if (known) loan.receipt(known.request, [known.part], atSec, known.payer);
      return;
    case 'received':
      if (known)
        loan.acknowledge(action.honest ? known.payee : actor, known.request, [known.part.n], atSec);
      return;
    case 'object':
      if (known) {
        const from = (JSON.parse(known.request.content) as RequestDocument).notBeforeSec;
        const name = action.honest ? known.payee : actor;
        loan.object(name, known.request, [known.part.n], atSec, from + action.windowSec);
      }
      return;
    case 'settle':
      settle(loan, Math.max(atSec, START + 40 * DAY));
      return;
    case 'close':
      close(loan, action, Math.max(atSec, START + 40 * DAY));
      return;
  }
}

/** A loan with a random history; nobody's acceptance comes first unless `agreed`. */
export function playLoan(steps: readonly Action[], agreed: boolean): Loan {
  const loan = new Loan({ signing: sparedSigning });
  if (agreed) {
    loan.sign('investor', START + 1, 'investor phone');
    loan.sign('business', START + 2, 'business phone');
    loan.sign('bank', START + 3);
  }
  const paid: Paid[] = [];
  for (const step of steps) act(loan, paid, step);
  return loan;
}

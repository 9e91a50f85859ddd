/** Random histories of a loan: honest steps, mistakes, forks and attacks in any order. */
import {
  computeLedger,
  Kind,
  LEGS,
  planTicks,
  type Leg,
  type OfferDocument,
  type PartyRole,
  type RequestDocument,
  type SignedEvent,
} from '@realyield/protocol';
import fc from 'fast-check';
import {
  hashOf,
  Loan,
  offerDocument,
  publicOf,
  sparedSigning,
  type LoanOptions,
} from '../fixtures/loan.ts';
import { claim, decide, give } from '../fixtures/steps.ts';
import { equalPlan } from '../fixtures/plans.ts';

const START = 1_800_000_000;
const DAY = 60;
const ROLES: readonly PartyRole[] = ['investor', 'business', 'bank'];
const ACTORS = [...ROLES, 'investor phone', 'business phone', 'stranger'];
const [whole] = offerDocument().tranches;
if (!whole) throw new Error('the fixture has a tranche');
const half = { ...whole, shareBps: 5_000, ticks: 5 };
const milestone = { title: 'The oven stands', description: '' };

/** Terms the histories run under: a bullet, and instalments with a milestone and short cures. */
const TERMS: readonly Partial<OfferDocument>[] = [
  {},
  {
    plan: equalPlan(4, 8, 20, 2),
    tranches: [half, { ...half, startDay: 10, milestone }],
    default: { afterDays: 6, cureDays: 2 },
    attester: publicOf('attester'),
    bond: { pledge: hashOf('pledge'), allocationSat: '150001' },
    guarantee: { type: 'bond', payDays: 3 },
  },
];

/** One step; numbers choose among what there is when it is taken. */
export interface Action {
  readonly type:
    | 'accept'
    | 'withdraw'
    | 'pay'
    | 'again'
    | 'received'
    | 'object'
    | 'settle'
    | 'close'
    | 'claim'
    | 'decide'
    | 'arrears'
    | 'default';
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
      ...(['object', 'object', 'settle', 'close', 'close', 'claim'] as const),
      ...(['decide', 'decide', 'arrears', 'arrears', 'default', 'default'] as const),
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
  readonly part: { readonly n: number; readonly amountUnits: bigint; readonly preimage: string };
  readonly payer: string;
  readonly payee: string;
}

/** Legs of random payments, by the last digit of their number; the others are disbursements. */
const LEGS_PAID: Readonly<Record<number, Leg>> = { 0: 'repayment', 5: 'repayment', 7: 'guarantee' };

function payOnce(loan: Loan, paid: Paid[], action: Action, atSec: number): void {
  const leg: Leg = LEGS_PAID[action.pick % 10] ?? 'disbursement';
  const isTick = leg === 'disbursement' && action.honest;
  const amountUnits = isTick ? 100_000_000n : BigInt(action.amountSat) * 1_000n;
  const { payer: from, payee: to } = LEGS[leg];
  const suffix = action.windowSec % 4 === 0 ? ' phone' : '';
  const payer = action.honest ? `${from}${suffix}` : (ACTORS[action.actor] ?? 'stranger');
  const payee = `${to}${action.windowSec % 5 === 0 ? ' phone' : ''}`;
  // Few preimages, so that hashes are reused.
  const preimage = hashOf(`preimage ${action.honest ? paid.length : action.pick % 4}`);
  const part = { n: action.pick % 4, amountUnits, preimage };
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
  const { payoffUnits } = computeLedger(state.contract.document, state.payments, atSec);
  if (payoffUnits === 0n) return;
  loan.pay('repayment', [{ n: loan.events.length, amountUnits: payoffUnits }], atSec);
}

/** What a notice rests on: all that is known, or a part of it. */
function restsOf(loan: Loan, action: Action): readonly string[] | undefined {
  const known = loan.parsed.map((entry) => entry.event.id);
  const some = [...new Set(known)].filter((_, index) => (index * 7 + action.pick) % 5 < 2);
  if (!action.honest) return [...new Set([loan.root, ...some])].slice(0, 60);
  return loan.heads('investor', 'business', 'bank').length > 0 ? undefined : [loan.root];
}

function close(loan: Loan, action: Action, atSec: number): void {
  const name = action.actor < 5 ? 'bank' : (ACTORS[action.pick % 6] ?? 'bank');
  loan.close(atSec, restsOf(loan, action), name);
}

function notify(loan: Loan, type: 'arrears' | 'default', action: Action, atSec: number): void {
  const usual = action.pick % 2 === 0 ? 'bank' : 'investor';
  const name = action.actor < 5 ? usual : (ACTORS[action.pick % 6] ?? 'bank');
  const rests = restsOf(loan, action);
  const instalment = 1 + (action.amountSat % (action.honest ? 2 : 5));
  give(loan, type, atSec, { name, instalment, ...(rests ? { rests } : {}) });
}

function decideOnOne(loan: Loan, action: Action, atSec: number): void {
  const claims = loan.events.filter(({ kind, content }) => {
    return kind === Kind.milestone && (JSON.parse(content) as { type: string }).type === 'claim';
  });
  const claimed = claims[action.pick % Math.max(1, claims.length)];
  if (!claimed) return;
  const name = action.actor < 5 ? 'attester' : (ACTORS[action.pick % 6] ?? 'bank');
  decide(loan, action.windowSec % 3 === 0 ? 'refusal' : 'approval', claimed, atSec, name);
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
    case 'claim':
      claim(loan, action.pick % 8 === 0 ? 0 : 1, atSec, action.honest ? 'business' : actor);
      return;
    case 'decide':
      decideOnOne(loan, action, atSec);
      return;
    case 'arrears':
    case 'default':
      notify(loan, action.type, action, atSec + (action.type === 'default' ? 40 : 15) * DAY);
      return;
    case 'settle':
      settle(loan, Math.max(atSec, START + 40 * DAY));
      return;
    case 'close':
      close(loan, action, Math.max(atSec, START + 40 * DAY));
      return;
  }
}

/**
 * A loan with a random history; nobody's acceptance comes first unless `agreed`. Between its steps
 * something else may be done.
 */
export function playLoan(
  steps: readonly Action[],
  agreed: boolean,
  options: LoanOptions = {},
  afterStep: (loan: Loan, step: number) => void = () => undefined,
): Loan {
  // The first step's number picks the terms, so that one list of steps is one history.
  const isSecond = (steps[0]?.pick ?? 0) % 2 === 1;
  const offer = TERMS[isSecond ? 1 : 0] ?? {};
  const loan = new Loan({ signing: sparedSigning, offer, ...options });
  if (agreed) {
    loan.sign('investor', START + 1, 'investor phone');
    loan.sign('business', START + 2, 'business phone');
    loan.sign('bank', START + 3);
  }
  // Something lent early, so that there is something to be late with.
  if (agreed && isSecond) {
    loan.pay('disbursement', planTicks(loan.contract.document).slice(0, 2), START + DAY);
  }
  const paid: Paid[] = [];
  for (const [index, step] of steps.entries()) {
    act(loan, paid, step);
    afterStep(loan, index);
  }
  return loan;
}

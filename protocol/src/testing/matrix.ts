/** Loans in every state a contract can be in, with everybody who might act on them. */
import type { ContractAct, ContractStatus } from '../index.ts';
import { acceptAll, amendment, revoke, rotate, takeOver } from './agreements.ts';
import { addressFor } from './fallback.ts';
import { Loan, publicOf, sparedSigning } from './loan.ts';
import { give } from './steps.ts';

/** When the loans start, and seconds of their day. */
export const START = 1_800_000_000;
export const DAY = 60;
/** When acts are tried. */
export const NOW = START + 91 * DAY;
/** One tick, msat. */
export const TICK = 100_000_000n;

/** Test keys: parties, their delegates, who serves, who recovers, and who is nobody. */
export const ACTORS = [
  'investor',
  'business',
  'bank',
  'investor phone',
  'business phone',
  'attester',
  'arbiter',
  'fallback arbiter',
  'trustee',
  'servicer',
  'investor recovery',
  'business recovery',
  'bank recovery',
  'bank new',
  'business tablet',
  'stranger',
] as const;

/** States of a contract, some of one status. */
export const STATES = [
  'proposed',
  'withdrawn before effect',
  'time to withdraw',
  'withdrawn in time',
  'effective',
  'amended',
  'keys replaced',
  'taken over',
  'defaulted',
  'closed',
] as const;

/** One of the states. */
export type State = (typeof STATES)[number];

const half = { shareBps: 5_000, startDay: 0, streamDays: 10, windowDays: 30, ticks: 5 };
const milestone = { title: 'The oven stands', description: '' };

/** A loan with everybody in it, signed by investor and business. */
function partlySigned(coolingOffDays = 0): Loan {
  const loan = new Loan({
    signing: sparedSigning,
    offer: {
      attester: publicOf('attester'),
      coolingOffDays,
      tranches: [half, { ...half, startDay: 10, milestone }],
    },
    serving: {
      arbiter: 'arbiter',
      fallbackArbiter: 'fallback arbiter',
      trustee: 'trustee',
      backupServicer: 'servicer',
    },
    fallbackAddress: addressFor('investor'),
    recovery: {
      investor: 'investor recovery',
      business: 'business recovery',
      bank: 'bank recovery',
    },
  });
  loan.sign('investor', START + 1, 'investor phone');
  loan.sign('business', START + 2, 'business phone');
  return loan;
}

function cooling(): Loan {
  const loan = partlySigned(20);
  loan.sign('bank', START + 3);
  return loan;
}

/** Effective, one tick paid. */
function running(): Loan {
  const loan = partlySigned();
  loan.sign('bank', START + 3);
  loan.pay('disbursement', [{ n: 0, amountUnits: TICK }], START + 9);
  return loan;
}

function repay(loan: Loan): void {
  loan.pay('repayment', [{ n: 0, amountUnits: 102_958_000n }], START + 90 * DAY);
}

/** What makes a running loan another. */
const CHANGES: Partial<Readonly<Record<State, (loan: Loan) => void>>> = {
  amended: (loan) => {
    const { legal } = loan.contract.document;
    const change = { legal: { ...legal, complaints: 'The ombudsman.' } };
    acceptAll(loan, amendment(loan, change, START + 20), START + 21);
  },
  'keys replaced': (loan) => {
    loan.sign('business', START + 10, 'business tablet');
    revoke(loan, 'business', 'business tablet', START + 11, 'business');
    rotate(loan, 'bank', { from: 'bank', to: 'bank new' }, START + 12);
  },
  'taken over': (loan) => {
    takeOver(loan, START + 40 * DAY);
  },
};

/** A loan on which an act could be true: late for arrears and default, else repaid. */
function judged(state: State, act: ContractAct): Loan {
  const loan = running();
  CHANGES[state]?.(loan);
  const isNotice = act === 'arrears' || act === 'default';
  if (state === 'defaulted' || isNotice) {
    give(loan, 'arrears', START + 100 * DAY, { name: 'investor' });
  } else repay(loan);
  return loan;
}

interface Built {
  readonly loan: Loan;
  readonly status: ContractStatus;
}

function build(state: State, act: ContractAct): Built {
  if (state === 'proposed') return { loan: partlySigned(), status: 'proposed' };
  if (state === 'time to withdraw') return { loan: cooling(), status: 'effective' };
  if (state === 'withdrawn before effect' || state === 'withdrawn in time') {
    const isSigned = state === 'withdrawn in time';
    const loan = isSigned ? cooling() : partlySigned();
    loan.withdraw(isSigned ? 'investor' : 'business', START + 5);
    return { loan, status: 'withdrawn' };
  }
  const isClosed = state === 'closed';
  const loan = judged(state, isClosed ? 'closure' : act);
  if (state === 'defaulted') {
    give(loan, 'default', START + 120 * DAY, { name: 'investor' });
    if (act === 'closure') repay(loan);
    return { loan, status: 'defaulted' };
  }
  if (isClosed) loan.close(START + 90 * DAY + 5);
  return { loan, status: isClosed ? 'closed' : 'effective' };
}

const built = new Map<string, Built>();

/**
 * A loan in a state, such that the act could be true of it, and the status it has. The same loan
 * for like acts: who adds to it takes that away again.
 */
export function loanIn(state: State, act: ContractAct): Built {
  const isNotice = act === 'arrears' || act === 'default';
  const key = `${state} ${isNotice ? 'late' : act === 'closure' ? 'repaid' : 'any'}`;
  const known = built.get(key) ?? build(state, act);
  built.set(key, known);
  return known;
}

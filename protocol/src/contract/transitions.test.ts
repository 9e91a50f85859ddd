/** The whole table: every status × every act × everybody who might try it. */
import { describe, expect, it } from 'vitest';
import { hashOf, Loan, sparedSigning } from '../testing/loan.ts';
import { buildAcknowledgement } from '../publish.ts';
import type { PartyRole } from '../kinds/fields.ts';
import { PARTY_ROLES, type ContractStatus } from './state.ts';
import { permittedActs, TRANSITIONS, type ContractAct } from './transitions.ts';

const START = 1_800_000_000;
const DAY = 60;
const NOW = START + 91 * DAY;
const TICK = 100_000_000n;
const STATUSES: readonly ContractStatus[] = ['proposed', 'effective', 'withdrawn', 'closed'];
const ACTORS = ['investor', 'business', 'bank', 'investor phone', 'business phone', 'stranger'];

function partlySigned(): Loan {
  const loan = new Loan({ signing: sparedSigning });
  loan.sign('investor', START + 1, 'investor phone');
  loan.sign('business', START + 2, 'business phone');
  return loan;
}

/** Effective, one tick paid and the whole of it repaid. */
function repaid(): Loan {
  const loan = partlySigned();
  loan.sign('bank', START + 3);
  loan.pay('disbursement', [{ n: 0, amountMsat: TICK }], START + 9);
  loan.pay('repayment', [{ n: 0, amountMsat: 102_958_000n }], START + 90 * DAY);
  return loan;
}

function loanWith(status: ContractStatus): Loan {
  if (status === 'proposed') return partlySigned();
  if (status === 'withdrawn') {
    const loan = partlySigned();
    loan.withdraw('business', START + 5);
    return loan;
  }
  const loan = repaid();
  if (status === 'closed') loan.close(START + 90 * DAY + 5);
  return loan;
}

/** The request of the one tick, known or not. */
function tickRequest(loan: Loan): { id: string } {
  const receipt = loan.parsed.find((entry) => entry.name === 'receipt');
  return { id: receipt ? receipt.document.request.id : hashOf('unknown') };
}

function attempt(loan: Loan, act: ContractAct, actor: string): void {
  const request = tickRequest(loan);
  switch (act) {
    case 'acceptance': {
      const role = PARTY_ROLES.find((party) => actor.startsWith(party)) ?? 'business';
      loan.signAs(actor, role, NOW);
      return;
    }
    case 'withdrawal':
      loan.withdraw(actor, NOW);
      return;
    case 'receipt':
      loan.pay('disbursement', [{ n: 1, amountMsat: TICK }], NOW, { payer: actor });
      return;
    case 'received':
      loan.acknowledge(actor, request, [0], NOW);
      return;
    case 'objection':
      loan.object(actor, request, [0], NOW);
      return;
    case 'cash':
      loan.addAs(
        actor,
        buildAcknowledgement(
          {
            v: 1,
            type: 'cash',
            contract: loan.root,
            leg: 'repayment',
            msat: '1000',
            receivedAtSec: NOW,
            method: 'cash',
            prev: loan.heads(actor),
          },
          NOW,
        ),
      );
      return;
    case 'closure':
      loan.close(NOW, [loan.root, ...loan.heads('investor', 'business', 'bank')], actor);
      return;
  }
}

const OWNERS: Readonly<Record<ContractAct, readonly string[]>> = {
  acceptance: ['investor', 'business', 'bank'],
  withdrawal: ['investor', 'business', 'bank'],
  receipt: ['investor', 'investor phone'],
  received: ['business', 'business phone'],
  objection: ['business', 'business phone'],
  cash: ['investor', 'investor phone'],
  closure: ['bank'],
};
const MONEY = { receipt: true, received: true, objection: true, cash: true };
/** From specs/contract.md; an acceptance counts whatever came before it. */
const COUNTS: Readonly<Record<ContractStatus, Partial<Record<ContractAct, boolean>>>> = {
  proposed: { acceptance: true, withdrawal: true },
  effective: { acceptance: true, ...MONEY, closure: true },
  withdrawn: { acceptance: true, withdrawal: true },
  closed: { acceptance: true, ...MONEY, closure: true },
};

function expected(status: ContractStatus, act: ContractAct, actor: string): string {
  const isAnswer = act === 'received' || act === 'objection';
  const mayAnswer = isAnswer && !['bank', 'stranger'].includes(actor);
  const isOwner = OWNERS[act].includes(actor);
  // Whose an answer is follows from the request, which is known only once it was paid.
  const isJudged = COUNTS[status][act] === true || !mayAnswer;
  if (!isOwner && isJudged) return 'AUTHOR_ROLE';
  return COUNTS[status][act] ? 'ok' : 'STATE_FORBIDS';
}

const ACTS = Object.keys(OWNERS) as ContractAct[];
const table = STATUSES.flatMap((status) =>
  ACTS.flatMap((act) => ACTORS.map((actor) => [status, act, actor] as const)),
);

describe('the table', () => {
  it.each(table)('%s, %s by %s', (status, act, actor) => {
    const loan = loanWith(status);
    expect(loan.fold().state.status).toBe(status);
    attempt(loan, act, actor);
    const tried = loan.events.at(-1);
    const refused = loan.fold().rejects.find((entry) => entry.id === tried?.id);
    expect(refused?.code ?? 'ok').toBe(expected(status, act, actor));
  });

  it('names no act that the rules above do not', () => {
    for (const status of STATUSES) {
      const listed = Object.keys(TRANSITIONS[status]) as ContractAct[];
      expect(listed.filter((act) => COUNTS[status][act] !== true)).toEqual([]);
    }
  });
});

describe('what a role may do next', () => {
  const offered = (status: ContractStatus, role: PartyRole): ContractAct[] =>
    permittedActs(loanWith(status).fold().state, role);
  const money = ['receipt', 'received', 'objection', 'cash'];

  it('follows status and signatures', () => {
    expect(offered('proposed', 'bank')).toEqual(['acceptance', 'withdrawal']);
    expect(offered('proposed', 'investor')).toEqual(['withdrawal']);
    expect(offered('withdrawn', 'bank')).toEqual([]);
    expect(offered('effective', 'investor')).toEqual(money);
    expect(offered('effective', 'bank')).toEqual(['closure']);
    expect(offered('closed', 'business')).toEqual(money);
    expect(offered('closed', 'bank')).toEqual([]);
  });

  it('an acceptance after a withdrawal still counts', () => {
    const loan = loanWith('withdrawn');
    loan.sign('bank', NOW);
    const { state, rejects } = loan.fold();
    expect(state.status).toBe('effective');
    expect(state.withdrawnBy).toEqual(['business']);
    expect(rejects).toMatchObject([{ code: 'STATE_FORBIDS' }]);
  });
});

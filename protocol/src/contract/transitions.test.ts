/** The whole table: every status × every act × everybody who might try it. */
import { describe, expect, it } from 'vitest';
import { hashOf, Loan, publicOf, sparedSigning } from '../testing/loan.ts';
import { claim, decide, give, recover } from '../testing/steps.ts';
import { buildAcknowledgement } from '../publish.ts';
import type { PartyRole } from '../kinds/fields.ts';
import { PARTY_ROLES, type ContractStatus } from './state.ts';
import { permittedActs, TRANSITIONS, type ActorRole, type ContractAct } from './transitions.ts';

const START = 1_800_000_000;
const DAY = 60;
const NOW = START + 91 * DAY;
const TICK = 100_000_000n;
const STATUSES = Object.keys(TRANSITIONS) as ContractStatus[];
const ACTORS = [
  'investor',
  'business',
  'bank',
  'attester',
  'investor phone',
  'business phone',
  'stranger',
];
/** Another key than the bank's decides on the second tranche. */
const half = { shareBps: 5_000, startDay: 0, streamDays: 10, windowDays: 30, ticks: 5 };
const milestone = { title: 'The oven stands', description: '' };
const OFFER = {
  attester: publicOf('attester'),
  tranches: [half, { ...half, startDay: 10, milestone }],
};

function partlySigned(): Loan {
  const loan = new Loan({ signing: sparedSigning, offer: OFFER });
  loan.sign('investor', START + 1, 'investor phone');
  loan.sign('business', START + 2, 'business phone');
  return loan;
}

/** Effective, one tick paid and a claim made; what it owes is repaid on day 90 or not. */
function running(): Loan {
  const loan = partlySigned();
  loan.sign('bank', START + 3);
  loan.pay('disbursement', [{ n: 0, amountMsat: TICK }], START + 9);
  return loan;
}

function repay(loan: Loan): Loan {
  loan.pay('repayment', [{ n: 0, amountMsat: 102_958_000n }], START + 90 * DAY);
  return loan;
}

/** Sixty days late, with an arrears notice of which the cure period has passed. */
function defaulted(): Loan {
  const loan = running();
  give(loan, 'arrears', START + 100 * DAY);
  give(loan, 'default', START + 120 * DAY);
  return loan;
}

function loanWith(status: ContractStatus): Loan {
  if (status === 'proposed') return partlySigned();
  if (status === 'defaulted') return defaulted();
  if (status === 'withdrawn') {
    const loan = partlySigned();
    loan.withdraw('business', START + 5);
    return loan;
  }
  const loan = repay(running());
  if (status === 'closed') loan.close(START + 90 * DAY + 5);
  return loan;
}

/** The loan a notice is true of: late for arrears and default, repaid for a closure. */
function loanFor(status: ContractStatus, act: ContractAct): Loan {
  const loan = loanWith(status);
  const isNotice = act === 'arrears' || act === 'default';
  if (status === 'effective' && isNotice) {
    const late = running();
    give(late, 'arrears', START + 100 * DAY);
    return late;
  }
  if (status === 'defaulted' && act === 'closure') repay(loan);
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
    case 'claim':
      claim(loan, 1, NOW, actor);
      return;
    case 'approval':
    case 'refusal':
      decide(loan, act, claim(loan, 1, NOW), NOW, actor);
      return;
    case 'arrears':
    case 'default':
    case 'acceleration':
    case 'writeOff':
      give(loan, act, NOW + 60 * DAY, { name: actor });
      return;
    case 'recovery': {
      const shares = [{ contract: loan.root, shareMsat: 1_000n }];
      recover(loan, { grossMsat: 1_000n, recoveredAtSec: NOW, shares }, NOW + 60 * DAY, actor);
      return;
    }
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
  claim: ['business'],
  approval: ['attester'],
  refusal: ['attester'],
  arrears: ['bank', 'investor'],
  default: ['bank', 'investor'],
  acceleration: ['bank', 'investor'],
  writeOff: ['bank'],
  recovery: ['bank'],
  closure: ['bank'],
};
const MILESTONE = { claim: true, approval: true, refusal: true };
const NOTICES = { arrears: true, default: true };
const AFTERMATH = { acceleration: true, writeOff: true, recovery: true };
const MONEY = { receipt: true, received: true, objection: true, cash: true };
/** From specs/contract.md; what is applied earlier counts whatever status it leads to. */
const COUNTS: Readonly<Record<ContractStatus, Partial<Record<ContractAct, boolean>>>> = {
  proposed: { acceptance: true, withdrawal: true },
  effective: { acceptance: true, ...MONEY, ...MILESTONE, ...NOTICES, closure: true },
  defaulted: {
    acceptance: true,
    ...MONEY,
    ...MILESTONE,
    ...NOTICES,
    ...AFTERMATH,
    closure: true,
  },
  withdrawn: { acceptance: true, withdrawal: true },
  closed: { acceptance: true, ...MONEY, ...MILESTONE, ...NOTICES, closure: true },
};

function expected(status: ContractStatus, act: ContractAct, actor: string): string {
  const isAnswer = act === 'received' || act === 'objection';
  const mayAnswer = isAnswer && !['attester', 'stranger'].includes(actor);
  const isOwner = OWNERS[act].includes(actor);
  // Whose an answer is follows from the request, which is known only once it was paid.
  const isJudged = COUNTS[status][act] === true || !mayAnswer;
  if (!isOwner && isJudged) return 'AUTHOR_ROLE';
  // Notices are judged before closures, by what they rest on: here, on everything being repaid.
  if (status === 'closed' && act in NOTICES) return 'NOT_LATE';
  return COUNTS[status][act] ? 'ok' : 'STATE_FORBIDS';
}

const ACTS = Object.keys(OWNERS) as ContractAct[];
const table = STATUSES.flatMap((status) =>
  ACTS.flatMap((act) => ACTORS.map((actor) => [status, act, actor] as const)),
);

describe('the table', () => {
  it.each(table)('%s, %s by %s', (status, act, actor) => {
    const loan = loanFor(status, act);
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
    expect(offered('effective', 'investor')).toEqual([...money, 'arrears', 'default']);
    expect(offered('effective', 'business')).toEqual([...money, 'claim']);
    expect(offered('effective', 'bank')).toEqual([...money, 'arrears', 'default', 'closure']);
    expect(offered('defaulted', 'bank')).toEqual([
      ...money,
      'acceleration',
      'writeOff',
      'recovery',
      'closure',
    ]);
    expect(offered('defaulted', 'investor')).toEqual([...money, 'acceleration']);
    expect(offered('defaulted', 'business')).toEqual(money);
    expect(offered('closed', 'business')).toEqual(money);
    expect(offered('closed', 'bank')).toEqual(money);
  });

  it('follows what there is to decide, and who decides', () => {
    const loan = running();
    const acts = (role: ActorRole, of = loan): ContractAct[] =>
      permittedActs(of.fold().state, role);
    expect(acts('attester')).toEqual([]);
    const claimed = claim(loan, 1, START + 10);
    expect(acts('attester')).toEqual(['approval', 'refusal']);
    expect(acts('bank')).not.toContain('approval');
    expect(acts('business')).not.toContain('claim');
    decide(loan, 'refusal', claimed, START + 11, 'attester');
    expect(acts('business')).toContain('claim');
    const own = new Loan({ signing: sparedSigning, offer: { tranches: OFFER.tranches } });
    own.signAll();
    claim(own, 1, START + 10);
    expect(acts('bank', own)).toContain('approval');
    expect(acts('attester', own)).toEqual(['approval', 'refusal']);
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

/**
 * The whole table: every state × every act × everybody who might try it; each cell is accepted or
 * refused with the code that specs/contract.md gives it.
 */
import { describe, expect, it } from 'vitest';
import { hashOf, type Loan } from '../testing/loan.ts';
import { accept, amendment, fund, revoke, rotate, takeOver } from '../testing/agreements.ts';
import { ACTORS, DAY, loanIn, NOW, START, STATES, TICK, type State } from '../testing/matrix.ts';
import { payOnChain } from '../testing/fallback.ts';
import { claim, decide, give, recover } from '../testing/steps.ts';
import { answerTender, tender } from '../testing/tenders.ts';
import { report } from '../testing/till.ts';
import { buildAcknowledgement } from '../publish.ts';
import type { ContractAct } from './acts.ts';
import { PARTY_ROLES } from './state.ts';
import { TRANSITIONS } from './transitions.ts';

type Actor = (typeof ACTORS)[number];

/** The request of the one tick, known or not. */
function tickRequest(loan: Loan): { id: string } {
  const receipt = loan.parsed.find((entry) => entry.name === 'receipt');
  return { id: receipt ? receipt.document.request.id : hashOf('unknown') };
}

function cash(loan: Loan, actor: string): void {
  const said = { v: 1, type: 'cash', leg: 'repayment', units: '1000', method: 'cash' } as const;
  const known = { contract: loan.root, receivedAtSec: NOW, prev: loan.heads(actor) };
  loan.addAs(actor, buildAcknowledgement({ ...said, ...known }, NOW));
}

const roleOf = (actor: string) =>
  PARTY_ROLES.find((party) => actor.startsWith(party)) ??
  (actor === 'servicer' ? 'bank' : 'business');

/** The key of the actor's role that a key event is about: the bank has no delegate. */
const subjectOf = (actor: string): string =>
  roleOf(actor) === 'bank' ? 'bank' : `${roleOf(actor)} phone`;

const ATTEMPTS: Readonly<Record<ContractAct, (loan: Loan, actor: Actor) => unknown>> = {
  acceptance: (loan, actor) => {
    const isParty = PARTY_ROLES.some((party) => actor.startsWith(party));
    return loan.signAs(actor, isParty ? roleOf(actor) : 'business', NOW);
  },
  rotation: (loan, actor) =>
    rotate(loan, roleOf(actor), { from: subjectOf(actor), to: 'fresh' }, NOW, actor),
  revocation: (loan, actor) => revoke(loan, roleOf(actor), subjectOf(actor), NOW, actor),
  takeover: (loan, actor) => takeOver(loan, START + 250 * DAY, actor),
  amendment: (loan, actor) =>
    accept(loan, amendment(loan, { rateBps: 900 }, NOW), roleOf(actor), NOW, actor),
  receipt: (loan, actor) =>
    loan.pay('disbursement', [{ n: 1, amountUnits: TICK }], NOW, { payer: actor }),
  chainReceipt: (loan, actor) => {
    const offered = tender(loan, PART, NOW, { prev: [] });
    return payOnChain(loan, offered, 1n, NOW + 14 * DAY, { name: actor });
  },
  withdrawal: (loan, actor) => loan.withdraw(actor, START + 10 * DAY),
  fundingReached: (loan, actor) => fund(loan, 'fundingReached', NOW, actor),
  fundingFailed: (loan, actor) => fund(loan, 'fundingFailed', NOW, actor),
  received: (loan, actor) => loan.acknowledge(actor, tickRequest(loan), [0], NOW),
  objection: (loan, actor) => loan.object(actor, tickRequest(loan), [0], NOW),
  cash,
  tender: (loan, actor) => tender(loan, PART, NOW, { name: actor }),
  tenderAnswer: (loan, actor) => {
    const { id } = tender(loan, PART, NOW);
    const request = actor.startsWith('investor') ? actor : 'investor';
    return answerTender(loan, { id }, PART, NOW, { name: actor, payee: request });
  },
  salesReport: (loan, actor) => report(loan, { atSec: NOW }, actor),
  claim: (loan, actor) => claim(loan, 1, NOW, actor),
  approval: (loan, actor) => decide(loan, 'approval', claim(loan, 1, NOW), NOW, actor),
  refusal: (loan, actor) => decide(loan, 'refusal', claim(loan, 1, NOW), NOW, actor),
  arrears: (loan, actor) => give(loan, 'arrears', NOW + 60 * DAY, { name: actor }),
  default: (loan, actor) => give(loan, 'default', NOW + 60 * DAY, { name: actor }),
  acceleration: (loan, actor) => give(loan, 'acceleration', NOW + 60 * DAY, { name: actor }),
  writeOff: (loan, actor) => give(loan, 'writeOff', NOW + 60 * DAY, { name: actor }),
  recovery: (loan, actor) => {
    const shares = [{ contract: loan.root, shareUnits: 1_000n }];
    const got = { grossUnits: 1_000n, recoveredAtSec: NOW, shares };
    return recover(loan, got, NOW + 60 * DAY, actor);
  },
  closure: (loan, actor) => {
    const heads = loan.heads('investor', 'business', 'bank', 'bank new', 'servicer');
    return loan.close(NOW, [loan.root, ...heads], actor);
  },
};

/** Nothing is due on it: who offers it and who answers is all that matters here. */
const PART = { n: 40, amountUnits: 1_000n };

const parties = ['investor', 'business', 'bank'] as const;
const recoveries = ['investor recovery', 'business recovery', 'bank recovery'] as const;
/** Whose each act is, as long as no key has been replaced and nobody has taken over. */
const OWNERS: Readonly<Record<ContractAct, readonly Actor[]>> = {
  acceptance: parties,
  rotation: [...parties, ...recoveries],
  revocation: [...parties, ...recoveries],
  takeover: ['servicer'],
  amendment: parties,
  receipt: ['investor', 'investor phone'],
  chainReceipt: ['business', 'business phone'],
  withdrawal: parties,
  fundingReached: ['bank'],
  fundingFailed: ['bank'],
  received: ['business', 'business phone'],
  objection: ['business', 'business phone'],
  cash: ['investor', 'investor phone'],
  tender: ['business', 'business phone'],
  tenderAnswer: ['investor', 'investor phone'],
  salesReport: ['business', 'business phone'],
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

const before = { acceptance: 'ok', rotation: 'ok', revocation: 'ok' };
const signed = { ...before, takeover: 'ok', amendment: 'ok', receipt: 'ok', chainReceipt: 'ok' };
const funding = { fundingReached: 'ok', fundingFailed: 'ok' };
const money = { received: 'ok', objection: 'ok', cash: 'ok', salesReport: 'ok' };
const tenders = { tender: 'ok', tenderAnswer: 'ok' };
const steps = { claim: 'ok', approval: 'ok', refusal: 'ok' };
const notices = { arrears: 'ok', default: 'ok', closure: 'ok' };
const late = { withdrawal: 'WITHDRAWAL_LATE' };
const running = { ...signed, ...late, ...funding, ...money, ...tenders, ...steps, ...notices };
/**
 * What becomes of an act by whoever may do it; STATE_FORBIDS where nothing is said. What is applied
 * in an earlier phase counts whatever state it leads to.
 */
const RESULTS: Readonly<Record<State, Partial<Record<ContractAct, string>>>> = {
  proposed: { ...before, withdrawal: 'ok' },
  'withdrawn before effect': { ...before, withdrawal: 'ok' },
  'time to withdraw': {
    ...running,
    withdrawal: 'ok',
    received: 'REQUEST_UNKNOWN',
    objection: 'REQUEST_UNKNOWN',
    arrears: 'NOT_LATE',
    default: 'NOT_LATE',
    closure: 'NOT_REPAID',
  },
  'withdrawn in time': { ...signed, withdrawal: 'ok' },
  effective: running,
  amended: running,
  'keys replaced': running,
  'taken over': running,
  defaulted: { ...running, acceleration: 'ok', writeOff: 'ok', recovery: 'ok' },
  // Notices are judged before closures, by what they rest on: here, on everything being repaid.
  closed: { ...running, arrears: 'NOT_LATE', default: 'NOT_LATE' },
};

/** Acts others signed with: no key event undoes them. */
const SHARED: readonly ContractAct[] = ['acceptance', 'withdrawal', 'amendment'];
const ON_KEYS: readonly ContractAct[] = ['rotation', 'revocation'];
const BY_SERVICER: readonly ContractAct[] = [
  'amendment',
  'arrears',
  'default',
  'acceleration',
  'writeOff',
  'closure',
];
const ANSWERS: readonly ContractAct[] = ['received', 'objection'];
const PAYEES: readonly Actor[] = [...parties, 'investor phone', 'business phone'];

function expected(state: State, act: ContractAct, actor: Actor): string {
  const result = RESULTS[state][act] ?? 'STATE_FORBIDS';
  if (state === 'keys replaced') {
    const isOfBank = OWNERS[act].includes('bank');
    // The key that was replaced may still say what became of itself.
    const isKept = SHARED.includes(act) || ON_KEYS.includes(act);
    if (actor === 'bank' && isOfBank && !isKept) return 'KEY_REVOKED';
    const isEnded = actor === 'business tablet' || actor === 'bank';
    const isTablet =
      actor === 'business tablet' && ['salesReport', 'tender', 'chainReceipt'].includes(act);
    if (isTablet || (isEnded && ANSWERS.includes(act))) return 'KEY_REVOKED';
    // Acceptances of the contract are its own keys'; an offer's address stays the old key's.
    if (actor === 'bank new' && isOfBank && act !== 'acceptance' && !ON_KEYS.includes(act)) {
      return act in funding ? 'OFFER_MISMATCH' : result;
    }
  }
  if (state === 'taken over' && actor === 'servicer' && BY_SERVICER.includes(act)) return result;
  // Whose an answer is follows from the request, which is known only once it was paid.
  const isUnknown = result === 'STATE_FORBIDS' || result === 'REQUEST_UNKNOWN';
  if (ANSWERS.includes(act) && isUnknown && PAYEES.includes(actor)) return result;
  if (!OWNERS[act].includes(actor)) return 'AUTHOR_ROLE';
  const isOver = act === 'withdrawal' && actor !== 'investor';
  const isSigned = state === 'time to withdraw' || state === 'withdrawn in time';
  return isOver && isSigned ? 'WITHDRAWAL_LATE' : result;
}

const ACTS = Object.keys(OWNERS) as ContractAct[];
const table = STATES.flatMap((state) => ACTS.map((act) => [state, act] as const));

/** What the fold says to an act tried on a loan; the loan is left as it was. */
function answer(loan: Loan, act: ContractAct, actor: Actor): string {
  const [events, parsed] = [loan.events.length, loan.parsed.length];
  ATTEMPTS[act](loan, actor);
  const tried = loan.events.at(-1);
  const refused = loan.fold().rejects.find((entry) => entry.id === tried?.id);
  loan.events.length = events;
  loan.parsed.length = parsed;
  return refused?.code ?? 'ok';
}

describe('the table', () => {
  it.each(table)('%s: %s, by everybody', (state, act) => {
    const { loan, status } = loanIn(state, act);
    expect(loan.fold().state.status).toBe(status);
    const found = ACTORS.map((actor) => `${actor}: ${answer(loan, act, actor)}`);
    expect(found).toEqual(ACTORS.map((actor) => `${actor}: ${expected(state, act, actor)}`));
  });

  it('names no act that the rules above do not', () => {
    for (const state of STATES) {
      const { status } = loanIn(state, 'receipt');
      const listed = Object.keys(TRANSITIONS[status]) as ContractAct[];
      const isRule = (act: ContractAct): boolean => RESULTS[state][act] !== undefined;
      expect(listed.filter((act) => !isRule(act))).toEqual([]);
    }
  });
});

/** What a client may propose to its user, read from the same table as the fold. */
import { describe, expect, it } from 'vitest';
import { publicOf, Loan, sparedSigning } from '../testing/loan.ts';
import { loanIn, START, type State } from '../testing/matrix.ts';
import { claim, decide } from '../testing/steps.ts';
import type { ActorRole, ContractAct } from './acts.ts';
import { permittedActs } from './transitions.ts';

const half = { shareBps: 5_000, startDay: 0, streamDays: 10, windowDays: 30, ticks: 5 };
const milestone = { title: 'The oven stands', description: '' };
const offer = { tranches: [half, { ...half, startDay: 10, milestone }] };
const attester = publicOf('attester');

describe('what a role may do next', () => {
  const offered = (state: State, role: ActorRole): ContractAct[] =>
    permittedActs(loanIn(state, 'receipt').loan.fold().state, role);
  const money = ['receipt', 'received', 'objection', 'cash'];
  const keys = ['rotation', 'revocation'];

  it('follows status and signatures', () => {
    expect(offered('proposed', 'bank')).toEqual(['acceptance', 'withdrawal', ...keys]);
    expect(offered('proposed', 'investor')).toEqual(['withdrawal', ...keys]);
    expect(offered('withdrawn before effect', 'bank')).toEqual([]);
    expect(offered('time to withdraw', 'business')).not.toContain('withdrawal');
    expect(offered('time to withdraw', 'investor')).toContain('withdrawal');
    const common = [...keys, 'amendment'];
    const effective = offered('effective', 'investor');
    const answers = [...money, 'tenderAnswer'];
    expect(effective).toEqual([...common, ...answers, 'arrears', 'default']);
    const owes = ['receipt', 'chainReceipt', ...money.slice(1)];
    const sales = [...owes, 'salesReport'];
    const owing = [...owes, 'tender', 'salesReport'];
    expect(offered('effective', 'business')).toEqual([...common, ...owing, 'claim']);
    expect(offered('effective', 'bank')).toEqual([
      ...common,
      ...answers,
      'arrears',
      'default',
      'closure',
    ]);
    expect(offered('effective', 'backupServicer')).toEqual(['takeover']);
    expect(offered('effective', 'recovery')).toEqual(keys);
    expect(offered('taken over', 'backupServicer')).toEqual([]);
    const aftermath = ['acceleration', 'writeOff', 'recovery'];
    expect(offered('defaulted', 'bank')).toEqual([...common, ...answers, ...aftermath, 'closure']);
    const investor = offered('defaulted', 'investor');
    expect(investor).toEqual([...common, ...answers, 'acceleration']);
    expect(offered('defaulted', 'business')).toEqual([...common, ...owing]);
    expect(offered('closed', 'business')).toEqual([...keys, ...sales]);
    expect(offered('closed', 'bank')).toEqual([...keys, ...money]);
  });

  it('follows what there is to decide, and who decides', () => {
    const loan = new Loan({ signing: sparedSigning, offer: { ...offer, attester } });
    loan.signAll();
    const acts = (role: ActorRole, of = loan): ContractAct[] =>
      permittedActs(of.fold().state, role);
    expect(acts('attester')).toEqual([]);
    const claimed = claim(loan, 1, START + 10);
    expect(acts('attester')).toEqual(['approval', 'refusal']);
    expect(acts('bank')).not.toContain('approval');
    expect(acts('business')).not.toContain('claim');
    decide(loan, 'refusal', claimed, START + 11, 'attester');
    expect(acts('business')).toContain('claim');
    const own = new Loan({ signing: sparedSigning, offer });
    own.signAll();
    claim(own, 1, START + 10);
    expect(acts('bank', own)).toContain('approval');
    expect(acts('attester', own)).toEqual(['approval', 'refusal']);
  });
});

describe('a withdrawal', () => {
  it('before effect holds against acceptances dated later', () => {
    const loan = new Loan({ signing: sparedSigning });
    loan.sign('investor', START + 1);
    loan.withdraw('business', START + 5);
    loan.sign('business', START + 2);
    loan.sign('bank', START + 9);
    const { state, rejects } = loan.fold();
    expect(state).toMatchObject({ status: 'withdrawn', withdrawnBy: ['business'] });
    expect(state).toMatchObject({ effectiveAtSec: undefined, signedAtSec: START + 9 });
    expect(rejects).toEqual([]);
  });
});

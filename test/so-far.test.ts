/** What was paid and is to come before new terms are signed; and a bank's silence in words. */
import { dueDates, planTicks } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { acceptAll, amendment, takeOver } from '../protocol/src/testing/agreements.ts';
import { inThree, Loan, publicOf, sparedSigning } from './fixtures/loan.ts';
import type { Catalog } from '../web/lib/engine/catalog.ts';
import { silenceOf } from '../web/lib/engine/agreement/serving.ts';
import { contractNow } from '../web/lib/state/views/contract.ts';
import { payoffIn } from '../web/lib/state/views/payoff.ts';
import { appointeeFacts, servedRow, silenceSentence } from '../web/lib/state/views/serving.ts';
import { takeoverView } from '../web/lib/state/views/serving.ts';
import { soFarFacts } from '../web/lib/state/views/so-far.ts';
import { effectProblem, effectSec } from '../web/lib/state/views/term-changes.ts';

const DAY = 60;
const nobody = {
  bankProfile: () => undefined,
  listings: { arbiter: () => undefined, offerOfBusiness: () => undefined },
};
const names = { catalog: nobody as unknown as Catalog, world: undefined, own: new Set<string>() };

const viewOf = (loan: Loan) => ({ root: loan.root, fold: loan.fold(), stateHash: '' });

it('says what is to come by new terms exactly as it is once all three have signed them', () => {
  const loan = new Loan({ offer: inThree, signing: sparedSigning });
  loan.signAll();
  const { document } = loan.contract;
  loan.pay('disbursement', planTicks(document), loan.startAtSec + 20);
  const nowSec = loan.startAtSec + 12 * DAY;
  loan.pay('repayment', [{ n: 0, amountUnits: 100_000_000n }], nowSec - 1);
  const dearer = amendment(loan, { rateBps: document.rateBps + 600 }, nowSec);
  const before = soFarFacts(contractNow(viewOf(loan), nowSec), dearer.document, 'investor');
  const units = (label: string, facts = before) =>
    facts.find((fact) => fact.label === label)?.amount?.units ?? 0n;
  expect(units('You paid out so far')).toBe(BigInt(document.principalUnits));
  expect(units('You got back so far')).toBe(100_000_000n);
  acceptAll(loan, dearer, nowSec);
  const after = soFarFacts(contractNow(viewOf(loan), nowSec + 2), dearer.document, 'investor');
  const promised = units('Still to pay by these terms');
  expect(promised).toBeGreaterThan(units('Still to pay as agreed so far'));
  expect(promised).toBe(units('Still to pay as agreed so far', after));
});

it('says it in the last period too, where terms count from the last signature', () => {
  const loan = new Loan({ offer: inThree, signing: sparedSigning });
  loan.signAll();
  const { document } = loan.contract;
  loan.pay('disbursement', planTicks(document), loan.startAtSec + 20);
  // V-5: "…where none is left, or its own terms have none due after that day, after the day of the
  // last signature."
  const [, second = 0, third = 0] = dueDates(document);
  const nowSec = second + DAY;
  const cheaper = amendment(loan, { rateBps: document.rateBps - 500 }, nowSec);
  const toPay = () => {
    const now = contractNow(viewOf(loan), nowSec + 2);
    expect(effectSec(now.state, nowSec)).toBe(third);
    expect(effectProblem(now.state, cheaper.document, nowSec)).toBeUndefined();
    const facts = soFarFacts(now, cheaper.document, 'business');
    const unitsOf = (label: string) => facts.find((fact) => fact.label === label)?.amount?.units;
    return [unitsOf('Still to pay as agreed so far'), unitsOf('Still to pay by these terms')];
  };
  const [agreed = 0n, promised = 0n] = toPay();
  expect(promised).toBeLessThan(agreed);
  acceptAll(loan, cheaper, nowSec);
  expect(toPay()).toEqual([promised, promised]);
});

it('says what repays everything on a day to come, exactly as it is on that day', () => {
  const loan = new Loan({ offer: inThree, signing: sparedSigning });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), loan.startAtSec + 20);
  const view = viewOf(loan);
  const nowSec = loan.startAtSec + 12 * DAY;
  const unitsIn = (days: string, atSec: number) => {
    const found = payoffIn(view, days, atSec);
    return found.ok ? found.facts[0]?.amount?.units : undefined;
  };
  expect(unitsIn('0', nowSec)).toBe(contractNow(view, nowSec).ledger.payoffUnits);
  expect(unitsIn('7', nowSec)).toBe(unitsIn('0', nowSec + 7 * DAY));
  expect(unitsIn('7', nowSec)).toBeGreaterThan(unitsIn('0', nowSec) ?? 0n);
  for (const wrong of ['', '-1', 'soon', '99999']) expect(unitsIn(wrong, nowSec)).toBeUndefined();
  // Paid on that day it repays everything; less than a sat left over is not asked for (M-11).
  loan.pay('repayment', [{ n: 0, amountUnits: unitsIn('7', nowSec) ?? 0n }], nowSec + 7 * DAY);
  const { ledger } = contractNow(viewOf(loan), nowSec + 7 * DAY + 1);
  expect([ledger.repaid, ledger.payoffUnits]).toEqual([true, 0n]);
  expect(ledger.outstandingUnits).toBeLessThan(1_000n);
});

it('says who serves, from when a silent bank may be stood in for, and what that means', () => {
  const serving = { backupServicer: 'servicer', arbiter: 'arbiter' } as const;
  const loan = new Loan({ serving });
  loan.signAll();
  const view = viewOf(loan);
  const silence = silenceOf(view, loan.parsed);
  if (!silence) throw new Error('nobody could take over');
  const now = contractNow(view, silence.endsAtSec - 1);
  expect(appointeeFacts(names, now).map(({ label, note }) => [label, note])).toEqual([
    ['Arbiter', expect.stringMatching(/^accepted on .+; decides where the parties/)],
    ['Backup servicer', expect.stringMatching(/^accepted on .+; does the bank’s work/)],
  ]);
  expect(silenceSentence(names, now, silence)).toMatch(/If it stays silent for 30 days/);
  const own = { ...names, own: new Set([publicOf('servicer')]) };
  const later = contractNow(view, silence.endsAtSec);
  expect(silenceSentence(own, later, silence)).toMatch(/The terms let you take over after 30 days/);
  const served = { view, roles: ['backupServicer'] } as const;
  const next = (atSec: number) => servedRow(own, served, loan.parsed, atSec).next.text;
  expect(next(silence.endsAtSec - 1)).toMatch(/^stand by until/);
  expect(next(silence.endsAtSec)).toBe('take over from the bank');
  takeOver(loan, silence.endsAtSec);
  const taken = contractNow(viewOf(loan), silence.endsAtSec + 1);
  expect(silenceSentence(names, taken, silence)).toBeUndefined();
  const told = takeoverView(own, taken, loan.parsed, undefined);
  expect(told?.title).toMatch(/^You took over from the bank on day/);
  expect(told?.isContested).toBe(false);
  expect(takeoverView(names, taken, loan.parsed, 'investor')?.todo).toMatch(/^Nothing changes/);
});
